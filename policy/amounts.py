"""Amounts as a contract writes them: digits with two decimals, and Chinese capitals."""

from __future__ import annotations

from decimal import Decimal

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿")


def fen_of(amount: Decimal) -> int:
    """Return an amount in yuan as whole fen. Raises ValueError for one that is finer, or no number."""
    fen = amount * 100
    if not amount.is_finite() or fen != int(fen):
        raise ValueError("an amount of money is given to the fen")
    return int(fen)


def yuan_of(fen: int) -> Decimal:
    """Return whole fen as an amount in yuan with two decimals."""
    return Decimal(fen).scaleb(-2)


def in_digits(amount: Decimal) -> str:
    """`Decimal("26830")` -> `26,830.00`."""
    return f"{amount:,.2f}"


def in_capitals(amount: Decimal) -> str:
    """`Decimal("300000")` -> `人民币叁拾万元整`; to the fen, below a million million yuan.

    Raises ValueError for a negative amount, one that is too large, or one finer than a fen.
    """
    fen_total = amount * 100
    if amount < 0 or amount >= 10**12 or fen_total != int(fen_total):
        raise ValueError("only amounts from 0 to below 1,000,000,000,000 yuan, to the fen, are written out")
    yuan, cents = divmod(int(fen_total), 100)
    jiao, fen = divmod(cents, 10)
    written = _whole(yuan) + "元" if yuan else ""
    if cents == 0:
        return f"人民币{written or '零元'}整"
    if jiao:
        written += _DIGITS[jiao] + "角"
    elif yuan:
        written += "零"
    return f"人民币{written}{_DIGITS[fen] + '分' if fen else '整'}"


def _whole(yuan: int) -> str:
    written, gap = "", False
    for group in reversed(range(len(_GROUPS))):
        four = yuan // 10 ** (4 * group) % 10_000
        if four == 0:
            gap = gap or bool(written)
            continue
        if written and (gap or four < 1000):
            written += "零"
        written, gap = written + _group(four) + _GROUPS[group], False
    return written


def _group(four: int) -> str:
    written, gap = "", False
    for place in reversed(range(4)):
        digit = four // 10**place % 10
        if digit == 0:
            gap = gap or bool(written)
            continue
        written += ("零" if gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = False
    return written
