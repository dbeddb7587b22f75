"""Type for what is drawn on signature fields: a subset of one CJK typeface, embedded once per envelope.

The subset is made when fields are placed, from every text that is known to be drawn, and lives in the prepared
revision (AcroForm, DR, Font); each signature finds it there. A signature whose text became known later brings a
further subset (ADR 0026). A character without a glyph is an error, never a box on the page. The font is written as
a Type 0 font with Identity-H codes (ISO 32000-2, 9.7) and a ToUnicode map.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import uharfbuzz
from fontTools.ttLib import TTFont
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.rw_common import PdfHandler
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from esign.errors import FieldError

RESOURCE_NAME = "/EsignType"
PREPARED_TAG = "ESIGNA"
"""Marks the font's name as that of a subset: the one in the prepared revision."""
DEFAULT_WIDTH = 1000
"""Width of a glyph that W does not name, in 1/1000 em: that of Chinese characters."""
MAX_CHARACTERS_IN_BFCHAR = 100
_LAYOUT_TABLES = [int.from_bytes(tag, "big") for tag in (b"BASE", b"GDEF", b"GPOS", b"GSUB", b"vhea", b"vmtx", b"VORG")]
"""Tables for setting text, which a PDF sets glyph by glyph (ISO 32000-2, 9.9)."""


@dataclass(frozen=True)
class Typeface:
    """A typeface file (OpenType with CFF or TrueType outlines, or one face of a collection)."""

    path: Path
    index: int = 0

    @cached_property
    def _face(self) -> uharfbuzz.Face:
        return uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(self.path)), self.index)

    def missing(self, text: str) -> str:
        """Return the characters of `text` this typeface cannot draw, each once, in order."""
        known = self._face.unicodes
        return "".join(dict.fromkeys(c for c in text if ord(c) not in known))

    def subset(self, texts: Iterable[str]) -> Subset:
        """Return the part of the typeface that draws `texts`.

        Raises `FieldError` with code `font-glyph-missing` that names the characters without a glyph.
        """
        characters = "".join(sorted(set("".join(texts))))
        if missing := self.missing(characters):
            raise FieldError(
                "font-glyph-missing",
                f"the typeface {self.path.name} has no glyph for {'、'.join(missing)}",
                "choose a typeface that has it (ESIGN_FONT, for example Noto Sans CJK) or another spelling",
            )
        wanted = uharfbuzz.SubsetInput()
        wanted.sets(uharfbuzz.SubsetInputSets.UNICODE).update(map(ord, characters))
        wanted.sets(uharfbuzz.SubsetInputSets.DROP_TABLE_TAG).update(_LAYOUT_TABLES)
        wanted.flags = uharfbuzz.SubsetFlags.NO_HINTING | uharfbuzz.SubsetFlags.NO_LAYOUT_CLOSURE
        return Subset(uharfbuzz.subset(self._face, wanted).blob.data, characters)


