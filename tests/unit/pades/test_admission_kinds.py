"""A page, a list of pages, a form or a trailer that signing would stumble over is refused before anybody signs."""

from __future__ import annotations

import io
import re

import pytest

from esign.errors import DocumentRefused
from esign.pades.admission import admit
from esign.pades.fields import DefaultPlace, FieldPlan, Lock
from esign.pades.prepare import prepare
from esign.pades.typeface import Typeface
from tests.unit.pades.made_pdfs import HandmadePdf

PLAN = FieldPlan("applicant", DefaultPlace("nowhere"), Lock.OWN_FIELD, "x")
BOX = "/MediaBox[0 0 300 200]"


def refusal(pdf: HandmadePdf | bytes) -> DocumentRefused:
    with pytest.raises(DocumentRefused) as caught:
        admit(io.BytesIO(pdf) if isinstance(pdf, bytes) else pdf.file())
    assert "\n" not in str(caught.value)
    return caught.value


def with_page(entries: str) -> HandmadePdf:
    pdf = HandmadePdf()
    pdf.page = pdf.page.replace(BOX, "") + entries
    return pdf


def with_catalog(entries: str) -> HandmadePdf:
    pdf = HandmadePdf()
    pdf.catalog += entries
    return pdf


@pytest.mark.parametrize(
    "entries",
    [
        "",
        "/MediaBox null",
        "/MediaBox(0 0 9 9)",
        "/MediaBox[0 0 9]",
        "/MediaBox[0 0 9 9 9]",
        "/MediaBox[0 0 null 9]",
        "/MediaBox[0 0 true 9]",
        "/MediaBox[0 0 1e400 9]",
        "/MediaBox[0 0 --9 9]",
        "/MediaBox[0 0 9 (x)]",
        "/MediaBox[0 0 0 9]",
        "/MediaBox[0 0 9 99999999]",
        "/MediaBox 99 0 R",
        f"{BOX}/CropBox(abcd)",
        f"{BOX}/CropBox null",
        f"{BOX}/CropBox[400 0 500 200]",
        f"{BOX}/Rotate 45",
        f"{BOX}/Rotate 90.0",
        f"{BOX}/Rotate 90.5",
        f"{BOX}/Rotate(x)",
        f"{BOX}/Rotate true",
        f"{BOX}/Rotate --90",
        f"{BOX}/Rotate null",
        f"{BOX}/UserUnit(x)",
        f"{BOX}/UserUnit 0",
        f"{BOX}/Annots 5",
        f"{BOX}/Annots null",
        f"{BOX}/Annots<<>>",
        f"{BOX}/Annots[null]",
        f"{BOX}/Annots[5]",
        f"{BOX}/Annots[4 0 R]",
    ],
)
def test_a_page_that_viewers_lay_out_differently_is_refused_with_its_number(entries: str) -> None:
    found = refusal(with_page(entries))
    assert found.code == "document-broken"
    assert "page 1" in str(found) or "object 99" in str(found)


@pytest.mark.parametrize(
    "entries",
    [
        "/MediaBox[0 0 595.28 841.89]",
        "/MediaBox[300 200 -10 0]",
        f"{BOX}/CropBox[-5 -5 100 100]",
        f"{BOX}/Rotate -90",
        f"{BOX}/Rotate 450",
        f"{BOX}/UserUnit 2.5",
        f"{BOX}/Annots[]",
    ],
)
def test_a_page_of_any_honest_size_and_turn_is_admitted(entries: str) -> None:
    assert admit(with_page(entries).file()).pages == 1


def test_size_and_turn_may_be_inherited() -> None:
    pdf = with_page("")
    whole = pdf.bytes().replace(b"/Type/Pages", b"/Type/Pages" + BOX.encode() + b"/Rotate 90", 1)
    assert admit(io.BytesIO(moved(whole))).pages == 1


