"""Where fields may stand, what they lock, and every reason to refuse one."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from ca.authority import EmbeddedAuthority
from esign.errors import FieldError
from esign.pades.anchors import DocumentText, find_anchor
from esign.pades.fields import AtAnchor, DefaultPlace, FieldPlan, InField, Lock, OnPage, Place, place_fields
from esign.pades.typeface import Typeface
from tests import acts, documents

BOX = (60.0, 100.0, 300.0, 180.0)


def plan(place: Place, name: str = "applicant", lock: Lock = Lock.OWN_FIELD) -> FieldPlan:
    return FieldPlan(name, place, lock, "投保人")


def placed(document: bytes, plans: Sequence[FieldPlan]) -> bytes:
    """Return the document with the fields, written whole."""
    out = io.BytesIO(document)
    writer = IncrementalPdfFileWriter(out)
    with DocumentText(io.BytesIO(document)) as text:
        place_fields(writer, text, plans)
    writer.write_in_place()
    return out.getvalue()


def fields_of(pdf: bytes) -> dict[str, generic.DictionaryObject]:
    form = PdfFileReader(io.BytesIO(pdf)).root["/AcroForm"]
    fields = [reference.get_object() for reference in form["/Fields"]]
    return {str(field["/T"]): field for field in fields}


def rectangle_of(pdf: bytes, name: str = "applicant") -> tuple[float, ...]:
    return tuple(float(value) for value in fields_of(pdf)[name]["/Rect"])


def seen(box: tuple[float, ...], degrees: int) -> tuple[float, float, float, float]:
    """Return the box as it lies on the page that is turned clockwise: left, bottom, right, top."""
    x1, y1, x2, y2 = box
    corners = {
        90: ((y1, -x2), (y2, -x1)),
        180: ((-x2, -y2), (-x1, -y1)),
        270: ((-y2, x1), (-y1, x2)),
    }[degrees]
    return (*corners[0], *corners[1])


def refusal(document: bytes, *plans: FieldPlan) -> FieldError:
    with pytest.raises(FieldError) as caught:
        placed(document, plans)
    return caught.value


def test_a_recipients_field_locks_itself_and_leaves_signing_open(contract: bytes) -> None:
    lock = fields_of(placed(contract, [plan(OnPage(1, BOX))]))["applicant"]["/Lock"]
    assert (lock["/Action"], list(lock["/Fields"]), lock["/P"]) == ("/Include", ["applicant"], 2)


def test_the_seals_field_locks_everything_and_allows_nothing_more(contract: bytes) -> None:
    lock = fields_of(placed(contract, [plan(OnPage(1, BOX), "seal", Lock.DOCUMENT)]))["seal"]["/Lock"]
    assert (lock["/Action"], lock["/P"]) == ("/All", 1)
    assert "/Fields" not in lock


def test_a_field_says_its_label_to_a_screen_reader(contract: bytes) -> None:
    field = fields_of(placed(contract, [plan(OnPage(1, BOX))]))["applicant"]
    assert field["/TU"] == "投保人"
    assert rectangle_of(placed(contract, [plan(OnPage(1, BOX))])) == BOX


def test_a_field_beside_an_anchor_stands_right_of_its_text(contract: bytes) -> None:
    left, bottom, right, top = rectangle_of(placed(contract, [plan(AtAnchor(documents.APPLICANT))]))
    assert left > 60 + 5 * 11
    assert (right - left, top - bottom) == pytest.approx((240, 80), abs=0.01)


@pytest.mark.parametrize(
    ("box", "code"),
    [
        ((-1.0, 100.0, 300.0, 180.0), "field-off-page"),
        ((60.0, -1.0, 300.0, 180.0), "field-off-page"),
        ((400.0, 100.0, 596.0, 180.0), "field-off-page"),
        ((60.0, 800.0, 300.0, 843.0), "field-off-page"),
        ((60.0, 100.0, math.inf, 180.0), "field-off-page"),
        ((60.0, 100.0, 119.0, 180.0), "field-too-small"),
        ((60.0, 100.0, 300.0, 123.0), "field-too-small"),
        ((300.0, 180.0, 60.0, 100.0), "field-too-small"),
        ((math.nan, 100.0, 300.0, 180.0), "field-too-small"),
        ((math.nan, math.nan, math.nan, math.nan), "field-too-small"),
        ((-math.inf, -math.inf, math.inf, math.inf), "field-off-page"),
    ],
)
def test_a_box_that_cannot_be_signed_in_is_refused(
    contract: bytes, box: tuple[float, float, float, float], code: str
) -> None:
    assert refusal(contract, plan(OnPage(1, box))).code == code


@pytest.mark.parametrize("page", [0, -1, 3])
def test_a_page_that_is_not_there_is_refused(contract: bytes, page: int) -> None:
    assert refusal(contract, plan(OnPage(page, BOX))).code == "field-page-missing"


def test_the_last_page_may_be_signed(contract: bytes) -> None:
    assert rectangle_of(placed(contract, [plan(OnPage(2, BOX))])) == BOX


def test_a_page_without_a_media_box_is_refused(contract: bytes) -> None:
    out = io.BytesIO(contract)
    writer = IncrementalPdfFileWriter(out)
    page = writer.find_page_for_modification(0)[0].get_object()
    del page["/MediaBox"]
    writer.update_container(page)
    writer.write_in_place()
    error = refusal(out.getvalue(), plan(OnPage(1, BOX)))
    assert (error.code, "media box" in str(error)) == ("field-page-missing", True)


def test_fields_that_overlap_are_refused(contract: bytes) -> None:
    near = (299.0, 179.0, 400.0, 260.0)
    assert refusal(contract, plan(OnPage(1, BOX)), plan(OnPage(1, near), "insured")).code == "fields-overlap"


def test_fields_that_touch_or_are_on_other_pages_do_not_overlap(contract: bytes) -> None:
    beside, above = (300.0, 100.0, 400.0, 180.0), (60.0, 180.0, 300.0, 260.0)
    places = [OnPage(1, BOX), OnPage(1, beside), OnPage(1, above), OnPage(2, BOX)]
    pdf = placed(contract, [plan(place, f"f{number}") for number, place in enumerate(places)])
    assert len(fields_of(pdf)) == 4


def test_a_field_over_an_existing_one_that_is_used_is_refused() -> None:
    document = documents.contract_with_field("Signature1", (72, 100, 312, 180))
    for order in (1, -1):
        plans = [plan(InField("Signature1"), "Signature1"), plan(OnPage(1, BOX), "insured")][::order]
        assert refusal(document, *plans).code == "fields-overlap"


def test_the_same_field_twice_is_refused(contract: bytes) -> None:
    assert refusal(contract, plan(OnPage(1, BOX)), plan(OnPage(2, BOX))).code == "field-duplicate"


def test_a_new_field_with_the_name_of_an_existing_one_is_refused() -> None:
    error = refusal(documents.contract_with_field("applicant"), plan(OnPage(2, BOX)))
    assert (error.code, "field=applicant" in error.cure) == ("field-duplicate", True)


def test_a_new_field_with_the_name_of_one_that_is_taken_over_is_refused() -> None:
    document = documents.contract_with_field("insured")
    plans = (plan(InField("insured"), "applicant"), plan(OnPage(2, BOX), "insured"))
    assert refusal(document, *plans).code == "field-duplicate"


@pytest.mark.parametrize("name", ["", "a.b", "x" * 101])
def test_a_name_that_no_field_can_have_is_refused(contract: bytes, name: str) -> None:
    assert refusal(contract, plan(OnPage(1, BOX), name)).code == "field-name-unusable"


def test_a_field_that_is_missing_is_refused_and_the_present_ones_are_named(contract: bytes) -> None:
    error = refusal(documents.contract_with_field("Here"), plan(InField("There")))
    assert (error.code, "Here" in error.cure) == ("field-missing", True)
    assert refusal(contract, plan(InField("There"))).code == "field-missing"


def test_a_field_that_is_signed_is_refused(contract: bytes, typeface: Typeface, authority: EmbeddedAuthority) -> None:
    document = acts.prepared(contract, typeface)
    document += acts.sign(document, "applicant", authority).increment
    assert refusal(document, plan(InField("applicant"))).code == "field-already-signed"


def test_an_anchor_that_does_not_fit_beside_is_refused(contract: bytes) -> None:
    assert refusal(contract, plan(AtAnchor(documents.APPLICANT, width=600))).code == "field-off-page"
    assert refusal(contract, plan(AtAnchor("没有这个"))).code == "anchor-not-found"


def test_a_default_place_has_to_be_settled_before(contract: bytes) -> None:
    with pytest.raises(TypeError):
        placed(contract, [plan(DefaultPlace(documents.APPLICANT))])


def test_an_existing_field_is_taken_over_with_our_lock() -> None:
    pdf = placed(documents.contract_with_field("Signature1"), [plan(InField("Signature1"))])
    lock = fields_of(pdf)["Signature1"]["/Lock"]
    assert (lock["/Action"], list(lock["/Fields"]), lock["/P"]) == ("/Include", ["Signature1"], 2)


def test_a_lock_of_another_program_gives_way_to_ours() -> None:
    """Left in place, it would close the document at the first signature and break at the second."""
    pdf = placed(documents.contract_with_locked_field("Signature1"), [plan(InField("Signature1"))])
    lock = fields_of(pdf)["Signature1"]["/Lock"]
    assert (lock["/Action"], list(lock["/Fields"]), lock["/P"]) == ("/Include", ["Signature1"], 2)


def test_an_existing_field_that_is_too_small_to_read_is_refused() -> None:
    document = documents.contract_with_field("Signature1", (72, 100, 92, 110))
    assert refusal(document, plan(InField("Signature1"))).code == "field-too-small"


def test_an_existing_field_without_extent_is_taken_over() -> None:
    pdf = placed(documents.contract_with_field("Signature1", (0, 0, 0, 0)), [plan(InField("Signature1"))])
    assert "/Lock" in fields_of(pdf)["Signature1"]


def test_an_existing_field_whose_widget_is_apart_is_refused() -> None:
    document = documents.contract_with_field("Signature1", separate_widget=True)
    assert refusal(document, plan(InField("Signature1"))).code == "field-unusable"


def test_an_existing_field_on_no_page_is_refused() -> None:
    out = io.BytesIO(documents.contract_with_field("Signature1"))
    writer = IncrementalPdfFileWriter(out)
    page = writer.find_page_for_modification(0)[0].get_object()
    del page["/Annots"]
    writer.update_container(page)
    writer.write_in_place()
    assert refusal(out.getvalue(), plan(InField("Signature1"))).code == "field-unusable"


def test_an_existing_field_that_does_not_name_its_page_learns_it() -> None:
    out = io.BytesIO(documents.contract_with_field("Signature1"))
    writer = IncrementalPdfFileWriter(out)
    field = writer.root["/AcroForm"]["/Fields"][0]
    del field["/P"]
    writer.update_container(field)
    writer.write_in_place()
    pdf = placed(out.getvalue(), [plan(InField("Signature1"))])
    assert fields_of(pdf)["Signature1"]["/P"]["/Type"] == "/Page"


def test_a_crop_box_is_the_edge_of_the_page() -> None:
    document = documents.cropped_contract((50, 50, 350, 700))
    assert rectangle_of(placed(document, [plan(OnPage(1, (50.0, 50.0, 350.0, 150.0)))])) == (50, 50, 350, 150)
    for box in ((49.0, 50.0, 300.0, 150.0), (60.0, 650.0, 300.0, 701.0), (200.0, 60.0, 351.0, 140.0)):
        assert refusal(document, plan(OnPage(1, box))).code == "field-off-page"


def test_a_crop_box_larger_than_the_paper_does_not_count() -> None:
    document = documents.cropped_contract((-50, -50, 900, 900))
    assert refusal(document, plan(OnPage(1, (500.0, 60.0, 600.0, 140.0)))).code == "field-off-page"


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_beside_an_anchor_on_a_turned_page_is_beside_it_as_it_is_seen(degrees: int) -> None:
    document = documents.turned_contract(degrees)
    place = AtAnchor(documents.APPLICANT, up=-7, right=-120, width=80, height=40)
    field = seen(rectangle_of(placed(document, [plan(place)])), degrees)
    text = seen(find_anchor(io.BytesIO(document), documents.APPLICANT).box, degrees)
    assert field[:2] == pytest.approx((text[2] - 120, text[1] - 7), abs=0.01)
    assert (field[2] - field[0], field[3] - field[1]) == pytest.approx((80, 40), abs=0.01)


def test_boxes_written_upside_down_are_understood(contract: bytes) -> None:
    out = io.BytesIO(contract)
    writer = IncrementalPdfFileWriter(out)
    page = writer.find_page_for_modification(0)[0].get_object()
    page[pdf_name("/CropBox")] = generic.ArrayObject(map(generic.NumberObject, (350, 700, 50, 50)))
    writer.update_container(page)
    writer.write_in_place()
    assert refusal(out.getvalue(), plan(OnPage(1, (49.0, 60.0, 300.0, 150.0)))).code == "field-off-page"
    assert rectangle_of(placed(out.getvalue(), [plan(OnPage(1, BOX))])) == BOX
