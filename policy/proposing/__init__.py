"""A proposal as it is filled in: kept, checked as a whole, and quoted. Pure."""
