"""The outline of one stroke: a body with round ends, and a disc wherever it bends more sharply than it
is wide.

All outlines run counter-clockwise and never fold back on themselves, so no stroke cuts a hole into another.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from esign.evidence.pen import Floats, Trace, step_lengths

Vertex = tuple[float, float]
Cubic = tuple[Vertex, Vertex, Vertex]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int_]

_QUARTER = 4 / 3 * math.tan(math.pi / 8)
"""Length of the handles of a cubic that is a quarter of a unit circle."""
_TURN = 0.5
"""Turn in radians that one cubic covers at most; the error is then below a thousandth of the radius."""
_ASTRAY = 0.85
"""Cosine between a side's direction and the chord below which the direction is noise of a sharp bend."""
_TOLERANCE = 0.08
"""How far a cubic may leave the ink's edge, as a share of the ink's half width."""
_BERNSTEIN = np.array([[(1 - u) ** 3, 3 * u * (1 - u) ** 2, 3 * u * u * (1 - u), u**3] for u in (0.25, 0.5, 0.75)])


@dataclass(frozen=True)
class Outline:
    """A closed outline: from `start` along cubic Bézier segments (control, control, end), in PDF points, y
    up.

    The last segment ends at `start`.
    """

    start: Vertex
    segments: tuple[Cubic, ...]


def stroke_outlines(trace: Trace) -> list[Outline]:
    """Return the outlines whose union is the ink of this stroke, in the units of the trace, two decimals."""
    centre, reach = trace.centre, trace.half_width
    if len(centre) < 2:
        return [_disc(centre[0], float(reach[0]))]
    tangent = _unit(np.gradient(centre, axis=0))
    normal = np.column_stack([-tangent[:, 1], tangent[:, 0]])
    turn = _turns(tangent)
    steps = step_lengths(centre)
    curvature = turn / np.maximum(_spans(steps), 1e-9)
    # Beyond the centre of curvature the inner side would fold back and run the wrong way round.
    bound = 0.9 / np.maximum(np.abs(curvature), 1e-9)
    bound[[0, -1]] = np.inf
    left = centre + normal * np.where(curvature > 0, np.minimum(reach, bound), reach)[:, None]
    right = centre - normal * np.where(curvature < 0, np.minimum(reach, bound), reach)[:, None]
    tight = reach > bound
    knots = _refined(_knots(turn, steps, reach, tight), (right, left), reach)
    start, end = centre[0], centre[-1]
    body = [
        *_cubics(_side(right, knots)),
        *_cap(end, tangent[-1], float(reach[-1])),
        *_cubics(_side(left[::-1], len(centre) - 1 - knots[::-1])),
        *_cap(start, -tangent[0], float(reach[0])),
    ]
    discs = [_disc(centre[i], float(reach[i])) for i in _disc_places(tight, steps, reach)]
    return [_outline(right[0], body), *discs]


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1)
    if not lengths.any():
        return np.tile([1.0, 0.0], (len(vectors), 1))
    # Where the pen stands still the direction is that of the nearest step before, or else after.
    moving = np.flatnonzero(lengths)
    nearest = moving[np.clip(np.searchsorted(moving, np.arange(len(vectors)), "right") - 1, 0, None)]
    unit: Floats = vectors[nearest] / lengths[nearest, None]
    return unit


def _turns(tangent: Floats) -> Floats:
    """Return the turn at each point in radians, left positive: from the direction before it to the one after."""
    before, after = np.vstack([tangent[:1], tangent[:-1]]), np.vstack([tangent[1:], tangent[-1:]])
    cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    turn: Floats = np.arctan2(cross, (before * after).sum(axis=1))
    return turn


def _spans(steps: Floats) -> Floats:
    """Return the way that each point's turn was measured over."""
    spans: Floats = np.append(0.0, steps) + np.append(steps, 0.0)
    return spans


def _knots(turn: Floats, steps: Floats, reach: Floats, tight: Flags) -> Places:
    """Return the points where one cubic ends and the next begins."""
    knots = [0]
    turned = way = 0.0
    for index in range(1, len(turn) - 1):
        turned += abs(turn[index]) / 2
        way += steps[index - 1]
        thickness = reach[index] / reach[knots[-1]]
        if turned >= _TURN or way >= 24 * reach[index] or not 0.8 < thickness < 1.25 or tight[index]:
            knots.append(index)
            turned = way = 0.0
    return np.array([*knots, len(turn) - 1])


