"""Ids: a prefix that says what it names, the time of making, and chance.

`env_` and 26 characters of Crockford's base 32 in lower case: 48 bits of milliseconds, so that ids made later sort
later, and 80 bits of chance, so that none can be guessed from another.
"""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Final

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_PREFIX: Final = re.compile(r"[a-z]{2,5}")
_CHARACTERS: Final = 26
_CHANCE_BITS: Final = 80


def new_id(prefix: str, at: datetime) -> str:
    """Return a fresh id such as `env_01k9x7...`, made `at` (timezone-aware)."""
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"{prefix!r} is not a prefix of ids")
    number = (int(at.timestamp() * 1000) << _CHANCE_BITS) | secrets.randbits(_CHANCE_BITS)
    digits = [_ALPHABET[(number >> shift) & 31] for shift in range(5 * (_CHARACTERS - 1), -1, -5)]
    return f"{prefix}_{''.join(digits)}"


def made_at(identifier: str) -> datetime:
    """Return when an id of ours was made, in UTC, to the millisecond. Raises `ValueError` if it is not one."""
    digits = identifier.rpartition("_")[2]
    if len(digits) != _CHARACTERS or not set(digits) <= set(_ALPHABET):
        raise ValueError("that is not an id of ours")
    number = 0
    for digit in digits:
        number = number << 5 | _ALPHABET.index(digit)
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=number >> _CHANCE_BITS)


def is_id(prefix: str, text: str) -> bool:
    """Tell whether the text has the form of an id with this prefix."""
    return re.fullmatch(rf"{re.escape(prefix)}_[0-9a-z]{{16,40}}", text) is not None
