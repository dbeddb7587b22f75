"""Pictures for people: pages before and after, cut to what differs and framed there; signatures and photos."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from PIL import Image, ImageDraw

from esign.verify.report import EvidencePicture, PageDifference, Report
from esign.verify.reports.language import Labels, Language
from esign.verify.reports.places import numbered_pages, page_of
from esign.verify.reports.view import ChangedPage, Picture

_PNG: Final = "image/png"
_ROOM: Final = (90, 60)
"""Pixels around what differs that are shown with it, across and down."""
_LEAST: Final = (560, 240)
_WHOLE_FROM: Final = 0.6
"""The share of the page from which on the whole page is shown."""
_THEN: Final = (18, 99, 74)
_NOW: Final = (152, 18, 58)
_DASH: Final = 9
PixelBox = tuple[int, int, int, int]


def changed_pages(report: Report, language: Language) -> tuple[ChangedPage, ...]:
    """Return each page that looks different once, by its number, as it was first signed and as it is now."""
    labels = Labels(language)
    added, removed = _first_place(report, "page-added"), _first_place(report, "page-removed")
    found: dict[int, ChangedPage] = {}
    for difference in report.pictures:
        page = difference.page
        if page not in found:
            changed = _changed_page(difference, labels)
            if added is not None and page >= added:
                changed = replace(changed, before=None, marked=None)
            elif removed is not None and page >= removed:
                changed = replace(changed, after=None, marked=None)
            found[page] = changed
    return tuple(found[number] for number in sorted(found))


def _first_place(report: Report, kind: str) -> int | None:
    """Return the first page (from 1) of all that were added or removed, as the changes tell it."""
    places = [page_of(change.place) for found in report.signatures for change in found.changes if change.kind == kind]
    return min((page for page in places if page is not None), default=None)


def pictures_by_field(found: Sequence[EvidencePicture], language: Language) -> dict[str, tuple[Picture, ...]]:
    """Return the pictures of evidence by the field of their signature."""
    labels = Labels(language)
    by_field: dict[str, tuple[Picture, ...]] = {}
    numbers: Counter[str] = Counter()
    for picture in found:
        numbers[picture.kind] += 1
        words = labels.say("Photo")
        if picture.page is not None:
            words = labels.say("The signature, as page {number} shows it", number=picture.page)
        with Image.open(io.BytesIO(picture.data), formats=("PNG", "JPEG")) as image:
            shown = Picture(
                f"{picture.kind}-{numbers[picture.kind]}", picture.media_type, picture.data, *image.size, words
            )
        by_field[picture.field] = (*by_field.get(picture.field, ()), shown)
    return by_field


def _changed_page(difference: PageDifference, labels: Labels) -> ChangedPage:
    title = numbered_pages([difference.page], labels)
    title = title[:1].upper() + title[1:]
    before, after = _open(difference.before), _open(difference.after)
    boxes = _boxes(difference, after.size)
    cut = _cut(boxes, after.size)
    name = f"page-{difference.page}"
    then, now = labels.say("As it was signed"), labels.say("As it is now")
    return ChangedPage(
        difference.page,
        title,
        _framed(before, boxes, cut, f"{name}-before", f"{title} · {then}", _THEN),
        _framed(after, boxes, cut, f"{name}-after", f"{title} · {now}", _NOW),
        _whole(difference.difference, f"{name}-marked", labels.say("{page}, with what differs marked", page=title)),
    )


def _open(png: bytes) -> Image.Image:
    with Image.open(io.BytesIO(png), formats=("PNG",)) as image:
        return image.convert("RGB")


def _boxes(difference: PageDifference, size: tuple[int, int]) -> list[PixelBox]:
    """Where the rectangles lie on the picture; none where one of them does not lie on it."""
    scale = difference.dots_per_point
    boxes = [
        (round(left * scale), round(top * scale), round(right * scale), round(bottom * scale))
        for left, top, right, bottom in difference.rectangles
    ]
    return boxes if all(right <= size[0] + 2 and bottom <= size[1] + 2 for _, _, right, bottom in boxes) else []


def _cut(boxes: Sequence[PixelBox], size: tuple[int, int]) -> PixelBox:
    """Return what is shown: around all boxes, not too small, or the whole page."""
    width, height = size
    if not boxes:
        return (0, 0, width, height)
    left, top = (min(box[axis] for box in boxes) - _ROOM[axis] for axis in (0, 1))
    right, bottom = (max(box[axis] for box in boxes) + _ROOM[axis - 2] for axis in (2, 3))
    across, down = max(0, _LEAST[0] - (right - left)) // 2, max(0, _LEAST[1] - (bottom - top)) // 2
    cut = (max(0, left - across), max(0, top - down), min(width, right + across), min(height, bottom + down))
    share = (cut[2] - cut[0]) * (cut[3] - cut[1]) / (width * height)
    return (0, 0, width, height) if share > _WHOLE_FROM else cut


def _framed(
    page: Image.Image, boxes: Sequence[PixelBox], cut: PixelBox, name: str, words: str, colour: tuple[int, int, int]
) -> Picture:
    picture = page.copy()
    pencil = ImageDraw.Draw(picture)
    for left, top, right, bottom in boxes:
        frame = (left - 6, top - 6, right + 6, bottom + 6)
        if colour == _NOW:
            pencil.rectangle(frame, outline=colour, width=3)
        else:
            _dashed(pencil, frame, colour)
    return _picture(picture.crop(cut), name, words)


def _dashed(pencil: ImageDraw.ImageDraw, frame: PixelBox, colour: tuple[int, int, int]) -> None:
    left, top, right, bottom = frame
    for x in range(left, right, 2 * _DASH):
        for y in (top, bottom):
            pencil.line((x, y, min(x + _DASH, right), y), fill=colour, width=3)
    for y in range(top, bottom, 2 * _DASH):
        for x in (left, right):
            pencil.line((x, y, x, min(y + _DASH, bottom)), fill=colour, width=3)


def _whole(png: bytes, name: str, words: str) -> Picture:
    return _picture(_open(png), name, words)


def _picture(image: Image.Image, name: str, words: str) -> Picture:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=6)
    return Picture(name, _PNG, out.getvalue(), *image.size, words)