def moved(pdf: bytes) -> bytes:
    """Return the file with a cross-reference table that fits its objects again."""
    start = pdf.rindex(b"xref\n0 ")
    size = int(pdf[start + 7 :].split()[0])
    places = {int(found[1]): found.start() for found in re.finditer(rb"(?m)^(\d+) 0 obj\n", pdf)}
    rows = b"".join(b"%010d 00000 n \n" % places[number] for number in range(1, size))
    tail = pdf[pdf.index(b"trailer\n", start) : pdf.index(b"startxref")]
    return pdf[:start] + b"xref\n0 %d\n0000000000 65535 f \n" % size + rows + tail + b"startxref\n%d\n%%%%EOF\n" % start


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"/Count 1", b"/Count 7"),
        (b"/Count 1", b"/Count 0"),
        (b"/Count 1", b"/Count -1"),
        (b"/Count 1", b"/Count 1.0"),
        (b"/Count 1", b"/Count(x)"),
        (b"/Count 1", b"/Count true"),
        (b"/Count 1", b""),
        (b"/Count 1", b"/Count 1/Parent 2 0 R"),
        (b"/Kids[3 0 R]", b"/Kids[3 0 R 3 0 R]"),
        (b"/Kids[3 0 R]", b"/Kids[3 0 R null]"),
        (b"/Kids[3 0 R]", b"/Kids[4 0 R]"),
        (b"/Kids[3 0 R]", b"/Kids[<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>]"),
        (b"/Kids[3 0 R]", b"/Kids 3 0 R"),
        (b"/Kids[3 0 R]", b""),
        (b"/Parent 2 0 R", b""),
        (b"/Parent 2 0 R", b"/Parent 3 0 R"),
        (b"/Parent 2 0 R", b"/Parent 1 0 R"),
        (b"/Type/Page/", b"/Type/Page/Kids[]/"),
        (b"/Type/Page/", b"/Type/Pages/"),
        (b"/Type/Page/", b"/"),
        (b"/Type/Pages", b"/Type/Page"),
        (b"/Pages 2 0 R", b"/Pages 3 0 R"),
        (b"/Pages 2 0 R", b"/Pages null"),
        (b"/Contents 4 0 R", b"/Contents 3 0 R"),
        (b"/Contents 4 0 R", b"/Contents[4 0 R(x)]"),
        (b"/Resources<<>>", b"/Resources(x)"),
        (b"/Resources<<>>", b"/Resources 4 0 R"),
    ],
)
def test_a_list_of_pages_that_readers_walk_differently_is_refused(old: bytes, new: bytes) -> None:
    whole = HandmadePdf().bytes()
    assert old in whole
    assert refusal(moved(whole.replace(old, new, 1))).code == "document-broken"


@pytest.mark.parametrize(
    "entries",
    [
        "/AcroForm(x)",
        "/AcroForm null",
        "/AcroForm<</Fields 5>>",
        "/AcroForm<</Fields[null]>>",
        "/AcroForm<</Fields[<</T(a)/FT/Tx>>]>>",
        "/AcroForm<</Fields[]/DR(x)>>",
        "/AcroForm<</Fields[]/DR<</Font[]>>>>",
        "/AcroForm<</Fields[]/SigFlags(x)>>",
        "/Extensions(x)",
        "/Extensions<</ESIC 5>>",
        "/Extensions<</ESIC<</ExtensionLevel(x)>>>>",
        "/DSS(x)",
        "/DSS<</Certs(x)>>",
        "/Perms<</DocMDP 5>>",
        "/Names(x)",
        "/AF(x)",
    ],
)
def test_an_entry_of_the_wrong_kind_that_signing_builds_on_is_refused(entries: str) -> None:
    assert refusal(with_catalog(entries)).code == "document-broken"


@pytest.mark.parametrize(
    "field",
    [
        "/FT/Sig/T 5",
        "/FT(Sig)/T(a)",
        "/FT/Sig/T(a)/TU 5",
        "/FT/Sig/T(a)/Kids 5",
        "/FT/Sig/T(a)/Kids[null]",
        "/FT/Sig/T(a)/Parent 3 0 R",
        "/FT/Sig/T(a)/Parent 5 0 R",
    ],
)
def test_a_field_that_signing_would_stumble_over_is_refused(field: str) -> None:
    pdf = HandmadePdf()
    pdf.catalog += f"/AcroForm<</Fields[{pdf.add(f'<<{field}>>')}]>>"
    assert refusal(pdf).code == "document-broken"


@pytest.mark.parametrize("trailer", ["/ID(x)", "/ID 5", "/ID[5]", "/ID 1 0 R", "/ID[5 5]", "/Info(x)", "/Info[1]"])
def test_an_identifier_or_information_of_the_wrong_kind_is_refused(trailer: str) -> None:
    pdf = HandmadePdf()
    pdf.trailer = trailer
    assert refusal(pdf).code == "document-broken"


def test_what_only_writing_stumbles_over_is_refused_as_broken(typeface: Typeface) -> None:
    pdf = HandmadePdf()
    pdf.trailer = f"/Info {pdf.add('<</ModDate 5/Title 7 0 R>>')}"
    pdf.catalog += f"/Extensions<</ESIC<</BaseVersion/1.7/ExtensionLevel {pdf.add('1')}>>>>"
    assert admit(pdf.file()).pages == 1
    with pytest.raises(DocumentRefused) as caught:
        prepare(pdf.file(), [PLAN], typeface=typeface, texts=())
    assert caught.value.code == "document-broken"
