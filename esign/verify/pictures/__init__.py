"""What the pages look like: as they were signed, as they are now, and where nothing permitted explains the difference.

The pages are drawn by PDFium, a reader of its own: where it shows something else than the structure that the rest
of the verifier compared says, the difference is seen here.
"""
