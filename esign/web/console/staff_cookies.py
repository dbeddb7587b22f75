"""The cookies of the console: over TLS, for this host alone, sent with no request that another site began.

session   the token of a session of staff, for as long as the browser is open
door      a random text before there is a session, to which the forms at the door are bound
"""

from __future__ import annotations

import re
import secrets
from typing import Final

from flask import request
from werkzeug.wrappers import Response

SESSION: Final = "__Host-staff"
DOOR: Final = "__Host-staff-door"
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{20,100}", re.ASCII)


def token() -> str | None:
    """Return the token of the session that this browser has."""
    return _kept(SESSION)


def door() -> str | None:
    """Return the text that this browser was given at the door."""
    return _kept(DOOR)


def new_door() -> str:
    """Return a new text for the door."""
    return secrets.token_urlsafe(24)


def keep_token(response: Response, value: str) -> None:
    """Have the browser keep the session, and forget the door."""
    _keep(response, SESSION, value)
    _forget(response, DOOR)


def keep_door(response: Response, value: str) -> None:
    """Have the browser keep the text of the door."""
    _keep(response, DOOR, value)


def forget_token(response: Response) -> None:
    """Have the browser forget the session."""
    _forget(response, SESSION)


def _kept(name: str) -> str | None:
    value = request.cookies.get(name)
    return value if value is not None and _TOKEN.fullmatch(value) else None


def _keep(response: Response, name: str, value: str) -> None:
    response.set_cookie(name, value, path="/", secure=True, httponly=True, samesite="Strict")


def _forget(response: Response, name: str) -> None:
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="Strict")
