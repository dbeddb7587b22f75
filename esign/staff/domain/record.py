"""Events on their way into the trail and back, in every version that was ever written.

Every text in a payload is an id or a code: a name, a sentence or a phone number is neither, and cannot be written.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, ClassVar, Final, cast, get_args, get_origin, get_type_hints

from esign.staff.domain.events import EVENTS, Event
from esign.staff.domain.refusal import broken
from esign.trail.errors import EventRefused
from esign.trail.event import Event as RecordedEvent
from esign.trail.event import NewEvent, Value
from esign.trail.vocabulary import Vocabulary

VOCABULARY: Final = Vocabulary(kind.type for kind in EVENTS)

_BY_NAME: Final[Mapping[str, type[Event]]] = {kind.type.name: kind for kind in EVENTS}
_WORD: Final = re.compile(r"[a-z]{2,8}_[0-9a-z]{1,64}|[a-z][a-z0-9-]{0,63}", re.ASCII)


def new_events(events: Iterable[Event]) -> tuple[NewEvent, ...]:
    """Return the events as the trail appends them.

    Raises `EventRefused` (`event-payload`) for a text that is neither id nor code.
    """
    return tuple(_new_event(event) for event in events)


def event_of(recorded: RecordedEvent) -> Event:
    """Return the event that was recorded, read in today's version.

    Raises `EventRefused` for a type or version that this build does not know, `StaffTrailBroken` for a payload that
    is not that of its type.
    """
    current = VOCABULARY.current(recorded)
    kind = _BY_NAME[current.type]
    hints = _hints(cast("Hashable", kind))
    if current.payload.keys() != hints.keys():
        raise broken(f"the payload of event {recorded.id} has not the members of its type")
    try:
        members = {name: _read(current.payload[name], hint) for name, hint in hints.items()}
    except ValueError as error:
        raise broken(f"the payload of event {recorded.id} is malformed") from error
    return kind(**members, at=current.time)


def _new_event(event: Event) -> NewEvent:
    return event.type(**{name: _written(getattr(event, name), name) for name in _hints(cast("Hashable", type(event)))})


@cache
def _hints(kind: Hashable) -> Mapping[str, Any]:
    declared = get_type_hints(kind)
    return {name: hint for name, hint in declared.items() if name != "at" and get_origin(hint) is not ClassVar}


def _written(value: object, name: str) -> Value:
    if isinstance(value, tuple):
        return [_written(entry, name) for entry in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
    if isinstance(value, str) and not _WORD.fullmatch(value):
        # The value is not repeated: it may be what must never be in the trail.
        raise EventRefused("event-payload", f"{name} is neither an id nor a code", "give a code in lower-case words")
    return cast("Value", value)


def _read(value: Value, hint: Any) -> Any:
    """Return the value that `_written` wrote for a member of this type. Raises `ValueError`."""
    if get_origin(hint) is UnionType:
        if value is None:
            return None
        hint = next(kind for kind in get_args(hint) if kind is not NoneType)
    if get_origin(hint) is tuple:
        if not isinstance(value, tuple):
            raise ValueError("not a list")
        return tuple(_read(entry, get_args(hint)[0]) for entry in value)
    if hint is datetime:
        moment = datetime.fromisoformat(_text(value))
        if _written(moment, "time") != value:
            raise ValueError("not a time in UTC")
        return moment
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(_text(value))
    if type(value) is not hint or (hint is str and not _WORD.fullmatch(_text(value))):
        raise ValueError("not of its form")
    return value


def _text(value: Value) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")  # noqa: TRY004  # one error for every malformed payload
    return value
