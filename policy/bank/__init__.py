"""The bank behind its port, and the one that is plainly simulated."""
