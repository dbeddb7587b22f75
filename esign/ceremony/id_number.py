"""Chinese resident identity numbers (公民身份号码, GB 11643-1999), and the last four characters of any number."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_FORM: Final = re.compile(r"[1-9][0-9]{5}([0-9]{4})([0-9]{2})([0-9]{2})[0-9]{3}[0-9X]", re.ASCII)
_WEIGHTS: Final = tuple(pow(2, 17 - place, 11) for place in range(17))
_CHECK_CHARACTERS: Final = "10X98765432"  # by the weighted sum modulo 11: ISO 7064, MOD 11-2


def is_resident_id_number(text: str) -> bool:
    """Tell whether the text is an 18-character number whose day of birth exists and whose check character is right.

    A small final x will do. Whether the number was ever given to somebody, and the region is one, is not told by it;
    the numbers of 15 digits are no longer valid.
    """
    number = text.upper() if text.isascii() else ""
    match = _FORM.fullmatch(number)
    if match is None or not _is_day(*map(int, match.groups())):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number[:17], strict=True))
    return number[17] == _CHECK_CHARACTERS[total % 11]


def last_four(id_number: str) -> str:
    """Return the last four characters, a final x as X, or all of a shorter number."""
    return id_number[-4:].upper()


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
