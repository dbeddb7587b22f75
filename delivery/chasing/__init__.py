"""Chasing: what is open, whose it is, what was tried, and what each trouble asks for next."""
