"""What is seen on a signed field, upright on every page, and the evidence files that hang on it."""

from __future__ import annotations

import hashlib
import io

import numpy as np
import numpy.typing as npt
import pypdfium2
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from ca.authority import EmbeddedAuthority
from esign.evidence.items import Placement
from esign.pades.associated_files import AssociatedFile
from esign.pades.fields import FieldPlan, InField, Lock, OnPage
from esign.pades.revision import SignatureContent, open_revision
from esign.pades.typeface import Typeface
from tests import acts, documents

Picture = npt.NDArray[np.generic]
BOX = (60.0, 560.0, 300.0, 640.0)


def signed(document: bytes, authority: EmbeddedAuthority, placement: Placement | None = None) -> bytes:
    return document + acts.sign(document, "applicant", authority, placement=placement, timestamp=False).increment


def appearance_of(pdf: bytes, name: str = "applicant") -> generic.StreamObject:
    form = PdfFileReader(io.BytesIO(pdf)).root["/AcroForm"]
    for reference in form["/Fields"]:
        field = reference.get_object()
        if field["/T"] == name:
            appearance: generic.StreamObject = field["/AP"]["/N"]
            return appearance
    raise AssertionError(f"{name} is not in the form")


def picture(pdf: bytes, page: int = 0) -> Picture:
    with pypdfium2.PdfDocument(pdf) as document:
        document.init_forms()
        shown: Picture = document[page].render(scale=1, grayscale=True).to_numpy().copy()
        return shown


def new_ink(before: bytes, after: bytes) -> Picture:
    """Return where the page became darker, as a picture of booleans."""
    ink: Picture = picture(before).astype(int) - picture(after).astype(int) > 40
    return ink


def box_of(ink: Picture) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero(ink)
    return int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max())


def test_a_signature_leaves_ink_in_its_field_and_nowhere_else(
    contract: bytes, typeface: Typeface, authority: EmbeddedAuthority
) -> None:
    before = acts.prepared(contract, typeface)
    left, top, right, bottom = box_of(new_ink(before, signed(before, authority)))
    assert BOX[0] <= left < right <= BOX[2]
    assert 842 - BOX[3] - 1 <= top < bottom <= 842 - BOX[1]


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_signature_on_a_turned_page_looks_as_on_an_upright_one(
    degrees: int, typeface: Typeface, authority: EmbeddedAuthority
) -> None:
    """The field is 240 points wide and 80 high as it is seen, whichever way the page is turned."""
    box = (60.0, 440.0, 140.0, 680.0) if degrees in (90, 270) else BOX
    plans = [FieldPlan("applicant", OnPage(1, box), Lock.OWN_FIELD, "投保人")]
    before = acts.prepared(documents.turned_contract(degrees), typeface, plans)
    turned = new_ink(before, signed(before, authority))
    left, top, right, bottom = box_of(turned)
    assert 200 < right - left <= 240
    assert 60 < bottom - top <= 80
    # upright: the caption is below the handwriting, and begins at the left
    rows = turned[top : bottom + 1, left : right + 1]
    small_type = rows[int(0.6 * (bottom - top)) :]
    assert small_type[:, :30].sum() > 3 * small_type[:, -30:].sum()
    line = rows.sum(axis=1).argmax() / (bottom - top)
    assert 0.4 < line < 0.65


def test_an_existing_field_on_a_turned_page_is_upright_too(typeface: Typeface, authority: EmbeddedAuthority) -> None:
    """Annotations need not name their page; how it is turned is known all the same."""
    document = documents.contract_with_field("Signature1", (60, 440, 140, 680), turned=90, names_its_page=False)
    plans = [FieldPlan("Signature1", InField("Signature1"), Lock.OWN_FIELD, "投保人")]
    before = acts.prepared(document, typeface, plans)
    signature = acts.sign(before, "applicant", authority, timestamp=False, field_name="Signature1")
    left, top, right, bottom = box_of(new_ink(before, before + signature.increment))
    assert (right - left > 200, bottom - top <= 80) == (True, True)


def test_a_photo_is_at_the_right_and_takes_room_from_the_ink(
    contract: bytes, typeface: Typeface, authority: EmbeddedAuthority
) -> None:
    before = acts.prepared(contract, typeface)
    ink = new_ink(before, signed(before, authority, Placement.VISIBLE))
    right_third = ink[842 - 640 : 842 - 560, 240:300]
    assert right_third.mean() > 0.3


def test_a_visible_photo_is_stored_once_and_is_its_own_attachment(
    contract: bytes, typeface: Typeface, authority: EmbeddedAuthority
) -> None:
    pdf = signed(acts.prepared(contract, typeface), authority, Placement.VISIBLE)
    jpeg = acts.photo_of(len("applicant")).jpeg
    assert pdf.count(jpeg) == 1
    appearance = appearance_of(pdf)
    image = appearance["/Resources"]["/XObject"].raw_get("/Photo")
    photo = next(f for f in files_of(appearance) if f["/F"] == "photo.jpg")
    assert photo["/EF"].raw_get("/F") == image
    assert photo["/EF"].raw_get("/UF") == image
    assert image.get_object().encoded_data == jpeg


