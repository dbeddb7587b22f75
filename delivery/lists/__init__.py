"""The daily lists of open deliveries, for each institution of the third level."""
