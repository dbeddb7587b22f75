"""What an update can make a signed page show through widgets."""

from __future__ import annotations

from collections.abc import Callable

import later_updates as later
import pytest
from later_widgets import (
    NOWHERE,
    PAGE,
    Writer,
    annotations_of,
    assert_refused,
    changes,
    dictionary,
    drawing,
    list_field,
    listed,
    place,
    rectangle,
    reference_of,
    script,
    shown,
    signature_field,
    timestamp,
    unshown,
)
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from signed_material import codes, judge

from ca.trust import TrustStore
from esign.verify.changes.change import ChangeKind


def give_a_signed_field_another_widget(writer: Writer) -> None:
    field = later.field_named(writer, "applicant")
    kid = writer.add_object(shown(writer, Parent=reference_of(writer, "applicant")))
    field["/Kids"] = generic.ArrayObject([kid])
    writer.update_container(field)
    place(writer, kid)


def list_a_copy_and_redraw_the_widget(writer: Writer) -> None:
    field, reference = later.field_named(writer, "applicant"), reference_of(writer, "applicant")
    copy = writer.add_object(generic.DictionaryObject(field))
    form = writer.root["/AcroForm"]
    kept = [form["/Fields"].raw_get(index) for index in range(len(form["/Fields"]))]
    form["/Fields"] = generic.ArrayObject([copy if item == reference else item for item in kept])
    field["/Rect"], field["/AP"] = rectangle(PAGE), dictionary(N=drawing(writer))
    writer.update_container(form)
    writer.update_container(field)


def give_an_unsigned_field_an_appearance(writer: Writer) -> None:
    field = later.field_named(writer, "insured")
    field["/AP"] = dictionary(N=drawing(writer))
    writer.update_container(field)


def add_an_unsigned_field(writer: Writer) -> None:
    field = writer.add_object(signature_field(shown(writer)))
    list_field(writer, field)
    place(writer, field)


def show_a_signature_in_a_new_field(writer: Writer) -> None:
    value = later.field_named(writer, "applicant").raw_get("/V")
    field = writer.add_object(signature_field(shown(writer), value))
    list_field(writer, field)
    place(writer, field)


def show_a_signature_in_an_unsigned_field(writer: Writer) -> None:
    field = later.field_named(writer, "insured")
    field["/V"] = later.field_named(writer, "applicant").raw_get("/V")
    field["/AP"] = dictionary(N=drawing(writer))
    writer.update_container(field)


def put_a_signed_widget_on_another_page(writer: Writer) -> None:
    for index in (0, 1):
        reference = reference_of(writer, "applicant")
        if reference not in [*annotations_of(later.page(writer, index))]:
            place(writer, reference, index)


def name_another_kind_of_field(writer: Writer) -> None:
    field = later.field_named(writer, "insured")
    field["/FT"] = pdf_name("/Tx")
    writer.update_container(field)


WIDGETS: dict[str, tuple[Callable[[Writer], None], str]] = {
    "a second widget of a signed field": (give_a_signed_field_another_widget, "form-field-added"),
    "a field swapped for its copy": (list_a_copy_and_redraw_the_widget, "form-field-removed"),
    "an appearance of an unsigned field": (give_an_unsigned_field_an_appearance, "appearance-changed"),
    "a new unsigned field that shows something": (add_an_unsigned_field, "form-field-added"),
    "a signature shown by a new field": (show_a_signature_in_a_new_field, "form-field-added"),
    "a signature shown by another's field": (show_a_signature_in_an_unsigned_field, "form-field-altered"),
    "a signed widget put on another page": (put_a_signed_widget_on_another_page, "form-field-added"),
    "a signature field turned into a text field": (name_another_kind_of_field, "form-field-altered"),
}


@pytest.mark.parametrize("name", WIDGETS)
def test_widgets_cannot_be_changed_in_a_document_that_is_not_closed(
    signed_by_one: bytes, trust: TrustStore, name: str
) -> None:
    edit, code = WIDGETS[name]
    assert_refused(later.updated(signed_by_one, edit), trust, code)


def test_a_second_widget_of_a_signed_field_alters_the_field(signed: bytes) -> None:
    document = later.updated(signed, give_a_signed_field_another_widget)
    assert changes(signed, document) == {ChangeKind.FIELD_ALTERED, ChangeKind.FIELD_CREATED}


def test_the_widget_that_a_swapped_field_leaves_behind_is_compared(signed: bytes) -> None:
    document = later.updated(signed, list_a_copy_and_redraw_the_widget)
    on_the_page = {change.kind for change in listed(signed, document) if change.path.startswith("page 1/Annots")}
    assert {ChangeKind.APPEARANCE_ALONE, ChangeKind.FIELD_ALTERED} <= on_the_page


