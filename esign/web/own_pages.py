"""Which addresses lead to a page of ours, however a browser reads them."""

from __future__ import annotations

import re
from typing import Final

from flask import request

_PATH: Final = re.compile(r"/[A-Za-z0-9_./-]{0,300}", re.ASCII)
_QUERY: Final = re.compile(r"(?:[A-Za-z0-9_.~&=+:,*-]|%[2-9A-Fa-f][0-9A-Fa-f]){0,1000}", re.ASCII)
"""As browsers write what a form asks: all else is escaped by them, and no form of ours asks for control characters."""


def is_own_page(address: str) -> bool:
    """Tell whether this is the path of a page of ours, with or without what is asked of it."""
    path, asks, query = address.partition("?")
    is_path = _PATH.fullmatch(path) is not None and not path.startswith("//") and ".." not in path
    return is_path and (not asks or _QUERY.fullmatch(query) is not None)


def page_asked_for() -> str:
    """Return the path of this request, with what is asked of it, such as filters, where both lead back here."""
    query = request.query_string.decode("ascii", "replace")
    whole = f"{request.path}?{query}"
    return whole if query and is_own_page(whole) else request.path