@dataclass(frozen=True)
class Subset:
    """A subset font file (OpenType) and the characters it draws."""

    data: bytes
    characters: str

    @property
    def own_tag(self) -> str:
        """A tag for this subset beside the prepared one: no two of a font share theirs (ISO 32000-2, 9.9.2)."""
        number = int.from_bytes(hashlib.sha256(self.characters.encode()).digest(), "big")
        return "N" + "".join(chr(ord("A") + number // 26**place % 26) for place in range(5))

    def embed(self, writer: BasePdfFileWriter, *, tag: str = PREPARED_TAG) -> generic.IndirectObject:
        """Add the subset to the document as a Type 0 font and return its reference; `tag` is six capital letters."""
        font = TTFont(io.BytesIO(self.data), lazy=True)
        scale = 1000 / font["head"].unitsPerEm
        glyphs = font.getBestCmap()
        is_cff = "CFF " in font
        codes = {c: _cid(font, glyphs[ord(c)], is_cff) for c in self.characters}
        widths = {codes[c]: round(font["hmtx"][glyphs[ord(c)]][0] * scale) for c in self.characters}
        name = generic.NameObject(f"/{tag}+{font['name'].getDebugName(6)}")
        descriptor = _descriptor(font, name, scale)
        # the table as the subsetter wrote it; fontTools would draw every glyph to write it again
        program = generic.StreamObject(stream_data=font.reader["CFF "] if is_cff else self.data)
        if is_cff:
            program[pdf_name("/Subtype")] = pdf_name("/CIDFontType0C")
        program.compress()
        descriptor[pdf_name("/FontFile3" if is_cff else "/FontFile2")] = writer.add_object(program)
        descendant = generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Font"),
                pdf_name("/Subtype"): pdf_name("/CIDFontType0" if is_cff else "/CIDFontType2"),
                pdf_name("/BaseFont"): name,
                pdf_name("/CIDSystemInfo"): _system_info(font, is_cff),
                pdf_name("/DW"): generic.NumberObject(DEFAULT_WIDTH),
                pdf_name("/W"): _width_array(widths),
                pdf_name("/FontDescriptor"): writer.add_object(descriptor),
            }
        )
        if not is_cff:
            descendant[pdf_name("/CIDToGIDMap")] = pdf_name("/Identity")
        to_unicode = generic.StreamObject(stream_data=_to_unicode(codes))
        to_unicode.compress()
        return writer.add_object(
            generic.DictionaryObject(
                {
                    pdf_name("/Type"): pdf_name("/Font"),
                    pdf_name("/Subtype"): pdf_name("/Type0"),
                    pdf_name("/BaseFont"): generic.NameObject(f"{name}-Identity-H" if is_cff else name),
                    pdf_name("/Encoding"): pdf_name("/Identity-H"),
                    pdf_name("/DescendantFonts"): generic.ArrayObject([writer.add_object(descendant)]),
                    pdf_name("/ToUnicode"): writer.add_object(to_unicode),
                }
            )
        )


@dataclass(frozen=True)
class EmbeddedType:
    """Type found in a document: the font's reference, the code of each character, widths in 1/1000 em."""

    reference: generic.IndirectObject
    codes: Mapping[str, int]
    widths: Mapping[int, int]

    def encode(self, text: str) -> bytes:
        """Return the text as a hexadecimal string operand. Raises `FieldError` if it was not announced."""
        if missing := [c for c in text if c not in self.codes]:
            raise FieldError(
                "font-text-not-prepared",
                f"the prepared document has no type for {'、'.join(dict.fromkeys(missing))}",
                "give the same names when preparing and when signing",
            )
        return b"<" + "".join(f"{self.codes[c]:04x}" for c in text).encode() + b">"

    def width(self, text: str) -> float:
        """Return the width of the text in em."""
        return sum(self.widths.get(self.codes.get(c, 0), DEFAULT_WIDTH) for c in text) / 1000


def find_embedded_type(handler: PdfHandler) -> EmbeddedType:
    """Find the type that preparing put into the document. Raises `FieldError` if it was not prepared."""
    try:
        fonts = handler.root["/AcroForm"]["/DR"]["/Font"]
        return read_embedded_type(fonts.raw_get(RESOURCE_NAME))
    except (KeyError, IndexError, ValueError) as error:
        raise FieldError(
            "document-not-prepared",
            "the document carries no type for signature fields",
            "prepare it first: fields and type are placed before the first signature",
        ) from error


def read_embedded_type(reference: generic.IndirectObject) -> EmbeddedType:
    """Read codes and widths of a font that `Subset.embed` wrote.

    Raises `KeyError`, `IndexError` or `ValueError` for another.
    """
    font = reference.get_object()
    codes = _read_to_unicode(font["/ToUnicode"].data)
    widths = dict.fromkeys(codes.values(), DEFAULT_WIDTH) | _read_width_array(font["/DescendantFonts"][0]["/W"])
    return EmbeddedType(reference, codes, widths)


