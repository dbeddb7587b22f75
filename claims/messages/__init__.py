"""What customers are written about their claims: which step comes next."""
