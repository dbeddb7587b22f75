"""The path of the pen: a smooth centre line and the width of the ink along it.

Captured points are thinned, freed of the pad's jitter, and joined by centripetal Catmull-Rom curves, which
have neither loops nor cusps between two points. The width follows pressure where the device reports any,
else speed: a slow pen leaves more ink.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

THINNEST, THICKEST = 0.3, 1.3
"""Bounds of the ink's width, as shares of the pen's nominal width."""
_CORNER = 0.5
"""Cosine of the turn from which a point is a corner that smoothing leaves alone (60 degrees)."""
_PRESSURE_SPREAD = 0.04
"""Less pressure variation than this is a device that reports a constant."""


@dataclass(frozen=True)
class Samples:
    """One stroke's points as arrays: `xy` (n, 2) in the target's units, `t` in seconds, `pressure` 0 to 1."""

    xy: Floats
    t: Floats
    pressure: Floats


@dataclass(frozen=True)
class Trace:
    """One stroke's ink: a dense centre line (n, 2) and half the ink's width at each of its points (n,)."""

    centre: Floats
    half_width: Floats


def trace_strokes(strokes: list[Samples], half_width: float) -> list[Trace]:
    """Return each stroke's ink for a pen of this nominal half width, in the units of the samples."""
    thinned = [_thin(stroke, 0.6 * half_width) for stroke in strokes]
    pressures = np.concatenate([stroke.pressure for stroke in strokes])
    firm, light = np.percentile(pressures, (95, 5)).tolist()
    if firm - light > _PRESSURE_SPREAD:
        shares = [_from_pressure(stroke.pressure / firm) for stroke in thinned]
    else:
        shares = _from_speed(thinned, half_width)
    return [
        _densify(_smooth(stroke.xy), half_width * share, 0.5 * half_width)
        for stroke, share in zip(thinned, shares, strict=True)
    ]


def _thin(stroke: Samples, spacing: float) -> Samples:
    """Drop points nearer than `spacing` to the last one kept; first and last stay."""
    kept: list[int] = []
    last_x = last_y = math.inf
    for index, (x, y) in enumerate(stroke.xy.tolist()):
        if (x - last_x) ** 2 + (y - last_y) ** 2 >= spacing * spacing:
            kept.append(index)
            last_x, last_y = x, y
    end = len(stroke.xy) - 1
    if kept[-1] != end and len(kept) > 1:
        kept[-1] = end
    return Samples(stroke.xy[kept], stroke.t[kept], stroke.pressure[kept])


def _smooth(xy: Floats) -> Floats:
    if len(xy) < 3:
        return xy
    before, after = xy[1:-1] - xy[:-2], xy[2:] - xy[1:-1]
    lengths = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    straight = (before * after).sum(axis=1) > _CORNER * lengths
    smoothed = xy.copy()
    middle = (xy[:-2] + 2 * xy[1:-1] + xy[2:]) / 4
    smoothed[1:-1][straight] = middle[straight]
    return smoothed


def _from_pressure(relative: Floats) -> Floats:
    return _even(np.clip(0.15 + 1.05 * relative, THINNEST, THICKEST))


def _from_speed(strokes: list[Samples], half_width: float) -> list[Floats]:
    speeds = [_speed(stroke) for stroke in strokes]
    usual = float(np.median(np.concatenate(speeds))) or 1.0
    shares: list[Floats] = []
    for stroke, speed in zip(strokes, speeds, strict=True):
        share = _even(np.clip(1.3 - 0.32 * speed / usual, THINNEST, THICKEST))
        # A pen is still sinking in when a stroke starts, and lifting off when it ends.
        way = _along(stroke.xy)
        start = np.clip(way / (4 * half_width), 0, 1)
        end = np.clip((way[-1] - way) / (9 * half_width), 0, 1)
        if len(stroke.xy) > 2:
            share = share * (0.75 + 0.25 * start) * (0.5 + 0.5 * np.sqrt(end))
        shares.append(np.maximum(share, THINNEST))
    return shares


def _speed(stroke: Samples) -> Floats:
    if len(stroke.xy) < 2:
        return np.zeros(len(stroke.xy))
    # Browsers round times, so neighbours may share one: count a millisecond at least.
    steps = step_lengths(stroke.xy) / np.maximum(np.diff(stroke.t), 1e-3)
    return _even(np.append(steps[0], steps))


def _even(values: Floats) -> Floats:
    """Smooth along the stroke over five points."""
    if len(values) < 3:
        return values
    evened: Floats = np.convolve(np.pad(values, 2, mode="edge"), np.array([1, 2, 3, 2, 1]) / 9, mode="valid")
    return evened


def step_lengths(xy: Floats) -> Floats:
    """Return the distance from each point to the next."""
    lengths: Floats = np.linalg.norm(np.diff(xy, axis=0), axis=1)
    return lengths


def _along(xy: Floats) -> Floats:
    """Return the way from the first point to each point, along the line."""
    return np.append(0.0, np.cumsum(step_lengths(xy)))


def _densify(xy: Floats, half_width: Floats, step: float) -> Trace:
    """Join the points by centripetal Catmull-Rom curves, sampled about every `step`."""
    if len(xy) < 2:
        return Trace(xy, half_width)
    ends = np.vstack([2 * xy[0] - xy[1], xy, 2 * xy[-1] - xy[-2]])
    knots = np.append(0.0, np.cumsum(step_lengths(ends) ** 0.5 + 1e-9))
    counts = np.maximum(1, np.ceil(step_lengths(xy) / step)).astype(int)
    piece = np.repeat(np.arange(len(counts)), counts)
    share = (np.arange(len(piece)) - (np.cumsum(counts) - counts)[piece]) / counts[piece]
    p = [ends[piece + k] for k in range(4)]
    k = [knots[piece + j] for j in range(4)]
    u = k[1] + share * (k[2] - k[1])

    def blend(a: Floats, b: Floats, low: Floats, high: Floats) -> Floats:
        blended: Floats = a + (b - a) * ((u - low) / (high - low))[:, None]
        return blended

    a1, a2, a3 = blend(p[0], p[1], k[0], k[1]), blend(p[1], p[2], k[1], k[2]), blend(p[2], p[3], k[2], k[3])
    b1, b2 = blend(a1, a2, k[0], k[2]), blend(a2, a3, k[1], k[3])
    centre = np.vstack([blend(b1, b2, k[1], k[2]), xy[-1:]])
    widths = np.append(half_width[piece] + share * (half_width[piece + 1] - half_width[piece]), half_width[-1])
    return Trace(centre, widths)
