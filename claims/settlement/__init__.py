"""What a claim is paid, by a versioned table with its trace, and what it is likely to do to next year's premium."""
