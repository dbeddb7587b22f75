"""What an update can make a signed page show through annotations, or take from the form, and what locks allow."""

from __future__ import annotations

import io
from collections.abc import Callable

import later_updates as later
import pytest
from later_widgets import (
    PAGE,
    Writer,
    annotations_of,
    assert_refused,
    changes,
    dictionary,
    drawing,
    listed,
    place,
    rectangle,
    reference_of,
    script,
)
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string

from ca.trust import TrustStore
from esign.verify.changes.change import Change, ChangeKind
from esign.verify.changes.comparison import Comparison
from esign.verify.changes.permissions import FieldLock, Permissions, read_permissions
from esign.verify.limits import Limits
from esign.verify.reading.document import PdfFile
from esign.verify.reading.objects import Ref
from esign.verify.reading.signature_fields import signature_fields


def annotation(subtype: str, flags: int, **more: generic.PdfObject) -> Callable[[Writer], None]:
    def edit(writer: Writer) -> None:
        made = dictionary(Subtype=pdf_name(subtype), F=generic.NumberObject(flags), Rect=rectangle(PAGE), **more)
        place(writer, writer.add_object(made))

    return edit


@pytest.mark.parametrize("flags", [0, 4, 32, 36])
def test_an_annotation_counts_that_is_shown_on_the_screen_or_in_print(
    signed: bytes, trust: TrustStore, flags: int
) -> None:
    assert_refused(later.updated(signed, annotation("/Square", flags)), trust, "annotation-changed")


@pytest.mark.parametrize("key", ["A", "AA"])
def test_a_hidden_annotation_that_does_something_changes_the_content(
    signed: bytes, trust: TrustStore, key: str
) -> None:
    assert_refused(later.updated(signed, annotation("/Screen", 2, **{key: script()})), trust, "content-changed")


def test_a_link_to_an_address_is_an_annotation_and_one_that_does_more_is_content(signed: bytes) -> None:
    address = dictionary(S=pdf_name("/URI"), URI=pdf_string("https://example.org/"))
    assert changes(signed, later.updated(signed, annotation("/Link", 0, A=address))) == {ChangeKind.ANNOTATION}
    address["/Next"] = script()
    assert ChangeKind.CONTENT in changes(signed, later.updated(signed, annotation("/Link", 0, A=address)))


def test_a_removed_note_is_an_annotation_change(signed: bytes) -> None:
    noted = later.updated(signed, later.add_note)

    def remove(writer: Writer) -> None:
        page = later.page(writer)
        page["/Annots"] = generic.ArrayObject(annotations_of(page)[:-1])

    assert changes(noted, later.updated(noted, remove)) == {ChangeKind.ANNOTATION}


@pytest.mark.parametrize(
    ("name", "kind"), [("insured", ChangeKind.WIDGET_REMOVED), ("applicant", ChangeKind.SIGNATURE_ALTERED)]
)
def test_a_removed_widget_is_reported_with_its_field(signed_by_one: bytes, name: str, kind: ChangeKind) -> None:
    """That of a signature is more than a field's: what the signature shows is taken off the page."""

    def remove(writer: Writer) -> None:
        page = later.page(writer)
        page["/Annots"] = generic.ArrayObject(
            item for item in annotations_of(page) if item != reference_of(writer, name)
        )

    found = [c for c in listed(signed_by_one, later.updated(signed_by_one, remove)) if c.field == name]
    assert found == [Change(kind, "page 1/Annots", name)]


def test_another_order_of_annotations_is_a_change(signed: bytes) -> None:
    noted = later.updated(later.updated(signed, later.add_note), later.add_note)

    def reverse(writer: Writer) -> None:
        page = later.page(writer)
        page["/Annots"] = generic.ArrayObject(annotations_of(page)[::-1])

    assert changes(noted, later.updated(noted, reverse)) == {ChangeKind.ANNOTATION}


def test_another_tab_order_is_a_change_and_naming_the_usual_one_is_none(signed: bytes) -> None:
    def order(name: str) -> bytes:
        return later.updated(signed, lambda writer: later.page(writer).update(dictionary(Tabs=pdf_name(name))))

    assert changes(signed, order("/R")) == {ChangeKind.ANNOTATION}
    assert changes(signed, order("/S")) == set()


# One object in two parts


def test_a_link_that_is_also_what_the_page_draws_from_is_compared_as_both(signed: bytes) -> None:
    """The link's P is a page to whoever reads links, and the form XObject /P to whoever draws the page."""

    def prepare(writer: Writer) -> None:
        link = dictionary(Subtype=pdf_name("/Link"), Rect=rectangle((0, 0, 1, 1)), P=drawing(writer, b"q Q"))
        reference = writer.add_object(link)
        page = later.page(writer)
        resources = generic.DictionaryObject(page["/Resources"])
        resources["/XObject"] = reference
        page["/Resources"] = resources
        place(writer, reference)

    def redraw(writer: Writer) -> None:
        link = later.page(writer)["/Resources"]["/XObject"]
        link["/P"] = drawing(writer)
        writer.update_container(link)

    prepared = later.updated(signed, prepare)
    found = listed(prepared, later.updated(prepared, redraw))
    assert Change(ChangeKind.CONTENT, "page 1/Resources/XObject/P") in found


