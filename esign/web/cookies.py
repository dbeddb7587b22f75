"""The cookies of the pages. Each has the `__Host-` prefix: over TLS, for this host alone, not to be read by scripts.

session    one for each recipient, so that two people on one tablet do not end each other's; the token of `Tokens`,
           good together with the mark of the browser alone, and on a tablet with the handover
link       the link that the session came by, so that a session that is over leads back to a fresh code
copy       what a code for the sealed copy opened
linked     for each page behind a room's link, that the person whom it was sent to has said who they are
entrance   for each room with open pages, the address of a visit that began there, for an hour
handover   that this browser is a tablet that a salesperson handed to a signer
browser    a mark by which the browser is known again: random, and told to nobody; for signals of signing for another
my-data    the address of a visit to the page for one's own data, for half an hour at most
language   the language that somebody switched to, and for which recipient
large      whether letters are large
"""

from __future__ import annotations

import re
import secrets
from typing import Final

from flask import request
from werkzeug.wrappers import Response

from esign.infra.ids import is_id
from esign.web.words import Language, language_of

SESSION: Final = "__Host-session-"
LINK: Final = "__Host-link-"
COPY: Final = "__Host-copy-"
LINKED: Final = "__Host-linked-"
ENTRANCE: Final = "__Host-entrance-"
HANDOVER: Final = "__Host-handover"
BROWSER: Final = "__Host-browser"
VISIT: Final = "__Host-my-data"
LANGUAGE: Final = "__Host-language"
LARGE: Final = "__Host-large"
HOUR: Final = 3600
DAY: Final = 24 * HOUR
YEAR: Final = 365 * DAY
LONGEST: Final = 400 * DAY
"""No browser keeps a cookie longer."""
_MARK: Final = re.compile(r"[A-Za-z0-9_-]{32}", re.ASCII)
SESSIONS_AT_MOST: Final = 8
"""So many ceremonies of one browser: a tablet that is handed around must not outgrow what a request may carry."""


def session_of(recipient: str) -> str | None:
    """Return the session's token that this browser has for the recipient."""
    return request.cookies.get(SESSION + recipient)


def link_of(recipient: str) -> str | None:
    """Return the link by which this browser came."""
    return request.cookies.get(LINK + recipient)


def copy_of(recipient: str) -> str | None:
    """Return the token that opens the recipient's copy."""
    return request.cookies.get(COPY + recipient)


def language_chosen(recipient: str | None) -> Language | None:
    """Return the language that was switched to, for this recipient or, where none is known, at all."""
    chosen, _, whose = request.cookies.get(LANGUAGE, "").partition(".")
    return language_of(chosen) if recipient is None or whose == recipient else None


def is_large() -> bool:
    """Tell whether letters are large."""
    return request.cookies.get(LARGE) == "1"


def begin_session(response: Response, recipient: str, token: str, link: str) -> None:
    """Have the browser keep the session and its link; the oldest beyond a few are forgotten."""
    others = sorted(
        name.removeprefix(SESSION) for name in request.cookies if name.startswith(SESSION) and _is_ours(name)
    )
    for old in [one for one in others if one != recipient][: -(SESSIONS_AT_MOST - 1)]:
        for kind in (SESSION, LINK, COPY):
            _forget(response, kind + old)
    _keep(response, SESSION + recipient, token, DAY)
    _keep(response, LINK + recipient, link, DAY)


def keep_copy(response: Response, recipient: str, token: str) -> None:
    """Have the browser keep what opens the copy; the oldest beyond a few are forgotten."""
    others = sorted(name for name in request.cookies if name.startswith(COPY) and name != COPY + recipient)
    for old in others[: -(SESSIONS_AT_MOST - 1)]:
        _forget(response, old)
    _keep(response, COPY + recipient, token, DAY)


def linked_of(subject: str) -> str | None:
    """Return the token by which this browser is known at the page behind a room's link about the subject."""
    return request.cookies.get(LINKED + subject)


def keep_linked(response: Response, subject: str, token: str, seconds: int) -> None:
    """Have the browser be known there; the oldest beyond a few are forgotten."""
    others = sorted(name for name in request.cookies if name.startswith(LINKED) and name != LINKED + subject)
    for old in others[: -(SESSIONS_AT_MOST - 1)]:
        _forget(response, old)
    _keep(response, LINKED + subject, token, seconds)


def entrance_of(room: str) -> str | None:
    """Return the address of this browser's visit to the open pages of a room."""
    return request.cookies.get(ENTRANCE + room)


def keep_entrance(response: Response, room: str, address: str) -> None:
    """Have the browser keep the address of its visit to the open pages of a room."""
    _keep(response, ENTRANCE + room, address, HOUR)


def keep_language(response: Response, language: Language, recipient: str | None) -> None:
    """Have the browser keep the language that was switched to."""
    _keep(response, LANGUAGE, f"{language}.{recipient or ''}", YEAR)


def keep_large(response: Response, *, large: bool) -> None:
    """Have the browser keep whether letters are large."""
    if large:
        _keep(response, LARGE, "1", YEAR)
    else:
        _forget(response, LARGE)


def handover() -> str | None:
    """Return what this browser has of a handover."""
    return request.cookies.get(HANDOVER)


def keep_handover(response: Response, token: str) -> None:
    """Have the browser know that it is a tablet in a signer's hands."""
    _keep(response, HANDOVER, token, DAY)


def forget_handover(response: Response, recipient: str | None) -> None:
    """Have the browser forget that it is a tablet, and all that it had of the signer."""
    _forget(response, HANDOVER)
    for kind in (SESSION, LINK, COPY) if recipient is not None else ():
        _forget(response, f"{kind}{recipient}")


def visit() -> str | None:
    """Return the address of this browser's visit to the page for one's own data."""
    return request.cookies.get(VISIT) or None


def keep_visit(response: Response, address: str) -> None:
    """Have the browser keep the address of its visit."""
    _keep(response, VISIT, address, HOUR)


def forget_visit(response: Response) -> None:
    """Have the browser forget its visit."""
    _forget(response, VISIT)


def known_mark() -> str | None:
    """Return the mark of this browser, None where it has none."""
    mark = request.cookies.get(BROWSER, "")
    return mark if _MARK.fullmatch(mark) else None


def browser_mark() -> str:
    """Return the mark of this browser, a new one where it has none; whoever uses it has it kept (`keep_browser`)."""
    return known_mark() or secrets.token_urlsafe(24)


def keep_browser(response: Response, mark: str) -> None:
    """Have the browser keep its mark, from now on for as long as it may."""
    _keep(response, BROWSER, mark, LONGEST)


def _is_ours(name: str) -> bool:
    return is_id("rcp", name.removeprefix(SESSION))


def _keep(response: Response, name: str, value: str, seconds: int) -> None:
    response.set_cookie(name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="Lax")


def _forget(response: Response, name: str) -> None:
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="Lax")
