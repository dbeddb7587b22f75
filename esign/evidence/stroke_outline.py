"""The outlines of strokes: of each a body with round ends, and a disc wherever it bends more sharply than it
is wide.

All outlines run counter-clockwise and never fold back on themselves, so no stroke cuts a hole into another.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
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


def stroke_outlines(traces: Sequence[Trace]) -> list[Outline]:
    """Return the outlines whose union is the ink of these strokes, in the units of the traces, two decimals."""
    bodies = [_body(trace) for trace in traces if len(trace.centre) > 1]
    knots = _refined(bodies)
    rights = _sides([(body.right, places) for body, places in zip(bodies, knots, strict=True)])
    lefts = _sides(
        [(body.left[::-1], len(body.left) - 1 - places[::-1]) for body, places in zip(bodies, knots, strict=True)]
    )
    closed = iter(zip(bodies, rights, lefts, strict=True))
    outlines: list[Outline] = []
    for trace in traces:
        if len(trace.centre) > 1:
            outlines += _outlines(trace, *next(closed))
        else:
            outlines.append(_disc(trace.centre[0].tolist(), float(trace.half_width[0])))
    return outlines


@dataclass(frozen=True)
class _Body:
    """One stroke's ink between its ends: the directions of its centre line, its two sides, where it bends sharply."""

    tangent: Floats
    right: Floats
    left: Floats
    reach: Floats
    knots: Places
    discs: list[int]


def _body(trace: Trace) -> _Body:
    centre, reach = trace.centre, trace.half_width
    tangent = _directions(centre)
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
    return _Body(tangent, right, left, reach, _knots(turn, steps, reach, tight), _disc_places(tight, steps, reach))


def _outlines(trace: Trace, body: _Body, right: Floats, left: Floats) -> list[Outline]:
    centre, reach, tangent = trace.centre.tolist(), trace.half_width.tolist(), body.tangent.tolist()
    behind = (-tangent[0][0], -tangent[0][1])
    around = [
        *_cubics(right),
        *_cap(centre[-1], tangent[-1], reach[-1]),
        *_cubics(left),
        *_cap(centre[0], behind, reach[0]),
    ]
    return [_outline(body.right[0].tolist(), around), *(_disc(centre[i], reach[i]) for i in body.discs)]


def _directions(points: Floats) -> Floats:
    """Return unit vectors along the line: at each point the way from the one before it to the one after."""
    ahead = np.empty_like(points)
    ahead[1:-1] = (points[2:] - points[:-2]) / 2
    ahead[0], ahead[-1] = points[1] - points[0], points[-1] - points[-2]
    lengths = np.linalg.norm(ahead, axis=1)
    if not lengths.any():
        return np.tile([1.0, 0.0], (len(points), 1))
    # Where the pen stands still the direction is that of the nearest step before, or else after.
    if not lengths.all():
        moving = np.flatnonzero(lengths)
        nearest = moving[np.clip(np.searchsorted(moving, np.arange(len(points)), "right") - 1, 0, None)]
        ahead, lengths = ahead[nearest], lengths[nearest]
    unit: Floats = ahead / lengths[:, None]
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
    since = float(reach[0])
    inner = zip(turn[1:-1].tolist(), steps.tolist(), reach[1:-1].tolist(), tight[1:-1].tolist(), strict=False)
    for index, (bend, step, width, is_tight) in enumerate(inner, start=1):
        turned += abs(bend) / 2
        way += step
        if turned >= _TURN or way >= 24 * width or not 0.8 < width / since < 1.25 or is_tight:
            knots.append(index)
            turned = way = 0.0
            since = width
    return np.array([*knots, len(turn) - 1])


def _sides(sides: Sequence[tuple[Floats, Places]]) -> list[Floats]:
    """Return cubics (n, 4, 2) along each side of ink: through its knots, with the side's own directions there."""
    if not sides:
        return []
    row = _Row([points for points, _ in sides])
    starts = row.joined([knots[:-1] for _, knots in sides])
    ends = row.joined([knots[1:] for _, knots in sides])
    cubics = _joining(row, starts, ends)
    return np.split(cubics, np.cumsum([len(knots) - 1 for _, knots in sides])[:-1])


class _Row:
    """Sides of strokes in a row, with the direction at each point: arithmetic on many of them costs as on one."""

    def __init__(self, sides: Sequence[Floats]) -> None:
        self.points = np.concatenate(sides)
        self.directions = np.concatenate([_directions(points) for points in sides])
        self.begins = np.cumsum([0, *(len(points) for points in sides)])

    def joined(self, places: Sequence[Places]) -> Places:
        """Return each side's places as places in the row."""
        return np.concatenate([of_side + begin for of_side, begin in zip(places, self.begins, strict=False)])

    def parted(self, places: Places) -> list[Places]:
        """Return sorted places in the row as each side's own."""
        cuts = np.searchsorted(places, self.begins[1:-1])
        return [of_side - begin for of_side, begin in zip(np.split(places, cuts), self.begins, strict=False)]


