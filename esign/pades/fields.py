"""Signature fields: where they are, what they lock, and who they wait for.

All fields exist before the first signature, so that signing changes nothing but its own field (SIGNING.md, Order
and locks). A recipient's field locks itself alone and leaves filling and signing open (P=2), so that recipients
may sign in any order; the seal's field locks every field and allows no further change (P=1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.rw_common import PdfHandler
from pyhanko.sign.fields import (
    FieldMDPAction,
    FieldMDPSpec,
    MDPPerm,
    SigFieldSpec,
    append_signature_field,
    enumerate_sig_fields,
)

from esign.errors import FieldError
from esign.pades.anchors import DocumentText

MIN_WIDTH, MIN_HEIGHT = 80.0, 40.0
MAX_PAGE_TREE_DEPTH = 64


class Lock(StrEnum):
    """What a signature in the field forbids from then on."""

    OWN_FIELD = "own-field"
    DOCUMENT = "document"


@dataclass(frozen=True)
class OnPage:
    """A rectangle on a page (1-based): left, bottom, right, top in points of the page's user space."""

    page: int
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class AtAnchor:
    """A rectangle beside a text that stands in the document.

    `right` and `up` move the lower left corner from the lower right corner of the text, in points. Where the
    text stands several times, `occurrence` (1-based, in reading order) chooses.
    """

    text: str
    right: float = 8.0
    up: float = -30.0
    width: float = 240.0
    height: float = 80.0
    occurrence: int | None = None


@dataclass(frozen=True)
class InField:
    """An empty signature field that the document already has."""

    name: str


@dataclass(frozen=True)
class DefaultPlace:
    """Beside `anchor` where the document has that text, else on a signature page appended to it."""

    anchor: str


Place = OnPage | AtAnchor | InField | DefaultPlace


@dataclass(frozen=True)
class FieldPlan:
    """A field to have ready: its name, its place, what it locks, and the words a screen reader says for it."""

    name: str
    place: Place
    lock: Lock
    label: str


def place_fields(writer: IncrementalPdfFileWriter, text: DocumentText, plans: Sequence[FieldPlan]) -> None:
    """Create the fields (or take over existing ones) and give each its lock.

    Raises `FieldError`: `field-name-unusable`, `field-duplicate`, `field-missing`, `field-already-signed`,
    `field-unusable`, `field-page-missing`, `field-off-page`, `field-too-small`, `fields-overlap`, and what
    `DocumentText.find` raises.
    """
    names = [plan.place.name if isinstance(plan.place, InField) else plan.name for plan in plans]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise FieldError(
            "field-duplicate",
            f"the field {twice[0]} is asked for twice",
            "give each recipient a role or field of its own",
        )
    present = {name: (value, reference) for name, value, reference in enumerate_sig_fields(writer)}
    taken: list[OnPage] = []
    for plan in plans:
        if isinstance(plan.place, InField):
            spot = _take_over(writer, present, plan.place.name, plan)
            require_free(spot, taken, plan.place.name)
            taken.append(spot)
            continue
        if plan.name in present:
            raise FieldError(
                "field-duplicate",
                f"the document already has a field {plan.name}",
                f"use it with field={plan.name}, or choose another role",
            )
        if isinstance(plan.place, DefaultPlace):
            raise TypeError("default places are settled before fields are placed")
        spot = resolve(writer, text, plan.place)
        require_room(writer, spot, plan.name)
        require_free(spot, taken, plan.name)
        taken.append(spot)
        _create(writer, spot, plan)


def _create(writer: IncrementalPdfFileWriter, spot: OnPage, plan: FieldPlan) -> None:
    if not plan.name or "." in plan.name or len(plan.name) > 100:
        raise FieldError(
            "field-name-unusable", "a field's name is empty, too long or has a full stop", "choose another"
        )
    action, permission = _LOCKS[plan.lock]
    covered = None if plan.lock is Lock.DOCUMENT else [plan.name]
    append_signature_field(
        writer,
        SigFieldSpec(
            sig_field_name=plan.name,
            on_page=spot.page - 1,
            box=spot.box,  # type: ignore[arg-type]  # pyHanko says int and takes float
            field_mdp_spec=FieldMDPSpec(action, covered),
            doc_mdp_update_value=permission,
            readable_field_name=plan.label,
        ),
    )


_LOCKS = {
    Lock.OWN_FIELD: (FieldMDPAction.INCLUDE, MDPPerm.FILL_FORMS),
    Lock.DOCUMENT: (FieldMDPAction.ALL, MDPPerm.NO_CHANGES),
}


def _take_over(
    writer: IncrementalPdfFileWriter,
    present: dict[str, tuple[generic.PdfObject | None, generic.IndirectObject]],
    name: str,
    plan: FieldPlan,
) -> OnPage:
    """Give an existing field our lock, in place of any that it came with, and return where it is."""
    if name not in present:
        having = "、".join(present) or "none"
        raise FieldError(
            "field-missing",
            f"the document has no signature field {name}",
            f"it has: {having}; or place a new one",
        )
    value, reference = present[name]
    if value is not None:
        raise already_signed(name)
    field = reference.get_object()
    spot = _standing(writer, reference, name)
    action, permission = _LOCKS[plan.lock]
    lock = FieldMDPSpec(action, None if plan.lock is Lock.DOCUMENT else [name]).as_sig_field_lock()
    lock[pdf_name("/P")] = generic.NumberObject(permission.value)
    field[pdf_name("/Lock")] = writer.add_object(lock)
    # drawing asks the page whether it is turned; P is optional in an annotation (ISO 32000-2, 12.5.2)
    field[pdf_name("/P")] = writer.find_page_for_modification(spot.page - 1)[0]
    writer.update_container(field)
    return spot


