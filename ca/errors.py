"""Errors of the trust services. Each has a stable `code` and says cause and cure in one line."""

from __future__ import annotations


class TrustServiceError(Exception):
    """A trust service could not do what was asked.

    `code` is stable and meant for programs; `str(error)` is "cause; cure" on one line, meant for people.
    """

    def __init__(self, code: str, cause: str, cure: str) -> None:
        super().__init__(f"{cause}; {cure}")
        self.code = code
        self.cause = cause
        self.cure = cure


class TrustServiceUnavailable(TrustServiceError):
    """The service did not answer, or its answer cannot be used now. Trying again later may succeed."""


class TokenRefused(TrustServiceError):
    """The service answered, and its answer (token, OCSP response, certificate) fails the checks."""


class AuthorityError(TrustServiceError):
    """The embedded authority's folder cannot be created, opened or used."""
