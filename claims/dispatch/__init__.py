"""Dispatch: who is on duty and where, who is nearest to a loss and free, and whether they go."""
