"""What a policy may ask: each requirement is a value made from its table, and judges a case by itself."""
