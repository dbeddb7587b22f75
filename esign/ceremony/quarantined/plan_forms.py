"""Field plans as JSON, with their four kinds of places."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from esign.ceremony.quarantined.crossing import arguments_json, integer_of, number_of, text_of
from esign.pades.fields import AtAnchor, DefaultPlace, FieldPlan, InField, Lock, OnPage, Place

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue


def plan_form(plan: FieldPlan) -> dict[str, JsonValue]:
    return {"name": plan.name, "label": plan.label, "lock": plan.lock.value, "place": _place_form(plan.place)}


def plan_of(form: object) -> FieldPlan:
    """Return the plan of a form. Raises `EvidenceError` (`task-argument-form`)."""
    members = arguments_json.members(form, ("name", "label", "lock", "place"), "a plan")
    if members["lock"] not in tuple(Lock):
        arguments_json.refuse("form", "a plan has an unknown lock")
    return FieldPlan(
        text_of(members["name"], "name"),
        _place_of(members["place"]),
        Lock(str(members["lock"])),
        text_of(members["label"], "label"),
    )


def _place_form(place: Place) -> dict[str, JsonValue]:
    match place:
        case OnPage(page, box):
            return {"kind": "on-page", "page": page, "box": list(box)}
        case AtAnchor():
            return {
                "kind": "at-anchor",
                "text": place.text,
                "right": place.right,
                "up": place.up,
                "width": place.width,
                "height": place.height,
                "occurrence": place.occurrence,
            }
        case InField(name):
            return {"kind": "in-field", "name": name}
        case DefaultPlace(anchor):
            return {"kind": "default", "anchor": anchor}
        case _:
            assert_never(place)


def _place_of(form: object) -> Place:
    kind = form.get("kind") if isinstance(form, dict) else None
    if kind == "on-page":
        members = arguments_json.members(form, ("kind", "page", "box"), "a place")
        box = arguments_json.sequence(members["box"], "box", at_most=4)
        left, bottom, right, top = (number_of(edge, "box") for edge in box)
        return OnPage(integer_of(members["page"], "page"), (left, bottom, right, top))
    if kind == "at-anchor":
        names = ("kind", "text", "right", "up", "width", "height", "occurrence")
        members = arguments_json.members(form, names, "a place")
        occurrence = members["occurrence"]
        return AtAnchor(
            text_of(members["text"], "text"),
            right=number_of(members["right"], "right"),
            up=number_of(members["up"], "up"),
            width=number_of(members["width"], "width"),
            height=number_of(members["height"], "height"),
            occurrence=None if occurrence is None else integer_of(occurrence, "occurrence"),
        )
    if kind == "in-field":
        return InField(text_of(arguments_json.members(form, ("kind", "name"), "a place")["name"], "name"))
    members = arguments_json.members(form, ("kind", "anchor"), "a place")
    return DefaultPlace(text_of(members["anchor"], "anchor"))
