"""Handwriting that nobody wrote, for integrators' tests: strokes on a pad as a pen leaves them, one hand a seed."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Sequence
from typing import Final, TypeAlias

from esign.evidence.handwriting import Handwriting, Point, Stroke

PAD_WIDTH: Final = 600.0
PAD_HEIGHT: Final = 240.0
CHARACTERS: Final = 3
_STROKES: Final = (4, 6)
_STEP: Final = 4.0
"""Pixels between two points, about a hundredth of a second apart."""
_MICROSECONDS: Final = (7_600, 9_400)
_LIFTED: Final = (70_000, 180_000)

Corners: TypeAlias = Sequence[tuple[float, float]]


def canned_handwriting(seed: str) -> Handwriting:
    """Return a capture; the same seed gives the same one, another seed other strokes."""
    chance = random.Random(seed)  # noqa: S311  # a test's pen, not a secret
    cell, clock = 0.84 * PAD_WIDTH / CHARACTERS, 30_000
    strokes = []
    for place in range(CHARACTERS):
        left = 0.08 * PAD_WIDTH + place * cell
        for number in range(chance.randint(*_STROKES)):
            points, clock = _written(_corners(chance, left, cell, flat=number % 2 == 0), clock, chance)
            strokes.append(Stroke(points, "pen"))
            clock += chance.randint(*_LIFTED)
    return Handwriting(PAD_WIDTH, PAD_HEIGHT, 2.0, tuple(strokes))


def _corners(chance: random.Random, left: float, cell: float, *, flat: bool) -> Corners:
    """Return where a stroke begins, bends and ends: across the cell, or down it."""
    top, size = 0.14 * PAD_HEIGHT, 0.7 * PAD_HEIGHT
    ways = ((0.06, 0.34, 0.66, 0.92), [chance.uniform(0.08, 0.92)] * 4)
    across, down = ways if flat else reversed(ways)
    return [
        (left + cell * 0.9 * (x + chance.uniform(-0.07, 0.07)), top + size * (y + chance.uniform(-0.09, 0.09)))
        for x, y in zip(across, down, strict=True)
    ]


def _written(corners: Corners, clock: int, chance: random.Random) -> tuple[tuple[Point, ...], int]:
    """Go along the corners: slow at both ends, pressed most after the start."""
    steps = max(8, round(sum(itertools.starmap(math.dist, itertools.pairwise(corners))) / _STEP))
    points = []
    for step in range(steps + 1):
        way = step / steps
        x, y = _along(corners, (1 - math.cos(math.pi * way)) / 2)
        pressure = 0.2 + 0.5 * math.sin(math.pi * way**0.7) + chance.uniform(-0.03, 0.03)
        points.append(Point(_near(x, chance), _near(y, chance), clock, round(max(0.05, pressure), 3)))
        clock += chance.randint(*_MICROSECONDS)
    return tuple(points), clock


def _along(corners: Corners, way: float) -> tuple[float, float]:
    """Return the point at `way` (0 to 1) of the Bézier curve that the corners pull."""
    left = list(corners)
    while len(left) > 1:
        left = [(a + (c - a) * way, b + (d - b) * way) for (a, b), (c, d) in itertools.pairwise(left)]
    return left[0]


def _near(value: float, chance: random.Random) -> float:
    """Return the value as a hand that trembles a little leaves it."""
    return round(value + chance.gauss(0, 0.3), 2)
