"""What a signature shows, as JSON and attachments: handwriting in its own form, the photo as its JPEG."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from esign.ceremony.quarantined.crossing import arguments_json, moment_of, text_of, whole_of
from esign.evidence.handwriting import parse_handwriting, write_handwriting
from esign.evidence.photo import Photo
from esign.pades.appearance import Appearance, HandwrittenAppearance, SealAppearance

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue


def appearance_form(appearance: Appearance | None) -> tuple[dict[str, JsonValue] | None, tuple[bytes, ...]]:
    """Return the appearance's form and its attachments. Raises `TypeError` for one that is neither of our two."""
    match appearance:
        case None:
            return None, ()
        case HandwrittenAppearance():
            photo = appearance.photo
            form: dict[str, JsonValue] = {
                "kind": "handwritten",
                "photo": None if photo is None else [photo.width, photo.height],
                "role_label": appearance.role_label,
                "name": appearance.name,
                "time": appearance.time.isoformat(),
                "serial_number": str(appearance.serial_number),  # 160 bits: more than a JSON number carries safely
                "notice": appearance.notice,
            }
            strokes = write_handwriting(appearance.handwriting)
            return form, (strokes,) if photo is None else (strokes, photo.jpeg)
        case SealAppearance():
            return {
                "kind": "seal",
                "organisation": appearance.organisation,
                "time": appearance.time.isoformat(),
                "serial_number": str(appearance.serial_number),
                "notice": appearance.notice,
            }, ()
        case _:
            raise TypeError("an appearance is handwritten or a seal")


def appearance_of(form: object, attachments: Sequence[bytes]) -> Appearance | None:
    """Return the appearance of a form and its attachments. Raises `EvidenceError`."""
    if form is None:
        return None
    if isinstance(form, dict) and form.get("kind") == "seal":
        members = arguments_json.members(form, ("kind", "organisation", "time", "serial_number", "notice"), "a seal")
        return SealAppearance(
            text_of(members["organisation"], "organisation"),
            moment_of(members["time"], "time"),
            int(text_of(members["serial_number"], "serial_number")),
            text_of(members["notice"], "notice"),
        )
    names = ("kind", "photo", "role_label", "name", "time", "serial_number", "notice")
    members = arguments_json.members(form, names, "a handwritten signature")
    photo = None
    if members["photo"] is not None:
        width, height = arguments_json.sequence(members["photo"], "photo", at_most=2)
        photo = Photo(attachments[1], whole_of(width, "width"), whole_of(height, "height"))
    return HandwrittenAppearance(
        handwriting=parse_handwriting(attachments[0]),
        photo=photo,
        role_label=text_of(members["role_label"], "role_label"),
        name=text_of(members["name"], "name"),
        time=moment_of(members["time"], "time"),
        serial_number=int(text_of(members["serial_number"], "serial_number")),
        notice=text_of(members["notice"], "notice"),
    )
