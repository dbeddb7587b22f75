"""The cookies of the console: over TLS, for this host alone, not to be read by scripts.

session   the token of a session of staff, for as long as the browser is open; sent with no request that another site
          began (`Strict`), so whoever comes by a link in a message is led to the login, which leads on
door      a random text before there is a session, to which the forms at the door are bound; sent with links (`Lax`),
          so that a link in a message does not spoil a login that is open beside it
known     who has logged in here before, as marks that open nothing (`Strict`): those may try on while their login is
          locked for strangers
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import Final

from flask import g, request
from werkzeug.wrappers import Response

from esign.web.cookies import LONGEST

SESSION: Final = "__Host-staff"
DOOR: Final = "__Host-staff-door"
KNOWN: Final = "__Host-staff-known"
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{20,100}", re.ASCII)


def token() -> str | None:
    """Return the token of the session that this browser has: the one that it gets with this answer, if it gets one."""
    renewed = g.get("renewed_token")
    return renewed if isinstance(renewed, str) else _kept(SESSION)


def renew_token(value: str) -> None:
    """Take the token for that of the session from now on, in this request's answer too; the answer must keep it."""
    g.renewed_token = value


def door() -> str | None:
    """Return the text that this browser was given at the door."""
    return _kept(DOOR)


def new_door() -> str:
    """Return a new text for the door."""
    return secrets.token_urlsafe(24)


def keep_token(response: Response, value: str) -> None:
    """Have the browser keep the session, and forget the door."""
    _keep(response, SESSION, value, "Strict")
    _forget(response, DOOR, "Lax")


def keep_door(response: Response, value: str) -> None:
    """Have the browser keep the text of the door."""
    _keep(response, DOOR, value, "Lax")


def forget_token(response: Response) -> None:
    """Have the browser forget the session."""
    _forget(response, SESSION, "Strict")


def known_marks() -> list[str]:
    """Return what this browser is known by, as it says itself."""
    return [one for one in request.cookies.get(KNOWN, "")[:1000].split(".") if one]


def keep_marks(response: Response, marks: Sequence[str]) -> None:
    """Have the browser keep what it is known by, for as long as it may."""
    kept = ".".join(marks)
    response.set_cookie(KNOWN, kept, max_age=LONGEST, path="/", secure=True, httponly=True, samesite="Strict")


def _kept(name: str) -> str | None:
    value = request.cookies.get(name)
    return value if value is not None and _TOKEN.fullmatch(value) else None


def _keep(response: Response, name: str, value: str, with_sites: str) -> None:
    response.set_cookie(name, value, path="/", secure=True, httponly=True, samesite=with_sites)


def _forget(response: Response, name: str, with_sites: str) -> None:
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite=with_sites)
