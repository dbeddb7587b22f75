"""Ceremony: envelopes and recipients, and the service that brings them from a document to a sealed contract."""
