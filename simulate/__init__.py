"""One branch's year of deliveries, played through the real commands, trail and projections: `make simulate-delivery`.

It is built on top of the product, as benchmarks are; no package of the product knows it.
"""