def files_of(appearance: generic.StreamObject) -> list[generic.DictionaryObject]:
    return [reference.get_object() for reference in appearance["/AF"]]


@pytest.mark.parametrize(
    ("placement", "names"),
    [
        (None, ["manifest.json", "handwriting.cms"]),
        (Placement.VISIBLE, ["manifest.json", "handwriting.cms", "photo.jpg"]),
        (Placement.SEALED, ["manifest.json", "handwriting.cms", "photo.cms"]),
        (Placement.DIGEST_ONLY, ["manifest.json", "handwriting.cms"]),
    ],
)
def test_the_evidence_files_hang_on_the_appearance(
    placement: Placement | None,
    names: list[str],
    contract: bytes,
    typeface: Typeface,
    authority: EmbeddedAuthority,
) -> None:
    pdf = signed(acts.prepared(contract, typeface), authority, placement)
    files = files_of(appearance_of(pdf))
    assert [str(file["/F"]) for file in files] == names
    expected = acts.evidence_of("applicant", placement=placement).files()
    for file in files:
        stream = file["/EF"]["/F"]
        assert (file["/Type"], file["/AFRelationship"], file["/UF"]) == ("/Filespec", "/Data", file["/F"])
        if stream["/Type"] == "/EmbeddedFile":
            assert stream["/Params"]["/Size"] == len(stream.data)
            assert (
                stream["/Params"]["/CheckSum"].original_bytes
                == hashlib.md5(stream.data, usedforsecurity=False).digest()
            )
    assert next(f["/EF"]["/F"].data for f in files if f["/F"] == "manifest.json")
    assert set(expected) == set(names)


@pytest.mark.parametrize("placement", [None, Placement.SEALED, Placement.DIGEST_ONLY])
def test_a_photo_that_is_not_visible_is_not_in_the_file(
    placement: Placement | None, contract: bytes, typeface: Typeface, authority: EmbeddedAuthority
) -> None:
    pdf = signed(acts.prepared(contract, typeface), authority, placement)
    assert acts.photo_of(len("applicant")).jpeg[200:400] not in pdf
    assert "/XObject" not in appearance_of(pdf)["/Resources"]


def test_the_media_type_of_a_file_is_its_subtype(contract: bytes, typeface: Typeface) -> None:
    document = acts.prepared(contract, typeface)
    files = {"a.json": AssociatedFile(b"{}" * 50, "application/json"), "b.jpg": AssociatedFile(b"jpeg", "image/jpeg")}
    content = SignatureContent("applicant", "张伟", acts.moment(), None, files)
    pdf = document + open_revision(io.BytesIO(document), content, capacity=100).increment
    streams = [file["/EF"]["/F"] for file in files_of(appearance_of(pdf))]
    assert [stream["/Subtype"] for stream in streams] == ["/application/json", "/image/jpeg"]
    assert [stream.data for stream in streams] == [b"{}" * 50, b"jpeg"]


def test_on_a_field_without_extent_nothing_is_drawn_and_the_files_are_kept(
    typeface: Typeface, authority: EmbeddedAuthority
) -> None:
    document = documents.contract_with_field("Signature1", (0, 0, 0, 0))
    plans = [FieldPlan("Signature1", InField("Signature1"), Lock.OWN_FIELD, "投保人")]
    before = acts.prepared(document, typeface, plans)
    signature = acts.sign(
        before, "applicant", authority, placement=Placement.VISIBLE, timestamp=False, field_name="Signature1"
    )
    pdf = before + signature.increment
    appearance = appearance_of(pdf, "Signature1")
    assert appearance.data == b""
    photo = next(file for file in files_of(appearance) if file["/F"] == "photo.jpg")
    assert photo["/EF"]["/F"].data == acts.photo_of(len("applicant")).jpeg


@pytest.mark.parametrize("height", [40.0, 48.0, 60.0])
def test_who_signed_is_seen_in_the_smallest_field_too(
    height: float, contract: bytes, typeface: Typeface, authority: EmbeddedAuthority
) -> None:
    box = (60.0, 560.0, 300.0, 560.0 + height)
    plans = [FieldPlan("applicant", OnPage(1, box), Lock.OWN_FIELD, "投保人")]
    pdf = signed(acts.prepared(contract, typeface, plans), authority)
    appearance = appearance_of(pdf).data.decode("latin-1")
    # every line of type begins below the upper edge, by its height
    lines = [line.split() for line in appearance.splitlines() if " Tm" in line]
    assert len(lines) == 4
    for words in lines:
        size, base = float(words[words.index("Tf") - 1]), float(words[words.index("Tm") - 1])
        assert base + 0.8 * size <= height