def _cid(font: TTFont, glyph: str, is_cff: bool) -> int:
    """A CID-keyed CFF font is addressed by the CIDs of its charset, every other font by glyph index."""
    if is_cff and hasattr(font["CFF "].cff.topDictIndex[0], "ROS"):
        return int(glyph.removeprefix("cid"))
    return int(font.getGlyphID(glyph))


def _system_info(font: TTFont, is_cff: bool) -> generic.DictionaryObject:
    registry, ordering, supplement = "Adobe", "Identity", 0
    if is_cff:
        registry, ordering, supplement = getattr(
            font["CFF "].cff.topDictIndex[0], "ROS", (registry, ordering, supplement)
        )
    return generic.DictionaryObject(
        {
            pdf_name("/Registry"): generic.TextStringObject(registry),
            pdf_name("/Ordering"): generic.TextStringObject(ordering),
            pdf_name("/Supplement"): generic.NumberObject(supplement),
        }
    )


def _descriptor(font: TTFont, name: generic.NameObject, scale: float) -> generic.DictionaryObject:
    head, os2 = font["head"], font["OS/2"]
    box = [round(value * scale) for value in (head.xMin, head.yMin, head.xMax, head.yMax)]
    symbolic = 4
    return generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/FontDescriptor"),
            pdf_name("/FontName"): name,
            pdf_name("/Flags"): generic.NumberObject(symbolic),
            pdf_name("/FontBBox"): generic.ArrayObject(map(generic.NumberObject, box)),
            pdf_name("/ItalicAngle"): generic.NumberObject(0),
            pdf_name("/Ascent"): generic.NumberObject(round(os2.sTypoAscender * scale)),
            pdf_name("/Descent"): generic.NumberObject(round(os2.sTypoDescender * scale)),
            pdf_name("/CapHeight"): generic.NumberObject(round(getattr(os2, "sCapHeight", 700) * scale)),
            pdf_name("/StemV"): generic.NumberObject(80),
        }
    )


def _width_array(widths: Mapping[int, int]) -> generic.ArrayObject:
    """Write the widths that are not the default, those of neighbouring CIDs together (ISO 32000-2, 9.7.4.3)."""
    entries: list[generic.PdfObject] = []
    following = None
    for cid, width in sorted(widths.items()):
        if width == DEFAULT_WIDTH:
            continue
        if cid != following:
            run = generic.ArrayObject()
            entries += [generic.NumberObject(cid), run]
        run.append(generic.NumberObject(width))
        following = cid + 1
    return generic.ArrayObject(entries)


def _read_width_array(entries: generic.ArrayObject) -> dict[int, int]:
    return {
        int(entries[i]) + place: int(width)
        for i in range(0, len(entries), 2)
        for place, width in enumerate(entries[i + 1])
    }


def _to_unicode(codes: Mapping[str, int]) -> bytes:
    """Write a ToUnicode CMap (ISO 32000-2, 9.10.3)."""
    lines = [f"<{code:04x}> <{character.encode('utf-16-be').hex()}>" for character, code in codes.items()]
    blocks = [
        "\n".join((f"{len(part)} beginbfchar", *part, "endbfchar"))
        for part in (lines[i : i + MAX_CHARACTERS_IN_BFCHAR] for i in range(0, len(lines), MAX_CHARACTERS_IN_BFCHAR))
    ]
    return "\n".join(
        (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
            "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
            "1 begincodespacerange <0000> <ffff> endcodespacerange",
            *blocks,
            "endcmap CMapName currentdict /CMap defineresource pop end end",
        )
    ).encode("ascii")


def _read_to_unicode(cmap: bytes) -> dict[str, int]:
    pairs = re.findall(rb"^<([0-9a-f]{4})> <([0-9a-f]+)>$", cmap, re.MULTILINE)
    return {bytes.fromhex(text.decode()).decode("utf-16-be"): int(code, 16) for code, text in pairs}
