"""A PDF as a sequence of revisions: its bytes, objects, pages, fields, and what its signatures cover."""
