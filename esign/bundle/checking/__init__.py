"""Checking a bundle from a stranger: every deviation is named, nothing is written, nobody is asked."""
