"""Limits as data: tiers by amount, lanes, who approves what, and how the customer agrees."""
