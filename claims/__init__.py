"""Claims: small motor losses paid in minutes. An empty room for now; the signing core comes first."""
