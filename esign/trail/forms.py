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
from collections.abc import Callable, Iterable, Mapping
from dataclasses import is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Generic, Protocol, TypeAlias, TypeVar, cast

from esign.trail.errors import EventRefused, StreamBroken
from esign.trail.event import Event, EventType, NewEvent, Value
from esign.trail.members import EXACTLY, Form, members_of
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


E = TypeVar("E", bound=DomainEvent)
_Write: TypeAlias = Callable[[Any, str], Value]
"""Writes a value of a member of that name. Raises `EventRefused`."""
_Writers: TypeAlias = tuple[tuple[str, _Write], ...]
_Read: TypeAlias = Callable[[Value, str], Any]
"""Reads the value of a member of that name. Raises `ValueError`, which repeats no value."""
_Readers: TypeAlias = Mapping[str, _Read]


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
        self._readers = {kind: self._readers_of(kind, without=_BESIDE) for kind in self.kinds}
        self._writers = {kind: self._members_writers(kind, without=_BESIDE) for kind in self.kinds}

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
            members = _members(current.payload, self._readers[kind])
        except ValueError as error:
            raise self._broken(f"the payload of event {recorded.id} is not that of its type: {error}") from error
        return cast("Callable[..., E]", kind)(**members, at=current.time)

    def _new_event(self, event: E) -> NewEvent:
        members = self._writers.get(type(event))
        if members is None:  # the vocabulary refuses it
            members = self._members_writers(type(event), without=_BESIDE)
        return event.type(**{name: write(getattr(event, name), name) for name, write in members})

    def _members_writers(self, kind: type[object], *, without: frozenset[str] = frozenset()) -> _Writers:
        return tuple((name, self._writer(hint)) for name, hint in members_of(kind).items() if name not in without)

    def _writer(self, hint: object) -> _Write:
        """Return what writes a value of the hint under a member's name: worked out once, for millions of events."""
        form = Form.by(hint)
        write = self._writer_of_many(form) if form.many else self._writer_of_one(form)
        return (lambda value, name: None if value is None else write(value, name)) if form.may_be_none else write

    def _writer_of_many(self, form: Form) -> _Write:
        write = self._writer(form.hint)

        def written(value: object, name: str) -> Value:
            if not isinstance(value, tuple):
                raise _refused(name, "a tuple")
            return [write(entry, name) for entry in value]

        return written

    def _writer_of_one(self, form: Form) -> _Write:
        kind, own, exactly = form.kind, form.own, form.kind in EXACTLY
        members = self._members_writers(kind) if own is None and is_dataclass(kind) else None

        def written(value: object, name: str) -> Value:
            if not isinstance(value, kind) or (exactly and type(value) is not kind):
                raise _refused(name, f"of type {kind.__name__}")
            if own is not None:
                if not own.fits(value):
                    raise _refused(name, own.name)
                return cast("Value", value)
            if members is not None:
                return {n: write(getattr(value, n), f"{name}.{n}") for n, write in members}
            return self._plain(value, name)

        return written

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

    def _readers_of(self, kind: type[object], *, without: frozenset[str] = frozenset()) -> _Readers:
        return {name: self._reader(hint) for name, hint in members_of(kind).items() if name not in without}

    def _reader(self, hint: object) -> _Read:
        """Return what reads the value that a writer of this hint wrote: as often as anything is read."""
        form = Form.by(hint)
        read = self._reader_of_many(form) if form.many else self._reader_of_one(form)
        return (lambda data, name: None if data is None else read(data, name)) if form.may_be_none else read

    def _reader_of_many(self, form: Form) -> _Read:
        read = self._reader(form.hint)

        def entries(data: Value, name: str) -> Any:
            if not isinstance(data, list | tuple):
                raise ValueError(f"{name} is no list")  # noqa: TRY004  # one error for every malformed payload
            return tuple(read(entry, name) for entry in data)

        return entries

    def _reader_of_one(self, form: Form) -> _Read:
        kind, own = form.kind, form.own
        if is_dataclass(kind):
            members = self._readers_of(kind)
            return lambda data, _name: kind(**_members(data, members))

        def number(data: Value, name: str) -> Any:
            if type(data) is not kind or (own is not None and not own.fits(data)):
                raise ValueError(f"{name} is of another type")
            return data

        def text(data: Value, name: str) -> Any:
            if not isinstance(data, str):
                raise ValueError(f"{name} is no text")  # noqa: TRY004  # one error for every malformed payload
            return self._read_text(data, form, name)

        return number if kind in (int, bool) else text

    def _read_text(self, text: str, form: Form, name: str) -> Any:
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
                is_so = self._words.fullmatch(text) is not None if form.own is None else form.own.fits(text)
        except ValueError:
            is_so = False
        if not is_so:
            raise ValueError(f"{name} is not of its form")
        return read


_BESIDE: Final = frozenset({"at"})
"""Recorded beside the payload."""


def _members(data: Value, readers: _Readers) -> dict[str, Any]:
    """Return the members of a dataclass from exactly the data of those. Raises `ValueError`."""
    if not isinstance(data, Mapping) or data.keys() != readers.keys():
        raise ValueError("not its members")
    return {name: read(data[name], name) for name, read in readers.items()}


def _time_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def _refused(name: str, wanted: str) -> EventRefused:
    return EventRefused("event-payload", f"{name} is not {wanted}", "make the event of values of its types")
