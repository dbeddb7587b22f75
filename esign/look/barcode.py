"""A number as a Code 39 bar code (ISO/IEC 16388), as the scanners of print centres and outlets read it."""

from __future__ import annotations

# nine elements each, bar and space in turn, 1 = wide; every character has three wide ones
_WIDE = {
    "0": "000110100", "1": "100100001", "2": "001100001", "3": "101100000", "4": "000110001",
    "5": "100110000", "6": "001110000", "7": "000100101", "8": "100100100", "9": "001100100",
    "A": "100001001", "B": "001001001", "C": "101001000", "D": "000011001", "E": "100011000",
    "F": "001011000", "G": "000001101", "H": "100001100", "I": "001001100", "J": "000011100",
    "K": "100000011", "L": "001000011", "M": "101000010", "N": "000010011", "O": "100010010",
    "P": "001010010", "Q": "000000111", "R": "100000110", "S": "001000110", "T": "000010110",
    "U": "110000001", "V": "011000001", "W": "111000000", "X": "010010001", "Y": "110010000",
    "Z": "011010000", "-": "010000101", "*": "010010100",
}  # fmt: skip
_RATIO = 2.5  # wide to narrow


def code39_widths(text: str) -> tuple[float, ...]:
    """Widths of bars and spaces in turn, bar first, in narrow units; start, stop and gaps included.

    Raises ValueError for a character that is not a digit, a capital letter or a hyphen.
    """
    if not text or any(c not in _WIDE or c == "*" for c in text):
        raise ValueError("a Code 39 text here consists of digits, capital letters and hyphens")
    widths: list[float] = []
    for character in f"*{text}*":
        widths += [_RATIO if wide == "1" else 1.0 for wide in _WIDE[character]]
        widths.append(1.0)
    return tuple(widths[:-1])
