"""What became of a document after a signature, and whether the signature allowed it."""
