"""Photographs of a claim: which are wanted, what is checked at once, how they are kept and who may see them."""
