"""Delivery: every policy's receipt signed within fifteen days. An empty room for now; the signing core comes first."""
