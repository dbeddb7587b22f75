"""Trust services: certificates, timestamps, revocation. Knows nothing of documents, people or insurance."""
