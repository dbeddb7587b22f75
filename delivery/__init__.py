"""Delivery: every receipt signed within fifteen days of the application, and provably so (docs/delivery.md)."""
