"""Type that one signature brings, for a name which became known after preparing."""

from __future__ import annotations

import io
import re
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pypdfium2
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from esign.errors import FieldError
from esign.pades.appearance import HandwrittenAppearance, SealAppearance, announced_text
from esign.pades.canvas import TYPE_NAME
from esign.pades.prepare import prepare
from esign.pades.revision import SignatureContent, open_revision
from esign.pades.typeface import RESOURCE_NAME, Typeface, find_embedded_type, read_embedded_type
from tests import acts, documents
from tests.signers import handwriting
from tests.tools import run_tool
from tests.unit.ceremony.quarantine_parts import comparable

TIME = datetime(2026, 3, 1, 9, 30, tzinfo=timezone(timedelta(hours=8)))
NAME = acts.UNPREPARED
FONT_NAME = re.compile(rb"/BaseFont\s*/([A-Z]{6})\+")


@pytest.fixture(scope="module")
def prepared(contract: bytes, typeface: Typeface) -> bytes:
    return acts.prepared(contract, typeface)


def content(name: str, field: str = "insured") -> SignatureContent:
    ink = HandwrittenAppearance(handwriting(5), None, acts.LABELS[field], name, TIME, 2**159 + 7, acts.NOTICE)
    return SignatureContent(field, name, TIME, ink)


def signed(document: bytes, name: str, typeface: Typeface | None, field: str = "insured") -> bytes:
    opened = open_revision(io.BytesIO(document), content(name, field), capacity=1000, typeface=typeface)
    return document + opened.increment


def text_of(pdf: bytes) -> str:
    """Return the first page's text with that of its fields."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        document.init_forms()
        document[0].flatten()
        flat = io.BytesIO()
        document.save(flat)
    with closing(pypdfium2.PdfDocument(flat.getvalue())) as document:
        return document[0].get_textpage().get_text_bounded()


def picture_of(pdf: bytes) -> bytes:
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        document.init_forms()
        return document[0].render(scale=2, grayscale=True).to_numpy().tobytes()


def test_a_name_outside_the_prepared_type_can_be_read_back(prepared: bytes, typeface: Typeface) -> None:
    text = text_of(signed(prepared, NAME, typeface))
    assert f"被保险人 {NAME}" in text
    assert acts.NOTICE in text


def test_it_looks_as_if_the_document_had_been_prepared_for_it(
    prepared: bytes, contract: bytes, typeface: Typeface
) -> None:
    texts = announced_text([*acts.texts(), NAME])
    foreseen = contract + prepare(io.BytesIO(contract), acts.plans(), typeface=typeface, texts=texts)
    expected = picture_of(signed(foreseen, NAME, None))
    assert picture_of(signed(prepared, NAME, typeface)) == expected
    assert picture_of(signed(prepared, "李秀英", typeface)) != expected


def test_a_name_that_was_prepared_for_brings_nothing(prepared: bytes, typeface: Typeface) -> None:
    with_typeface, without = (signed(prepared, "李秀英", one)[len(prepared) :] for one in (typeface, None))
    assert comparable(with_typeface) == comparable(without)
    assert b"/FontDescriptor" not in with_typeface


def test_the_type_of_the_form_stays_as_it_was_prepared(prepared: bytes, typeface: Typeface) -> None:
    before, after = (
        PdfFileReader(io.BytesIO(pdf)).root["/AcroForm"]["/DR"]["/Font"]
        for pdf in (prepared, signed(prepared, NAME, typeface))
    )
    assert list(after) == list(before) == [RESOURCE_NAME]
    assert after.raw_get(RESOURCE_NAME) == before.raw_get(RESOURCE_NAME)
    assert RESOURCE_NAME.encode() not in signed(prepared, NAME, typeface)[len(prepared) :]


def test_each_signature_has_the_type_of_its_own_name(prepared: bytes, typeface: Typeface) -> None:
    pdf = signed(signed(prepared, NAME, typeface), "石磊", typeface, "applicant")
    assert (f"被保险人 {NAME}" in text_of(pdf), "投保人 石磊" in text_of(pdf)) == (True, True)
    reader = PdfFileReader(io.BytesIO(pdf))
    drawn = {}
    for field in map(generic.IndirectObject.get_object, reader.root["/AcroForm"]["/Fields"]):
        if "/V" in field:
            fonts = field["/AP"]["/N"]["/Resources"]["/Font"]
            drawn[field["/T"]] = set(read_embedded_type(fonts.raw_get(TYPE_NAME)).codes)
    known = set(find_embedded_type(reader).codes)
    assert (set(NAME) <= drawn["insured"], set("石磊") <= drawn["applicant"]) == (True, True)
    assert not (drawn["insured"] & set("石磊") or drawn["applicant"] & set(NAME) or known & set(NAME + "石磊"))


def test_no_two_subsets_of_ours_have_the_same_tag(prepared: bytes, contract: bytes, typeface: Typeface) -> None:
    """ISO 32000-2, 9.9.2: by the tag a reader tells the subsets of one font from each other."""
    pdf = signed(signed(prepared, NAME, typeface), "石磊", typeface, "applicant")
    first, *others = dict.fromkeys(FONT_NAME.findall(pdf, len(contract)))
    assert first == b"ESIGNA"
    assert len(others) == 2


def test_qpdf_and_poppler_find_the_new_type_whole(prepared: bytes, typeface: Typeface, tmp_path: Path) -> None:
    path, flat = tmp_path / "signed.pdf", tmp_path / "flat.pdf"
    path.write_bytes(signed(prepared, NAME, typeface))
    run_tool("qpdf", "--flatten-annotations=all", path, flat, accept=(0, 3))
    (own,) = (
        line for line in run_tool("pdffonts", flat).stdout.decode().splitlines() if re.match(r"N[A-Z]{5}\+", line)
    )
    assert own.split()[-5:-2] == ["yes", "yes", "yes"]
    assert f"被保险人 {NAME}" in run_tool("pdftotext", flat, "-").stdout.decode()


def test_a_seal_whose_company_was_renamed_brings_its_type_too(prepared: bytes, typeface: Typeface) -> None:
    seal = SignatureContent("seal", "麒麟", TIME, SealAppearance("麒麟人寿", TIME, 1))
    opened = open_revision(io.BytesIO(prepared), seal, capacity=1000, typeface=typeface)
    assert "麒麟人寿" in text_of(prepared + opened.increment)


@pytest.mark.parametrize("name", ["张\U0001f600", "张\n伟"])
def test_a_character_that_the_typeface_lacks_is_refused(prepared: bytes, typeface: Typeface, name: str) -> None:
    with pytest.raises(FieldError) as caught:
        signed(prepared, name, typeface)
    assert caught.value.code == "font-glyph-missing"


def test_a_typeface_does_not_make_up_for_a_document_that_was_not_prepared(typeface: Typeface) -> None:
    document = documents.contract_with_field("insured")
    with pytest.raises(FieldError) as caught:
        signed(document, NAME, typeface)
    assert caught.value.code == "document-not-prepared"


def test_an_appearance_announces_all_that_it_draws(contract: bytes, typeface: Typeface) -> None:
    for shown in (content(NAME), SignatureContent("seal", "麒麟", TIME, SealAppearance("麒麟人寿", TIME, 1, "暂用"))):
        assert shown.appearance is not None
        texts = shown.appearance.announced
        document = contract + prepare(io.BytesIO(contract), acts.plans(), typeface=typeface, texts=texts)
        open_revision(io.BytesIO(document), shown, capacity=1000)
