"""Cryptographic messages: signatures, timestamps and certificates as they are encoded, and whether they hold."""
