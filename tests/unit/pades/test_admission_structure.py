"""What the structure of a PDF may hold, and with which words it is refused."""

from __future__ import annotations

import io

import pytest

from esign.errors import DocumentRefused
from esign.pades.admission import Admission, AdmissionLimits, admit
from tests.unit.pades.made_pdfs import HandmadePdf


def refusal(pdf: HandmadePdf, limits: AdmissionLimits | None = None) -> DocumentRefused:
    with pytest.raises(DocumentRefused) as caught:
        admit(pdf.file(), limits=limits)
    return caught.value


def with_annotation(text: str) -> HandmadePdf:
    pdf = HandmadePdf()
    pdf.page += f"/Annots[{pdf.add(text)}]"
    return pdf


def test_a_plain_document_is_admitted_with_its_facts() -> None:
    assert admit(HandmadePdf(b"0 0 10 10 re f").file()) == Admission(
        pages=1,
        pdf_version="1.7",
        tagged=False,
        pdfa=None,
        existing_signatures=(),
        empty_signature_fields=(),
        foreign_fields=(),
    )


def test_tags_pdfa_claim_and_later_version_are_reported() -> None:
    pdf = HandmadePdf()
    xmp = pdf.add_stream("", b"<x pdfaid:part='3'/><pdfaid:conformance>A</pdfaid:conformance>", compress=True)
    pdf.catalog += f"/Version/2.0/MarkInfo<</Marked true>>/StructTreeRoot<</K 1>>/Metadata {xmp}"
    found = admit(pdf.file())
    assert (found.pdf_version, found.tagged, found.pdfa) == ("2.0", True, "3a")


def test_pages_of_a_deep_tree_are_counted() -> None:
    pdf = HandmadePdf()
    leaf = pdf.add("<</Type/Page/Parent 6 0 R/MediaBox[0 0 9 9]>>")
    pdf.kids.append(pdf.add(f"<</Type/Pages/Parent 2 0 R/Count 1/Kids[{leaf}]>>"))
    assert admit(pdf.file()).pages == 2


