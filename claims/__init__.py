"""Motor claims: small losses paid in minutes, doubtful ones decided by people (docs/claims.md)."""
