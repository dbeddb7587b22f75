"""Whether a signature that holds may be relied on: certificate paths, revocation, proven times, and its level."""
