"""What a page must say about itself so that every viewer shows the same area, the same way up (7.7.3.3)."""

from __future__ import annotations

import math
from typing import TypeAlias

from esign.errors import DocumentRefused
from esign.pades.admission import refusals
from esign.pades.admission.source import PdfSource
from esign.pades.admission.syntax import PdfValue, Stream, UnclearNumber

INHERITED = ("Resources", "MediaBox", "CropBox", "Rotate")

_Box: TypeAlias = tuple[float, float, float, float]
_CORNERS, _QUARTER_TURN = 4, 90
_LARGEST = 1_000_000
"""Points: some 350 m. Readers that count in fixed-point numbers overflow not far above."""


def refuse_unusable_attributes(
    source: PdfSource, number: int, own: dict[str, PdfValue], attributes: dict[str, PdfValue]
) -> None:
    """Raise `DocumentRefused` unless page `number` has a size, a rotation, and drawings of the right kind.

    `own` is the page's dictionary, `attributes` are those of `INHERITED` that it has or inherits. An entry that is
    there and null is refused: readers differ on whether it ends the inheritance.
    """
    if "MediaBox" not in attributes:
        raise _wrong(number, "has no size: its MediaBox is missing")
    media = _box(source, attributes["MediaBox"])
    if media is None:
        raise _wrong(number, "has a MediaBox that is not a rectangle of four numbers")
    if "CropBox" in attributes:
        crop = _box(source, attributes["CropBox"])
        if crop is None:
            raise _wrong(number, "has a CropBox that is not a rectangle of four numbers")
        if min(media[2], crop[2]) <= max(media[0], crop[0]) or min(media[3], crop[3]) <= max(media[1], crop[1]):
            raise _wrong(number, "has a CropBox that lies beside the page")
    if "Rotate" in attributes:
        turn = source.get(attributes["Rotate"])
        if not _is_number(turn) or not isinstance(turn, int) or turn % _QUARTER_TURN:
            raise _wrong(number, "is turned by something else than quarter turns")
    unit = source.get(own.get("UserUnit"))
    if unit is not None and not (_is_number(unit) and isinstance(unit, int | float) and unit > 0):
        raise _wrong(number, "counts in a unit that is no positive number")
    if "Resources" in attributes and not isinstance(source.get(attributes["Resources"]), dict):
        raise _wrong(number, "has resources that are not a dictionary")
    _refuse_unusable_content(source, number, own)


def _refuse_unusable_content(source: PdfSource, number: int, own: dict[str, PdfValue]) -> None:
    contents = source.get(own.get("Contents"))
    for part in contents if isinstance(contents, list) else [contents]:
        if not isinstance(source.get(part), Stream | None):
            raise _wrong(number, "has content that is not a stream")


def _box(source: PdfSource, value: PdfValue) -> _Box | None:
    """Return left, bottom, right, top in points, or None if there is no area between four plain numbers."""
    items = [source.get(item) for item in source.array(value)]
    numbers = [float(item) for item in items if _is_number(item) and isinstance(item, int | float)]
    if len(items) != _CORNERS or len(numbers) != len(items):
        return None
    if not all(math.isfinite(item) and abs(item) <= _LARGEST for item in numbers):
        return None
    left, right = sorted((numbers[0], numbers[2]))
    bottom, top = sorted((numbers[1], numbers[3]))
    return (left, bottom, right, top) if right > left and top > bottom else None


def _is_number(value: PdfValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool | UnclearNumber)


def _wrong(number: int, cause: str) -> DocumentRefused:
    return refusals.broken(f"page {number} {cause}")
