"""Policy: from a remote proposal to an issued contract. An empty room for now; the signing core comes first."""
