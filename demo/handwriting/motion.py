"""From the way of the pen to a recording: speed, pressure, tremor, and the pad's clock.

The hand slows down where the path bends (speed falls with the cube root of curvature), brakes at corners,
starts from rest, and either stops before lifting or flicks off. The pad samples it 120 times a second.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from demo.handwriting.characters import Node, Path
from esign.evidence.handwriting import Point, Stroke

SAMPLE = 1 / 120
STEP = 0.25  # way between two places of the dense path, in CSS px
FLICK = 0.3  # a stroke that ends on less pressure is flicked off


@dataclass(frozen=True)
class Hand:
    """How a person writes: speed in px/s, tremor in px, slant (x per y), pause between strokes in s."""

    speed: float
    tremor: float
    slant: float
    wobble: float
    pause: float
    firmness: float
    seed: int


@dataclass(frozen=True)
class _Place:
    x: float
    y: float
    pressure: float
    brake: float  # 1 in free motion, towards 0 near rest and corners


class Pen:
    """Writes stroke after stroke on one clock."""

    def __init__(self, hand: Hand, *, pointer: str, lead: float) -> None:
        self._hand = hand
        self._pointer = pointer
        self._random = random.Random(hand.seed)  # noqa: S311 - a drawing, not a secret
        self._clock = lead
        self._at: tuple[float, float] | None = None
        self._phases = [self._random.uniform(0, math.tau) for _ in range(4)]

    def write(self, path: Path, *, left: float, top: float, size: float) -> Stroke:
        """Write one stroke of a character whose square has this top left corner and size, in CSS px."""
        nodes = [self._place_node(node, left, top, size) for node in path]
        places = _brake(_dense(nodes), flicked=path[-1][2] < FLICK)
        if self._at is not None:
            away = math.dist(self._at, (places[0].x, places[0].y))
            self._clock += self._hand.pause * self._random.uniform(0.8, 1.3) + away / (1.6 * self._hand.speed)
        points = self._sample(places)
        self._at = (points[-1].x, points[-1].y)
        return Stroke(tuple(points), self._pointer)

    def rest(self, seconds: float) -> None:
        """Stay off the pad for a while, as between two characters."""
        self._clock += seconds

    def _place_node(self, node: Node, left: float, top: float, size: float) -> tuple[float, float, float, bool]:
        wobble = self._hand.wobble
        x = node[0] + self._random.gauss(0, wobble) - self._hand.slant * (node[1] - 50)
        y = node[1] + self._random.gauss(0, wobble)
        return left + x * size / 100, top + y * size / 100, node[2], len(node) > 3

    def _sample(self, places: Sequence[_Place]) -> list[Point]:
        times = [0.0]
        for a, b in pairwise(places):
            times.append(times[-1] + math.dist((a.x, a.y), (b.x, b.y)) / (self._hand.speed * (a.brake + b.brake) / 2))
        count = max(2, math.ceil(times[-1] / SAMPLE))
        points, index = [], 0
        for number in range(count + 1):
            moment = min(times[-1], number * SAMPLE)
            while index < len(times) - 2 and times[index + 1] < moment:
                index += 1
            points.append(
                self._point(places[index], places[index + 1], times[index : index + 2], moment, count, number)
            )
        self._clock += count * SAMPLE
        return points

    def _point(self, a: _Place, b: _Place, span: Sequence[float], moment: float, count: int, number: int) -> Point:
        share = (moment - span[0]) / (span[1] - span[0]) if span[1] > span[0] else 0.0
        at = self._clock + number * SAMPLE
        shake_x, shake_y = self._shake(at)
        pressure = a.pressure + share * (b.pressure - a.pressure)
        landing = min(1.0, 0.45 + 0.55 * number / 3)
        pressure *= self._hand.firmness * landing * (1 + self._random.gauss(0, 0.012))
        return Point(
            round(a.x + share * (b.x - a.x) + shake_x, 2),
            round(a.y + share * (b.y - a.y) + shake_y, 2),
            round(at * 1e6 + self._random.uniform(-180, 180)),
            round(min(1.0, max(0.02, pressure)), 4),
        )

    def _shake(self, at: float) -> tuple[float, float]:
        """The tremor of a resting hand, 5 and 9 Hz, and the pad's own noise."""
        p, size = self._phases, self._hand.tremor
        x = math.sin(math.tau * 5.3 * at + p[0]) + 0.6 * math.sin(math.tau * 9.1 * at + p[1])
        y = math.sin(math.tau * 4.7 * at + p[2]) + 0.6 * math.sin(math.tau * 8.6 * at + p[3])
        return size * x + self._random.gauss(0, 0.06), size * y + self._random.gauss(0, 0.06)


