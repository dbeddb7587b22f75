"""What shows who meant what: handwriting, photo, consents, page times; the manifest over them; their sealing.

Pure: bytes and frozen values in, bytes and frozen values out. No clock, no network, no storage.
"""
