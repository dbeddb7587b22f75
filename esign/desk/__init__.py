"""What staff do with envelopes: look them up, see how they went, act on them. Pages ask here, never the tables."""
