"""Pages that are drawn in odd ways, or cannot be drawn, or are too many: what the comparison says, and leaves open."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import pypdfium2
import pytest
from later_updates import page, updated
from later_widgets import Writer, dictionary, place
from pictured_material import (
    TEXT,
    add_signature,
    appearance,
    draw_on_page,
    fill,
    form,
    hidden_in_metadata,
    look,
    looks_different,
    numbers,
    sign,
    signed_form,
    text_in_field,
    with_update,
)
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm
from signed_material import Desk, codes

from ca.authority import EmbeddedAuthority
from ca.trust import TrustStore
from esign.pades.act import archive
from esign.pades.validation_data import ValidationData
from esign.verify import Limits, Report, verify
from esign.verify.assessment import assess, assess_changes
from esign.verify.conclusion import conclude
from esign.verify.errors import Malformed
from esign.verify.pictures.compare import compare_pages
from esign.verify.reading.document import PdfFile
from esign.verify.reading.signature_fields import signature_fields
from tests.attacks import honest_files, honest_updates, people  # noqa: F401  # two of them enter the cases
from tests.attacks.cases import Case, honest
from tests.authority import present_time

NOTES = MDPPerm.ANNOTATE
FORGED = b"BT /F 24 Tf 100 700 Td (The insured sum is 900 000) Tj ET"


# Another reader


def test_an_update_that_pdfium_reads_otherwise_than_we_do_is_an_error() -> None:
    report = look(hidden_in_metadata(signed_form(), FORGED, short_rows=True))
    assert [signature.changes_after for signature in report.signatures] == ["permitted"]
    assert "page-looks-different" in codes(report)


def test_so_much_as_pdfium_reads_as_we_do_is_none() -> None:
    assert codes(look(hidden_in_metadata(signed_form(), FORGED, short_rows=False))) == set()


def test_what_pdfium_has_to_repair_is_told() -> None:
    report = look(hidden_in_metadata(signed_form(), TEXT, short_rows=True))
    assert "page-looks-different" not in codes(report)
    assert "shown-after-repair" in codes(report, "warning")


def test_a_file_that_is_shown_only_after_a_repair_is_not_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("esign.verify.pictures.drawn_document.DrawnDocument.is_repaired", True)
    report = look(with_update(signed_form(), fill(b"200")))
    assert (codes(report), report.conclusion) == (set(), "INDETERMINATE")
    assert "shown-after-repair" in codes(report, "warning")


def test_a_difference_is_a_warning_where_changes_could_not_be_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise Malformed("it cannot be read")

    monkeypatch.setattr("esign.verify.assessment.changes_between", fail)
    report = look(with_update(signed_form(), draw_on_page(b"0 0 9 9 re f")))
    assert "page-looks-different" in codes(report, "warning")
    assert report.conclusion == "INDETERMINATE"


# Notes and marks


def note(subtype: str, *, drawn: bool = True, **more: generic.PdfObject) -> Callable[[Writer], None]:
    def edit(writer: Writer) -> None:
        made = dictionary(Type=pdf_name("/Annot"), Subtype=pdf_name(subtype), Rect=numbers(300, 400, 360, 420), **more)
        if drawn:
            made["/AP"] = dictionary(N=appearance(writer, b"1 0 0 rg 0 0 60 20 re f", (60, 20)))
        place(writer, writer.add_object(made))

    return edit


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_note_that_stays_upright_on_a_turned_page_is_explained_where_it_is_shown(rotate: int) -> None:
    upright = note("/Text", F=generic.NumberObject(4 | 16))
    assert codes(look(with_update(signed_form(certified=NOTES, rotate=rotate), upright))) == set()


def test_marked_words_are_explained_where_they_stand() -> None:
    """A highlight without an appearance is drawn over its words, wherever its rectangle is."""
    words = numbers(100, 724, 300, 724, 100, 696, 300, 696)
    mark = note("/Highlight", drawn=False, QuadPoints=words, C=numbers(1, 1, 0), F=generic.NumberObject(4))
    assert codes(look(with_update(signed_form(certified=NOTES), mark))) == set()


def test_a_note_with_its_window_open_is_explained() -> None:
    def edit(writer: Writer) -> None:
        note("/Text", F=generic.NumberObject(4), Contents=generic.pdf_string("seen"))(writer)
        window = dictionary(
            Subtype=pdf_name("/Popup"), Rect=numbers(400, 300, 500, 400), Open=generic.BooleanObject(True)
        )
        place(writer, writer.add_object(window))

    assert codes(look(with_update(signed_form(certified=NOTES), edit))) == set()


def test_a_note_that_draws_outside_of_its_rectangle_is_an_error() -> None:
    def edit(writer: Writer) -> None:
        made = dictionary(Subtype=pdf_name("/Stamp"), Rect=numbers(300, 400, 360, 420), F=generic.NumberObject(4))
        made["/AP"] = dictionary(N=appearance(writer, b"1 0 0 rg 0 90 60 20 re f", None))
        place(writer, writer.add_object(made))

    assert codes(look(with_update(signed_form(certified=NOTES), edit))) == {"page-looks-different"}


def test_what_is_no_note_is_not_explained_by_one() -> None:
    document = with_update(signed_form(certified=NOTES), note("/Square"), draw_on_page(b"0 0 9 9 re f"))
    assert codes(look(document)) == {"content-changed", "page-looks-different"}


# Fields that are drawn anew


def need_appearances(writer: Writer) -> None:
    made = writer.root["/AcroForm"]
    made["/NeedAppearances"] = generic.BooleanObject(True)
    writer.update_container(made)


def test_a_field_that_is_drawn_anew_with_the_words_that_it_showed_is_no_difference() -> None:
    report = look(with_update(signed_form(), need_appearances))
    assert (codes(report), codes(report, "warning")) == (set(), {"no-certificate-chain-found"})


def test_a_field_that_is_drawn_anew_with_other_words_leaves_the_conclusion_open() -> None:
    prepared = with_update(form(), fill(b"100", text_in_field(b"EUR 100,00")))
    report = look(with_update(sign(prepared, certified=MDPPerm.FILL_FORMS), need_appearances))
    assert codes(report) == set()
    assert "fields-drawn-anew" in codes(report, "warning")
    assert [picture.page for picture in report.pictures] == [1]
    assert report.conclusion == "INDETERMINATE"


@pytest.mark.parametrize(
    ("more", "warned"),
    [
        (b" 3 Tr ", True),
        (b" 4 4 30 22 re S ", True),
        (b" 0 G 1 w 4 4 m 9 9 l S ", True),
        (b" 1 g 0 0 150 30 re f 0 g ", False),
        (b" 0.5 0.5 149 29 re s ", False),
        (b" 2 2 146 26 re W n ", False),
    ],
)
def test_a_field_that_may_have_shown_other_words_than_it_holds_leaves_the_conclusion_open(
    more: bytes, warned: bool
) -> None:
    shown = b"/Tx BMC q" + more + b"BT /F 14 Tf 4 9 Td (100) Tj ET Q EMC"
    prepared = sign(with_update(form(), fill(b"100", shown)), certified=MDPPerm.FILL_FORMS)
    report = look(with_update(prepared, need_appearances))
    assert codes(report) == set()
    assert ("fields-drawn-anew" in codes(report, "warning")) is warned


def test_a_button_that_is_drawn_anew_in_the_state_that_it_had_is_no_difference() -> None:
    report = seen(honest.cases["filling in as programs do: by what wants new appearances"].make(), people.trust())
    assert (codes(report), codes(report, "warning")) == (set(), set())


# Odd files that are honest


@pytest.mark.parametrize("case", honest.cases.values(), ids=lambda case: case.name)
def test_no_honest_oddity_looks_different(case: Case) -> None:
    found = codes(look(case.make(), password=case.password, limits=Limits(picture_pages=0)))
    assert found <= case.codes
    assert "page-looks-different" not in found


def test_a_signature_in_a_place_without_area_leaves_the_conclusion_open() -> None:
    """PDFium writes its letters over the page where other programs show nothing."""
    report = seen(honest.cases["second signature in a place of its own: flat"].make(), people.trust())
    assert codes(report, "warning") == {"flat-field-shown"}
    assert report.conclusion == "INDETERMINATE"


@pytest.mark.parametrize(
    ("drawn", "hides"),
    [
        (b"1 g 0 0 120 40 re f 0 g BT /F 24 Tf 40 10 Td (900 000) Tj ET", True),
        (b"0 g 0 0 120 40 re f", True),
        (b"0 0 1 RG 2 w 5 5 m 60 35 l 115 5 l S", False),
        (b"1 g 0 0 120 6 re f", False),
    ],
    ids=["other words on white", "black", "strokes", "a white line"],
)
def test_a_signature_that_hides_words_leaves_the_conclusion_open(drawn: bytes, hides: bool) -> None:
    report = look(with_update(signed_form(), add_signature(drawn)))
    found = [finding for finding in report.findings if finding.code == "words-covered"]
    assert [finding.field for finding in found] == (["first"] if hides else [])
    assert len(report.pictures) == len(found)
    assert looks_different(report) == []
    first = [signature for signature in report.signatures if signature.field == "first"]
    passed = [replace(signature, indication="TOTAL-PASSED") for signature in first]
    assert conclude(passed, found) == ("INDETERMINATE" if hides else "TOTAL-PASSED")


# Layers, encryption


def test_a_layer_that_is_switched_off_is_a_difference() -> None:
    def with_layer(writer: Writer) -> None:
        layer = writer.add_object(dictionary(Type=pdf_name("/OCG"), Name=generic.pdf_string("sum")))
        groups = dictionary(OCGs=generic.ArrayObject([layer]), D=dictionary(ON=generic.ArrayObject([layer])))
        writer.root["/OCProperties"] = groups
        writer.update_root()
        shown = page(writer)
        shown["/Resources"]["/Properties"] = dictionary(L=layer)
        drawn = generic.StreamObject(stream_data=b"/OC /L BDC 100 500 90 90 re f EMC")
        shown["/Contents"] = writer.add_object(drawn)

    def switch_off(writer: Writer) -> None:
        groups = writer.root["/OCProperties"]
        groups["/D"] = dictionary(OFF=groups["/OCGs"])
        writer.update_container(groups)

    signed = sign(with_update(form(), with_layer), certified=MDPPerm.FILL_FORMS)
    ((_, message),) = looks_different(look(with_update(signed, switch_off)))
    assert message.startswith("Page 1 looks different")


@pytest.fixture(scope="module")
def encrypted() -> bytes:
    """An encrypted form that was filled in after signing, so that it draws over the page."""
    signed = sign(form(password="secret"), certified=MDPPerm.FILL_FORMS, password="secret")
    out = io.BytesIO(signed)
    writer = IncrementalPdfFileWriter(out)
    writer.encrypt("secret")
    fill(b"200", b"q 1 0 0 rg 0 60 300 60 re f Q", clipped=False)(writer)
    writer.write_in_place()
    return out.getvalue()


def test_an_encrypted_file_is_compared_with_its_password(encrypted: bytes) -> None:
    assert codes(look(encrypted, password="secret")) == {"page-looks-different"}


def test_what_cannot_be_opened_is_said_and_not_passed(encrypted: bytes) -> None:
    file = PdfFile(io.BytesIO(encrypted), Limits(), "secret")
    assessments = [assess(file, signature, ()) for signature in signature_fields(file)]
    assess_changes(file, assessments)
    (finding,) = compare_pages(file, assessments, "wrong").findings
    assert (finding.code, finding.severity, finding.field) == ("pages-not-compared", "warning", "first")


@pytest.mark.parametrize("error", [pypdfium2.PdfiumError("no page"), AssertionError(), ZeroDivisionError()])
def test_whatever_drawing_stumbles_over_is_said_and_not_passed(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def stumble(*_: object) -> None:
        raise error

    monkeypatch.setattr("esign.verify.pictures.page_pair.seen_differences", stumble)
    report = look(with_update(signed_form(), fill(b"200")))
    assert "pages-not-compared" in codes(report, "warning")
    assert report.conclusion == "INDETERMINATE"


def test_a_page_that_cannot_be_drawn_is_named() -> None:
    def add_nothing(writer: Writer) -> None:
        tree = writer.root["/Pages"]
        tree["/Kids"] = generic.ArrayObject([*tree["/Kids"], writer.add_object(generic.NumberObject(1))])
        tree["/Count"] = generic.NumberObject(3)
        writer.update_container(tree)

    report = look(with_update(sign(with_update(form(), add_nothing), certified=MDPPerm.FILL_FORMS), fill(b"200")))
    assert [f.message for f in report.findings if f.code == "pages-not-compared" and "page 3 cannot be" in f.message]
    assert report.conclusion == "INDETERMINATE"


# Limits


def test_pages_beyond_the_limit_are_said_and_rest_on_the_structure() -> None:
    report = look(with_update(signed_form(), fill(b"200")), limits=Limits(drawn_pixels=800_000))
    (finding,) = [found for found in report.findings if found.code == "pages-beyond-limit"]
    assert finding.message.startswith("Only 1 of 2 pages were compared")
    assert finding.severity == "info"


def test_a_page_that_is_too_large_to_be_drawn_sharply_is_said() -> None:
    report = look(with_update(signed_form(), fill(b"200")), limits=Limits(drawn_page_pixels=50_000))
    assert "pages-compared-coarsely" in codes(report, "info")
    assert codes(report) == set()


def test_a_page_on_which_too_much_is_drawn_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("esign.verify.pictures.drawn_document.OBJECTS_AT_MOST", 0)
    assert "pages-beyond-limit" in codes(look(with_update(signed_form(), fill(b"200"))), "info")


def test_no_more_pages_are_pictured_than_the_limit_allows() -> None:
    document = with_update(signed_form(), draw_on_page(b"0 0 9 9 re f"), draw_on_page(b"0 0 9 9 re f", 1))
    report = look(document, limits=Limits(picture_pages=1))
    assert [picture.page for picture in report.pictures] == [1]
    assert looks_different(report)[0][1].startswith("Pages 1-2 look different")


def test_what_changed_as_permitted_is_pictured_only_when_asked_for() -> None:
    document = with_update(signed_form(), fill(b"200"))
    assert look(document).permitted_pictures == ()
    report = look(document, limits=Limits(permitted_picture_pages=2))
    assert [(picture.field, picture.page) for picture in report.permitted_pictures] == [("first", 1)]
    assert report.pictures == ()


# What is compared


def test_one_page_is_pictured_once_for_signatures_that_were_made_over_the_same_look() -> None:
    twice = sign(signed_form(), "third")
    report = look(with_update(twice, draw_on_page(b"0 0 9 9 re f")))
    assert {field for field, _ in looks_different(report)} == {"first", "third"}
    assert [picture.field for picture in report.pictures] == ["first"]


def test_a_look_that_lasted_for_a_later_signature_alone_is_found() -> None:
    """The second signer saw another page than the first one and than whoever opens the file today."""
    shown_between = with_update(signed_form(), fill(b"200", b"q 1 0 0 rg 0 60 300 60 re f Q", clipped=False))
    report = look(with_update(sign(shown_between, "third"), fill(b"100")))
    assert [field for field, _ in looks_different(report)] == ["third"]


def test_timestamps_are_looked_at_where_there_is_no_signature(authority: EmbeddedAuthority) -> None:
    stamped = form() + archive(io.BytesIO(form()), ValidationData(), authority.timestamp_authority)
    report = look(updated(stamped, draw_on_page(b"0 0 9 9 re f")))
    assert "page-looks-different" in codes(report)


def seen(document: bytes, trust: TrustStore) -> Report:
    return verify(io.BytesIO(document), name="contract.pdf", trust=trust, at=present_time(), pictures=True)


def test_what_our_own_service_made_is_seen_without_a_finding(signed: bytes, trust: TrustStore) -> None:
    report = seen(signed, trust)
    assert (report.conclusion, report.findings) == ("TOTAL-PASSED", ())


@pytest.mark.parametrize("order", [("applicant", "insured"), ("insured", "applicant")])
def test_so_it_is_at_every_stage_in_either_order(desk: Desk, trust: TrustStore, order: tuple[str, str]) -> None:
    for name in order:
        desk.sign(name)
        assert codes(seen(desk.document, trust)) == set()
        desk.add_validation_data()
        assert seen(desk.document, trust).findings == ()
    desk.seal()
    assert codes(seen(desk.document, trust)) == set()
