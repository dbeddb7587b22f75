"""Errors of the signing core. Each has a stable `code` and says cause and cure in one line."""

from __future__ import annotations


class EsignError(Exception):
    """Something the caller can mend.

    `code` is stable, lower-case words with hyphens, meant for programs; `str(error)` is "cause; cure" on one
    line, meant for people. Nothing the caller handed over has been changed when one of these is raised.
    """

    def __init__(self, code: str, cause: str, cure: str) -> None:
        super().__init__(f"{cause}; {cure}")
        self.code = code
        self.cause = cause
        self.cure = cure


class DocumentRefused(EsignError):
    """The PDF is not one that can be signed and stand up later (SIGNING.md, Creation)."""


class FieldError(EsignError):
    """A signature field cannot be placed, found or used."""


class EvidenceError(EsignError):
    """Handwriting, photo, consent or another evidence item is not acceptable."""


class SigningError(EsignError):
    """The signature was not made: key, certificate, timestamp or revocation data failed its check."""


class LevelNotReached(SigningError):
    """The level that was asked for was not reached; it is never lowered silently."""


class OutputError(EsignError):
    """The result cannot be written where it was asked for."""
