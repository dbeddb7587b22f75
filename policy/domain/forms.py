"""The forms that every text and number of a command or event must have.

An event holds ids, digests, codes, days and whole numbers, never personal data. That is not left to care: what is none
of these forms cannot be written. A name, a sentence or an address fits none; a telephone or identity number by itself
fits only an id behind its prefix, and the ids are ours.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from dataclasses import fields
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, cast, get_args, get_origin, get_type_hints

ITEMS_AT_MOST = 64
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


Id = Annotated[str, Written("an id such as prp_01J8", r"[a-z]{2,8}_[0-9A-Za-z_-]{1,64}")]
Digest = Annotated[str, Written("a SHA-256 digest in 64 lower-case hexadecimal digits", r"[0-9a-f]{64}")]
Code = Annotated[str, Written("a code in lower-case words with hyphens", r"[a-z][a-z0-9-]{0,63}")]
Version = Annotated[str, Written("a version such as 2026-1", r"(?!.*[0-9]{11})[0-9A-Za-z][0-9A-Za-z.-]{0,31}")]
PolicyNumber = Annotated[str, Written("a policy number such as CY330126112200", r"[A-Z]{2}[0-9]{6,18}")]
Fen = Annotated[int, Counted(1, 10**14)]
Amount = Annotated[int, Counted(0, 10**14)]
Percent = Annotated[int, Counted(0, 1000)]
Seconds = Annotated[int, Counted(1, 86_400)]
Days = Annotated[int, Counted(0, 366)]


class FormError(ValueError):
    """A value has not the form its place asks for. The value itself is never repeated: it may be personal."""

    def __init__(self, place: str, wanted: str) -> None:
        super().__init__(f"{place} is not {wanted}")
        self.place = place


def check_members(value: object) -> None:
    """Raise `FormError` unless every field of the dataclass has the form that it declares."""
    for name, hint in hints_of(type(value)).items():
        check(getattr(value, name), hint, name)


def hints_of(kind: type[Any]) -> Mapping[str, Any]:
    """Return what the fields of a dataclass declare, without class constants."""
    return _hints_of(cast("Hashable", kind))


@cache
def _hints_of(kind: Hashable) -> Mapping[str, Any]:
    names = {one.name for one in fields(cast("type[Any]", kind))}
    declared = get_type_hints(kind, include_extras=True)
    return {name: hint for name, hint in declared.items() if name in names and get_origin(hint) is not ClassVar}


def optional(hint: Any) -> tuple[Any, bool]:
    """Return the declared type without its None, and whether it had one."""
    if get_origin(hint) is UnionType or type(None) in get_args(hint):
        return next(kind for kind in get_args(hint) if kind is not NoneType), True
    return hint, False


def check(value: object, hint: Any, place: str) -> None:
    """Raise `FormError` unless the value has the form that `hint` declares."""
    hint, may_be_none = optional(hint)
    if value is None and may_be_none:
        return
    if get_origin(hint) is tuple:
        _require(isinstance(value, tuple) and len(value) <= ITEMS_AT_MOST, place, f"a list of up to {ITEMS_AT_MOST}")
        for entry in value if isinstance(value, tuple) else ():
            check(entry, get_args(hint)[0], place)
    elif get_origin(hint) is Annotated:
        form = get_args(hint)[1]
        _require(form.fits(value), place, form.name)
    else:
        _require(type(value) is hint, place, f"of type {hint.__name__}")
        if isinstance(value, datetime):
            _require(value.utcoffset() is not None, place, "a time with a time zone")
        if isinstance(value, date):
            _require(FIRST_YEAR <= value.year <= LAST_YEAR, place, f"of the years {FIRST_YEAR} to {LAST_YEAR}")
        elif not isinstance(value, bool | StrEnum):
            check_members(value)


def _require(holds: bool, place: str, wanted: str) -> None:
    if not holds:
        raise FormError(place, wanted)
