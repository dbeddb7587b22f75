"""Backups of the whole service, and bringing them back: the database's rows, the blobs, and apart the wrapped keys."""
