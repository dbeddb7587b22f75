"""Glyph names and built-in encoding of a Type 1 font program (Adobe Type 1 Font Format)."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from esign.pades.admission.fonts.encodings import BASE_ENCODINGS

_EEXEC = re.compile(rb"\beexec[\t\r\n ]{1,2}")
_ENCODING_ENTRY = re.compile(rb"dup\s+(\d{1,3}|8#[0-7]{1,3}|16#[0-9A-Fa-f]{1,2})\s*/([^\s/{}()<>\[\]%]+)\s+put")
_STANDARD = re.compile(rb"/Encoding\s+StandardEncoding\s+def")
_CHARSTRINGS = re.compile(rb"/CharStrings\b")
_CHARSTRING = re.compile(rb"/([^\s/{}()<>\[\]%]+)\s+(\d{1,6})\s+(?:RD|-\||\S{1,12})[ ]")
_HEX_ONLY = re.compile(rb"[0-9A-Fa-f\s]{8}")
_KEY, _MULTIPLIER, _INCREMENT = 55665, 52845, 22719


@dataclass(frozen=True)
class Type1Program:
    """Names of the glyphs other than .notdef, and the codes that the font's own encoding leads to one of them."""

    names: frozenset[str]
    builtin: frozenset[int] | None


def read_type1(data: bytes) -> Type1Program:
    """Read a Type 1 program, with or without the segment headers of a PFB file.

    Raises ValueError if its glyphs cannot be found.
    """
    data = _without_segments(data)
    split = _EEXEC.search(data)
    if split is None:
        raise ValueError("a Type 1 font has no encrypted part")
    clear, private = data[: split.start()], _decrypted(data[split.end() :])
    names = _glyph_names(private) or _glyph_names(clear)
    if not names:
        raise ValueError("a Type 1 font has no glyphs")
    return Type1Program(frozenset(names - {".notdef"}), _builtin(clear, names))


def _without_segments(data: bytes) -> bytes:
    parts: list[bytes] = []
    at = 0
    while data[at : at + 1] == b"\x80" and data[at + 1] in (1, 2):
        length = int.from_bytes(data[at + 2 : at + 6], "little")
        parts.append(data[at + 6 : at + 6 + length])
        at += 6 + length
    return b"".join(parts) if parts else data


def _decrypted(cipher: bytes) -> bytes:
    """Undo eexec encryption, all bytes at once.

    The key follows r[n+1] = (c[n] + r[n]) * a + b modulo 65536. As a is odd it has an inverse there, and r[n] is
    a**n times a running sum; unsigned 16-bit arithmetic takes the modulus by itself.
    """
    if _HEX_ONLY.match(cipher):
        digits = re.sub(rb"[^0-9A-Fa-f]", b"", cipher)
        cipher = bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii"))
    if not cipher:
        return b""
    codes = np.frombuffer(cipher, np.uint8).astype(np.uint16)
    inverse = pow(_MULTIPLIER, -1, 65536)
    powers = np.cumprod(np.full(len(codes), _MULTIPLIER, np.uint16), dtype=np.uint16)
    inverses = np.cumprod(np.full(len(codes), inverse, np.uint16), dtype=np.uint16)
    steps = (codes * np.uint16(_MULTIPLIER) + np.uint16(_INCREMENT)) * inverses
    sums = np.cumsum(steps, dtype=np.uint16) + np.uint16(_KEY)
    keys = np.concatenate([np.array([_KEY], np.uint16), (powers * sums)[:-1]])
    return (codes ^ (keys >> 8)).astype(np.uint8).tobytes()


def _glyph_names(program: bytes) -> set[str]:
    start = _CHARSTRINGS.search(program)
    names: set[str] = set()
    at = start.end() if start else len(program)
    while (found := _CHARSTRING.search(program, at)) is not None:
        names.add(found[1].decode("latin-1"))
        at = found.end() + int(found[2])
    return names


def _builtin(clear: bytes, names: set[str]) -> frozenset[int] | None:
    if _STANDARD.search(clear):
        pairs = list(BASE_ENCODINGS["StandardEncoding"].items())
    else:
        pairs = [(_radix(code), name.decode("latin-1")) for code, name in _ENCODING_ENTRY.findall(clear)]
    codes = frozenset(code for code, name in pairs if name in names and name != ".notdef")
    return codes or None


def _radix(number: bytes) -> int:
    base, _, digits = number.rpartition(b"#")
    return int(digits, int(base) if base else 10)
