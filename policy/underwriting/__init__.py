"""Underwriting: the table decides, people decide what it refers, and customers are told."""
