"""What the payload of an event may hold, and how it is written: frozen when the event is made, canonical JSON after.

Most payloads are a handful of words and numbers, and millions of them are written and read again: these take a way of
their own, which gives the same as the way of all others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, NoReturn, TypeAlias, cast

from esign.trail.errors import EventRefused

Value: TypeAlias = "str | int | bool | Sequence[Value] | Mapping[str, Value] | None"

DEPTH_AT_MOST: Final = 8
WORD_AT_MOST: Final = 256
LARGEST_NUMBER: Final = 2**53 - 1
"""RFC 7493 (I-JSON) section 2.2: beyond it a number may not survive other people's parsers."""
MEMBERS_KNOWN: Final = 4096

_MEMBER: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_WORD: Final = re.compile(r"[!-~]{0,256}")
_CANONICAL: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)
"""Writes RFC 8785 canonical JSON of what an event can hold and of nothing else: visible ASCII, whole numbers within
2**53, members whose names sort by their bytes. What writes it of anything takes more than twice as long."""


def frozen(payload: Mapping[str, Value]) -> Mapping[str, Value]:
    """Return a copy of the payload that nobody can change. Raises `EventRefused` (`event-payload`)."""
    simple = _simple(payload)
    return MappingProxyType(simple) if simple is not None else _frozen(payload, "payload", 1)


def plain(payload: Mapping[str, Value]) -> dict[str, Any]:
    """Return a copy in plain dicts and lists, as `json.loads` would give it."""
    return cast("dict[str, Any]", _plain(payload))


def canonical_text(payload: Mapping[str, Value]) -> str:
    """Return a frozen payload as RFC 8785 canonical JSON, in ASCII."""
    written = []
    for name in sorted(payload):
        value = payload[name]
        kind = type(value)
        if kind is str:
            if '"' in value or "\\" in value:  # type: ignore[operator]  # a str
                break
            written.append(f'"{name}":"{value}"')  # visible ASCII: nothing else is ever escaped
        elif kind is int:
            written.append(f'"{name}":{value}')
        elif value is None:
            written.append(f'"{name}":null')
        elif kind is bool:
            written.append(f'"{name}":{"true" if value else "false"}')
        elif kind is tuple and all(type(one) is str and '"' not in one and "\\" not in one for one in value):  # type: ignore[union-attr]
            words = ",".join(f'"{one}"' for one in value)  # type: ignore[union-attr]
            written.append(f'"{name}":[{words}]')
        else:
            break
    else:
        return f"{{{','.join(written)}}}"
    return _CANONICAL.encode(plain(payload))


def _simple(payload: Mapping[str, Value]) -> dict[str, Value] | None:
    """Return a copy of a payload of plain words, lists of these, numbers, truths and nothings; None for any other."""
    copy = dict(payload)
    for name, value in copy.items():
        if type(name) is not str or not _is_member(name):
            return None
        kind = type(value)
        if kind is str:
            if not _is_word(cast(str, value)):
                return None
        elif kind is int:
            if not -LARGEST_NUMBER <= cast(int, value) <= LARGEST_NUMBER:
                return None
        elif kind is list or kind is tuple:
            words = tuple(cast("Sequence[Value]", value))
            if not all(type(one) is str and _is_word(one) for one in words):
                return None
            copy[name] = words  # no name is added or taken away
        elif value is not None and kind is not bool:
            return None
    return copy


def _is_word(word: str) -> bool:
    return len(word) <= WORD_AT_MOST and word.isascii() and word.isprintable() and " " not in word


@lru_cache(MEMBERS_KNOWN)
def _is_member(name: str) -> bool:
    return _MEMBER.fullmatch(name) is not None


def _frozen(value: object, where: str, depth: int) -> Any:
    if depth > DEPTH_AT_MOST:
        _refuse(f"{where} is nested deeper than {DEPTH_AT_MOST} levels")
    if isinstance(value, str):
        if not _WORD.fullmatch(value):
            _refuse(f"{where} must be at most {WORD_AT_MOST} visible ASCII characters without a space")
        return str.__str__(value)  # an Enum's value, not the Enum: what is read back is a plain str
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) > LARGEST_NUMBER:
            _refuse(f"{where} must lie within 2**53 - 1 of zero")
        return int(value)
    if isinstance(value, list | tuple):
        return tuple(_frozen(item, f"{where}[]", depth + 1) for item in value)
    if isinstance(value, Mapping):
        for name in value:
            if not isinstance(name, str) or not _MEMBER.fullmatch(name):
                _refuse(f"a member's name in {where} must be lower-case letters, digits and _, at most 64")
        return MappingProxyType({name: _frozen(item, f"{where}.{name}", depth + 1) for name, item in value.items()})
    return _refuse(f"{where} must be a text, whole number, true, false, null, array or object")


def _plain(value: Value) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def refused(reason: str, cause: str) -> EventRefused:
    """Make the refusal `event-REASON` of what cannot be an event."""
    return EventRefused(
        f"event-{reason}", cause, "put ids, digests, codes and whole numbers here, the rest into an evidence record"
    )


def _refuse(cause: str) -> NoReturn:
    raise refused("payload", cause)
