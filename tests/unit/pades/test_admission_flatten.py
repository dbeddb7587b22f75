"""Foreign form fields become page content, signature fields stay."""

from __future__ import annotations

import io

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from esign.errors import DocumentRefused
from esign.pades.admission import admit, flatten_form
from esign.pades.admission.placement import placing_matrix
from tests.unit.pades.made_forms import filled_form
from tests.unit.pades.made_pdfs import HandmadePdf


def flattened(pdf: HandmadePdf) -> tuple[io.BytesIO, tuple[str, ...]]:
    writer = IncrementalPdfFileWriter(pdf.file(), strict=False)
    names = flatten_form(writer)
    out = io.BytesIO()
    writer.write(out)
    return out, names


def with_field(widget: str, form: str = "") -> HandmadePdf:
    pdf = HandmadePdf()
    field = pdf.add(f"<</Type/Annot/Subtype/Widget{widget}>>")
    pdf.page += f"/Annots[{field}]"
    pdf.catalog += f"/AcroForm<</Fields[{field}]{form}>>"
    return pdf


def test_foreign_fields_go_and_the_signature_field_stays_with_its_group() -> None:
    out, names = flattened(filled_form())
    assert names == ("name", "turned", "yes", "group.no")
    page = PdfFileReader(out).root["/Pages"]["/Kids"][0]
    assert [annotation.get_object()["/T"] for annotation in page["/Annots"]] == ["sign"]
    form = PdfFileReader(out).root["/AcroForm"]
    assert [field.get_object()["/T"] for field in form["/Fields"]] == ["group"]
    assert [kid.get_object()["/T"] for kid in form["/Fields"][0]["/Kids"]] == ["sign"]
    assert "/NeedAppearances" not in form


def test_a_form_made_of_references_is_reduced_in_the_same_way() -> None:
    out, names = flattened(filled_form(indirect=True))
    assert names == ("name", "turned", "yes", "group.no")
    reader = PdfFileReader(out)
    assert len(reader.root["/Pages"]["/Kids"][0]["/Annots"]) == 1
    group = reader.root["/AcroForm"]["/Fields"]
    assert [field.get_object()["/T"] for field in group] == ["group"]
    assert [kid.get_object()["/T"] for kid in group[0]["/Kids"]] == ["sign"]
    assert "/XObject" in reader.root["/Pages"]["/Kids"][0]["/Resources"]


def test_drawings_that_the_page_has_already_stay() -> None:
    pdf = filled_form(b"/Field1 Do")
    own = pdf.add(f"<</Field1 {pdf.add_stream('/Subtype/Form/BBox[0 0 9 9]', b'0 0 9 9 re f')}>>")
    pdf.resources = f"/XObject {own}"
    out, _ = flattened(pdf)
    drawn = PdfFileReader(out).root["/Pages"]["/Kids"][0]["/Resources"]["/XObject"]
    assert drawn["/Field1"].data == b"0 0 9 9 re f"
    assert len(drawn) == 5


def test_the_flattened_document_has_no_foreign_fields_left() -> None:
    pdf = with_field("/FT/Tx/T(empty)/Rect[0 0 9 9]")
    out, names = flattened(pdf)
    assert names == admit(pdf.file()).foreign_fields == ("empty",)
    found = admit(out)
    assert (found.foreign_fields, found.empty_signature_fields) == ((), ())
    assert "/AcroForm" not in PdfFileReader(out).root


def test_a_document_without_foreign_fields_is_left_untouched() -> None:
    pdf = with_field("/FT/Sig/T(sign)/Rect[0 0 9 9]")
    writer = IncrementalPdfFileWriter(pdf.file())
    assert flatten_form(writer) == ()
    assert not writer.objects


def test_state_that_the_page_leaves_open_does_not_move_the_drawing() -> None:
    out, _ = flattened(filled_form(b"q 2 0 0 2 9 9 cm q Q q 3 0 0 3 0 0 cm"))
    reader = PdfFileReader(out)
    parts = [part.get_object().data for part in reader.root["/Pages"]["/Kids"][0]["/Contents"]]
    assert parts[0].split() == [b"q"]
    assert parts[-1].split()[:5] == [b"Q", b"Q", b"Q", b"q", b"1.5"]


def test_a_page_that_restores_more_than_it_saved_is_not_rewritten() -> None:
    with pytest.raises(DocumentRefused) as caught:
        flattened(filled_form(b"q Q Q 0 0 9 9 re f"))
    assert caught.value.code == "document-broken"


@pytest.mark.parametrize(
    ("widget", "form"),
    [
        ("/FT/Tx/T(f)/V(typed)/Rect[0 0 9 9]", ""),
        ("/FT/Ch/T(f)/V(chosen)/Rect[0 0 9 9]", ""),
        ("/FT/Btn/T(f)/V/On/AS/On/Rect[0 0 9 9]", ""),
        ("/FT/Tx/T(f)/V(typed)/Rect[0 0 9 9]/AP<</N 6 0 R>>", "/NeedAppearances true"),
        ("/FT/Tx/T(f)/V(typed)/Rect[0 0 0 9]/AP<</N 6 0 R>>", ""),
    ],
)
def test_a_value_without_a_fixed_appearance_is_refused(widget: str, form: str) -> None:
    pdf = with_field(widget, form)
    pdf.add_stream("/Subtype/Form/BBox[0 0 9 9]", b"0 0 9 9 re f")
    with pytest.raises(DocumentRefused) as caught:
        flattened(pdf)
    assert caught.value.code == "document-form-without-appearance"
    assert "page 1" in str(caught.value)


@pytest.mark.parametrize("flag", [2, 32])
def test_a_field_that_nobody_saw_is_removed_without_being_drawn(flag: int) -> None:
    pdf = with_field(f"/FT/Tx/T(f)/V(secret)/F {flag}/Rect[0 0 9 9]/AP<</N 6 0 R>>")
    pdf.add_stream("/Subtype/Form/BBox[0 0 9 9]", b"0 0 9 9 re f")
    out, names = flattened(pdf)
    assert names == ("f",)
    assert "/XObject" not in PdfFileReader(out).root["/Pages"]["/Kids"][0]["/Resources"]


def test_a_signed_form_is_refused() -> None:
    pdf = filled_form()
    pdf.added[-2] = pdf.added[-2].replace(b"/FT/Sig", b"/FT/Sig/V<</Type/Sig/Contents<00>>>")
    with pytest.raises(DocumentRefused) as caught:
        flattened(pdf)
    assert caught.value.code == "document-signed-form"


def test_an_appearance_is_scaled_and_moved_to_its_rectangle() -> None:
    assert placing_matrix([0, 0, 10, 20], [1, 0, 0, 1, 0, 0], [200, 50, 100, 10]) == (10, 0, 0, 2, 100, 10)
    assert placing_matrix([0, 0, 80, 30], [0, 1, -1, 0, 0, 0], [0, 0, 30, 80]) == (1, 0, 0, 1, 30, 0)
    assert placing_matrix([0, 0, 0, 20], [1, 0, 0, 1, 0, 0], [0, 0, 9, 9]) is None
    assert placing_matrix([0, 0, 9], [1, 0, 0, 1, 0, 0], [0, 0, 9, 9]) is None
