"""Companies by their number: the unified social credit code of GB 32100-2015, with its check character. Pure.

A repair shop or a fleet is paid for many people, as its trade is. A person's ID number is no such code: it begins with
another digit, or its last character does not fit.
"""

from __future__ import annotations

from typing import Final

DIGITS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The characters of a code, by value: no I, O, S, V, Z (GB 32100-2015, 4.2)."""
TRADE: Final = ("91", "92", "93")
"""What the registrar of trade enters: companies, sole traders, cooperatives."""
_LENGTH: Final = 18
_MODULUS: Final = len(DIGITS)
_FACTORS: Final = tuple(3**place % _MODULUS for place in range(_LENGTH - 1))


def is_company(id_number: str) -> bool:
    """Tell whether a number is the code of somebody in trade, check character and all; letters may be small."""
    code = "".join(id_number.split()).upper()
    if len(code) != _LENGTH or not code.startswith(TRADE) or any(one not in DIGITS for one in code):
        return False
    return code[-1] == check_character(code[:-1])


def check_character(first: str) -> str:
    """Return the last character of a code whose first 17 these are. Raises `ValueError` for other characters."""
    total = sum(DIGITS.index(one) * factor for one, factor in zip(first, _FACTORS, strict=True))
    return DIGITS[-total % _MODULUS]
