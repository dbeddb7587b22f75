"""Frozen dataclasses as JSON and bytes, and back, by their declared types: what crosses is what the types say.

The way back believes nothing: whoever answers has read a hostile file. A value that its type does not allow, a member
too many or too few, bytes that no place asks for: all are refused.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue

_T = TypeVar("_T")
_PLAIN: Final = (str, bool, int, float)
_DEPTH_AT_MOST: Final = 40


class FormMismatch(ValueError):
    """A form is not of the type that it was read as."""


def form_of(value: object, attachments: list[bytes]) -> JsonValue:
    """Return the value as JSON; its bytes are appended to `attachments`, and their place is kept as a number.

    Knows frozen dataclasses, tuples (named ones too), frozen sets, mappings with string keys, times with an offset,
    enumerations of strings, bytes, and what JSON has. Raises `TypeError` for anything else.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: form_of(getattr(value, field.name), attachments) for field in fields(value)}
    if isinstance(value, Mapping):
        return {_key(key): form_of(member, attachments) for key, member in value.items()}
    if isinstance(value, frozenset | tuple | list):
        members = sorted(value) if isinstance(value, frozenset) else value
        return [form_of(member, attachments) for member in members]
    if isinstance(value, bytes):
        attachments.append(value)
        return len(attachments) - 1
    return _plain_form(value)


def _plain_form(value: object) -> JsonValue:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"a {type(value).__name__} does not cross")


def value_of(kind: type[_T], form: object, attachments: Sequence[bytes]) -> _T:
    """Return the value of type `kind` that a form and its attachments describe. Raises `FormMismatch`."""
    unread = set(range(len(attachments)))
    value: _T = _Reader(attachments, unread).read(kind, form, 0)
    if unread:
        raise FormMismatch("bytes without a place")
    return value


class _Reader:
    def __init__(self, attachments: Sequence[bytes], unread: set[int]) -> None:
        self._attachments = attachments
        self._unread = unread

    def read(self, kind: Any, form: object, depth: int) -> Any:
        if depth > _DEPTH_AT_MOST:
            raise FormMismatch("a form that is nested too deeply")
        if kind is bytes:
            return self._bytes(form)
        if is_dataclass(kind):
            return self._dataclass(kind, form, depth)
        if get_origin(kind) is not None:
            return self._composed(kind, form, depth)
        if _is_named_tuple(kind):
            return kind(*self._members(tuple(get_type_hints(kind).values()), form, depth))
        return _plain_value(kind, form, depth)

    def _composed(self, kind: Any, form: object, depth: int) -> Any:
        origin, arguments = get_origin(kind), get_args(kind)
        if origin in {Union, types.UnionType}:
            for alternative in arguments:
                if alternative is type(None) and form is None:
                    return None
            (present,) = [alternative for alternative in arguments if alternative is not type(None)]
            return self.read(present, form, depth + 1)
        if origin is tuple:
            return tuple(self._members(arguments, form, depth))
        if origin is frozenset:
            return frozenset(self._members((arguments[0], ...), form, depth))
        if origin in {dict, Mapping}:
            members = _required(form, isinstance(form, dict) and all(isinstance(key, str) for key in form))
            return {_key(key): self.read(arguments[1], member, depth + 1) for key, member in members.items()}
        raise TypeError(f"{kind} does not cross")

    def _members(self, arguments: tuple[Any, ...], form: object, depth: int) -> Iterator[Any]:
        given = _required(form, isinstance(form, list))
        if len(arguments) == 2 and arguments[1] is ...:
            arguments = (arguments[0],) * len(given)
        _required(form, len(arguments) == len(given))
        for kind, member in zip(arguments, given, strict=True):
            yield self.read(kind, member, depth + 1)

    def _dataclass(self, kind: Any, form: object, depth: int) -> Any:
        declared = _declared(kind)
        members = _required(form, isinstance(form, dict) and set(form) == set(declared))
        return kind(**{name: self.read(type_, members[name], depth + 1) for name, type_ in declared.items()})

    def _bytes(self, form: object) -> bytes:
        place: int = _required(form, type(form) is int and form in self._unread)
        self._unread.remove(place)
        return self._attachments[place]


def _is_named_tuple(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields")


@cache
def _declared(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _plain_value(kind: Any, form: object, depth: int) -> Any:
    if kind is Any:
        return _json(form, depth)
    if kind in _PLAIN:
        return _required(form, type(form) is kind or (kind is float and type(form) is int))
    if kind is datetime:
        return _moment(form)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _member(kind, form)
    raise TypeError(f"{kind} does not cross")


def _required(form: Any, condition: bool) -> Any:
    if not condition:
        raise FormMismatch("a form that is not of its type")
    return form


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError("a mapping crosses by its names")
    return str(key)


def _member(kind: type[StrEnum], form: object) -> StrEnum:
    try:
        return kind(_required(form, isinstance(form, str)))
    except ValueError as error:
        raise FormMismatch("a word that is none of its list") from error


def _moment(form: object) -> datetime:
    try:
        moment = datetime.fromisoformat(_required(form, isinstance(form, str)))
    except ValueError as error:
        raise FormMismatch("no time") from error
    _required(form, moment.utcoffset() is not None)
    return moment


def _json(form: object, depth: int) -> Any:
    """Return JSON as it is, which the frame's own reader has bounded already."""
    if depth > _DEPTH_AT_MOST:
        raise FormMismatch("a form that is nested too deeply")
    if isinstance(form, dict):
        return {_key(key): _json(member, depth + 1) for key, member in form.items()}
    if isinstance(form, list):
        return [_json(member, depth + 1) for member in form]
    return _required(form, form is None or type(form) in _PLAIN)
