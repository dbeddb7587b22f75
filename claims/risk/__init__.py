"""Risk: points scored at each step of a claim by decision tables. A score routes to people; it never refuses."""
