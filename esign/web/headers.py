"""The headers of every page, of the ceremony and of the console: what a browser may do with it, and who may keep it."""

from __future__ import annotations

from typing import Final

from flask import Response

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SCREEN_POLICY: Final = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""Of a recorded screen that is looked at again, with the style of its day: it runs nothing and asks for nothing."""
PERMISSIONS: Final = "camera=(self), microphone=(), geolocation=(), payment=(), usb=()"

PERMISSIONS_AND_PLACE: Final = PERMISSIONS.replace("geolocation=()", "geolocation=(self)")
"""Of a page on which a person can have their device say where it is, by a button and the browser's own question."""


def secure(response: Response, *, over_tls: bool, policy: str = POLICY) -> None:
    """Put the headers on; what says itself how long it may be kept, and what the browser may ask, is believed."""
    headers = response.headers
    headers.setdefault("Cache-Control", "no-store")
    headers["Content-Security-Policy"] = policy
    headers.setdefault("Permissions-Policy", PERMISSIONS)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["X-Frame-Options"] = "DENY"
    if over_tls:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
