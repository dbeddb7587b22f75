"""Lists in pages: `?limit=&cursor=`, and `next_cursor` until nothing follows.

A cursor says after which id to go on. It is opaque to callers but proves nothing and needs not: what a list shows is
decided anew for every page.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

from pydantic import BaseModel, Field

from esign.api.errors import ApiError
from esign.api.json_body import Query

DEFAULT_LIMIT: Final = 50
LIMIT_AT_MOST: Final = 200
_PLACE: Final = re.compile(r"[a-z-]{1,32}\n[A-Za-z0-9_.:-]{1,100}")

T = TypeVar("T", bound=BaseModel)
R = TypeVar("R")


class PageQuery(Query):
    """Which page of a list."""

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=LIMIT_AT_MOST, description="At most so many entries.")
    cursor: str | None = Field(None, max_length=200, description="`next_cursor` of the page before.")

    def after(self, listing: str) -> str:
        """Return the id after which to go on, empty at the beginning. Raises `ApiError` (`cursor-refused`)."""
        return "" if self.cursor is None else read_cursor(listing, self.cursor)


class Page(BaseModel, Generic[T]):
    """A page of a list."""

    items: list[T]
    next_cursor: str | None = Field(description="Give it as `cursor` for the next page; null on the last.")


def cut(rows: Sequence[R], query: PageQuery, listing: str, id_of: Callable[[R], str]) -> tuple[Sequence[R], str | None]:
    """Return the rows of the page and the cursor of the next; `rows` holds one more than `limit` if more follow."""
    if len(rows) <= query.limit:
        return rows, None
    shown = rows[: query.limit]
    return shown, write_cursor(listing, id_of(shown[-1]))


def write_cursor(listing: str, after: str) -> str:
    """Return the cursor that goes on after this id, in this list only."""
    place = f"{listing}\n{after}"
    if not _PLACE.fullmatch(place):
        raise ValueError("a cursor goes on after an id")
    return base64.urlsafe_b64encode(place.encode("ascii")).rstrip(b"=").decode("ascii")


def read_cursor(listing: str, cursor: str) -> str:
    """Return the id after which to go on. Raises `ApiError` (`cursor-refused`)."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        place = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        raise ApiError("cursor-refused") from None
    listed, _, after = place.partition("\n")
    if not _PLACE.fullmatch(place) or listed != listing:
        raise ApiError("cursor-refused")
    return after
