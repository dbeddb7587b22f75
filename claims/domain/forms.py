"""The forms that every text and number of a command or event must have.

An event holds ids, digests, codes, days and whole numbers, never personal data: a name, a sentence, a number plate or a
place fits none of these forms. The checks of a class are made once and kept: a simulation gives millions of commands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, TypeAlias, cast, get_args, get_origin, get_type_hints

ITEMS_AT_MOST = 64
FIRST_YEAR, LAST_YEAR = 2000, 2199
Check: TypeAlias = Callable[[Any, str], None]


class Written:
    """A text of one form. `pattern` must match the whole of it."""

    def __init__(self, name: str, pattern: str) -> None:
        self.name = name
        self._matches = re.compile(pattern, re.ASCII).fullmatch

    def fits(self, value: object) -> bool:
        return type(value) is str and self._matches(value) is not None


class Counted:
    """A whole number between two bounds, both included."""

    def __init__(self, least: int, most: int) -> None:
        self.name = f"a whole number from {least} to {most}"
        self._least, self._most = least, most

    def fits(self, value: object) -> bool:
        return type(value) is int and self._least <= value <= self._most


Id = Annotated[str, Written("an id such as clm_01j8", r"[a-z]{2,8}_[0-9A-Za-z_-]{1,64}")]
Digest = Annotated[str, Written("a SHA-256 digest in 64 lower-case hexadecimal digits", r"[0-9a-f]{64}")]
Code = Annotated[str, Written("a code in lower-case words with hyphens", r"[a-z][a-z0-9-]{0,63}")]
Version = Annotated[str, Written("a version such as 2026-1", r"(?!.*[0-9]{11})[0-9A-Za-z][0-9A-Za-z.-]{0,31}")]
Point = Annotated[str, Written("a risk point such as R001", r"R[0-9]{3}")]
MotorPolicyNumber = Annotated[str, Written("a policy number such as CX330126112200", r"[A-Z]{2}[0-9]{6,18}")]
Fen = Annotated[int, Counted(1, 10**12)]
Amount = Annotated[int, Counted(0, 10**12)]
Percent = Annotated[int, Counted(0, 100)]
Score = Annotated[int, Counted(0, 10_000)]
Quantity = Annotated[int, Counted(1, 1000)]
People = Annotated[int, Counted(0, 2)]
Seconds = Annotated[int, Counted(0, 86_400)]
Days = Annotated[int, Counted(1, 365)]
Stars = Annotated[int, Counted(1, 5)]
Bits = Annotated[int, Counted(0, 64)]
Count = Annotated[int, Counted(0, 1_000_000)]
Metres = Annotated[int, Counted(0, 21_000_000)]
"""As the crow flies: at most half around the Earth."""
Degrees = Annotated[int, Counted(0, 359)]
Grade = Annotated[int, Counted(0, 10)]


class FormError(ValueError):
    """A value has not the form its place asks for. The value itself is never repeated: it may be personal."""

    def __init__(self, place: str, wanted: str) -> None:
        super().__init__(f"{place} is not {wanted}")
        self.place = place


def check_members(value: object) -> None:
    """Raise `FormError` unless every field of the dataclass has the form that it declares."""
    for name, check in _checks_of(cast("Hashable", type(value))):
        check(getattr(value, name), name)


def hints_of(kind: type[Any]) -> dict[str, Any]:
    """Return what the fields of a dataclass declare, without class constants."""
    names = {one.name for one in fields(kind)}
    declared = get_type_hints(kind, include_extras=True)
    return {name: hint for name, hint in declared.items() if name in names and get_origin(hint) is not ClassVar}


@cache
def _checks_of(kind: Hashable) -> tuple[tuple[str, Check], ...]:
    hints = hints_of(cast("type[Any]", kind))
    return tuple((name, _check_of(hint)) for name, hint in hints.items())


def _check_of(hint: Any) -> Check:
    """Return what checks a value against a hint. Raises `TypeError` for a hint that has no form: a plain text."""
    inner = get_args(hint)
    if get_origin(hint) is UnionType or NoneType in inner:
        return _or_none(_check_of(next(one for one in inner if one is not NoneType)))
    if get_origin(hint) is tuple:
        return _each(_check_of(inner[0]))
    if get_origin(hint) is Annotated:
        return _form(inner[1].fits, inner[1].name)
    return _OF_TIME.get(hint) or _exactly(hint, with_members=is_dataclass(hint))


def _or_none(check: Check) -> Check:
    def checked(value: Any, place: str) -> None:
        if value is not None:
            check(value, place)

    return checked


def _each(check: Check) -> Check:
    def checked(value: Any, place: str) -> None:
        if type(value) is not tuple or len(value) > ITEMS_AT_MOST:
            raise FormError(place, f"a list of up to {ITEMS_AT_MOST}")
        for entry in value:
            check(entry, place)

    return checked


def _form(fits: Callable[[object], bool], name: str) -> Check:
    def checked(value: Any, place: str) -> None:
        if not fits(value):
            raise FormError(place, name)

    return checked


def _exactly(kind: Any, *, with_members: bool) -> Check:
    if not (with_members or kind is bool or (isinstance(kind, type) and issubclass(kind, StrEnum))):
        raise TypeError(f"{kind} has no form")

    def checked(value: Any, place: str) -> None:
        if type(value) is not kind:
            raise FormError(place, f"of type {kind.__name__}")
        if with_members:
            check_members(value)

    return checked


def _moment(value: Any, place: str) -> None:
    if type(value) is not datetime or value.tzinfo is None:
        raise FormError(place, "a time with a time zone")
    _year(value, place)


def _day(value: Any, place: str) -> None:
    if type(value) is not date:
        raise FormError(place, "a day")
    _year(value, place)


def _year(value: date, place: str) -> None:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise FormError(place, f"of the years {FIRST_YEAR} to {LAST_YEAR}")


_OF_TIME: dict[Any, Check] = {datetime: _moment, date: _day}