def test_a_form_xobject_that_is_also_an_annotation_is_compared_with_what_it_draws(signed: bytes) -> None:
    """As one under the name /P, which among annotations leads to a page."""

    def prepare(writer: Writer) -> None:
        both = drawing(writer, b"q Q")
        page = later.page(writer)
        resources = generic.DictionaryObject(page["/Resources"])
        resources["/XObject"] = dictionary(P=both)
        page["/Resources"] = resources
        place(writer, both)

    def redraw(writer: Writer) -> None:
        both = later.page(writer)["/Resources"]["/XObject"]["/P"]
        both._data, both._encoded_data = b"1 0 0 rg 0 0 595 842 re f", None  # no other way to replace a stream's data
        writer.update_container(both)

    prepared = later.updated(signed, prepare)
    found = listed(prepared, later.updated(prepared, redraw))
    assert {change.path for change in found if change.kind is ChangeKind.CONTENT} == {
        "page 1/Annots",
        "page 1/Resources/XObject/P",
    }


def test_an_annotation_that_moves_to_another_page_is_changed(signed: bytes) -> None:
    def prepare(writer: Writer) -> None:
        first = writer.find_page_for_modification(0)[0]
        note = dictionary(Subtype=pdf_name("/Square"), Rect=rectangle((0, 0, 1, 1)), P=first)
        place(writer, writer.add_object(note))

    def move(writer: Writer) -> None:
        note = later.page(writer)["/Annots"][-1]
        note["/P"] = writer.find_page_for_modification(1)[0]
        writer.update_container(note)

    prepared = later.updated(signed, prepare)
    assert changes(prepared, later.updated(prepared, move)) == {ChangeKind.ANNOTATION}


def test_a_place_counts_only_where_something_points_at_it(signed: bytes) -> None:
    revision = PdfFile(io.BytesIO(signed), Limits(), None).present
    comparison = Comparison(revision, revision)
    thing = revision.trailer["Info"]
    assert isinstance(thing, Ref)
    comparison.set_places({thing: "here"}, {thing: "there"})
    for path in ("widget/P", "outline/Dest[0]", "structure/Pg"):
        assert comparison.difference(thing, thing, path) == path
    for path in ("page/Resources", "Resources/XObject", "AP/N"):
        assert comparison.difference(thing, thing, path) is None


# The form's resources, and Perms


def test_removing_a_font_of_the_form_is_a_change_and_adding_one_is_none(signed: bytes, trust: TrustStore) -> None:
    def fonts(edit: Callable[[generic.DictionaryObject], object]) -> bytes:
        def apply(writer: Writer) -> None:
            form = writer.root["/AcroForm"]
            resources = generic.DictionaryObject(form["/DR"])
            resources["/Font"] = generic.DictionaryObject(resources["/Font"])
            edit(resources["/Font"])
            form["/DR"] = resources
            writer.update_container(form)

        return later.updated(signed, apply)

    more = fonts(lambda held: held.update(dictionary(Helv=dictionary(BaseFont=pdf_name("/Helvetica")))))
    assert changes(signed, more) == set()
    assert_refused(fonts(lambda held: held.clear()), trust, "content-changed")


def test_other_resources_of_the_form_cannot_be_added(signed: bytes, trust: TrustStore) -> None:
    def edit(writer: Writer) -> None:
        form = writer.root["/AcroForm"]
        resources = generic.DictionaryObject(form["/DR"])
        resources["/XObject"] = dictionary(Stamp=drawing(writer))
        form["/DR"] = resources
        writer.update_container(form)

    assert_refused(later.updated(signed, edit), trust, "content-changed")


def test_changed_permissions_of_the_document_are_a_change(signed: bytes, trust: TrustStore) -> None:
    def edit(writer: Writer) -> None:
        writer.root["/Perms"] = dictionary(UR3=dictionary(Type=pdf_name("/Sig")))
        writer.update_root()

    assert_refused(later.updated(signed, edit), trust, "content-changed")


# Locks


def test_the_stricter_of_certification_and_lock_holds(signed: bytes) -> None:
    file = PdfFile(io.BytesIO(signed), Limits(), None)
    seal = next(found for found in signature_fields(file) if found.name == "seal")
    field = seal.signed_field or seal.field

    def level(certified: int, locked: int | None) -> int | None:
        parameters = {"P": certified}
        seal.dictionary["Reference"] = [{"TransformMethod": "DocMDP", "TransformParams": parameters}]
        field.dictionary["Lock"] = {"Action": "All", **({"P": locked} if locked else {})}
        return read_permissions(seal, file.present, ()).level

    assert [level(2, 1), level(1, 3), level(3, 2), level(2, None)] == [1, 1, 2, 2]


def test_a_lock_stays_though_an_earlier_signature_allowed_more(signed: bytes) -> None:
    file = PdfFile(io.BytesIO(signed), Limits(), None)
    seal = next(found for found in signature_fields(file) if found.name == "seal")
    lax = Permissions(3, (FieldLock("Include", ("x",)),), certifies=True)
    assert read_permissions(seal, file.present, [lax]).level == 1
