"""Recognising a file as one of ours by its digest, in the database or in an export; and what strangers learn of it."""
