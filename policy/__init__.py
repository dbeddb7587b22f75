"""Policy: from a remote proposal to a contract issued on the same day (docs/policy.md)."""
