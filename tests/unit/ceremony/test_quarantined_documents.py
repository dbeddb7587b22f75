"""Documents and pictures in the real quarantine: the same results as in process, and what is too heavy ends."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pypdfium2
import pytest
from PIL import Image
from quarantine_parts import Lying, comparable

from ca.authority import EmbeddedAuthority
from esign.ceremony import quarantined
from esign.errors import DocumentRefused, EvidenceError, FieldError
from esign.evidence.photo import check_photo, read_photo
from esign.infra.quarantine import Quarantine, QuarantineFailed, QuarantineLimits
from esign.pades.fields import AtAnchor, DefaultPlace, FieldPlan, InField, Lock, OnPage
from esign.pades.prepare import prepare
from esign.pades.typeface import Typeface
from tests import acts, documents
from tests.signers import face_jpeg

MIB = 1024 * 1024
CAPACITY = 4096


@pytest.fixture(scope="module")
def quarantine(typeface: Typeface) -> Iterator[Quarantine]:
    with closing(quarantined.start_document_quarantine(typeface)) as started:
        yield started


@pytest.fixture(scope="module")
def prepared(contract: bytes, typeface: Typeface) -> bytes:
    return acts.prepared(contract, typeface)


def with_last_page_of(width: int, height: int) -> bytes:
    """The contract with its last page on paper of this size, in points."""
    out = io.BytesIO()
    with closing(pypdfium2.PdfDocument(documents.contract())) as document:
        document[1].set_mediabox(0, 0, width, height)
        document.save(out)
    return out.getvalue()


def scanned_page() -> bytes:
    """A page that is one picture, of some megabytes."""
    out = io.BytesIO()
    Image.effect_noise((1654, 2339), 90).save(out, "PDF", resolution=200, quality=95)
    return out.getvalue()


# the prepared revision


def test_the_zygote_is_confined_wholly_also_with_all_libraries_loaded(quarantine: Quarantine) -> None:
    assert quarantine.confinement.complete


@pytest.mark.parametrize(
    "place",
    [
        OnPage(1, (60.0, 560.0, 300.5, 640.0)),
        AtAnchor(documents.APPLICANT, up=-40.0, width=200.0),
        AtAnchor("投保人", occurrence=2),
        DefaultPlace(documents.INSURED),
        DefaultPlace("nowhere"),
        InField("Signature1"),
    ],
)
def test_a_prepared_document_is_the_one_made_in_process(
    quarantine: Quarantine, typeface: Typeface, place: OnPage | AtAnchor | DefaultPlace | InField
) -> None:
    original = documents.contract_with_field()
    name = place.name if isinstance(place, InField) else "applicant"
    plans = [FieldPlan(name, place, Lock.OWN_FIELD, "投保人 张伟")]
    expected = prepare(io.BytesIO(original), plans, typeface=typeface, texts=acts.texts())
    for given in (None, typeface):
        made = quarantined.prepare_document(quarantine, original, plans, acts.texts(), typeface=given)
        assert comparable(made.increment) == comparable(expected)
        assert made.pages == (3 if place == DefaultPlace("nowhere") else 2)


def test_a_refused_document_is_refused_in_the_same_words(quarantine: Quarantine, typeface: Typeface) -> None:
    for broken in (b"%PDF-1.7\n", b"not a PDF", documents.contract()[:-700]):
        with pytest.raises(DocumentRefused) as expected:
            prepare(io.BytesIO(broken), acts.plans(), typeface=typeface, texts=acts.texts())
        with pytest.raises(DocumentRefused) as raised:
            quarantined.prepare_document(quarantine, broken, acts.plans(), acts.texts())
        assert (raised.value.code, str(raised.value)) == (expected.value.code, str(expected.value))


def test_a_place_that_cannot_be_had_is_a_field_error(quarantine: Quarantine, contract: bytes) -> None:
    plans = [FieldPlan("applicant", AtAnchor("没有这行字"), Lock.OWN_FIELD, "投保人")]
    with pytest.raises(FieldError) as raised:
        quarantined.prepare_document(quarantine, contract, plans, acts.texts())
    assert raised.value.code == "anchor-not-found"


def test_a_typeface_that_was_not_loaded_at_the_start_is_an_error(quarantine: Quarantine, contract: bytes) -> None:
    other = Typeface(documents.find_fonts() / "another.otf")
    with pytest.raises(FieldError) as raised:
        quarantined.prepare_document(quarantine, contract, acts.plans(), acts.texts(), typeface=other)
    assert raised.value.code == "font-not-loaded"


def test_an_upload_or_a_result_over_the_limit_is_refused(quarantine: Quarantine, contract: bytes) -> None:
    for most in (len(contract) - 1, len(contract) + 100):
        with pytest.raises(DocumentRefused) as raised:
            quarantined.prepare_document(quarantine, contract, acts.plans(), acts.texts(), bytes_at_most=most)
        assert raised.value.code == "document-too-large"


# pages and photos


def test_pages_are_grey_pictures_and_the_same_each_time(quarantine: Quarantine, prepared: bytes) -> None:
    second, first = quarantined.render_pages(quarantine, prepared, [2, 1])
    assert (first.number, first.width, first.height) == (1, 1190, 1684)
    assert first == quarantined.render_pages(quarantine, prepared, [1])[0]
    assert first.jpeg != second.jpeg
    with Image.open(io.BytesIO(first.jpeg)) as picture:
        assert (picture.format, picture.mode, picture.size) == ("JPEG", "L", (1190, 1684))
        assert "progressive" not in picture.info


def test_a_process_that_has_read_many_scans_draws_what_a_fresh_one_draws(typeface: Typeface) -> None:
    # Without the room for it, a picture is left out and the page drawn without an error.
    scan = scanned_page()
    limits = QuarantineLimits(memory_bytes=64 * MIB, files_each=100, kept_bytes=1024 * MIB)
    with closing(quarantined.start_document_quarantine(typeface, limits=limits)) as tight:
        fresh, one = quarantined.render_pages(tight, scan, [1]), tight.files_of("one")
        for _ in range(20):
            quarantined.prepare_document(one, scan, [], [])
            assert quarantined.render_pages(one, scan, [1]) == fresh


def test_who_signs_later_sees_the_handwriting_before(
    quarantine: Quarantine, prepared: bytes, authority: EmbeddedAuthority
) -> None:
    signed = prepared + acts.sign(prepared, "applicant", authority).increment
    before, after = (quarantined.render_pages(quarantine, pdf, [1], dpi=72)[0] for pdf in (prepared, signed))
    left, bottom, right, top = acts.BOXES["applicant"]
    with Image.open(io.BytesIO(before.jpeg)) as empty, Image.open(io.BytesIO(after.jpeg)) as drawn:
        changed = np.asarray(empty, dtype=int) - np.asarray(drawn, dtype=int) > 60
    assert changed[842 - int(top) : 842 - int(bottom), int(left) : int(right)].sum() > 200
    assert changed.sum() == changed[842 - int(top) : 842 - int(bottom), int(left) : int(right)].sum()


@pytest.mark.parametrize(("number", "dpi", "code"), [(3, 72, "page-missing"), (1, 600, "page-too-large")])
def test_a_page_that_cannot_be_drawn_is_refused(quarantine: Quarantine, number: int, dpi: int, code: str) -> None:
    large = documents.contract().replace(b"[0 0 595 842]", b"[0 0 995 999]")
    with pytest.raises(DocumentRefused) as raised:
        quarantined.render_pages(quarantine, large, [number], dpi=dpi)
    assert raised.value.code == code


@pytest.mark.parametrize(("edges", "drawable"), [((4000, 4000), False), ((8001, 10), False), ((3160, 3160), True)])
def test_only_a_document_whose_every_page_can_be_shown_is_admitted(
    quarantine: Quarantine, edges: tuple[int, int], drawable: bool
) -> None:
    large = with_last_page_of(*edges)
    if drawable:
        made = quarantined.prepare_document(quarantine, large, acts.plans(), acts.texts())
        assert len(quarantined.render_pages(quarantine, large + made.increment, [1, 2])) == made.pages == 2
        return
    with pytest.raises(DocumentRefused) as raised:
        quarantined.prepare_document(quarantine, large, acts.plans(), acts.texts())
    assert raised.value.code == "page-too-large"


def test_a_file_that_is_no_pdf_has_no_pages(quarantine: Quarantine) -> None:
    with pytest.raises(DocumentRefused):
        quarantined.render_pages(quarantine, b"not a PDF", [1])


def test_a_photo_is_read_and_judged_as_in_process(quarantine: Quarantine) -> None:
    dark = io.BytesIO()
    Image.new("RGB", (300, 300), "#101010").save(dark, "WEBP")
    for upload in (face_jpeg(3), dark.getvalue()):
        expected = read_photo(upload)
        reading = quarantined.read_photo(quarantine, upload)
        assert reading.photo == expected
        assert reading.shortcomings == check_photo(expected)


def test_a_photo_of_another_size_than_was_told_is_no_answer(quarantine: Quarantine) -> None:
    small, large = read_photo(face_jpeg(3)).jpeg, io.BytesIO()
    Image.new("RGB", (9400, 9400)).save(large, "JPEG")
    for lying in (
        Lying(quarantine, replaced=(small, large.getvalue())),
        Lying(quarantine, {"width": 601}),
        Lying(quarantine, replaced=(b"\xff\xc0", b"\xff\xc2")),
    ):
        with pytest.raises(QuarantineFailed) as raised:
            quarantined.read_photo(lying, face_jpeg(3))
        assert raised.value.code == "file-breaks-reader"


def test_a_broken_photo_is_refused_with_its_reason(quarantine: Quarantine) -> None:
    for upload, code in ((b"GIF89a", "photo-format"), (face_jpeg(3)[:900], "photo-broken")):
        with pytest.raises(EvidenceError) as raised:
            quarantined.read_photo(quarantine, upload)
        assert raised.value.code == code


def test_a_picture_that_unpacks_beyond_the_memory_is_too_heavy() -> None:
    bomb = io.BytesIO()
    Image.new("RGBA", (6000, 6000)).save(bomb, "PNG", compress_level=1)
    assert len(bomb.getvalue()) < MIB
    limits = QuarantineLimits(memory_bytes=64 * MIB)
    with closing(quarantined.start_document_quarantine(limits=limits)) as small:
        with pytest.raises(QuarantineFailed) as raised:
            quarantined.read_photo(small, bomb.getvalue())
        assert raised.value.code == "file-too-heavy"
        assert quarantined.read_photo(small, face_jpeg(3)).photo.width == 600


def test_the_same_tasks_run_in_process_for_tests(typeface: Typeface, contract: bytes) -> None:
    quarantine = quarantined.quarantine_in_process(typeface)
    made = quarantined.prepare_document(quarantine, contract, acts.plans(), acts.texts())
    assert made.pages == 2
    assert len(quarantined.render_pages(quarantine, contract + made.increment, [1, 2])) == 2
