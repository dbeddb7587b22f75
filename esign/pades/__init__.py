"""Prepare a PDF for signing, draw what is seen, sign it, raise the level of its signatures."""
