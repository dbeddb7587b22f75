"""Canonical JSON (RFC 8785): equal values are equal bytes, so digests and signatures can be over them."""

from __future__ import annotations

import json
from typing import Any, Final

import rfc8785
from rfc8785 import CanonicalizationError

__all__ = ["CanonicalizationError", "encode_canonical"]

_INTEGER_AT_MOST: Final = 2**53 - 1
_WRITTEN_ALIKE_FROM: Final = 1e-4
"""From here on, and up to the largest integer, Python writes a fraction as ECMAScript does: without an exponent."""

_PLAIN: Final = frozenset({str, bool, type(None)})
"""What is always written alike. It makes up most of what is written: a call less for each."""

_STRINGS: Final = frozenset({str})
_encode: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True).encode


class _UnusualError(Exception):
    """The value holds something that Python's own encoder writes in another way, or should not write."""


def encode_canonical(value: Any) -> bytes:
    """Return the value as RFC 8785 canonical JSON in UTF-8.

    Python's own encoder is many times as fast as the library for RFC 8785, and writes all but a few values alike: those
    few are left to the library. Raises `CanonicalizationError` for what JSON cannot carry (an integer beyond 2**53,
    NaN, a lone surrogate, a key that is no string) and `UnicodeEncodeError` for a lone surrogate in a key.
    """
    try:
        return _encode(_usual(value)).encode()
    except (_UnusualError, UnicodeEncodeError, RecursionError):
        return rfc8785.dumps(value)


def _usual(value: Any) -> Any:
    """Return the value with whole numbers as integers, which is how they are written. Raises `_UnusualError`."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is float:
        return _usual_number(value)
    if kind is int and -_INTEGER_AT_MOST <= value <= _INTEGER_AT_MOST:
        return value
    if kind is list or kind is tuple:
        return [
            member if type(member) in _PLAIN else _usual_number(member) if type(member) is float else _usual(member)
            for member in value
        ]
    # keys are sorted by their UTF-16 form, of which the order of characters beyond ASCII may differ
    if kind is dict and _has_usual_keys(value):
        return {key: member if type(member) in _PLAIN else _usual(member) for key, member in value.items()}
    raise _UnusualError


def _has_usual_keys(value: dict[Any, Any]) -> bool:
    return set(map(type, value)) <= _STRINGS and "".join(value).isascii()


def _usual_number(value: float) -> float | int:
    if value.is_integer() and abs(value) <= _INTEGER_AT_MOST:
        return int(value)
    if _WRITTEN_ALIKE_FROM <= abs(value) <= _INTEGER_AT_MOST:
        return value
    raise _UnusualError
