"""The prepared revision: fields and type in place, a signature page where needed, the document untouched."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

import pypdfium2
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from ca.authority import EmbeddedAuthority
from esign.errors import DocumentRefused, EsignError, FieldError
from esign.pades.fields import AtAnchor, DefaultPlace, FieldPlan, InField, Lock, OnPage
from esign.pades.prepare import prepare
from esign.pades.typeface import Typeface, find_embedded_type
from tests import acts, documents
from tests.tools import run_tool

ANCHORS = (documents.APPLICANT, documents.INSURED, documents.SEAL)


def default_plans(anchors: Sequence[str]) -> list[FieldPlan]:
    return [FieldPlan(f"f{n}", DefaultPlace(a), Lock.OWN_FIELD, f"{n} 投保人") for n, a in enumerate(anchors)]


def prepared(document: bytes, plans: Sequence[FieldPlan], typeface: Typeface) -> bytes:
    return document + prepare(io.BytesIO(document), plans, typeface=typeface, texts=acts.texts())


def rectangles(pdf: bytes) -> dict[str, tuple[int, list[float]]]:
    """Return page number (from 1) and rectangle of every field."""
    reader = PdfFileReader(io.BytesIO(pdf))
    pages = {reader.find_page_for_modification(n)[0].idnum: n + 1 for n in range(int(reader.root["/Pages"]["/Count"]))}
    return {
        str(field["/T"]): (pages[field.raw_get("/P").idnum], [float(value) for value in field["/Rect"]])
        for field in (reference.get_object() for reference in reader.root["/AcroForm"]["/Fields"])
    }


def pages_of(pdf: bytes) -> int:
    return int(PdfFileReader(io.BytesIO(pdf)).root["/Pages"]["/Count"])


def check(pdf: bytes, folder: Path) -> None:
    path = folder / "checked.pdf"
    path.write_bytes(pdf)
    run_tool("qpdf", "--check", path)


def test_preparing_appends_and_qpdf_finds_no_fault(contract: bytes, typeface: Typeface, tmp_path: Path) -> None:
    pdf = prepared(contract, acts.plans(), typeface)
    assert pdf.startswith(contract)
    assert set(rectangles(pdf)) == {"applicant", "insured", "seal"}
    form = PdfFileReader(io.BytesIO(pdf)).root["/AcroForm"]
    assert form["/SigFlags"] == 3
    check(pdf, tmp_path)


def test_the_type_for_every_text_is_in_the_document(contract: bytes, typeface: Typeface) -> None:
    pdf = prepared(contract, acts.plans(), typeface)
    known = set(find_embedded_type(PdfFileReader(io.BytesIO(pdf))).codes)
    assert set("".join(acts.texts())) <= known
    assert len(pdf) - len(contract) < 60_000


def test_default_places_are_beside_their_anchors(contract: bytes, typeface: Typeface, tmp_path: Path) -> None:
    pdf = prepared(contract, default_plans(ANCHORS), typeface)
    found = rectangles(pdf)
    assert {page for page, _box in found.values()} == {1}
    bottoms = [found[f"f{n}"][1][1] for n in range(3)]
    assert bottoms == sorted(bottoms, reverse=True)
    assert pages_of(pdf) == 2
    check(pdf, tmp_path)


def test_without_its_anchor_a_field_stands_on_an_appended_signature_page(typeface: Typeface, tmp_path: Path) -> None:
    pdf = prepared(documents.plain_contract(), default_plans(ANCHORS), typeface)
    assert pages_of(pdf) == 2
    assert {page for page, _box in rectangles(pdf).values()} == {2}
    path = tmp_path / "prepared.pdf"
    path.write_bytes(pdf)
    text = run_tool("pdftotext", "-f", "2", path, "-").stdout.decode()
    assert "签署页 Signature page" in text
    assert "1 投保人" in text
    check(pdf, tmp_path)


def test_only_the_fields_without_a_place_go_to_the_signature_page(contract: bytes, typeface: Typeface) -> None:
    plans = default_plans([documents.APPLICANT, "没有这个位置"])
    found = rectangles(prepared(contract, plans, typeface))
    assert (found["f0"][0], found["f1"][0]) == (1, 3)


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (5, 1), (6, 2), (11, 3)])
def test_five_fields_stand_on_a_signature_page(count: int, pages: int, typeface: Typeface, tmp_path: Path) -> None:
    pdf = prepared(documents.plain_contract(), default_plans(["无此处"] * count), typeface)
    found = rectangles(pdf)
    assert len(found) == count
    assert pages_of(pdf) == 1 + pages
    assert found[f"f{count - 1}"][0] == 1 + pages
    check(pdf, tmp_path)


def test_an_existing_field_is_used_where_it_stands(typeface: Typeface, tmp_path: Path) -> None:
    document = documents.contract_with_field("Signature1")
    plans = [FieldPlan("Signature1", InField("Signature1"), Lock.OWN_FIELD, "投保人"), *acts.plans(("insured",))]
    pdf = prepared(document, plans, typeface)
    assert rectangles(pdf)["Signature1"] == (1, [72, 100, 312, 180])
    check(pdf, tmp_path)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_turned_document_is_prepared_beside_its_anchors(degrees: int, typeface: Typeface, tmp_path: Path) -> None:
    plans = [
        FieldPlan(f"f{n}", AtAnchor(anchor, up=-10, right=-120, width=80, height=40), Lock.OWN_FIELD, "投保人")
        for n, anchor in enumerate(ANCHORS)
    ]
    pdf = prepared(documents.turned_contract(degrees), plans, typeface)
    assert len(rectangles(pdf)) == 3
    check(pdf, tmp_path)


def test_a_document_that_is_signed_already_is_refused(
    contract: bytes, typeface: Typeface, authority: EmbeddedAuthority
) -> None:
    signed = acts.prepared(contract, typeface)
    signed += acts.sign(signed, "applicant", authority).increment
    with pytest.raises(DocumentRefused, match="applicant") as caught:
        prepared(signed, acts.plans(), typeface)
    assert caught.value.code == "document-signed-already"


def test_a_prepared_document_may_be_prepared_again_in_its_fields(contract: bytes, typeface: Typeface) -> None:
    once = acts.prepared(contract, typeface)
    plans = [FieldPlan(name, InField(name), Lock.OWN_FIELD, "投保人") for name in ("applicant", "insured")]
    again = prepared(once, plans, typeface)
    assert set(rectangles(again)) == {"applicant", "insured", "seal"}


@pytest.mark.parametrize(
    ("plans", "code"),
    [
        ([FieldPlan("a", OnPage(9, (0, 0, 100, 100)), Lock.OWN_FIELD, "x")], "field-page-missing"),
        ([FieldPlan("a", OnPage(1, (0, 0, 1000, 100)), Lock.OWN_FIELD, "x")], "field-off-page"),
        ([FieldPlan("a", OnPage(1, (0, 0, 10, 10)), Lock.OWN_FIELD, "x")], "field-too-small"),
        ([FieldPlan("a", InField("a"), Lock.OWN_FIELD, "x")], "field-missing"),
        ([FieldPlan("a.b", OnPage(1, (0, 0, 100, 100)), Lock.OWN_FIELD, "x")], "field-name-unusable"),
        ([FieldPlan("a", AtAnchor("没有"), Lock.OWN_FIELD, "x")], "anchor-not-found"),
        ([FieldPlan("a", AtAnchor("投保人"), Lock.OWN_FIELD, "x")], "anchor-ambiguous"),
        ([FieldPlan("a", DefaultPlace("投保人"), Lock.OWN_FIELD, "x")], "anchor-ambiguous"),
        ([FieldPlan("a", OnPage(1, (0, 0, 100, 100)), Lock.OWN_FIELD, "\U0001f600")], "font-glyph-missing"),
        ([FieldPlan("a", OnPage(n, (0, 0, 100, 100)), Lock.OWN_FIELD, "x") for n in (1, 2)], "field-duplicate"),
        ([FieldPlan(n, OnPage(1, (0, 0, 100, 100)), Lock.OWN_FIELD, "x") for n in "ab"], "fields-overlap"),
    ],
)
def test_an_error_leaves_the_document_as_it_was(
    plans: list[FieldPlan], code: str, contract: bytes, typeface: Typeface
) -> None:
    stream = io.BytesIO(contract)
    with pytest.raises(EsignError) as caught:
        prepare(stream, plans, typeface=typeface, texts=acts.texts())
    assert caught.value.code == code
    assert hashlib.sha256(stream.getvalue()).digest() == hashlib.sha256(contract).digest()


def test_a_name_without_a_glyph_is_refused_before_anybody_signs(contract: bytes, tmp_path: Path) -> None:
    with pytest.raises(FieldError) as caught:
        prepare(io.BytesIO(contract), acts.plans(), typeface=documents.latin_typeface(tmp_path), texts=acts.texts())
    assert caught.value.code == "font-glyph-missing"


def test_what_is_no_pdf_is_refused(typeface: Typeface) -> None:
    with pytest.raises(DocumentRefused):
        prepare(io.BytesIO(b"%PDF-1.7\nnothing"), acts.plans(), typeface=typeface, texts=())


def test_preparing_changes_nothing_that_is_seen(contract: bytes, typeface: Typeface) -> None:
    pictures = []
    for pdf in (contract, prepared(contract, acts.plans(), typeface)):
        with pypdfium2.PdfDocument(pdf) as document:
            pictures.append(document[0].render().to_numpy().copy())
    assert (pictures[0] == pictures[1]).all()


def test_preparing_is_the_same_every_time(contract: bytes, typeface: Typeface) -> None:
    """But for the file identifier, which is drawn anew for each revision."""
    lengths = {len(prepared(contract, acts.plans(), typeface)) for _ in range(2)}
    assert len(lengths) == 1
