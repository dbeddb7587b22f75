"""What can be read in two ways, or would stop signing half-way, is refused before anybody signs."""

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


def test_signature_fields_with_one_name_are_refused() -> None:
    pdf = HandmadePdf()
    twice = [pdf.add("<</FT/Sig/T(a)>>") for _ in range(2)]
    pdf.catalog += f"/AcroForm<</Fields[{' '.join(twice)}]>>"
    assert refusal(pdf).code == "document-ambiguous"


@pytest.mark.parametrize(
    "entries", ["/Rotate 90/Rotate 0", "/Contents 4 0 R", "/Cont#65nts 4 0 R", "/PieceInfo<</A 1/A 1>>"]
)
def test_a_page_with_a_key_given_twice_is_refused(entries: str) -> None:
    assert refusal(with_page(BOX + entries)).code == "document-ambiguous"


def test_a_catalog_with_a_key_given_twice_is_refused() -> None:
    assert refusal(with_catalog("/Pages 2 0 R")).code == "document-ambiguous"


def test_a_key_given_twice_is_found_in_what_no_page_has_drawn_yet() -> None:
    pdf = HandmadePdf()
    function = pdf.add("<</FunctionType 2/Domain[0 1]/N 1/C1[0]/C1[1]>>")
    pdf.resources = f"/ColorSpace<</C[/Separation/Spot/DeviceGray {function}]>>"
    assert refusal(pdf).code == "document-ambiguous"


def test_a_key_given_twice_in_a_long_object_is_found() -> None:
    pdf = HandmadePdf()
    long = pdf.add("<</A 1/Long[" + "1 " * 5000 + "]/A 2>>")
    pdf.resources = f"/Font<</F {long}>>"
    assert refusal(pdf).code == "document-ambiguous"


def test_a_trailer_with_a_key_given_twice_is_refused() -> None:
    pdf = HandmadePdf()
    pdf.trailer = f"/Root {pdf.add('<</Type/Catalog/Pages 2 0 R/Lang(en)>>')}"
    assert refusal(pdf).code == "document-ambiguous"


def test_an_earlier_trailer_with_a_key_given_twice_is_refused() -> None:
    pdf = HandmadePdf()
    pdf.trailer = "/Info 5 0 R/Info 5 0 R"
    pdf.add("<<>>")
    first = pdf.bytes()
    start = first.rindex(b"xref\n0 ")
    later = b"xref\n0 0\ntrailer\n<</Size 6/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (start, len(first))
    assert refusal(first + later).code == "document-ambiguous"


def test_a_file_that_counts_too_few_objects_is_refused() -> None:
    whole = HandmadePdf().bytes()
    assert refusal(whole.replace(b"/Size 5", b"/Size 3")).code == "document-broken"


def test_a_drawing_that_a_later_revision_would_bring_into_being_is_refused() -> None:
    pdf = HandmadePdf(b"/X Do")
    pdf.resources = "/XObject<</X 7 0 R>>"
    assert refusal(pdf).code == "document-broken"


LINK = "/Type/Annot/Subtype/Link/Rect[0 0 1 1]/A<</S/URI/URI(https://example.org)>>"


def drawn_from(parts: list[str], annotation: str, resources: str) -> HandmadePdf:
    """Return a page with an annotation; `{0}` and so on stand for the added objects of `parts`."""
    pdf = HandmadePdf(b"/P Do")
    added = [pdf.add(part) for part in parts]
    item = pdf.add(f"<<{annotation.format(*added)}>>")
    pdf.page += f"/Annots[{item}]"
    pdf.resources = resources.format(*added, item=item)
    return pdf


FORM = "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 0>>\nstream\n\nendstream"
SIGNATURE = "/Subtype/Widget/FT/Sig/T(a)/Rect[0 0 1 1]"


@pytest.mark.parametrize(
    ("annotation", "resources"),
    [
        (LINK + "/P {0}", "/XObject {item}"),
        (LINK + "/P {0}", "/XObject<</P {0}>>/Font<</F<</Deep[<</Deeper {item}>>]>>>>"),
        (LINK + "/AP {1}", "/XObject {1}"),
        (SIGNATURE + "/AP {1}", "/XObject {1}"),
        (SIGNATURE + "/AP<</N {0}>>", "/XObject<</P {0}>>"),
        (SIGNATURE + "/Lock {1}", "/XObject {1}"),
        (LINK, "/XObject<</P {0}/Q 3 0 R>>"),
    ],
)
def test_a_page_that_is_drawn_with_an_annotation_is_refused(annotation: str, resources: str) -> None:
    shared = drawn_from([FORM, "<</P 5 0 R/N 5 0 R>>"], annotation, resources)
    assert refusal(shared).code == "document-ambiguous"


def test_a_page_that_is_drawn_with_a_form_field_or_a_store_of_the_catalog_is_refused() -> None:
    for catalog in ("/AcroForm<</Fields[6 0 R]>>", "/DSS 6 0 R", "/AcroForm 6 0 R"):
        pdf = HandmadePdf(b"/P Do")
        pdf.resources = "/XObject 6 0 R"
        pdf.add(FORM)
        pdf.add("<</FT/Sig/T(a)/P 5 0 R>>")
        pdf.catalog += catalog
        assert refusal(pdf).code == "document-ambiguous"


def test_content_that_is_also_the_list_of_annotations_is_refused() -> None:
    pdf = HandmadePdf()
    pdf.page = pdf.page.replace("/Type/Page/", f"/Type/Page/Annots {pdf.add('[]')}/Group 5 0 R/")
    assert refusal(pdf).code == "document-ambiguous"


def test_annotations_and_pages_may_share_fonts_and_drawings_of_their_own() -> None:
    pdf = drawn_from([FORM], LINK + "/P 3 0 R/Dest[3 0 R/Fit]", "/XObject<</P {0}>>")
    assert admit(pdf.file()).pages == 1


@pytest.mark.parametrize(
    "catalog",
    [
        "/OpenAction 5 0 R",
        "/AcroForm<</Fields[6 0 R]>>",
        "/AcroForm<</Fields[7 0 R]>>",
        "/AcroForm<</Fields[8 0 R]>>",
    ],
)
def test_a_script_is_refused_in_a_stream_a_field_and_a_widget_that_no_page_shows(catalog: str) -> None:
    pdf = HandmadePdf()
    pdf.add_stream("/S/JavaScript/JS(x)", b"")
    pdf.add("<</FT/Tx/T(a)/A<</S/JavaScript/JS(x)>>>>")
    pdf.add("<</FT/Tx/T(b)/Kids[9 0 R]>>")
    pdf.add("<</FT/Tx/T(c)/Kids[10 0 R]>>")
    pdf.add("<</Subtype/Widget/Parent 7 0 R/A<</S/JavaScript/JS(x)>>>>")
    pdf.add("<</Subtype/Widget/Parent 8 0 R/AA<</E<</S/JavaScript/JS(x)>>>>>>")
    pdf.catalog += catalog
    assert refusal(pdf).code == "document-javascript"


def test_a_script_above_a_widget_that_the_form_does_not_list_is_refused() -> None:
    pdf = HandmadePdf()
    above = pdf.add("<</FT/Sig/T(a)/AA<</K<</S/JavaScript/JS(x)>>>>>>")
    pdf.page += f"/Annots[{pdf.add(f'<</Subtype/Widget/Parent {above}/Rect[0 0 9 9]>>')}]"
    assert refusal(pdf).code == "document-javascript"


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
