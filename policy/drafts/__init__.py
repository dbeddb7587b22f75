"""Drafts of proposals: what a salesperson typed, screen by screen, kept so that nothing is lost."""
