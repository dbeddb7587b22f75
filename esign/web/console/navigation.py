"""What stands at the top of every page of the console: one table, in the order in which it is shown.

Each area adds its entry here. `roles` are those of the page itself (a test compares them); None is everybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import current_app, request, url_for

from esign.staff.actors import Caller
from esign.staff.domain.roles import Role
from esign.web.words import N_


@dataclass(frozen=True)
class Entry:
    """A label (a message of the catalogue), the view that it leads to, and who sees it."""

    label: str
    endpoint: str
    roles: frozenset[Role] | None = None


@dataclass(frozen=True)
class Shown:
    """An entry as a page shows it."""

    label: str
    address: str
    is_current: bool


NAVIGATION: Final[tuple[Entry, ...]] = (Entry(N_("首页"), "start"),)


def navigation_of(caller: Caller | None) -> list[Shown]:
    """Return the entries that the caller sees; nobody sees none."""
    if caller is None:
        return []
    return [
        _shown(entry)
        for entry in NAVIGATION
        if entry.endpoint in current_app.view_functions
        and (entry.roles is None or not entry.roles.isdisjoint(caller.roles))
    ]


def _shown(entry: Entry) -> Shown:
    address = url_for(entry.endpoint)
    below = entry.endpoint != "start" and request.path.startswith(f"{address}/")
    return Shown(entry.label, address, is_current=request.path.rstrip("/") == address or below)
