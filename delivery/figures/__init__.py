"""Figures of deliveries: the 15-day rate, the time of each leg, and how receipts are signed, all from the trail."""
