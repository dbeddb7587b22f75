"""What is agreed to by a signature: the settlement on paper, its envelope, and what came of it."""