@pytest.mark.parametrize("content", [b"", b"%", b"hello", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04"])
def test_a_file_that_is_no_pdf_is_refused(content: bytes) -> None:
    with pytest.raises(DocumentRefused) as caught:
        admit(io.BytesIO(content))
    assert caught.value.code == "document-not-pdf"


def test_a_cut_off_file_is_refused_as_broken() -> None:
    whole = HandmadePdf(b"0 0 10 10 re f").bytes()
    with pytest.raises(DocumentRefused) as caught:
        admit(io.BytesIO(whole[:-60]))
    assert caught.value.code == "document-broken"


def test_a_page_tree_that_runs_in_a_circle_is_refused_as_broken() -> None:
    pdf = HandmadePdf()
    pdf.kids.append("2 0 R")
    assert refusal(pdf).code == "document-broken"


def test_an_encrypted_document_is_refused_even_if_it_opens_without_password() -> None:
    pdf = HandmadePdf()
    pdf.trailer = f"/Encrypt {pdf.add('<</Filter/Standard/V 1/R 2/P -4>>')}"
    assert refusal(pdf).code == "document-encrypted"


def test_an_xfa_form_is_refused() -> None:
    pdf = HandmadePdf()
    pdf.catalog += f"/AcroForm<</Fields[]/XFA {pdf.add_stream('', b'<xdp/>')}>>"
    assert refusal(pdf).code == "document-xfa"


@pytest.mark.parametrize(
    "entry",
    [
        "/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>",
        "/OpenAction<</S/GoTo/D[3 0 R/Fit]/Next[<</S/JavaScript/JS(x)>>]>>",
        "/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(x)>>]>>>>",
        "/AA<</WC<</S/JavaScript/JS(x)>>>>",
        "/Names<</J#61vaScript<</Names[(a)<</S/JavaScript/JS(x)>>]>>>>",
        "/Outlines<</First<</Title(t)/A<</S/JavaScript/JS(x)>>>>>>",
    ],
)
def test_a_script_anywhere_is_refused(entry: str) -> None:
    pdf = HandmadePdf()
    pdf.catalog += entry
    assert refusal(pdf).code == "document-javascript"


@pytest.mark.parametrize("entry", ["/OpenAction[3 0 R/Fit]", "/OpenAction<</S/GoTo/D[3 0 R/XYZ 0 0 0]>>", "/AA<<>>"])
def test_opening_at_a_place_is_fine(entry: str) -> None:
    pdf = HandmadePdf()
    pdf.catalog += entry
    assert admit(pdf.file()).pages == 1


@pytest.mark.parametrize(
    "action", ["<</S/Launch/F(x)>>", "<</S/URI/URI(https://example.org)>>", "<</S/Named/N/Print>>", "<</S/SubmitForm>>"]
)
def test_any_other_opening_action_is_refused(action: str) -> None:
    pdf = HandmadePdf()
    pdf.catalog += f"/OpenAction{action}"
    assert refusal(pdf).code == "document-actions"


def test_a_page_that_acts_when_opened_is_refused_with_its_number() -> None:
    pdf = HandmadePdf()
    pdf.kids.append(pdf.add("<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/AA<</O<</S/Launch/F(x)>>>>>>"))
    found = refusal(pdf)
    assert found.code == "document-actions"
    assert "page 2" in str(found)


@pytest.mark.parametrize(
    "action",
    [
        "/Dest[3 0 R/Fit]",
        "/A<</S/GoTo/D(chapter)>>",
        "/A<</S/URI/URI(https://example.org)>>",
        "/A<</S/Named/N/NextPage>>",
    ],
)
def test_links_that_only_lead_somewhere_are_fine(action: str) -> None:
    assert admit(with_annotation(f"<</Subtype/Link/Rect[0 0 9 9]{action}>>").file()).pages == 1


@pytest.mark.parametrize(
    ("action", "code"),
    [
        ("/A<</S/Launch/F(calc)>>", "document-actions"),
        ("/A<</S/GoToR/F(b.pdf)>>", "document-actions"),
        ("/A<</S/SetOCGState>>", "document-actions"),
        ("/A<</S/Named/N/Print>>", "document-actions"),
        ("/A<</S/URI/URI( JavaScript:alert\\(1\\))>>", "document-javascript"),
        ("/A<</S/URI/URI(https://example.org)/Next<</S/Launch>>>>", "document-actions"),
        ("/AA<</E<</S/JavaScript/JS(x)>>>>", "document-javascript"),
    ],
)
def test_links_that_do_more_are_refused(action: str, code: str) -> None:
    found = refusal(with_annotation(f"<</Subtype/Link/Rect[0 0 9 9]{action}>>"))
    assert found.code == code
    assert "page 1" in str(found)


@pytest.mark.parametrize("kind", ["Text", "Highlight", "Stamp", "FileAttachment", "FreeText", "Redact", "Invented"])
def test_annotations_other_than_links_are_refused(kind: str) -> None:
    found = refusal(with_annotation(f"<</Subtype/{kind}/Rect[0 0 9 9]>>"))
    assert found.code == "document-annotations"
    assert "page 1" in str(found)


def test_layers_are_refused() -> None:
    pdf = HandmadePdf()
    layer = pdf.add("<</Type/OCG/Name(draft)>>")
    pdf.catalog += f"/OCProperties<</OCGs[{layer}]/D<<>>>>"
    assert refusal(pdf).code == "document-optional-content"


def test_an_empty_list_of_layers_is_fine() -> None:
    pdf = HandmadePdf()
    pdf.catalog += "/OCProperties<</OCGs[]/D<<>>>>"
    assert admit(pdf.file()).pages == 1


def test_content_that_names_a_layer_is_refused_without_a_list_of_layers() -> None:
    pdf = HandmadePdf(b"/OC /L BDC 0 0 9 9 re f EMC")
    pdf.resources = f"/Properties<</L {pdf.add('<</Type/OCG/Name(draft)>>')}>>"
    assert refusal(pdf).code == "document-optional-content"


@pytest.mark.parametrize(
    "entries",
    [
        "/Subtype/Image/Width 1/Height 1/F(picture.bin)",
        "/Subtype/Form/BBox[0 0 1 1]/F(form.bin)",
        "/Subtype/Form/BBox[0 0 1 1]/Ref<</F(other.pdf)/Page 0>>",
    ],
)
def test_content_from_another_file_is_refused(entries: str) -> None:
    pdf = HandmadePdf(b"/X Do")
    pdf.resources = f"/XObject<</X {pdf.add_stream(entries, b'')}>>"
    assert refusal(pdf).code == "document-external-stream"


@pytest.mark.parametrize("as_mask", [False, True])
def test_a_picture_that_nobody_could_draw_is_refused(as_mask: bool) -> None:
    vast, small = "/Subtype/Image/Width 20000/Height 20000", "/Subtype/Image/Width 9/Height 9"
    pdf = HandmadePdf(b"/X Do")
    entries = f"{small}/SMask {pdf.add_stream(vast, b'')}" if as_mask else vast
    pdf.resources = f"/XObject<</X {pdf.add_stream(entries, b'')}>>"
    assert refusal(pdf).code == "document-too-large"


@pytest.mark.parametrize(
    "image",
    [
        b"BI /W 20000 /H 20000 /BPC 1 /CS /G /F /Fl ID x EI",
        b"BI/Height 20000/BPC 1/#57idth %\n 020000 ID x EI",
        b"BI /W 9 /W 20000 /H 20000.0 /H 9 ID x EI",
        b"BI /W 9 /H 9 ID EI ( EI Q BI /W 20000 /H 20000 ID x EI",
        b"BI /X " + b" " * 5000 + b"/W 20000 /H 20000 ID x EI",
    ],
    ids=["plain", "escaped and commented", "written twice", "behind a string that never ends", "far from its BI"],
)
@pytest.mark.parametrize("in_a_form", [False, True])
def test_a_picture_inside_content_has_the_same_limit(image: bytes, in_a_form: bool) -> None:
    pdf = HandmadePdf(b"/X Do" if in_a_form else b"q 300 0 0 200 0 0 cm " + image + b" Q")
    pdf.resources = f"/XObject<</X {pdf.add_stream('/Subtype/Form/BBox[0 0 9 9]', image)}>>"
    found = refusal(pdf)
    assert found.code == "document-too-large"
    assert "a picture on page 1 has 20000 x 20000 pixels" in str(found)


def test_a_picture_whose_dictionary_two_content_streams_share_has_it_too() -> None:
    pdf = HandmadePdf(b"q BI /W 20000")
    pdf.contents = f"[4 0 R {pdf.add_stream('', b'/H 20000 /BPC 1 /CS /G ID x EI Q')}]"
    assert refusal(pdf).code == "document-too-large"


def test_many_pictures_inside_content_are_counted_one_by_one() -> None:
    """Strips of a scan: each is small, whatever the longest edges of all of them would make together."""
    strips = b"BI /W 20000 /H 2 /IM true /F /Fl ID x EI BI /W 2 /H 20000 /IM true /F /Fl ID x EI "
    assert admit(HandmadePdf(strips * 50).file()).pages == 1


def test_form_fields_are_told_apart_from_signature_fields() -> None:
    pdf = HandmadePdf()
    text = pdf.add("<</Subtype/Widget/FT/Tx/T(name)/Rect[0 0 9 9]>>")
    signature = pdf.add("<</Subtype/Widget/Parent 7 0 R/T(sign)/Rect[0 0 9 9]>>")
    group = pdf.add(f"<</FT/Sig/T(buyer)/Kids[{signature}]>>")
    loose = pdf.add("<</Subtype/Widget/FT/Btn/T(loose)/Rect[0 0 9 9]>>")
    pdf.page += f"/Annots[{text} {signature} {loose}]"
    pdf.catalog += f"/AcroForm<</Fields[{text} {group}]>>"
    found = admit(pdf.file())
    assert found.foreign_fields == ("name", "loose")
    assert found.empty_signature_fields == ("buyer.sign",)


def test_a_form_field_that_calculates_is_refused() -> None:
    pdf = HandmadePdf()
    pdf.catalog += f"/AcroForm<</Fields[{pdf.add('<</FT/Tx/T(sum)/AA<</C<</S/JavaScript/JS(x)>>>>>>')}]>>"
    found = refusal(pdf)
    assert found.code == "document-javascript"
    assert "sum" in str(found)


def signed(signature: str, field: str = "") -> HandmadePdf:
    pdf = HandmadePdf()
    value = pdf.add(f"<</Type/Sig/Filter/Adobe.PPKLite/Contents<00>{signature}>>")
    pdf.catalog += f"/AcroForm<</SigFlags 3/Fields[{pdf.add(f'<</FT/Sig/T(first)/V {value}{field}>>')}]>>"
    return pdf


def reference(level: int) -> str:
    return f"/Reference[<</TransformMethod/DocMDP/TransformParams<</P {level}>>>>]"


def test_existing_signatures_are_reported() -> None:
    assert admit(signed(reference(2)).file()).existing_signatures == ("first",)


def test_a_certification_that_allows_no_changes_is_refused() -> None:
    assert refusal(signed(reference(1))).code == "document-certified-no-changes"


def test_a_signature_that_locks_the_document_is_refused() -> None:
    assert refusal(signed("", "/Lock<</Action/All/P 1>>")).code == "document-certified-no-changes"


def test_a_lock_of_its_own_field_is_fine() -> None:
    found = admit(signed("", "/Lock<</Action/Include/Fields[(first)]/P 2>>").file())
    assert found.existing_signatures == ("first",)


def test_a_certification_named_by_permissions_alone_is_refused() -> None:
    pdf = HandmadePdf()
    pdf.catalog += f"/Perms<</DocMDP {pdf.add(f'<</Type/Sig{reference(1)}>>')}>>"
    assert refusal(pdf).code == "document-certified-no-changes"


def test_a_signed_document_with_foreign_fields_is_refused() -> None:
    pdf = signed("")
    pdf.page += f"/Annots[{pdf.add('<</Subtype/Widget/FT/Tx/T(late)/Rect[0 0 9 9]>>')}]"
    found = refusal(pdf)
    assert found.code == "document-signed-form"
    assert "late" in str(found)


def test_too_many_bytes_and_pages_are_refused() -> None:
    pdf = HandmadePdf()
    assert refusal(pdf, AdmissionLimits(file_bytes=100)).code == "document-too-large"
    pdf.kids.append(pdf.add("<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"))
    assert refusal(pdf, AdmissionLimits(pages=1)).code == "document-too-large"


@pytest.mark.parametrize(
    "limits",
    [
        AdmissionLimits(objects=2),
        AdmissionLimits(page_content_bytes=1000),
        AdmissionLimits(content_bytes=1000),
        AdmissionLimits(decoded_bytes=1000),
        AdmissionLimits(operations=10),
    ],
)
def test_every_limit_ends_the_check_with_a_refusal(limits: AdmissionLimits) -> None:
    assert refusal(HandmadePdf(b"q Q " * 1000, compress=True), limits).code == "document-too-complex"


def test_a_form_xobject_that_draws_itself_is_read_once() -> None:
    pdf = HandmadePdf(b"/X Do")
    form = pdf.add_stream("/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>", b"/X Do /X Do")
    pdf.resources = f"/XObject<</X {form}>>"
    assert admit(pdf.file()).pages == 1


def test_nesting_without_end_is_refused() -> None:
    pdf = HandmadePdf()
    pdf.catalog += "/Deep" + "[" * 500 + "]" * 500
    assert refusal(pdf).code == "document-broken"


def test_every_refusal_is_one_line_with_a_cure() -> None:
    found = refusal(with_annotation("<</Subtype/Text>>"))
    assert str(found) == f"{found.cause}; {found.cure}"
    assert "\n" not in str(found)
