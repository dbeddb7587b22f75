"""Forms that come from our own pages: a keyed token in each, and what the browser tells of where it was sent from.

The token is bound to what the form is about: the session, or the link before there is one, or the page to return to.
"""

from __future__ import annotations

import base64
import hmac
from typing import Final
from urllib.parse import urlsplit

from flask import Request

from esign.infra.keystore import KeyStore
from esign.web.errors import forged_form

FIELD: Final = "form_token"
HEADER: Final = "X-Form-Token"
_BYTES: Final = 20


class Forms:
    """Makes and checks the tokens of forms."""

    def __init__(self, keys: KeyStore, public_url: str) -> None:
        self._keys = keys
        self._origin = _origin(public_url)

    def token(self, about: str) -> str:
        """Return the token of forms about this session, link or page."""
        digest = self._keys.token_digest("form of a page", about.encode("utf-8", "surrogatepass"))[:_BYTES]
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")

    def require_own(self, request: Request, about: str) -> None:
        """Raise `PageError` (`form-forged`) unless the request is a form of ours about this.

        The token decides. What browsers tell of the sending page is checked as well; old ones tell nothing.
        """
        told = request.headers.get(HEADER) or request.form.get(FIELD, "")
        true = self.token(about)
        if not hmac.compare_digest(told.encode("utf-8", "surrogatepass"), true.encode()):
            raise forged_form()
        self.require_same_origin(request)

    def require_same_origin(self, request: Request) -> None:
        """Raise `PageError` (`form-forged`) where the browser says that another site sent it."""
        site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
        if site is not None and site != "same-origin":
            raise forged_form()
        if origin is not None and origin.lower() != self._origin:
            raise forged_form()


def _origin(url: str) -> str:
    """Return the origin as browsers write it (RFC 6454, clause 6.2): without the scheme's own port."""
    parts = urlsplit(url.lower())
    own_port = {"https": ":443", "http": ":80"}.get(parts.scheme, "")
    return f"{parts.scheme}://{parts.netloc.removesuffix(own_port)}"
