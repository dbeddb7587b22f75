"""What the pages show, as they were signed and as they are now: what is an error, and what a change explains."""

from __future__ import annotations

import io

import pytest
from later_updates import add_note, field_named, page, remove_second_page
from later_widgets import Writer, rectangle
from pictured_material import (
    AMOUNT,
    SIGN_HERE,
    SIZE,
    draw_on_page,
    fill,
    form,
    look,
    looks_different,
    sign,
    signed_form,
    with_update,
)
from PIL import Image
from pyhanko.pdf_utils import generic
from pyhanko.sign.fields import MDPPerm
from signed_material import codes

RED_ABOVE = b"q 1 0 0 rg 0 60 300 60 re f Q"


def test_a_file_that_ends_with_its_signature_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("esign.verify.pictures.compare.DrawnDocument", None)
    assert codes(look(signed_form())) == set()


def test_a_filled_field_explains_what_it_shows() -> None:
    report = look(with_update(signed_form(), fill(b"200")))
    assert [signature.changes_after for signature in report.signatures] == ["permitted"]
    assert (codes(report), report.pictures) == (set(), ())


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_so_it_does_on_a_page_that_is_turned(rotate: int) -> None:
    assert codes(look(with_update(signed_form(rotate=rotate), fill(b"200")))) == set()


def test_so_it_does_on_a_page_that_is_cropped() -> None:
    assert codes(look(with_update(signed_form(crop=(50, 80, 500, 800)), fill(b"200")))) == set()


@pytest.mark.parametrize("rotate", [0, 90])
def test_a_field_that_draws_outside_of_its_rectangle_is_an_error(rotate: int) -> None:
    """Its appearance has no BBox, so PDFium cuts nothing off; the structure is that of an honest filling."""
    document = with_update(signed_form(rotate=rotate), fill(b"200", RED_ABOVE, clipped=False))
    report = look(document)
    assert [signature.changes_after for signature in report.signatures] == ["permitted"]
    assert codes(report) == {"page-looks-different"}
    assert report.conclusion == "TOTAL-FAILED"
    assert codes(look(document, pictures=False)) == set()


def test_the_picture_marks_what_differs_and_says_where() -> None:
    (picture,) = look(with_update(signed_form(), fill(b"200", RED_ABOVE, clipped=False))).pictures
    assert (picture.field, picture.page) == ("first", 1)
    (found,) = picture.rectangles
    left, bottom = AMOUNT[:2]
    assert found == pytest.approx((left, SIZE[1] - bottom - 120, left + 300, SIZE[1] - bottom - 60), abs=1.5)
    before, after, difference = (
        Image.open(io.BytesIO(data)) for data in (picture.before, picture.after, picture.difference)
    )
    assert before.size == after.size == difference.size
    inside = int((found[0] + 150) * before.width / SIZE[0]), int((found[1] + 30) * before.width / SIZE[0])
    assert before.getpixel(inside) == (255, 255, 255)
    assert after.getpixel(inside) == (255, 0, 0)
    edge = int(found[0] * before.width / SIZE[0]) - 4, inside[1]
    assert difference.getpixel(edge) not in {(255, 255, 255), (255, 0, 0)}


def test_what_is_drawn_over_the_page_is_an_error() -> None:
    hides = draw_on_page(b"1 1 1 rg 100 690 300 30 re f")
    report = look(with_update(signed_form(), hides))
    assert codes(report) == {"content-changed", "page-looks-different"}


def test_white_on_white_is_not_a_visible_difference() -> None:
    report = look(with_update(signed_form(), draw_on_page(b"1 1 1 rg 50 50 60 30 re f")))
    assert codes(report) == {"content-changed"}


def test_what_the_structure_does_not_tell_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if some way of writing an update were unknown to the comparison of structures."""
    monkeypatch.setattr("esign.verify.assessment.changes_between", lambda *_: ())
    report = look(with_update(signed_form(), draw_on_page(b"BT /F 24 Tf 320 700 Td (0) Tj ET")))
    assert [signature.changes_after for signature in report.signatures] == ["none"]
    assert codes(report) == {"page-looks-different"}
    assert report.conclusion == "TOTAL-FAILED"


def test_the_finding_names_all_pages_that_differ() -> None:
    document = with_update(signed_form(), draw_on_page(b"0 0 9 9 re f"), draw_on_page(b"0 0 9 9 re f", 1))
    ((field, message),) = looks_different(look(document))
    assert field == "first"
    assert message.startswith("Pages 1-2 look different")


def test_a_signature_made_later_explains_its_rectangle() -> None:
    report = look(sign(signed_form(), "second", box=SIGN_HERE))
    assert [signature.changes_after for signature in report.signatures] == ["permitted", "none"]
    assert codes(report) == set()


def test_a_field_that_was_added_with_its_signature_explains_its_rectangle() -> None:
    assert codes(look(sign(signed_form(), "third", box=(100, 300, 300, 360)))) == set()


def test_a_moved_signature_explains_nothing() -> None:
    def move(writer: Writer) -> None:
        field = field_named(writer, "second")
        field["/Rect"] = rectangle((100, 400, 300, 460))
        writer.update_container(field)

    report = look(with_update(sign(signed_form(), "second"), move))
    assert codes(report) == {"signature-moved", "page-looks-different"}


def test_a_note_explains_its_rectangle_where_notes_are_allowed() -> None:
    document = with_update(signed_form(certified=MDPPerm.ANNOTATE), add_note)
    assert codes(look(document)) == set()


def test_a_note_that_is_not_allowed_explains_nothing() -> None:
    report = look(with_update(signed_form(certified=MDPPerm.FILL_FORMS), add_note))
    assert codes(report) >= {"annotation-changed"}


def test_a_page_that_only_one_of_both_has_is_a_difference() -> None:
    report = look(with_update(signed_form(), remove_second_page))
    ((_, message),) = looks_different(report)
    assert message.startswith("Page 2 looks different")
    assert [picture.page for picture in report.pictures] == [2]


def test_pages_that_changed_places_are_a_difference() -> None:
    def swap(writer: Writer) -> None:
        tree = writer.root["/Pages"]
        kids = tree["/Kids"]
        tree["/Kids"] = generic.ArrayObject([kids.raw_get(1), kids.raw_get(0)])
        writer.update_container(tree)

    ((_, message),) = looks_different(look(with_update(signed_form(), swap)))
    assert message.startswith("Pages 1-2 look different")


def test_a_page_that_was_turned_is_a_difference() -> None:
    def turn(writer: Writer) -> None:
        page(writer)["/Rotate"] = generic.NumberObject(90)

    ((_, message),) = looks_different(look(with_update(signed_form(), turn)))
    assert message.startswith("Page 1 looks different")


def test_pictures_are_taken_only_when_asked_for() -> None:
    document = with_update(signed_form(), draw_on_page(b"0 0 9 9 re f"))
    assert look(document, pictures=False).pictures == ()


def test_an_update_that_changes_no_page_is_no_difference() -> None:
    def produce(writer: Writer) -> None:
        writer.set_info(generic.DictionaryObject({generic.pdf_name("/Producer"): generic.pdf_string("an archive")}))

    assert codes(look(with_update(sign(form(), certified=None), produce))) == set()
