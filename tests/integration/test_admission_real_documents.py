"""Documents of real producers pass, their faulty twins do not, and outside judges see what flattening did."""

from __future__ import annotations

import io
import os
import tracemalloc
from pathlib import Path

import pytest
import typst
from PIL import Image, ImageChops
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from esign.errors import DocumentRefused
from esign.pades.admission import admit, flatten_form
from tests.tools import run_tool
from tests.unit.pades.made_forms import filled_form
from tests.unit.pades.made_pdfs import HandmadePdf

CONTRACT = """
#set page(width: 12cm, height: 9cm)
#set document(title: "Contract", date: datetime(year: 2025, month: 1, day: 2))
= Contract <first>
Office, fluffy, naïve: #link("https://example.org")[a link], @first.
#pagebreak()
#table(columns: 2, [Sum], [1000], [Term], [20 a])
"""


def made_by_typst(source: str, *standards: str) -> io.BytesIO:
    body = source.replace("@first", "#link(<first>)[see above]")
    return io.BytesIO(typst.compile(body.encode(), pdf_standards=list(standards)))


@pytest.mark.parametrize("standards", [(), ("a-2b",), ("a-3a",), ("1.4",)])
def test_a_typst_document_is_admitted(standards: tuple[str, ...]) -> None:
    found = admit(made_by_typst(CONTRACT, *standards))
    assert found.pages == 2
    assert found.pdfa == {"a-2b": "2b", "a-3a": "3a"}.get("".join(standards))


def test_a_typst_document_with_a_character_that_no_font_has_is_refused() -> None:
    with pytest.raises(DocumentRefused) as caught:
        admit(made_by_typst("Known words, and one unknown: \\u{E8B7}"))
    assert caught.value.code == "document-text-notdef"


def test_a_picture_saved_as_pdf_is_admitted() -> None:
    out = io.BytesIO()
    pages = [Image.new(mode, (80, 60), "white") for mode in ("RGB", "L", "1")]
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:])
    assert admit(out).pages == 3


@pytest.mark.parametrize("mode", ["--object-streams=generate", "--linearize", "--qdf"])
def test_the_same_document_is_admitted_however_qpdf_writes_it(tmp_path: Path, mode: str) -> None:
    before, after = tmp_path / "before.pdf", tmp_path / "after.pdf"
    before.write_bytes(made_by_typst(CONTRACT, "a-3a").read())
    run_tool("qpdf", mode, before, after)
    with before.open("rb") as first, after.open("rb") as second:
        expected = admit(first)
        found = admit(second)
    assert (found.pages, found.tagged, found.pdfa) == (expected.pages, expected.tagged, expected.pdfa)


def test_what_qpdf_encrypts_is_refused(tmp_path: Path) -> None:
    before, after = tmp_path / "before.pdf", tmp_path / "after.pdf"
    before.write_bytes(made_by_typst(CONTRACT).read())
    run_tool("qpdf", "--encrypt", "", "owner", "256", "--", before, after)
    with pytest.raises(DocumentRefused) as caught, after.open("rb") as document:
        admit(document)
    assert caught.value.code == "document-encrypted"


@pytest.mark.parametrize("page", ["", "/Rotate 90", "/CropBox[15 5 280 190]"])
@pytest.mark.parametrize("content", [b"1 0 0 RG 10 10 50 50 re S", b"q .5 0 0 .5 7 7 cm q 1 0 0 rg 9 9 50 50 re f"])
@pytest.mark.parametrize("indirect", [False, True])
def test_a_flattened_page_looks_exactly_as_before(tmp_path: Path, page: str, content: bytes, indirect: bool) -> None:
    pdf = filled_form(content, page, indirect=indirect)
    (tmp_path / "before.pdf").write_bytes(pdf.bytes())
    writer = IncrementalPdfFileWriter(pdf.file())
    flatten_form(writer)
    with (tmp_path / "after.pdf").open("wb") as out:
        writer.write(out)
    run_tool("qpdf", "--check", tmp_path / "after.pdf")
    pictures = []
    for name in ("before", "after"):
        run_tool("pdftoppm", "-r", "100", "-png", "-singlefile", tmp_path / f"{name}.pdf", tmp_path / name)
        pictures.append(Image.open(tmp_path / f"{name}.png").convert("RGB"))
    assert len(pictures[1].getcolors(100_000) or []) > 5
    assert ImageChops.difference(*pictures).getbbox() is None


def test_a_large_scan_is_checked_without_reading_its_pictures(tmp_path: Path) -> None:
    picture = os.urandom(1 << 20) * 30
    pdf = HandmadePdf(b"/I Do")
    image = pdf.add_stream("/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray", picture)
    pdf.resources = f"/XObject<</I {image}>>"
    path = tmp_path / "scan.pdf"
    path.write_bytes(pdf.bytes())
    with path.open("rb") as document:
        tracemalloc.start()
        try:
            found = admit(document)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert found.pages == 1
    assert peak < 4 << 20
