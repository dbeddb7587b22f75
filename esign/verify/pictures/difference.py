"""Where two pictures of a page differ so that a person can see it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

PixelBox = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels from the upper left corner; right and bottom lie outside."""

VISIBLE: Final = 8
"""By how many of 255 steps of a colour a dot must change to count: less is not seen, and is not what hides a text."""
MARGIN: Final = 2
"""Dots around an explained box in which its edge may be smoothed."""
BOXES_AT_MOST: Final = 40
_CELL: Final = 12
_WHITE: Final = 255


def seen_differences(
    before: NDArray[np.uint8], now: NDArray[np.uint8], explained: Iterable[PixelBox] = ()
) -> tuple[PixelBox, ...]:
    """Return boxes around what differs outside of the explained boxes, from top to bottom; nothing where nothing does.

    Pictures of different size are laid upon each other at their upper left corner, on white.
    """
    before, now = same_size(before, now)
    change = np.maximum(before, now) - np.minimum(before, now) > VISIBLE
    differs = change[:, :, 0] | change[:, :, 1] | change[:, :, 2]
    for left, top, right, bottom in explained:
        differs[max(0, top - MARGIN) : max(0, bottom + MARGIN), max(0, left - MARGIN) : max(0, right + MARGIN)] = False
    return _boxes(differs) if differs.any() else ()


def same_size(before: NDArray[np.uint8], now: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return both pictures on paper that is large enough for either."""
    height, width = (max(before.shape[axis], now.shape[axis]) for axis in (0, 1))
    return _on_paper(before, height, width), _on_paper(now, height, width)


def _on_paper(picture: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    if picture.shape[:2] == (height, width):
        return picture
    paper = np.full((height, width, 3), _WHITE, np.uint8)
    paper[: picture.shape[0], : picture.shape[1]] = picture
    return paper


def _boxes(differs: NDArray[np.bool_]) -> tuple[PixelBox, ...]:
    """Group the dots by the cells of a coarse grid that touch one another; one box around all if there are too many."""
    height, width = differs.shape
    padded = np.pad(differs, ((0, -height % _CELL), (0, -width % _CELL)))
    grid = padded.reshape(padded.shape[0] // _CELL, _CELL, padded.shape[1] // _CELL, _CELL)
    cells = {(int(row), int(column)) for row, column in np.argwhere(grid.any(axis=(1, 3)))}
    boxes: list[PixelBox] = []
    while cells and len(boxes) <= BOXES_AT_MOST:
        group = _group(cells)
        top, left = (min(cell[axis] for cell in group) * _CELL for axis in (0, 1))
        bottom, right = ((max(cell[axis] for cell in group) + 1) * _CELL for axis in (0, 1))
        boxes.append(_tight(differs, (left, top, right, bottom)))
    if cells:
        boxes = [_tight(differs, (0, 0, width, height))]
    return tuple(sorted(boxes, key=lambda box: (box[1], box[0])))


def _group(cells: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """Take cells that hang together out of `cells`."""
    group = [cells.pop()]
    for row, column in group:
        near = {(row + down, column + across) for down in (-1, 0, 1) for across in (-2, -1, 0, 1, 2)} & cells
        cells -= near
        group += near
    return group


def _tight(differs: NDArray[np.bool_], box: PixelBox) -> PixelBox:
    left, top, right, bottom = box
    rows, columns = np.nonzero(differs[top:bottom, left:right])
    return left + int(columns.min()), top + int(rows.min()), left + int(columns.max()) + 1, top + int(rows.max()) + 1
