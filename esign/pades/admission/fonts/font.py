"""A PDF font as admission sees it: how its bytes become codes, and whether a code has a glyph."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol

from esign.pades.admission import refusals
from esign.pades.admission.decoding import StreamUndecodable
from esign.pades.admission.fonts.cmap import CMap, read_cmap
from esign.pades.admission.fonts.composite import CompositeFont
from esign.pades.admission.fonts.program import Embedding, embedded_program
from esign.pades.admission.fonts.simple import SimpleFont, code_names
from esign.pades.admission.source import PdfSource
from esign.pades.admission.syntax import PdfValue, Stream

_SUBSET_TAG = re.compile(r"^[A-Z]{6}\+")
_UNPRINTABLE = re.compile(r"[^\x21-\x7e\xa1-\uffff]+")
_IDENTITY = frozenset({"Identity-H", "Identity-V"})


class Font(Protocol):
    """`name` is for people: "the font Helvetica". The last two are those of a Type 3 font, else empty."""

    name: str
    embedding: Embedding
    glyph_procedures: list[Stream]
    resources: dict[str, PdfValue]

    def codes(self, shown: Iterable[bytes]) -> Iterable[int]:
        """Return the distinct character codes in the shown strings."""

    def has_glyph(self, code: int) -> bool:
        """Return whether `code` leads to a glyph other than .notdef; true when that cannot be known."""

    def is_blank(self, code: int) -> bool:
        """Return whether `code` stands for a space or another character without ink."""


class Type3Font:
    """A font whose glyphs are drawn by content streams in the document itself: always embedded."""

    embedding = Embedding(present=True)

    def __init__(self, name: str, glyph_procedures: list[Stream], resources: dict[str, PdfValue]) -> None:
        self.name = name
        self.glyph_procedures = glyph_procedures
        self.resources = resources

    def codes(self, shown: Iterable[bytes]) -> Iterable[int]:
        """Return the bytes that are shown."""
        return set(b"".join(shown))

    def has_glyph(self, code: int) -> bool:
        """Return true: there is no .notdef, a code without procedure shows nothing anywhere (9.6.4)."""
        return True

    def is_blank(self, code: int) -> bool:
        """Return false: only its drawing tells."""
        return False


def open_font(source: PdfSource, entries: dict[str, PdfValue]) -> Font:
    """Return the font of a font dictionary (ISO 32000-2, 9.5).

    Raises `DocumentRefused` if part of it lies in another file or passes a limit.
    """
    kind = source.name(entries.get("Subtype"))
    name = readable_name(source.name(entries.get("BaseFont")))
    if kind == "Type3":
        procedures = [source.stream(value) for value in source.dictionary(entries.get("CharProcs")).values()]
        return Type3Font(name, [found for found in procedures if found], source.dictionary(entries.get("Resources")))
    if kind == "Type0":
        return _composite(source, entries, name)
    return SimpleFont(
        name,
        embedded_program(source, source.dictionary(entries.get("FontDescriptor"))),
        code_names(source, entries, is_truetype=kind == "TrueType"),
        _cmap(source, entries.get("ToUnicode")),
    )


def readable_name(base_font: str | None) -> str:
    """Return "the font X" for a BaseFont name, without its subset tag."""
    name = _UNPRINTABLE.sub("", _SUBSET_TAG.sub("", base_font or ""))[:60]
    return f"the font {name}" if name else "a font without a name"


def _composite(source: PdfSource, entries: dict[str, PdfValue], name: str) -> CompositeFont:
    listed = source.array(entries.get("DescendantFonts"))
    descendant = source.dictionary(listed[0]) if listed else {}
    encoding = source.get(entries.get("Encoding"))
    glyph_map = source.stream(descendant.get("CIDToGIDMap"))
    return CompositeFont(
        name,
        embedded_program(source, source.dictionary(descendant.get("FontDescriptor"))),
        _cmap(source, encoding) if isinstance(encoding, Stream) else None,
        identity=source.name(encoding) in _IDENTITY,
        cid_is_glyph=source.name(descendant.get("Subtype")) == "CIDFontType2",
        glyph_map=_data(source, glyph_map) if glyph_map else None,
        to_unicode=_cmap(source, entries.get("ToUnicode")),
    )


def _cmap(source: PdfSource, value: PdfValue) -> CMap | None:
    stream = source.stream(value)
    if stream is None:
        return None
    data = _data(source, stream)
    if data is None:
        return None
    found = read_cmap(data)
    found.complete = found.complete and "UseCMap" not in stream.entries
    return found


def _data(source: PdfSource, stream: Stream) -> bytes | None:
    if source.get(stream.entries.get("F")) is not None:
        raise refusals.external_stream("a font of the document")
    try:
        return source.decoded(stream, source.limits.object_bytes)
    except StreamUndecodable:
        return None
