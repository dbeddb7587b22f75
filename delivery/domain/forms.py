"""The forms that every text and number of a command or event must have.

An event holds ids, digests, codes, days and whole numbers, never personal data: a name, a sentence or a phone number
fits none of these. A branch scans thousands of policies a day, so what a class of commands asks is worked out once,
and asking it of one command is a few comparisons.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from dataclasses import fields
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Final, TypeAlias, cast, get_args, get_origin, get_type_hints

ITEMS_AT_MOST: Final = 8
FIRST_YEAR, LAST_YEAR = 2000, 2199

Fits: TypeAlias = Callable[[Any], bool]


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


Id = Annotated[str, Written("an id such as dlv_01J8", r"[a-z]{2,8}_[0-9A-Za-z_-]{1,64}")]
Digest = Annotated[str, Written("a SHA-256 digest in 64 lower-case hexadecimal digits", r"[0-9a-f]{64}")]
Code = Annotated[str, Written("a code in lower-case words with hyphens", r"[a-z][a-z0-9-]{0,63}")]
PolicyNumber = Annotated[str, Written("a policy number such as CY330126112200", r"[A-Z]{2}[0-9]{6,18}")]
Days = Annotated[int, Counted(0, 366)]
CopyNumber = Annotated[int, Counted(1, 99)]


class FormError(ValueError):
    """A value has not the form its place asks for. The value itself is never repeated: it may be personal."""

    def __init__(self, place: str, wanted: str) -> None:
        super().__init__(f"{place} is not {wanted}")
        self.place = place


def check_members(value: object) -> None:
    """Raise `FormError` unless every field of the dataclass has the form that it declares."""
    for name, fits, wanted in _checks(cast("Hashable", type(value))):
        if not fits(getattr(value, name)):
            raise FormError(name, wanted)


@cache
def _checks(kind: Hashable) -> tuple[tuple[str, Fits, str], ...]:
    names = {one.name for one in fields(cast("type[Any]", kind))}
    declared = get_type_hints(kind, include_extras=True)
    return tuple(
        (name, *_check_of(hint))
        for name, hint in declared.items()
        if name in names and get_origin(hint) is not ClassVar
    )


def _check_of(hint: Any) -> tuple[Fits, str]:
    """Return what tells whether a value has the form of the hint, and its name. Raises `TypeError` for one without."""
    if get_origin(hint) is UnionType or type(None) in get_args(hint):
        fits, wanted = _check_of(next(kind for kind in get_args(hint) if kind is not NoneType))
        return (lambda value: value is None or fits(value)), wanted
    if get_origin(hint) is tuple:
        fits, wanted = _check_of(get_args(hint)[0])
        return (lambda value: _are_few(value) and all(map(fits, value))), f"a list of up to {ITEMS_AT_MOST}: {wanted}"
    if get_origin(hint) is Annotated:
        form = get_args(hint)[1]
        return form.fits, form.name
    if hint is datetime:
        return _is_time, "a time with a time zone"
    if hint is date:
        return _is_day, f"a day of the years {FIRST_YEAR} to {LAST_YEAR}"
    if hint is bool or (isinstance(hint, type) and issubclass(hint, StrEnum)):
        return (lambda value: type(value) is hint), f"of type {hint.__name__}"
    raise TypeError(f"{hint} is nothing that a command can hold")


def _are_few(value: object) -> bool:
    return type(value) is tuple and len(value) <= ITEMS_AT_MOST


def _is_time(value: object) -> bool:
    return type(value) is datetime and value.tzinfo is not None and FIRST_YEAR <= value.year <= LAST_YEAR


def _is_day(value: object) -> bool:
    return type(value) is date and FIRST_YEAR <= value.year <= LAST_YEAR
