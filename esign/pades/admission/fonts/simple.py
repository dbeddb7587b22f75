"""Simple fonts: one byte, one glyph (ISO 32000-2, 9.6)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from esign.pades.admission.fonts.cff import CffProgram
from esign.pades.admission.fonts.cmap import CMap
from esign.pades.admission.fonts.encodings import BASE_ENCODINGS, is_blank, unicode_of
from esign.pades.admission.fonts.program import Embedding
from esign.pades.admission.fonts.truetype import TrueTypeProgram
from esign.pades.admission.fonts.type1 import Type1Program
from esign.pades.admission.source import PdfSource
from esign.pades.admission.syntax import Name, PdfValue, Stream

_NOTDEF = ".notdef"
_NUMBERED = re.compile(r"(?:g|G|gid|glyph|cid|index|uni|u|c|a)[0-9A-Fa-f]+")
_SYMBOLIC = 4


def code_names(source: PdfSource, entries: dict[str, PdfValue], *, is_truetype: bool) -> dict[int, str] | None:
    """Return the glyph name of each code by the font's Encoding entry (9.6.5).

    A code that is absent has its name in the font program, if anywhere. None if the encoding is MacExpert.
    """
    encoding = source.get(entries.get("Encoding"))
    if isinstance(encoding, Name):
        base: str | None = str(encoding)
        differences: list[PdfValue] = []
    else:
        given = source.dictionary(encoding)
        base = source.name(given.get("BaseEncoding"))
        differences = source.array(given.get("Differences"))
        flags = source.integer(source.dictionary(entries.get("FontDescriptor")).get("Flags")) or 0
        if base is None and differences and is_truetype and not flags & _SYMBOLIC:
            base = "StandardEncoding"
    if base == "MacExpertEncoding":
        return None
    names = dict(BASE_ENCODINGS.get(base or "", {}))
    code = 0
    for item in differences:
        value = source.get(item)
        if isinstance(value, Name):
            names[code] = str(value)
            code += 1
        elif isinstance(value, int):
            code = value
    return names


class SimpleFont:
    """A Type 1, MMType1 or TrueType font."""

    glyph_procedures: list[Stream] = []  # noqa: RUF012
    resources: dict[str, PdfValue] = {}  # noqa: RUF012

    def __init__(self, name: str, embedding: Embedding, names: dict[int, str] | None, to_unicode: CMap | None) -> None:
        self.name = name
        self.embedding = embedding
        self._names = names
        self._to_unicode = to_unicode

    def codes(self, shown: Iterable[bytes]) -> Iterable[int]:
        """Return the distinct bytes."""
        return set(b"".join(shown))

    def has_glyph(self, code: int) -> bool:
        """Follow the code through encoding and font program; see `Font.has_glyph`."""
        program = self.embedding.program
        if program is None or self._names is None:
            return True
        name = self._names.get(code)
        if isinstance(program, TrueTypeProgram):
            return _truetype_has(program, code, name)
        return self._named_program_has(program, code, name)

    def _named_program_has(self, program: CffProgram | Type1Program, code: int, name: str | None) -> bool:
        if not program.names:
            return True  # a CID-keyed program in a simple font: viewers disagree on what its codes mean
        if name is None:
            return program.builtin is None or code in program.builtin
        return name in program.names or (name != _NOTDEF and unicode_of(name) in self._texts)

    @cached_property
    def _texts(self) -> frozenset[str]:
        """The texts that the program's glyphs stand for: "mu" is there for "mu1", "uni00B5" for either."""
        program = self.embedding.program
        names = program.names if program is not None else ()
        return frozenset(text for text in map(unicode_of, names) if text)

    def is_blank(self, code: int) -> bool:
        """Judge by ToUnicode, else by the glyph name, else as ASCII."""
        text = self._to_unicode.text(code) if self._to_unicode else ""
        if not text and self._names is not None and code in self._names:
            text = unicode_of(self._names[code])
        return is_blank(text or chr(code))


def _truetype_has(program: TrueTypeProgram, code: int, name: str | None) -> bool:
    """Try each way that 9.6.5.4 and common viewers know; a code has a glyph if one of them finds it."""
    if not program.maps and not program.names:
        return True  # without character map and names, viewers take the code for the glyph
    if program.symbol_glyph(code):
        return True
    if name is None or name == _NOTDEF:
        return False
    if name in program.names or _NUMBERED.fullmatch(name):
        return True
    text = unicode_of(name)
    return len(text) == 1 and any(found.glyph(ord(text)) for found in program.unicode_maps)
