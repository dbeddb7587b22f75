"""Receipts on paper: photographed, read, compared."""
