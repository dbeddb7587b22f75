"""Character codes and glyph names: the base encodings of PDF (ISO 32000-2, annex D) and names as Unicode."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from fontTools import agl
from fontTools.encodings.MacRoman import MacRoman
from fontTools.encodings.StandardEncoding import StandardEncoding

_NO_GLYPH = frozenset({"", ".notdef"})


def _named(names: list[str]) -> dict[int, str]:
    return {code: name for code, name in enumerate(names) if name not in _NO_GLYPH}


def _win_ansi() -> dict[int, str]:
    names: dict[int, str] = {}
    for code in range(32, 256):
        character = bytes([code]).decode("cp1252", "replace")
        names[code] = agl.UV2AGL.get(ord(character), "bullet")
    return names | {0x7F: "bullet", 0xA0: "space", 0xAD: "hyphen"}


BASE_ENCODINGS: dict[str, dict[int, str]] = {
    "StandardEncoding": _named(StandardEncoding),
    "MacRomanEncoding": _named(MacRoman) | {0xCA: "space"},
    "WinAnsiEncoding": _win_ansi(),
}
"""Glyph name by code. MacExpertEncoding is missing: a font that uses it is taken as it is."""


@lru_cache(maxsize=4096)
def unicode_of(name: str) -> str:
    """Return the text that a glyph name stands for by the Adobe Glyph List, or an empty string."""
    text: str = agl.toUnicode(name)
    return text


def is_blank(text: str) -> bool:
    """Return whether `text` is not empty and has nothing to see: spaces, controls, format characters."""
    return bool(text) and all(unicodedata.category(character) in _BLANK for character in text)


_BLANK = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})
