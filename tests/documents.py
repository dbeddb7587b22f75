"""Small contracts for tests: set with typst, then turned, cropped or given a field as a test needs it."""

from __future__ import annotations

import io
import string
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdfium2
import typst
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from demo.contract.render import find_fonts
from esign.pades.typeface import Typeface
from tests.tools import run_tool

APPLICANT, INSURED, SEAL = "投保人签名", "被保险人签名", "保险人签章"

_PAGE = '#set page(width: 595pt, height: 842pt, margin: 60pt)\n#set text(font: "Noto Sans CJK SC", size: 11pt)\n'
_CONTRACT = (
    _PAGE
    + """
= 人身保险合同
本合同由投保人与示例保险股份有限公司订立。投保人已阅读条款。
#v(60pt)
投保人签名
#v(110pt)
被保险人签名
#v(110pt)
保险人签章
#pagebreak()
= 第二页
合同到此为止。
"""
)
_PLAIN = _PAGE + "= 声明\n本文件没有签名的地方。\n"


@cache
def contract() -> bytes:
    """Two A4 pages; the first has the three anchors, with room for a field beside each."""
    return _set(_CONTRACT)


@cache
def plain_contract() -> bytes:
    """One A4 page without any anchor."""
    return _set(_PLAIN)


@cache
def turned_contract(degrees: int) -> bytes:
    """The contract with its first page turned clockwise by 90, 180 or 270 degrees."""
    with TemporaryDirectory() as folder:
        source, turned = Path(folder) / "contract.pdf", Path(folder) / "turned.pdf"
        source.write_bytes(contract())
        run_tool("qpdf", f"--rotate={degrees}:1", source, turned)
        return turned.read_bytes()


def cropped_contract(box: tuple[float, float, float, float]) -> bytes:
    """The contract with a crop box on its first page: left, bottom, right, top in points."""
    document = pypdfium2.PdfDocument(contract())
    document[0].set_cropbox(*box)
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


def contract_with_field(
    name: str = "Signature1",
    box: tuple[int, int, int, int] = (72, 100, 312, 180),
    *,
    turned: int = 0,
    separate_widget: bool = False,
    names_its_page: bool = True,
) -> bytes:
    """The contract with an empty signature field on page 1, as another program would have made it."""
    out = io.BytesIO(turned_contract(turned) if turned else contract())
    writer = IncrementalPdfFileWriter(out)
    append_signature_field(writer, SigFieldSpec(name, on_page=0, box=box, combine_annotation=not separate_widget))
    if not names_its_page:
        del writer.root["/AcroForm"]["/Fields"][0]["/P"]
    writer.write_in_place()
    return out.getvalue()


def contract_with_locked_field(name: str = "Signature1") -> bytes:
    """The contract with an empty field whose lock, made by another program, would close the whole document."""
    out = io.BytesIO(contract_with_field(name))
    writer = IncrementalPdfFileWriter(out)
    field = writer.root["/AcroForm"]["/Fields"][0]
    field[pdf_name("/Lock")] = writer.add_object(
        generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/SigFieldLock"),
                pdf_name("/Action"): pdf_name("/All"),
                pdf_name("/P"): generic.NumberObject(1),
            }
        )
    )
    writer.update_container(field)
    writer.write_in_place()
    return out.getvalue()


def latin_typeface(folder: Path) -> Typeface:
    """Make a typeface of boxes in the folder: TrueType outlines for ASCII letters, digits and the space alone."""
    characters = " " + string.ascii_letters + string.digits
    names = [".notdef", *(f"u{ord(character):04X}" for character in characters)]
    glyphs = {}
    for number, name in enumerate(names):
        pen = TTGlyphPen(None)
        for x, y in ((80, 0), (420, 0), (420, 300 + 5 * number), (80, 300 + 5 * number)):
            (pen.moveTo if (x, y) == (80, 0) else pen.lineTo)((x, y))
        pen.closePath()
        glyphs[name] = TTGlyphPen(None).glyph() if name == "u0020" else pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap(dict(zip(map(ord, characters), names[1:], strict=True)))
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics({name: (500, 0 if name == "u0020" else 80) for name in names})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200, sCapHeight=700)
    builder.setupNameTable({"familyName": "Boxes", "styleName": "Regular", "psName": "Boxes-Regular"})
    builder.setupPost()
    path = folder / "boxes.ttf"
    builder.save(path)
    return Typeface(path)


def _set(source: str) -> bytes:
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[find_fonts()])
    made: bytes = typst.compile(source.encode(), format="pdf", font_paths=fonts)
    return made
