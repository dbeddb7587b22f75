"""What figures are made of: months, spreads of times, shares, rows of CSV. Pure: no clock, no database, no page."""
