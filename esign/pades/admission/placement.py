"""Where an appearance stream lands on the page (ISO 32000-2, 12.5.5, algorithm: appearance streams)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

Matrix: TypeAlias = tuple[float, float, float, float, float, float]


def placing_matrix(box: Sequence[float], own: Sequence[float], rectangle: Sequence[float]) -> Matrix | None:
    """Return the matrix that carries an appearance to its annotation's rectangle.

    `box` and `own` are BBox and Matrix of the appearance stream, `rectangle` is Rect of the annotation, in points.
    The result is what stands before `cm`; painting the stream then applies its own matrix by itself. None if one of
    them is incomplete or has no area, so that nothing is seen.
    """
    if len(box) != 4 or len(own) != 6 or len(rectangle) != 4:
        return None
    corners = [
        (own[0] * x + own[2] * y + own[4], own[1] * x + own[3] * y + own[5])
        for x in (box[0], box[2])
        for y in (box[1], box[3])
    ]
    left, right = min(x for x, _ in corners), max(x for x, _ in corners)
    bottom, top = min(y for _, y in corners), max(y for _, y in corners)
    width, height = abs(rectangle[2] - rectangle[0]), abs(rectangle[3] - rectangle[1])
    if right <= left or top <= bottom or not width or not height:
        return None
    across, up = width / (right - left), height / (top - bottom)
    return (
        across,
        0.0,
        0.0,
        up,
        min(rectangle[0], rectangle[2]) - left * across,
        min(rectangle[1], rectangle[3]) - bottom * up,
    )