def _dense(nodes: Sequence[tuple[float, float, float, bool]]) -> list[list[_Place]]:
    """Join the nodes by smooth curves, one list of places between corners."""
    pieces, start = [], 0
    for end in range(1, len(nodes)):
        if nodes[end][3] or end == len(nodes) - 1:
            pieces.append(_curve([node[:3] for node in nodes[start : end + 1]]))
            start = end
    return pieces


def _curve(nodes: Sequence[tuple[float, float, float]]) -> list[_Place]:
    """Catmull-Rom through the nodes, x, y and pressure alike (pressure kept within its neighbours)."""
    padded = [nodes[0], *nodes, nodes[-1]]
    places = []
    for i in range(1, len(padded) - 2):
        before, a, b, after = padded[i - 1 : i + 3]
        steps = max(2, math.ceil(math.dist(a[:2], b[:2]) / STEP))
        for step in range(steps):
            u = step / steps
            x, y = (_spline(before[k], a[k], b[k], after[k], u) for k in (0, 1))
            eased = u * u * (3 - 2 * u)
            places.append(_Place(x, y, a[2] + (b[2] - a[2]) * eased, 1.0))
    places.append(_Place(*nodes[-1], 1.0))
    return places


def _spline(before: float, a: float, b: float, after: float, u: float) -> float:
    return 0.5 * (
        2 * a + (b - before) * u + (2 * before - 5 * a + 4 * b - after) * u**2 + (3 * a - before - 3 * b + after) * u**3
    )


def _brake(pieces: Sequence[Sequence[_Place]], *, flicked: bool) -> list[_Place]:
    """Slow down at bends, at rest and at corners; `flicked` leaves the end at full speed."""
    braked: list[_Place] = []
    for number, piece in enumerate(pieces):
        last = number == len(pieces) - 1
        length = len(piece) * STEP
        for index, place in enumerate(piece[:-1] if not last else piece):
            way = index * STEP
            start = _ramp(way, 0.18 if number == 0 else 0.3)
            end = 1.15 if last and flicked else _ramp(length - way, 0.22 if last else 0.3)
            bend = min(1.25, max(0.45, 0.55 * (1 / (_curvature(piece, index) + 0.004)) ** (1 / 3) / 3.2))
            braked.append(_Place(place.x, place.y, place.pressure, min(start, end) * bend))
    return braked


def _ramp(way: float, least: float) -> float:
    return least + (1 - least) * math.pow(min(1.0, way / 22), 0.7)


def _curvature(piece: Sequence[_Place], index: int) -> float:
    """Curvature in 1/px by the circle through three places about 3 px apart."""
    a, b, c = (piece[min(len(piece) - 1, max(0, index + k))] for k in (-12, 0, 12))
    ab, bc, ca = math.dist((a.x, a.y), (b.x, b.y)), math.dist((b.x, b.y), (c.x, c.y)), math.dist((c.x, c.y), (a.x, a.y))
    area = abs((b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y))
    return 2 * area / (ab * bc * ca) if ab * bc * ca > 1e-9 else 0.0
