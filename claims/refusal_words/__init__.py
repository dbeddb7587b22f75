"""The words of what the room refuses beside the domain, by what they are about (`claims.refusals`)."""