def _side(points: Floats, knots: Places) -> Floats:
    """Return cubics (n, 4, 2) along one side of the ink: through its knots, with the side's own directions there."""
    direction = _unit(np.gradient(points, axis=0))[knots]
    corners = points[knots]
    chord = np.diff(corners, axis=0)
    length = np.linalg.norm(chord, axis=1)
    straight = chord / np.maximum(length, 1e-9)[:, None]
    leave, arrive = direction[:-1].copy(), direction[1:].copy()
    for handle in (leave, arrive):
        astray = (handle * straight).sum(axis=1) < _ASTRAY
        handle[astray] = straight[astray]
    angle = np.arccos(np.clip((leave * arrive).sum(axis=1), -1, 1))
    reach = (length / 3 / np.cos(angle / 4) ** 2)[:, None]
    return np.stack([corners[:-1], corners[:-1] + leave * reach, corners[1:] - arrive * reach, corners[1:]], axis=1)


def _refined(knots: Places, sides: tuple[Floats, ...], reach: Floats) -> Places:
    """Return the knots with more between them, until the cubics through them keep to both sides."""
    while True:
        astray = np.zeros(len(knots) - 1, np.bool_)
        for points in sides:
            cubics = _side(points, knots)
            for i in np.flatnonzero((np.diff(knots) > 1) & ~astray):
                a, b = knots[i], knots[i + 1]
                astray[i] = _deviation(cubics[i], points[a : b + 1]) > _TOLERANCE * reach[a : b + 1].min()
        if not astray.any():
            return knots
        middles = (knots[:-1] + knots[1:]) // 2
        knots = np.sort(np.concatenate([knots, middles[astray]]))


def _deviation(cubic: Floats, points: Floats) -> float:
    """Return how far the cubic leaves the points between its ends, measured across their chord."""
    chord = cubic[3] - cubic[0]
    length = math.hypot(chord[0], chord[1])
    if length == 0:
        return math.inf
    frame = np.array([[chord[0], -chord[1]], [chord[1], chord[0]]]) / length
    along, across = ((points - cubic[0]) @ frame).T
    place, aside = (_BERNSTEIN @ ((cubic - cubic[0]) @ frame)).T
    return float(np.abs(aside - np.interp(place, along, across)).max())


def _cubics(cubics: Floats) -> list[Cubic]:
    return [(_vertex(first), _vertex(second), _vertex(end)) for _, first, second, end in cubics]


def _cap(centre: Floats, ahead: Floats, reach: float) -> list[Cubic]:
    """Return a half circle around the end of a stroke, from its right to its left as seen looking ahead."""
    left = np.array([-ahead[1], ahead[0]])
    return [*_quarter(centre, -left, ahead, reach), *_quarter(centre, ahead, left, reach)]


def _disc(centre: Floats, reach: float) -> Outline:
    east, north = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    around = [(east, north), (north, -east), (-east, -north), (-north, east)]
    quarters = [cubic for a, b in around for cubic in _quarter(centre, a, b, reach)]
    return _outline(centre + reach * east, quarters)


def _quarter(centre: Floats, a: Floats, b: Floats, reach: float) -> list[Cubic]:
    handles = a + _QUARTER * b, b + _QUARTER * a, b
    first, second, end = (_vertex(centre + reach * handle) for handle in handles)
    return [(first, second, end)]


def _disc_places(tight: Flags, steps: Floats, reach: Floats) -> list[int]:
    """Return the points of tight bends that get a disc: no two nearer than half the ink's half width."""
    places: list[int] = []
    way = np.append(0.0, np.cumsum(steps))
    for index in np.flatnonzero(tight):
        if not places or way[index] - way[places[-1]] >= 0.5 * reach[index]:
            places.append(int(index))
    return places


def _outline(start: Floats, segments: list[Cubic]) -> Outline:
    first = _vertex(start)
    return Outline(first, (*segments[:-1], (segments[-1][0], segments[-1][1], first)))


def _vertex(point: Floats) -> Vertex:
    return round(float(point[0]), 2), round(float(point[1]), 2)
