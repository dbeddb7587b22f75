"""Events as dataclasses, on their way into the trail and back, in every version that was ever written.

A domain declares each event as a frozen dataclass with its `EventType` as a class constant and the time `at`:

    @dataclass(frozen=True, kw_only=True)
    class ProposalSent:
        type: ClassVar[EventType] = EventType("proposal.sent")
        at: datetime
        envelope: str

A payload has exactly the members of its event, but for the time, which the trail records beside it. A member is a
word, a whole number, a truth, a day, a time, a `StrEnum`, a frozen dataclass of such members, a tuple of one of these,
or one of these or None. A word is an id, a code, a digest, or a day or version in digits: a name, a sentence or a
phone number is none of them, and cannot be written. A text or whole number may be declared in a form of its own:
`Annotated[str, form]`, where `form.fits(value)` tells and `form.name` says what is wanted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, is_dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    ClassVar,
    Final,
    Generic,
    Protocol,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from esign.trail.errors import EventRefused, StreamBroken
from esign.trail.event import Event, EventType, NewEvent, Value
from esign.trail.vocabulary import Vocabulary

_ID_OR_CODE: Final = r"[a-z]{2,8}_[0-9a-z]{1,64}|[a-z][a-z0-9-]{0,63}"
ID_OR_CODE: Final = re.compile(_ID_OR_CODE, re.ASCII)
WORDS: Final = re.compile(rf"{_ID_OR_CODE}|[0-9a-f]{{64}}|[0-9]{{1,4}}(?:[.-][0-9]{{1,2}}){{1,3}}", re.ASCII)
"""An id such as `prp_01k9`, a code in lower-case words with hyphens, a SHA-256 digest in hexadecimal digits, a day or
version such as 2026-11-27 or 1.4."""


class DomainEvent(Protocol):
    """What an event of a domain is: something that happened `at` (timezone-aware), named by its type."""

    type: ClassVar[EventType]

    @property
    def at(self) -> datetime:
        """When it happened: recorded beside the payload, and not in it."""


class OwnForm(Protocol):
    """A form that a domain gives a text or whole number; `name` says it in words."""

    @property
    def name(self) -> str: ...

    def fits(self, value: object) -> bool: ...


E = TypeVar("E", bound=DomainEvent)


def _stream_broken(cause: str) -> Exception:
    return StreamBroken(
        "stream-broken",
        cause,
        "restore the trail from its last checkpoint that verifies, or use a build that knows every event in it",
    )


class EventForms(Generic[E]):
    """The events of one domain: what may be appended, and how it is written and read."""

    def __init__(
        self,
        kinds: Iterable[type[E]],
        *,
        words: re.Pattern[str] = WORDS,
        broken: Callable[[str], Exception] = _stream_broken,
    ) -> None:
        """`words` is what a text may be; `broken` makes the error for a stored payload that is not that of its type.

        Raises `ValueError` for a type that is declared twice, or a member that has no form.
        """
        self.kinds: tuple[type[E], ...] = tuple(kinds)
        self.vocabulary = Vocabulary(kind.type for kind in self.kinds)
        self._by_name = {kind.type.name: kind for kind in self.kinds}
        self._words = words
        self._broken = broken
        for kind in self.kinds:
            _require_forms(kind)

    def new_events(self, events: Iterable[E]) -> tuple[NewEvent, ...]:
        """Return the events as the trail appends them.

        Raises `EventRefused` (`event-payload`) for a value that does not keep to its form.
        """
        return tuple(self._new_event(event) for event in events)

    def event_of(self, recorded: Event) -> E:
        """Return the event that was recorded, read in today's version.

        Raises `EventRefused` for a type or version that this build does not know, and what `broken` makes for a
        payload that is not that of its type.
        """
        current = self.vocabulary.current(recorded)
        kind = self._by_name[current.type]
        try:
            members = self._members(current.payload, kind, without=frozenset({"at"}))
        except ValueError as error:
            raise self._broken(f"the payload of event {recorded.id} is not that of its type: {error}") from error
        return cast("Callable[..., E]", kind)(**members, at=current.time)

    def _new_event(self, event: E) -> NewEvent:
        hints = members_of(type(event))
        return event.type(**{n: self._written(getattr(event, n), hint, n) for n, hint in hints.items() if n != "at"})

    def _written(self, value: object, hint: object, name: str) -> Value:
        form = _Form.by(hint)
        if value is None and form.may_be_none:
            return None
        if form.many:
            if not isinstance(value, tuple):
                raise _refused(name, "a tuple")
            return [self._written(entry, form.hint, name) for entry in value]
        fits = isinstance(value, form.kind) and (type(value) is form.kind or form.kind not in _EXACTLY)
        if not fits:
            raise _refused(name, f"of type {form.kind.__name__}")
        if form.own is not None:
            if not form.own.fits(value):
                raise _refused(name, form.own.name)
            return cast("Value", value)
        if is_dataclass(value):
            return {n: self._written(getattr(value, n), h, f"{name}.{n}") for n, h in members_of(type(value)).items()}
        return self._plain(value, name)

    def _plain(self, value: object, name: str) -> Value:
        if isinstance(value, str):
            return self._word(value, name)
        if isinstance(value, datetime):
            if value.utcoffset() is None:
                raise _refused(name, "a time with a time zone")
            return _time_text(value)
        return value.isoformat() if isinstance(value, date) else cast("Value", value)

    def _word(self, value: str, name: str) -> str:
        if not self._words.fullmatch(value):
            # The value is not repeated: it may be what must never be in the trail.
            raise EventRefused(
                "event-payload", f"{name} is neither an id nor a code", "give a code in lower-case words"
            )
        return str.__str__(value)

    def _members(self, data: Value, kind: type[object], *, without: frozenset[str] = frozenset()) -> dict[str, Any]:
        """Return the members of a dataclass from exactly the data of those. Raises `ValueError`."""
        hints = {name: hint for name, hint in members_of(kind).items() if name not in without}
        if not isinstance(data, Mapping) or data.keys() != hints.keys():
            raise ValueError("not its members")
        return {name: self._read(data[name], hint, name) for name, hint in hints.items()}

    def _read(self, data: Value, hint: object, name: str) -> Any:
        """Return the value that `_written` wrote. Raises `ValueError`, which repeats no value."""
        form = _Form.by(hint)
        if data is None and form.may_be_none:
            return None
        if form.many:
            if not isinstance(data, list | tuple):
                raise ValueError(f"{name} is no list")
            return tuple(self._read(entry, form.hint, name) for entry in data)
        if is_dataclass(form.kind):
            return form.kind(**self._members(data, form.kind))
        if form.kind in (int, bool):
            if type(data) is not form.kind or not _fits(form, data):
                raise ValueError(f"{name} is of another type")
            return data
        if not isinstance(data, str):
            raise ValueError(f"{name} is no text")  # noqa: TRY004  # one error for every malformed payload
        return self._read_text(data, form, name)

    def _read_text(self, text: str, form: _Form, name: str) -> Any:
        kind = form.kind
        try:
            if kind is datetime:
                moment = datetime.fromisoformat(text)
                is_so = moment.utcoffset() is not None and _time_text(moment) == text
                read: object = moment
            elif kind is date:
                read = date.fromisoformat(text)
                is_so = read.isoformat() == text
            else:
                read = kind(text) if issubclass(kind, StrEnum) else text
                is_so = _fits(form, text) and (form.own is not None or self._words.fullmatch(text) is not None)
        except ValueError:
            is_so = False
        if not is_so:
            raise ValueError(f"{name} is not of its form")
        return read


_EXACTLY: Final = frozenset({int, bool, date, datetime})
"""Types whose subclasses are something else: a truth is no number here, a time no day."""


@dataclass(frozen=True)
class _Form:
    """What a member's type hint says: a value of `kind`, in a form of its `own`, or many values of `hint`, or perhaps
    none."""

    hint: object
    kind: type[Any]
    own: OwnForm | None = None
    many: bool = False
    may_be_none: bool = False

    @staticmethod
    def by(hint: object) -> _Form:
        """Return the form of a hint. Raises `ValueError` where it has none."""
        return _form(hint)


@cache
def _form(hint: Hashable) -> _Form:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType) and len(inner) == 2 and NoneType in inner:
        return replace(_form(next(one for one in inner if one is not NoneType)), may_be_none=True)
    if origin is Annotated and len(inner) == 2 and inner[0] in (str, int) and hasattr(inner[1], "fits"):
        return _Form(hint, inner[0], own=inner[1])
    if origin is tuple and len(inner) == 2 and inner[1] is ...:
        return _Form(inner[0], tuple, many=True)
    if isinstance(hint, type) and (
        hint in (str, int, bool, date, datetime) or issubclass(hint, StrEnum) or is_dataclass(hint)
    ):
        return _Form(hint, hint)
    raise ValueError(f"{hint} is nothing that an event can hold")


def members_of(kind: type[object]) -> Mapping[str, object]:
    """Return the members of a dataclass and what they declare, without class constants."""
    return _members_of(cast("Hashable", kind))


@cache
def _members_of(kind: Hashable) -> Mapping[str, object]:
    declared = get_type_hints(kind, include_extras=True)
    return {name: hint for name, hint in declared.items() if get_origin(hint) is not ClassVar}


def _require_forms(kind: type[object]) -> None:
    for hint in members_of(kind).values():
        form = _Form.by(hint)
        while form.many:
            form = _Form.by(form.hint)
        if is_dataclass(form.kind):
            _require_forms(form.kind)


def _fits(form: _Form, value: object) -> bool:
    return form.own is None or form.own.fits(value)


def _time_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def _refused(name: str, wanted: str) -> EventRefused:
    return EventRefused("event-payload", f"{name} is not {wanted}", "make the event of values of its types")
