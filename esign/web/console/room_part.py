"""What a room of a business package adds to the console: pages, an entry at the top, sentences after a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any, TypeAlias, cast

from werkzeug.wrappers import Response as AnyResponse

from esign.web.console.access import Access, Console, Entry, View
from esign.web.rendering import CATALOGUES
from esign.web.room_assets import room_asset_of

Guard: TypeAlias = Callable[[], AnyResponse | None]
"""Asked before a view: None lets it go on, a response is answered instead."""


class RoomConsole:
    """The console as a room sees it: its pages are all below its own name, `/console/<room>`."""

    def __init__(self, console: Console, room: str, guard: Guard | None = None) -> None:
        self._console = console
        self._room = room
        self._guard = guard

    def page(self, path: str, *, to: Access) -> Callable[[View], View]:
        """Declare what is looked at, at a path below the room's: it changes nothing."""
        return self._guarded(self._console.page(f"/{self._room}{path}", to=to))

    def form(self, path: str, *, to: Access) -> Callable[[View], View]:
        """Declare what a form does, at a path below the room's."""
        return self._guarded(self._console.form(f"/{self._room}{path}", to=to))

    def _guarded(self, declare: Callable[[View], View]) -> Callable[[View], View]:
        guard = self._guard
        if guard is None:
            return declare

        def declared(view: View) -> View:
            @wraps(view)
            def answer(*given: Any, **named: Any) -> Any:
                refused = guard()
                return view(*given, **named) if refused is None else refused

            return declare(cast("View", answer))

        return declared

    def count(self, endpoint: str, waiting: Callable[[], int]) -> None:
        """Show beside the name of this section how many things wait in it for the caller."""
        self._console.waiting_counts[endpoint] = waiting


DeclarePages: TypeAlias = Callable[[RoomConsole], None]


@dataclass(frozen=True)
class ConsolePart:
    """The pages of one room: what declares them, their entries at the top, what is said after a form, by code, and what
    its tasks and messages are called in the lists of jobs and messages, by kind. `label` is the menu that its entries
    stand in (a message of the catalogue), unless they name another one. `package` has the templates
    (`templates`), the English words (`data/en`), and style and modules of its own (`static`). `guard` is asked before
    each view of the room, after the caller was admitted: it returns None, or what is answered instead, or raises."""

    room: str
    package: str
    declare: DeclarePages
    entries: Sequence[Entry] = ()
    sentences: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    label: str = ""
    guard: Guard | None = None


def add_parts(console: Console, parts: Sequence[ConsolePart]) -> None:
    """Add the parts of rooms to the console.

    Raises `ValueError` for an entry that leads to no page of the console, or is shown to others than the page lets in.
    """
    console.config[CATALOGUES] = tuple(part.package for part in parts)
    console.jinja_env.globals["room_asset"] = room_asset_of({part.room: part.package for part in parts})
    for part in parts:
        part.declare(RoomConsole(console, part.room, part.guard))
        console.sentences.update(part.sentences)
        console.kinds.update(part.kinds)
        for entry in part.entries:
            if entry.endpoint not in console.access or console.access[entry.endpoint].roles != entry.roles:
                raise ValueError(f"the entry {entry.endpoint} is not as its page: there, and for the same roles")
        console.entries = (*console.entries, *(replace(one, group=one.group or part.label) for one in part.entries))
