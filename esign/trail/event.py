"""The event: what is recorded before anything acts on it, in one canonical form that every build can read.

An event carries ids, digests, codes and whole numbers. What people wrote or are called lives in encrypted evidence
records, which can be erased; the trail cannot. So a text in a payload is one word of visible ASCII, and amounts
and ratios are whole numbers of a small unit or decimals written as text: there is one way to write each value, and
compact JSON with sorted members is the canonical form (RFC 8785) in any language.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, NoReturn, TypeAlias, cast

from esign.trail.payload import Value as _Value
from esign.trail.payload import canonical_text, frozen, plain, refused

Value: TypeAlias = _Value
"""What a payload holds."""
Lift: TypeAlias = "Callable[[Mapping[str, Value]], Mapping[str, Value]]"

SCHEMA: Final = "esign-event/1"
BYTES_AT_MOST: Final = 64 * 1024
BESIDE_AT_MOST: Final = 1024
"""Bytes that an event has at most beside its payload: every other member is short by its form."""
LARGEST_VERSION: Final = 2**31 - 1
KNOWN: Final = 4096
"""Types and actors occur again and again: so many that were found right are not looked at again."""

_ID = re.compile(r"evt_[0-9a-z]{16,40}")
_TYPE = re.compile(r"[a-z][a-z0-9-]{0,47}\.[a-z][a-z0-9-]{0,47}")
_STREAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,159}")
_ACTOR = re.compile(r"[a-z][a-z0-9_-]{0,31}(:[A-Za-z0-9][A-Za-z0-9._-]{0,127})?")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_MEMBERS = frozenset({"schema", "id", "stream", "version", "type", "type_version", "actor", "time", "payload"})


@dataclass(frozen=True)
class NewEvent:
    """An event that was decided and is not recorded yet: its type, by name and version, and its payload."""

    type: str
    type_version: int
    payload: Mapping[str, Value] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class EventType:
    """A type, in the version that is written now; calling it makes a `NewEvent`.

    A type that moves on keeps, for each version it leaves, a function that lifts a payload to the next one:
    `lifts[n]` makes a payload of version n + 1 one of version n + 2. So `evolve` sees the present form only, and
    every version ever written stays readable. Raises `ValueError` on making, since this is code and not data: a
    name that does not read `subject.past-tense-verb`, or a version that some older one has no way to.

        SENT = EventType("envelope.sent", 2, lifts=(lambda old: {**old, "channel": "sms"},))
    """

    name: str
    version: int = 1
    lifts: tuple[Lift, ...] = field(default=(), compare=False, repr=False)

    def __post_init__(self) -> None:
        if not _TYPE.fullmatch(self.name):
            raise ValueError(f"{self.name!r} does not read subject.past-tense-verb")
        if self.version < 1 or len(self.lifts) != self.version - 1:
            raise ValueError(f"{self.name} in version {self.version} needs one lift for each version before")

    def __call__(self, **payload: Value) -> NewEvent:
        """Return a new event of this type in its present version."""
        return NewEvent(self.name, self.version, payload)


@dataclass(frozen=True)
class Event:
    """A recorded event.

    `id` is `evt_` and 16 to 40 digits and lower-case letters; `version` counts the events of `stream` from 1;
    `type` reads `subject.past-tense-verb` and `type_version` counts its forms from 1; `actor` is a kind and,
    after a colon, an id (`recipient:rec_1`, `system`); `time` is aware and becomes UTC; `payload` is a JSON
    object, frozen when the event is made. Raises `EventRefused` on making: `event-id`, `event-stream`,
    `event-version`, `event-type`, `event-actor`, `event-time`, `event-payload`.
    """

    id: str
    stream: str
    version: int
    type: str
    type_version: int
    actor: str
    time: datetime
    payload: Mapping[str, Value] = field(hash=False)

    def __post_init__(self) -> None:
        _matching(_ID.fullmatch, self.id, "id", "evt_ and 16 to 40 lower-case letters and digits")
        _matching(_STREAM.fullmatch, self.stream, "stream", "1 to 160 of letters, digits and . _ : / -")
        _matching(_is_type, self.type, "type", "written subject.past-tense-verb")
        _matching(_is_actor, self.actor, "actor", "a kind in lower case and, after a colon, an id")
        _counted(self.version, "version")
        _counted(self.type_version, "type")
        if self.time.utcoffset() is None:
            _refuse("time", "the time of an event must be aware of its time zone")
        object.__setattr__(self, "time", self.time.astimezone(UTC))
        if not isinstance(self.payload, Mapping):
            _refuse("payload", "the payload of an event must be a JSON object")
        object.__setattr__(self, "payload", frozen(self.payload))


@dataclass(frozen=True)
class LoggedEvent:
    """An event and its place in the tree, counted from 0."""

    position: int
    event: Event


def record(
    new: NewEvent,
    *,
    id: str,
    stream: str,
    version: int,
    actor: str,
    time: datetime,
) -> Event:
    """Return the event as it is recorded under that id, at that place in its stream. Raises `EventRefused`."""
    return Event(id, stream, version, new.type, new.type_version, actor, time, new.payload)


def canonical(event: Event) -> bytes:
    """Return the event as RFC 8785 canonical JSON, in ASCII: what its leaf in the tree is the hash of.

    Raises `EventRefused` (`event-size`) if it is longer than 64 KiB.
    """
    encoded = canonical_around(event, canonical_payload(event))
    check_size(encoded)
    return encoded


def check_size(encoded: bytes) -> None:
    """Raise `EventRefused` (`event-size`) for an event, or what may be one, of more than 64 KiB."""
    if len(encoded) > BYTES_AT_MOST:
        _refuse("size", f"the event has {len(encoded)} bytes, more than {BYTES_AT_MOST}")


def check_payload_size(event: Event, payload: str) -> None:
    """Raise `EventRefused` (`event-size`) where the event, whose payload was written so, has more than 64 KiB."""
    if len(payload) > BYTES_AT_MOST - BESIDE_AT_MOST:
        check_size(canonical_around(event, payload))


def canonical_around(event: Event, payload: str) -> bytes:
    """Return what `canonical` returns, of an event whose payload was written (`canonical_payload`) already.

    No other member has a character that JSON would escape, and here they stand sorted. Not checked for its length.
    """
    time = event.time.isoformat(timespec="microseconds").removesuffix("+00:00")
    return (
        f'{{"actor":"{event.actor}","id":"{event.id}","payload":{payload},"schema":"{SCHEMA}",'
        f'"stream":"{event.stream}","time":"{time}Z","type":"{event.type}",'
        f'"type_version":{event.type_version},"version":{event.version}}}'
    ).encode("ascii")


def plain_payload(event: Event) -> dict[str, Any]:
    """Return a copy of the payload in plain dicts and lists, as `json.loads` would give it."""
    return plain(event.payload)


def canonical_payload(event: Event) -> str:
    """Return the payload alone as canonical JSON: what a column of the database holds."""
    return canonical_text(event.payload)


def parse_event(data: bytes) -> Event:
    """Read an event, strictly: `canonical` of the result is `data` again, byte for byte.

    Raises `EventRefused`: `event-size`, `event-json`, `event-form`, `event-not-canonical`, and those of `Event`.
    """
    check_size(data)
    event = event_of(load_json(data))
    if canonical(event) != data:
        _refuse("not-canonical", "the event is not in RFC 8785 canonical form")
    return event


def event_of(value: object) -> Event:
    """Return the event that this parsed JSON object is. Raises `EventRefused` as `parse_event` does."""
    if not isinstance(value, dict) or value.keys() != _MEMBERS or value["schema"] != SCHEMA:
        _refuse("form", f"an event must be an object of the schema {SCHEMA} with exactly its members")
    time = value["time"]
    if not isinstance(time, str) or not _TIME.fullmatch(time):
        _refuse("time", "the time of an event must be written in UTC with six decimals")
    try:
        moment = datetime.fromisoformat(time)
    except ValueError:
        _refuse("time", "the time of an event is not a date and time that exist")
    return Event(
        cast(str, value["id"]),
        cast(str, value["stream"]),
        cast(int, value["version"]),
        cast(str, value["type"]),
        cast(int, value["type_version"]),
        cast(str, value["actor"]),
        moment,
        cast("Mapping[str, Value]", value["payload"]),
    )


def load_json(data: bytes | str) -> object:
    """Parse JSON in ASCII, no member twice, no fraction. Raises `EventRefused` (`event-json`)."""
    try:
        text = data.decode("ascii") if isinstance(data, bytes) else data
        parsed: object = _JSON.decode(text)
    # int() refuses thousands of digits with ValueError; brackets nested too deeply end in RecursionError.
    except (ValueError, RecursionError):
        raise refused("json", "the bytes are not plain, well-formed JSON of whole numbers") from None
    return parsed


def _matching(fits: Callable[[str], object], value: object, member: str, form: str) -> None:
    if not isinstance(value, str) or not fits(value):
        _refuse(member, f"the {member} of an event must be {form}")


def _counted(value: object, member: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LARGEST_VERSION:
        _refuse(member, "the versions of an event must be whole numbers from 1")


@lru_cache(KNOWN)
def _is_type(text: str) -> bool:
    return _TYPE.fullmatch(text) is not None


@lru_cache(KNOWN)
def _is_actor(text: str) -> bool:
    return _ACTOR.fullmatch(text) is not None


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member name occurs twice")
    return members


def _not_whole(text: str) -> NoReturn:
    raise ValueError("a number is not whole")


_JSON: Final = json.JSONDecoder(object_pairs_hook=_distinct, parse_float=_not_whole, parse_constant=_not_whole)


def _refuse(reason: str, cause: str) -> NoReturn:
    raise refused(reason, cause)
