"""Families of `esign delivery` with more than one command; each file is one of them."""
