"""The forms that words, numbers and times of commands and events must have.

An event holds ids, digests and codes, never personal data. That is not left to care: a field that is not one of
these forms cannot be written. A name as people write it, an address or a sentence fits none; a telephone or ID
number by itself fits only what is a number to others too: a certificate's serial, and the id that the caller gives
an envelope.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, is_dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, ClassVar, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from esign.trail.event import Value

T = TypeVar("T")

ITEMS_AT_MOST = 10_000
FIRST_YEAR, LAST_YEAR = 2000, 2199


class Written:
    """A text of one form. `pattern` must match the whole of it."""

    def __init__(self, name: str, pattern: str) -> None:
        self.name = name
        self._pattern = re.compile(pattern, re.ASCII)

    def fits(self, value: object) -> bool:
        return type(value) is str and self._pattern.fullmatch(value) is not None


class Counted:
    """A whole number between two bounds, both included."""

    def __init__(self, least: int, most: int) -> None:
        self.name = f"a whole number from {least} to {most}"
        self._least, self._most = least, most

    def fits(self, value: object) -> bool:
        return type(value) is int and self._least <= value <= self._most


Id = Annotated[str, Written("an id such as rcp_01J8", r"[a-z]{2,8}_[0-9A-Za-z_-]{1,64}")]
Digest = Annotated[str, Written("a SHA-256 digest in 64 lower-case hexadecimal digits", r"[0-9a-f]{64}")]
Code = Annotated[str, Written("a code in lower-case words with hyphens", r"[a-z][a-z0-9-]{0,63}")]
FieldName = Annotated[str, Written("the ASCII name of a signature field", r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")]
TextVersion = Annotated[str, Written("a version such as 2025-11", r"(?!.*[0-9]{11})[0-9A-Za-z][0-9A-Za-z.-]{0,31}")]
ExternalId = Annotated[str, Written("an id of the caller's own", r"[0-9A-Za-z][0-9A-Za-z._:/-]{0,127}")]
SerialNumber = Annotated[str, Written("a certificate serial in lower-case hexadecimal", r"[1-9a-f][0-9a-f]{0,39}")]
Count = Annotated[int, Counted(0, 1_000_000)]
Number = Annotated[int, Counted(1, 1_000_000)]


class FormError(ValueError):
    """A value has not the form its place asks for. The value itself is never repeated: it may be personal."""

    def __init__(self, place: str, wanted: str) -> None:
        super().__init__(f"{place} is not {wanted}")
        self.place = place


def to_json(value: object, hint: object, place: str) -> Value:
    """Return `value` as JSON data; `hint` is the type its field declares, `place` its name in words.

    Times become RFC 3339 in UTC ending in `Z`, with six decimals or none; members of an enumeration their value.
    Raises `FormError`.
    """
    declared = _Declared.by(hint)
    if value is None and declared.may_be_none:
        return None
    if declared.many:
        _require(isinstance(value, tuple) and len(value) <= ITEMS_AT_MOST, place, "a tuple of bounded length")
        return [to_json(entry, declared.hint, place) for entry in cast("tuple[object, ...]", value)]
    _require(type(value) is declared.kind, place, f"of type {declared.kind.__name__}")
    if declared.form is not None:
        _require(declared.form.fits(value), place, declared.form.name)
    if isinstance(value, datetime):
        return time_text(value, place)
    if isinstance(value, StrEnum):
        return value.value
    return members_to_json(value, place) if is_dataclass(value) else cast("Value", value)


def members_to_json(value: object, place: str) -> dict[str, Value]:
    """Return the fields of a dataclass as a JSON object. Raises `FormError`."""
    hints = fields_of(type(value))
    return {name: to_json(getattr(value, name), hint, f"{name} of {place}") for name, hint in hints.items()}


def from_json(data: Value, hint: object, place: str) -> object:
    """Return the value that `to_json` wrote as `data`. Raises `FormError`."""
    declared = _Declared.by(hint)
    if data is None and declared.may_be_none:
        return None
    if declared.many:
        _require(isinstance(data, list | tuple) and len(data) <= ITEMS_AT_MOST, place, "a list of bounded length")
        return tuple(from_json(entry, declared.hint, place) for entry in cast("Sequence[Value]", data))
    value: object = data
    if declared.kind is datetime:
        value = _time(data, place)
    elif issubclass(declared.kind, StrEnum):
        _require(type(data) is str and data in tuple(declared.kind), place, "one of the known words")
        value = declared.kind(cast("str", data))
    elif is_dataclass(declared.kind):
        value = members_from_json(data, declared.kind, place)
    to_json(value, declared.hint, place)
    return value


def members_from_json(data: Value, kind: type[T], place: str, **given: object) -> T:
    """Return an object of the dataclass `kind` from exactly its fields, but for those `given` beside the data.

    Raises `FormError`.
    """
    hints = {name: hint for name, hint in fields_of(kind).items() if name not in given}
    known = isinstance(data, Mapping) and data.keys() == hints.keys()
    _require(known, place, "an object of exactly the fields that are known")
    members = cast("Mapping[str, Value]", data)
    read = {name: from_json(members[name], hint, f"{name} of {place}") for name, hint in hints.items()}
    return kind(**read, **given)


def fields_of(kind: type[object]) -> Mapping[str, object]:
    """Return the fields of a dataclass and what they declare, without class constants."""
    return _fields_of(cast("Hashable", kind))


@cache
def _fields_of(kind: Hashable) -> Mapping[str, object]:
    declared = get_type_hints(kind, include_extras=True)
    return {name: hint for name, hint in declared.items() if get_origin(hint) is not ClassVar}


@dataclass(frozen=True)
class _Declared:
    """What a field's type hint says: a value of `kind` in `form`, or many values of `hint`, or perhaps none."""

    hint: object
    kind: type[object]
    form: Written | Counted | None = None
    many: bool = False
    may_be_none: bool = False

    @staticmethod
    @cache
    def by(hint: Hashable) -> _Declared:
        origin = get_origin(hint)
        if origin in (Union, UnionType):
            inner = next(kind for kind in get_args(hint) if kind is not NoneType)
            return replace(_Declared.by(inner), may_be_none=True)
        if origin is tuple:
            return _Declared(get_args(hint)[0], tuple, many=True)
        if origin is Annotated:
            kind, form = get_args(hint)
            return _Declared(hint, kind, form)
        return _Declared(hint, cast("type[object]", hint))


def time_text(moment: datetime, place: str) -> str:
    """Write a time in UTC. Raises `FormError` for a time without a zone, or not of our centuries."""
    _require(moment.utcoffset() is not None, place, "a time with a time zone")
    _require(FIRST_YEAR <= moment.year <= LAST_YEAR, place, f"a time from {FIRST_YEAR} to {LAST_YEAR}")
    return moment.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def _time(data: Value, place: str) -> datetime:
    try:
        moment = datetime.fromisoformat(data) if type(data) is str else None
    except ValueError:
        moment = None
    if moment is None or moment.utcoffset() is None or time_text(moment, place) != data:
        raise FormError(place, "a time in UTC ending in Z")
    return moment.astimezone(UTC)


def _require(holds: bool, place: str, wanted: str) -> None:
    if not holds:
        raise FormError(place, wanted)
