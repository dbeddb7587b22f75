"""Text out of a stranger's file, made harmless before a person reads it: nothing hides, turns round or piles up."""

from __future__ import annotations

import unicodedata
from typing import Final

LENGTH_AT_MOST: Final = 300
_MARKS_AT_MOST: Final = 3
_NEVER_SHOWN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode's general categories of what is not seen: controls, formats (bidirectional ones among them), unassigned."""
_LOOKS_LIKE_NOTHING: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\u00ad\u034f")


def harmless(text: str, at_most: int = LENGTH_AT_MOST) -> str:
    """Return the text with every character that is not seen written out as its number, and cut where it is too long.

    A right-to-left override (Unicode Technical Report 36, clause 3.5) becomes `‹U+202E›`, so that a name that was
    made to be misread is read as what it is. Marks that are piled on one letter end after the third.
    """
    shown: list[str] = []
    marks = 0
    for character in text[: at_most + 1]:
        category = unicodedata.category(character)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if category in _NEVER_SHOWN or character in _LOOKS_LIKE_NOTHING:
            shown.append(f"‹U+{ord(character):04X}›")
        elif category == "Zs":
            shown.append(" ")
        elif marks <= _MARKS_AT_MOST:
            shown.append(character)
    return "".join(shown[:at_most]) + ("…" if len(text) > at_most else "")