def _standing(writer: IncrementalPdfFileWriter, reference: generic.IndirectObject, name: str) -> OnPage:
    field = reference.get_object()
    if "/Rect" not in field:
        raise _unusable(name, "has its rectangle apart")
    for page in range(1, int(writer.root["/Pages"]["/Count"]) + 1):
        leaf = writer.find_page_for_modification(page - 1)[0].get_object()
        if "/Annots" in leaf and any(annotation == reference for annotation in leaf["/Annots"]):
            spot = OnPage(page, _sorted_box(field["/Rect"]))
            left, bottom, right, top = spot.box
            if right > left and top > bottom:
                _require_size(spot, page_rotation(leaf), name)
            return spot
    raise _unusable(name, "stands on no page")


def _unusable(name: str, cause: str) -> FieldError:
    return FieldError("field-unusable", f"the field {name} {cause}", "place a new field by anchor or page instead")


def already_signed(name: str) -> FieldError:
    return FieldError(
        "field-already-signed",
        f"the field {name} is signed already",
        "one signature a recipient; sign an unsigned copy if it has to be done again",
    )


def resolve(writer: IncrementalPdfFileWriter, text: DocumentText, place: OnPage | AtAnchor) -> OnPage:
    if isinstance(place, OnPage):
        return place
    found = text.find(place.text, occurrence=place.occurrence)
    rotation = page_rotation(writer.find_page_for_modification(found.page - 1)[0].get_object())
    left, bottom, right, top = found.box
    # the lower right corner and the directions as they are seen, in the user space of a page that may be turned
    x, y = {0: (right, bottom), 90: (right, top), 180: (left, top), 270: (left, bottom)}[rotation]
    c, s = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}[rotation]
    corners = [
        (x + c * along - s * above, y + s * along + c * above)
        for along, above in ((place.right, place.up), (place.right + place.width, place.up + place.height))
    ]
    (x1, y1), (x2, y2) = corners
    return OnPage(found.page, (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)))


def require_room(writer: IncrementalPdfFileWriter, spot: OnPage, name: str) -> None:
    pages = int(writer.root["/Pages"]["/Count"])
    if not 1 <= spot.page <= pages:
        raise FieldError(
            "field-page-missing",
            f"{name} is to be on page {spot.page} of {pages}",
            f"choose a page from 1 to {pages}",
        )
    _require_size(spot, page_rotation(writer.find_page_for_modification(spot.page - 1)[0].get_object()), name)
    left, bottom, right, top = spot.box
    page_left, page_bottom, page_right, page_top = visible_box(writer, spot.page)
    if not (page_left <= left and page_bottom <= bottom and right <= page_right and top <= page_top):
        raise FieldError(
            "field-off-page",
            f"{name} at ({left:.0f}, {bottom:.0f}, {right:.0f}, {top:.0f}) leaves page {spot.page}",
            f"stay within ({page_left:.0f}, {page_bottom:.0f}, {page_right:.0f}, {page_top:.0f})",
        )


def _require_size(spot: OnPage, rotation: int, name: str) -> None:
    left, bottom, right, top = spot.box
    width, height = (top - bottom, right - left) if rotation in (90, 270) else (right - left, top - bottom)
    # asked this way round, a box of NaN fails too
    if not (width >= MIN_WIDTH and height >= MIN_HEIGHT):
        raise FieldError(
            "field-too-small",
            f"{name} is {width:.0f} x {height:.0f} points",
            f"give it at least {MIN_WIDTH:.0f} x {MIN_HEIGHT:.0f}",
        )


def require_free(spot: OnPage, taken: Sequence[OnPage], name: str) -> None:
    left, bottom, right, top = spot.box
    for other in taken:
        if (
            other.page == spot.page
            and left < other.box[2]
            and other.box[0] < right
            and bottom < other.box[3]
            and other.box[1] < top
        ):
            raise FieldError("fields-overlap", f"{name} overlaps another field", "move one of them")


def visible_box(handler: PdfHandler, page: int) -> tuple[float, float, float, float]:
    """Return the crop box of a page (1-based) within its media box: left, bottom, right, top in points."""
    leaf = handler.find_page_for_modification(page - 1)[0].get_object()
    media: generic.ArrayObject | None = _inherited(leaf, "/MediaBox")
    if media is None:
        raise FieldError("field-page-missing", f"page {page} has no media box", "repair the document first")
    (a, b, c, d), (e, f, g, h) = _sorted_box(media), _sorted_box(_inherited(leaf, "/CropBox") or media)
    return max(a, e), max(b, f), min(c, g), min(d, h)


def page_rotation(page: generic.DictionaryObject) -> int:
    """Return a page's rotation in degrees clockwise: 0, 90, 180 or 270."""
    return int(_inherited(page, "/Rotate") or 0) % 360


def _inherited(page: generic.DictionaryObject, key: str) -> Any:
    """Return an attribute that pages inherit from the page tree (ISO 32000-2, 7.7.3.4)."""
    node = page
    for _ in range(MAX_PAGE_TREE_DEPTH):
        if key in node:
            return node[key]
        if "/Parent" not in node:
            break
        node = node["/Parent"]
    return None


def _sorted_box(box: generic.ArrayObject) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = (float(value) for value in box)
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)
