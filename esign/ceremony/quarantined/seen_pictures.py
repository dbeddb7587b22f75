"""Pictures of a file as they cross from the process that drew them, and as they are kept: a JSON form and their bytes.

Whoever drew them may have been taken over, so nothing is believed unseen: counts, sizes, and that each begins as what
it says it is.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from esign.ceremony.quarantined.crossing import answer_json, require_answer
from esign.infra.quarantine.limits import MIB
from esign.verify.report import EvidencePicture, PageDifference, Report

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue

PAGES_AT_MOST: Final = 40
EVIDENCE_AT_MOST: Final = 100
BYTES_AT_MOST: Final = 64 * MIB
_SIDE_AT_MOST: Final = 20_000
_RECTANGLES_AT_MOST: Final = 10_000
_PAGE_AT_MOST: Final = 1_000_000
_DOTS_AT_MOST: Final = 100.0
_KINDS: Final = frozenset({"signature", "photo"})
_PNG: Final = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
_BEGINNINGS: Final = {"image/png": _PNG, "image/jpeg": b"\xff\xd8\xff"}
_SIZE: Final = struct.Struct(">II")


@dataclass(frozen=True)
class SeenPictures:
    """Pages that look different than they were signed, and what signatures show of the evidence."""

    pages: tuple[PageDifference, ...] = field(default=(), repr=False)
    evidence: tuple[EvidencePicture, ...] = field(default=(), repr=False)

    def __bool__(self) -> bool:
        return bool(self.pages or self.evidence)


def pictures_of(report: Report) -> SeenPictures:
    """Return the pictures of a report, as many as cross."""
    return SeenPictures(report.pictures[:PAGES_AT_MOST], report.evidence_pictures[:EVIDENCE_AT_MOST])


def pictures_form(pictures: SeenPictures) -> tuple[JsonValue, tuple[bytes, ...]]:
    """Return the form of the pictures, and the bytes that go with it: three PNGs a page, then one for each other."""
    pages: list[JsonValue] = [
        {
            "field": one.field,
            "page": one.page,
            "rectangles": [list(box) for box in one.rectangles],
            "dots_per_point": one.dots_per_point,
        }
        for one in pictures.pages
    ]
    evidence: list[JsonValue] = [
        {"field": one.field, "kind": one.kind, "page": one.page, "media_type": one.media_type}
        for one in pictures.evidence
    ]
    drawn = (png for one in pictures.pages for png in (one.before, one.after, one.difference))
    return {"pages": pages, "evidence": evidence}, (*drawn, *(one.data for one in pictures.evidence))


def read_pictures(form: object, data: Sequence[bytes]) -> SeenPictures:
    """Return the pictures that a form and its bytes tell of. Raises `EvidenceError` where they do not fit."""
    members = answer_json.members(form, ("pages", "evidence"), "the pictures")
    pages = answer_json.sequence(members["pages"], "pages", at_most=PAGES_AT_MOST)
    evidence = answer_json.sequence(members["evidence"], "evidence", at_most=EVIDENCE_AT_MOST)
    require_answer(len(data) == 3 * len(pages) + len(evidence), "the pictures")
    require_answer(sum(map(len, data)) <= BYTES_AT_MOST, "the pictures")
    others = data[3 * len(pages) :]
    return SeenPictures(
        tuple(_page(one, data[3 * place : 3 * place + 3]) for place, one in enumerate(pages)),
        tuple(_evidence(one, other) for one, other in zip(evidence, others, strict=True)),
    )


def _page(form: object, pngs: Sequence[bytes]) -> PageDifference:
    members = answer_json.members(form, ("field", "page", "rectangles", "dots_per_point"), "a page")
    for png in pngs:
        _require_picture(png, "image/png")
    before, after, difference = pngs
    boxes = answer_json.sequence(members["rectangles"], "rectangles", at_most=_RECTANGLES_AT_MOST)
    (dots,) = _numbers([members["dots_per_point"]])
    require_answer(0 < dots <= _DOTS_AT_MOST, "the dots of a picture")
    return PageDifference(
        field=_text(members["field"]),
        page=_page_number(members["page"]),
        before=before,
        after=after,
        difference=difference,
        rectangles=tuple(map(_box, boxes)),
        dots_per_point=dots,
    )


def _evidence(form: object, data: bytes) -> EvidencePicture:
    members = answer_json.members(form, ("field", "kind", "page", "media_type"), "a picture")
    kind, media_type = _text(members["kind"]), _text(members["media_type"])
    require_answer(kind in _KINDS, "a kind of picture")
    _require_picture(data, media_type)
    page = None if members["page"] is None else _page_number(members["page"])
    return EvidencePicture(_text(members["field"]), kind, page, media_type, data)


def _require_picture(data: bytes, media_type: str) -> None:
    require_answer(media_type in _BEGINNINGS and data.startswith(_BEGINNINGS[media_type]), "a picture")
    if media_type == "image/png":
        require_answer(len(data) >= len(_PNG) + _SIZE.size, "a picture")
        require_answer(max(_SIZE.unpack_from(data, len(_PNG))) <= _SIDE_AT_MOST, "a picture")


def _text(value: object) -> str:
    require_answer(isinstance(value, str), "a text")
    return str(value)


def _page_number(value: object) -> int:
    return answer_json.integer(value, "a page", 1, _PAGE_AT_MOST)


def _box(form: object) -> tuple[float, float, float, float]:
    sides = answer_json.sequence(form, "a rectangle", at_most=4)
    require_answer(len(sides) == 4, "a rectangle")
    left, top, right, bottom = _numbers(sides)
    return left, top, right, bottom


def _numbers(given: Sequence[object]) -> Iterator[float]:
    for number in given:
        require_answer(isinstance(number, int | float) and not isinstance(number, bool), "a number")
        yield float(str(number))
