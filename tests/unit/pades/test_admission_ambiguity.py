"""A file that can be read in two ways, now or after a later revision, is refused before anybody signs."""

from __future__ import annotations

import io

import pytest

from esign.errors import DocumentRefused
from esign.pades.admission import admit
from tests.unit.pades.made_pdfs import HandmadePdf

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


def test_a_part_of_a_page_that_is_also_its_list_of_annotations_is_refused() -> None:
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
