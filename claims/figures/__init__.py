"""Figures of claims: how soon they are paid, by which tools, what the score stopped, and what people let go again."""