def test_a_changed_field_type_is_an_altered_field(signed_by_one: bytes) -> None:
    document = later.updated(signed_by_one, name_another_kind_of_field)
    paths = {change.path for change in listed(signed_by_one, document) if change.kind is ChangeKind.FIELD_ALTERED}
    assert "AcroForm/Fields" in paths


def test_an_empty_place_to_sign_may_be_added_until_the_document_is_closed(
    signed: bytes, signed_by_one: bytes, trust: TrustStore
) -> None:
    def edit(writer: Writer) -> None:
        field = writer.add_object(signature_field(unshown((60, 60, 200, 100))))
        list_field(writer, field)
        place(writer, field)

    assert codes(judge(later.updated(signed_by_one, edit), trust)) == set()
    assert_refused(later.updated(signed, edit), trust, "locked-field-changed")


# Document timestamps, which are always allowed, and so must be invisible


def with_timestamp(signed: bytes, make: Callable[[Writer], generic.DictionaryObject]) -> bytes:
    def edit(writer: Writer) -> None:
        field = writer.add_object(signature_field(make(writer), writer.add_object(timestamp())))
        list_field(writer, field)
        place(writer, field)

    return later.updated(signed, edit)


def test_a_timestamp_without_area_and_appearance_is_a_timestamp(signed: bytes) -> None:
    document = with_timestamp(signed, lambda writer: unshown())
    assert changes(signed, document) == {ChangeKind.TIMESTAMPING}


def test_a_timestamp_without_area_may_have_an_appearance_that_draws_nothing(signed: bytes) -> None:
    document = with_timestamp(signed, lambda writer: unshown(AP=dictionary(N=drawing(writer, b" \n"))))
    assert changes(signed, document) == {ChangeKind.TIMESTAMPING}


@pytest.mark.parametrize(
    "corners", [PAGE, (None, 0, 595, 842), (0, 0, 595), (0, 0, 0, 0, 0), (), (0, 0, 1, 1)], ids=str
)
def test_a_timestamp_is_a_signature_like_others_unless_its_rectangle_is_certainly_empty(
    signed: bytes, corners: tuple[int | None, ...]
) -> None:
    document = with_timestamp(signed, lambda writer: unshown(corners))
    assert changes(signed, document) - {ChangeKind.SIGNATURE_OVERLAID} == {ChangeKind.SIGNING}


def test_a_timestamp_that_draws_something_is_a_signature_like_others(signed: bytes) -> None:
    document = with_timestamp(signed, lambda writer: shown(writer, NOWHERE))
    assert changes(signed, document) == {ChangeKind.SIGNING}


def test_a_timestamp_field_that_is_a_widget_beside_its_widget_is_no_timestamp(signed: bytes, trust: TrustStore) -> None:
    def make(writer: Writer) -> generic.DictionaryObject:
        return shown(writer, Kids=generic.ArrayObject([writer.add_object(unshown())]))

    document = with_timestamp(signed, make)
    assert changes(signed, document) == {ChangeKind.FIELD_CREATED}
    assert_refused(document, trust, "form-field-added")


@pytest.mark.parametrize("key", ["/A", "/AA"])
def test_a_timestamp_that_does_something_changes_the_content(signed: bytes, key: str) -> None:
    def make(writer: Writer) -> generic.DictionaryObject:
        widget = unshown()
        widget[pdf_name(key)] = script()
        return widget

    assert ChangeKind.CONTENT in changes(signed, with_timestamp(signed, make))


def test_a_field_with_two_widgets_that_is_new_may_not_be_put_on_a_page(signed: bytes) -> None:
    def edit(writer: Writer) -> None:
        kids = [writer.add_object(unshown()), writer.add_object(shown(writer))]
        list_field(writer, writer.add_object(dictionary(FT=pdf_name("/Sig"), Kids=generic.ArrayObject(kids))))
        place(writer, kids[1])

    created = {c.path for c in listed(signed, later.updated(signed, edit)) if c.kind is ChangeKind.FIELD_CREATED}
    assert created == {"AcroForm/Fields", "page 1/Annots"}


def test_a_signature_that_was_on_no_page_stays_off_them(signed: bytes) -> None:
    def take_away(writer: Writer) -> None:
        field, widget = later.field_named(writer, "applicant"), reference_of(writer, "applicant")
        del field["/P"]
        writer.update_container(field)
        for index in (0, 1):
            page = later.page(writer, index)
            page["/Annots"] = generic.ArrayObject(item for item in annotations_of(page) if item != widget)

    def put_back(writer: Writer) -> None:
        place(writer, reference_of(writer, "applicant"))

    hidden = later.updated(signed, take_away)
    assert changes(hidden, later.updated(hidden, put_back)) == {ChangeKind.FIELD_CREATED}
