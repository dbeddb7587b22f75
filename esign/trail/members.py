"""The members of an event's dataclass, and what their type hints let each of them be."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, is_dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Final, Protocol, Union, cast, get_args, get_origin, get_type_hints

EXACTLY: Final = frozenset({int, bool, date, datetime})
"""Types whose subclasses are something else: a truth is no number here, a time no day."""


class OwnForm(Protocol):
    """A form that a domain gives a text or whole number; `name` says it in words."""

    @property
    def name(self) -> str: ...

    def fits(self, value: object) -> bool: ...


@dataclass(frozen=True)
class Form:
    """What a member's type hint says: a value of `kind`, in a form of its `own`, or many values of `hint`, or perhaps
    none."""

    hint: object
    kind: type[Any]
    own: OwnForm | None = None
    many: bool = False
    may_be_none: bool = False

    @staticmethod
    def by(hint: object) -> Form:
        """Return the form of a hint. Raises `ValueError` where it has none."""
        return _form(hint)


@cache
def _form(hint: Hashable) -> Form:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType) and len(inner) == 2 and NoneType in inner:
        return replace(_form(next(one for one in inner if one is not NoneType)), may_be_none=True)
    if origin is Annotated and len(inner) == 2 and inner[0] in (str, int) and hasattr(inner[1], "fits"):
        return Form(hint, inner[0], own=inner[1])
    if origin is tuple and len(inner) == 2 and inner[1] is ...:
        return Form(inner[0], tuple, many=True)
    if isinstance(hint, type) and (
        hint in (str, int, bool, date, datetime) or issubclass(hint, StrEnum) or is_dataclass(hint)
    ):
        return Form(hint, hint)
    raise ValueError(f"{hint} is nothing that an event can hold")


def members_of(kind: type[object]) -> Mapping[str, object]:
    """Return the members of a dataclass and what they declare, without class constants."""
    return _members_of(cast("Hashable", kind))


@cache
def _members_of(kind: Hashable) -> Mapping[str, object]:
    declared = get_type_hints(kind, include_extras=True)
    return {name: hint for name, hint in declared.items() if get_origin(hint) is not ClassVar}
