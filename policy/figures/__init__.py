"""Figures from the trail: how long proposals take, how they are signed, where people stop."""
