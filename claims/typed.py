"""What people type, read in one way wherever they type it: amounts in yuan, moments, plates and numbers. Pure."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from claims.domain.values import INSURERS_ZONE

FEN: Final = Decimal("0.01")
EARLIEST: Final = 1900
"""The year before which nothing happened that somebody reports."""
LONGEST: Final = 64
"""Characters of an amount or a number: nobody types more of either."""


def fen_typed(text: str, *, yuan_at_most: int) -> int | None:
    """Return an amount in yuan as fen, None where nothing was typed.

    Raises `ValueError` for what is no amount, has more than two decimals, is below zero or above `yuan_at_most`.
    """
    plain = text.replace(",", "").replace("，", "").replace(" ", "").removeprefix("¥").removesuffix("元")
    if not plain:
        return None
    try:
        yuan = Decimal(plain) if len(plain) <= LONGEST else Decimal("NaN")
    except InvalidOperation:
        raise ValueError("no amount in yuan") from None
    if not yuan.is_finite() or not 0 <= yuan <= yuan_at_most:  # before it is counted with: not every number can be
        raise ValueError("no amount in yuan")
    if yuan != yuan.quantize(FEN):
        raise ValueError("less than a fen")
    return int(yuan * 100)


def moment_typed(text: str) -> datetime:
    """Return a day and time of day in China, as a browser sends it; an offset behind it is left out.

    Raises `ValueError` for what is none, and for years before 1900.
    """
    moment = datetime.fromisoformat(text.strip()).replace(tzinfo=INSURERS_ZONE)
    if moment.year < EARLIEST:
        raise ValueError("so long ago that it is no time")
    return moment


def plain_number(text: str) -> str:
    """Return a plate or another number as it is compared: letters and digits alone, in capitals and of usual width."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).upper()
    return "".join(one for one in plain if one.isalnum())
