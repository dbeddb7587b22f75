"""Small real font programs, built with fontTools: a .notdef, a space and the letters asked for."""

from __future__ import annotations

import io

from fontTools.fontBuilder import FontBuilder
from fontTools.misc.eexec import encrypt
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont


def truetype(letters: str, *, names: bool = True) -> bytes:
    """Return a TrueType font; with `names` false it has neither cmap nor glyph names, as in CID subsets."""
    order = [".notdef", "space", *letters]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap({32: "space"} | {ord(letter): letter for letter in letters})
    pen = TTGlyphPen(None)
    _square(pen)
    square = pen.glyph()
    blank = TTGlyphPen(None).glyph()
    builder.setupGlyf({name: blank if name == "space" else square for name in order})
    _finish(builder, order)
    builder.setupPost(keepGlyphNames=names)
    if not names:
        del builder.font["cmap"]
    return _saved(builder.font)


def cff(letters: str) -> bytes:
    """Return a bare CFF program with glyph names."""
    order = [".notdef", "space", *letters]
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap({32: "space"} | {ord(letter): letter for letter in letters})
    pen = T2CharStringPen(500, None)
    _square(pen)
    square = pen.getCharString()
    builder.setupCFF("Made", {}, dict.fromkeys(order, square), {})
    _finish(builder, order)
    builder.setupPost()
    font = TTFont(io.BytesIO(_saved(builder.font)))
    return font.reader["CFF "]


def cid_keyed_cff(cids: list[int]) -> bytes:
    """Return a CID-keyed CFF program with these CIDs, put together by hand (Adobe Technical Note 5176)."""
    glyph = b"\x8b\x0e"  # width 0, endchar
    charset = b"\x00" + b"".join(cid.to_bytes(2, "big") for cid in cids)
    header = b"\x01\x00\x04\x01"
    names = _index([b"Made"])
    strings = _index([b"Adobe", b"Identity"])
    empty = b"\x00\x00"
    glyphs = _index([glyph] * (len(cids) + 1))

    def top(charset_at: int, glyphs_at: int) -> bytes:
        ros = _number(391) + _number(392) + _number(0) + b"\x0c\x1e"
        return _index([ros + _number(charset_at) + b"\x0f" + _number(glyphs_at) + b"\x11"])

    before = len(header + names + top(0, 0) + strings + empty)
    body = top(before, before + len(charset))
    return header + names + body + strings + empty + charset + glyphs


def type1(letters: str, *, encoding: str = "StandardEncoding def") -> bytes:
    """Return a Type 1 program whose private part is encrypted by fontTools."""
    glyphs = b"".join(b"/%s 4 RD \x00\x01)\xff ND\n" % name.encode() for name in [".notdef", "space", *letters])
    private = b"dup /Private 8 dict dup begin /lenIV 4 def\n2 index /CharStrings 3 dict dup begin\n" + glyphs + b"end\n"
    clear = f"%!PS-AdobeFont-1.0: Made\n/FontName /Made def\n/Encoding {encoding}\ncurrentfile eexec\n".encode()
    return clear + encrypt(b"\x00\x00\x00\x00" + private, 55665)[0] + b"\n" + b"0" * 64 + b"\ncleartomark"


def _square(pen: TTGlyphPen | T2CharStringPen) -> None:
    pen.moveTo((0, 0))
    pen.lineTo((0, 500))
    pen.lineTo((500, 500))
    pen.lineTo((500, 0))
    pen.closePath()


def _finish(builder: FontBuilder, order: list[str]) -> None:
    builder.setupHorizontalMetrics(dict.fromkeys(order, (600, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Made", "styleName": "Regular"})
    builder.setupOS2()


def _saved(font: TTFont) -> bytes:
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def _index(items: list[bytes]) -> bytes:
    offsets = [1]
    for item in items:
        offsets.append(offsets[-1] + len(item))
    return (
        len(items).to_bytes(2, "big")
        + b"\x02"
        + b"".join(offset.to_bytes(2, "big") for offset in offsets)
        + b"".join(items)
    )


def _number(value: int) -> bytes:
    return b"\x1d" + value.to_bytes(4, "big")
