"""Signature ink: handwriting as filled vector outlines of varying width, and the same outlines as a picture."""

from __future__ import annotations

import io
import math

import numpy as np
from PIL import Image

from esign.errors import EvidenceError
from esign.evidence.handwriting import Handwriting
from esign.evidence.ink_raster import cover
from esign.evidence.pen import Samples, Trace, trace_strokes
from esign.evidence.stroke_outline import Outline, stroke_outlines

__all__ = ["INK_COLOUR", "Outline", "ink_outlines", "render_png"]

INK_COLOUR = (21, 36, 66)
"""Deep blue ink, sRGB."""

MARGIN = 0.03
"""Free space around the ink, as a share of the box's shorter side."""
NOMINAL_WIDTH = 0.033
"""Width of the pen, as a share of the ink's size (the geometric mean of its sides)."""
_WIDTH_TO_BOX = 0.012, 0.07
"""Bounds of the pen's width, as shares of the box's shorter side."""
_PIXELS_AT_MOST = 8_000_000


def ink_outlines(hw: Handwriting, *, width: float, height: float) -> tuple[Outline, ...]:
    """Return the ink in a box of `width` x `height` PDF points with its origin at the bottom left.

    The ink is cropped to its own extent, keeps its aspect, and is centred. Fill all outlines with the
    nonzero rule, as one path or one by one. Coordinates have at most two decimals. Raises `EvidenceError`
    (`handwriting-blank` where there are no points, `ink-box` where the box has no area).
    """
    if not (math.isfinite(width) and math.isfinite(height) and min(width, height) >= 1):
        raise EvidenceError("ink-box", "the box for the ink has no area", "give a width and height of 1 or more")
    return tuple(stroke_outlines(_placed(hw, width, height)))


def render_png(hw: Handwriting, *, width: int, height: int) -> bytes:
    """Return the outlines filled with ink on a transparent ground: a PNG of `width` x `height` pixels, sRGB.

    Raises `EvidenceError` as `ink_outlines` does, and `ink-box` for more than 8 million pixels.
    """
    if width * height > _PIXELS_AT_MOST:
        raise EvidenceError("ink-box", "the picture would be too large", f"ask for at most {_PIXELS_AT_MOST} pixels")
    outlines = ink_outlines(hw, width=width, height=height)
    coverage = cover([(outline.start, outline.segments) for outline in outlines], width, height)
    picture = Image.new("RGBA", (width, height), (*INK_COLOUR, 0))
    picture.putalpha(Image.fromarray(coverage))
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _placed(hw: Handwriting, width: float, height: float) -> list[Trace]:
    """Return the strokes' ink in the box: scaled, turned y up, centred."""
    strokes = [
        Samples(
            np.array([(point.x, -point.y) for point in stroke.points]),
            np.array([point.t for point in stroke.points]) / 1e6,
            np.array([point.pressure for point in stroke.points]),
        )
        for stroke in hw.strokes
        if stroke.points
    ]
    if not strokes:
        raise EvidenceError("handwriting-blank", "nothing has been written", "write your name in the box")
    ink = np.vstack([stroke.xy for stroke in strokes])
    # A dot or a line has no extent to fit; a hundredth of the pad stands in for it.
    extent = np.maximum(np.ptp(ink, axis=0), 0.01 * min(hw.pad_width, hw.pad_height))
    box = np.array([width, height])
    room = box - 2 * MARGIN * min(width, height)
    scale = float((room / extent).min())
    pen = _pen_width(scale * math.sqrt(float(extent[0] * extent[1])), min(width, height))
    traces = trace_strokes([Samples(s.xy * scale, s.t, s.pressure) for s in strokes], pen / 2)
    low = np.vstack([t.centre - t.half_width[:, None] for t in traces]).min(axis=0)
    high = np.vstack([t.centre + t.half_width[:, None] for t in traces]).max(axis=0)
    fit = min(1.0, float((room / (high - low)).min()))
    shift = box / 2 - (low + high) / 2 * fit
    return [Trace(t.centre * fit + shift, t.half_width * fit) for t in traces]


def _pen_width(size: float, shorter: float) -> float:
    thinnest, thickest = (share * shorter for share in _WIDTH_TO_BOX)
    return min(max(NOMINAL_WIDTH * size, thinnest), thickest)