def _joining(row: _Row, starts: Places, ends: Places) -> Floats:
    """Return cubics (n, 4, 2) from the points at `starts` to those at `ends`, with the directions there."""
    first, last = row.points[starts], row.points[ends]
    chord = last - first
    length = np.hypot(chord[:, 0], chord[:, 1])
    straight = chord / np.maximum(length, 1e-9)[:, None]
    leave, arrive = row.directions[starts], row.directions[ends]
    for handle in (leave, arrive):
        astray = (handle * straight).sum(axis=1) < _ASTRAY
        handle[astray] = straight[astray]
    angle = np.arccos(np.clip((leave * arrive).sum(axis=1), -1, 1))
    reach = (length / 3 / np.cos(angle / 4) ** 2)[:, None]
    return np.stack([first, first + leave * reach, last - arrive * reach, last], axis=1)


def _refined(bodies: Sequence[_Body]) -> list[Places]:
    """Return each body's knots with more between them, until the cubics through them keep to both sides."""
    if not bodies:
        return []
    rows = _Row([body.right for body in bodies]), _Row([body.left for body in bodies])
    reach = np.concatenate([body.reach for body in bodies])
    found = [rows[0].joined([body.knots for body in bodies])]
    starts = rows[0].joined([body.knots[:-1] for body in bodies])
    ends = rows[0].joined([body.knots[1:] for body in bodies])
    while True:
        divisible = ends - starts > 1
        starts, ends = starts[divisible], ends[divisible]
        if not len(starts):
            return rows[0].parted(np.sort(np.concatenate(found)))
        spans = _Spans(starts, ends)
        allowed = _TOLERANCE * np.minimum.reduceat(reach[spans.places], spans.bounds[:-1])
        astray = (_deviations(rows[0], spans) > allowed) | (_deviations(rows[1], spans) > allowed)
        middles = (starts[astray] + ends[astray]) // 2
        found.append(middles)
        starts, ends = np.append(starts[astray], middles), np.append(middles, ends[astray])


class _Spans:
    """The points from each start to its end: their places, one span after the other, and where each span begins."""

    def __init__(self, starts: Places, ends: Places) -> None:
        self.starts, self.ends = starts, ends
        counts = ends - starts + 1
        self.bounds = np.append(0, np.cumsum(counts))
        self.owner = np.repeat(np.arange(len(counts)), counts)
        self.places = np.arange(self.bounds[-1]) + (starts - self.bounds[:-1])[self.owner]


def _deviations(row: _Row, spans: _Spans) -> Floats:
    """Return how far the cubic over each span leaves the points there, measured across their chord."""
    cubics = _joining(row, spans.starts, spans.ends)
    chord = cubics[:, 3] - cubics[:, 0]
    length = np.hypot(chord[:, 0], chord[:, 1])
    ahead = chord / np.where(length == 0, np.inf, length)[:, None]
    place, aside = _along_and_across(_BERNSTEIN @ (cubics - cubics[:, :1]), ahead[:, None])
    along, across = _along_and_across(row.points[spans.places] - cubics[spans.owner, 0], ahead[spans.owner])
    inked = np.array(
        [
            np.interp(there, along[a:b], across[a:b])
            for there, a, b in zip(place, spans.bounds, spans.bounds[1:], strict=False)
        ]
    )
    deviations: Floats = np.where(length == 0, np.inf, np.abs(aside - inked).max(axis=1))
    return deviations


def _along_and_across(vectors: Floats, ahead: Floats) -> tuple[Floats, Floats]:
    """Return the parts of the vectors (..., 2) along the unit vectors `ahead` and to their left."""
    x, y = vectors[..., 0], vectors[..., 1]
    return x * ahead[..., 0] + y * ahead[..., 1], y * ahead[..., 0] - x * ahead[..., 1]


def _cubics(cubics: Floats) -> list[Cubic]:
    return [(_vertex(*first), _vertex(*second), _vertex(*end)) for _, first, second, end in cubics.tolist()]


def _cap(centre: Vertex, ahead: Vertex, reach: float) -> list[Cubic]:
    """Return a half circle around the end of a stroke, from its right to its left as seen looking ahead."""
    x, y = ahead
    return [_quarter(centre, (y, -x), ahead, reach), _quarter(centre, ahead, (-y, x), reach)]


def _disc(centre: Vertex, reach: float) -> Outline:
    east, north, west, south = (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)
    around = [(east, north), (north, west), (west, south), (south, east)]
    return _outline((centre[0] + reach, centre[1]), [_quarter(centre, a, b, reach) for a, b in around])


def _quarter(centre: Vertex, a: Vertex, b: Vertex, reach: float) -> Cubic:
    """Return a quarter of a circle around the centre, from the direction `a` to the direction `b`."""

    def reached(x: float, y: float) -> Vertex:
        return _vertex(centre[0] + reach * x, centre[1] + reach * y)

    first = reached(a[0] + _QUARTER * b[0], a[1] + _QUARTER * b[1])
    second = reached(b[0] + _QUARTER * a[0], b[1] + _QUARTER * a[1])
    return first, second, reached(*b)


def _disc_places(tight: Flags, steps: Floats, reach: Floats) -> list[int]:
    """Return the points of tight bends that get a disc: no two nearer than half the ink's half width."""
    places: list[int] = []
    way = np.append(0.0, np.cumsum(steps))
    for index in np.flatnonzero(tight):
        if not places or way[index] - way[places[-1]] >= 0.5 * reach[index]:
            places.append(int(index))
    return places


def _outline(start: Vertex, segments: list[Cubic]) -> Outline:
    first = _vertex(*start)
    return Outline(first, (*segments[:-1], (segments[-1][0], segments[-1][1], first)))


def _vertex(x: float, y: float) -> Vertex:
    return round(x, 2), round(y, 2)
