"""How long what is kept of people is kept: rules, contracts that end, legal holds, erasure, and people's requests."""
