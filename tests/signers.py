"""Invented signers for tests: plausible handwriting and a drawn cartoon face. No real person, no real signature."""

from __future__ import annotations

import io
import itertools
import math
import random

from PIL import Image, ImageDraw

from esign.evidence.handwriting import Handwriting, Point, Stroke, encode_handwriting

PAD_WIDTH, PAD_HEIGHT = 640.0, 240.0

_Path = tuple[tuple[float, float], ...]

# Strokes of invented, name-like characters on a unit square, y down, in the order of writing.
_CHARACTERS: tuple[tuple[_Path, ...], ...] = (
    (
        ((0.06, 0.14), (0.36, 0.1), (0.34, 0.34), (0.1, 0.38)),
        ((0.1, 0.38), (0.08, 0.6), (0.38, 0.56), (0.36, 0.9), (0.22, 0.84)),
        ((0.78, 0.06), (0.6, 0.26)),
        ((0.46, 0.44), (0.7, 0.4), (0.96, 0.38)),
        ((0.62, 0.12), (0.6, 0.5), (0.58, 0.88), (0.72, 0.72)),
        ((0.64, 0.46), (0.76, 0.66), (0.98, 0.9)),
    ),
    (
        ((0.28, 0.06), (0.2, 0.3), (0.04, 0.52)),
        ((0.2, 0.34), (0.21, 0.6), (0.2, 0.94)),
        ((0.4, 0.24), (0.66, 0.2), (0.92, 0.18)),
        ((0.42, 0.46), (0.68, 0.42), (0.88, 0.42), (0.86, 0.66), (0.76, 0.62)),
        ((0.64, 0.04), (0.63, 0.5), (0.64, 0.98)),
    ),
    (
        ((0.46, 0.02), (0.52, 0.12)),
        ((0.08, 0.26), (0.5, 0.22), (0.94, 0.2)),
        ((0.66, 0.26), (0.5, 0.6), (0.08, 0.94)),
        ((0.3, 0.3), (0.5, 0.58), (0.72, 0.8), (0.98, 0.92)),
    ),
    (
        ((0.5, 0.06), (0.48, 0.4), (0.5, 0.78)),
        ((0.1, 0.36), (0.12, 0.62), (0.14, 0.84), (0.5, 0.8), (0.88, 0.78)),
        ((0.86, 0.34), (0.88, 0.6), (0.86, 0.86)),
    ),
)


def handwriting(seed: int) -> Handwriting:
    """Return a signature of two or three characters written with a pen at 120 points a second."""
    chance = random.Random(seed)  # noqa: S311  # the same seed must give the same signature
    count = chance.choice((2, 3))
    cell = 0.8 * PAD_WIDTH / count
    clock = 40_000
    strokes: list[Stroke] = []
    for place, character in enumerate(chance.sample(_CHARACTERS, count)):
        left = 0.1 * PAD_WIDTH + place * cell + chance.uniform(-8, 8)
        top = 0.14 * PAD_HEIGHT + chance.uniform(-8, 8)
        slant = chance.uniform(-0.12, 0.02)
        for path in character:
            corners = [
                (
                    left + (x + slant * (y - 0.5) + chance.gauss(0, 0.012)) * 0.84 * cell,
                    top + (y + chance.gauss(0, 0.012)) * 0.7 * PAD_HEIGHT,
                )
                for x, y in path
            ]
            stroke, clock = _write(corners, clock, chance)
            strokes.append(stroke)
            clock += chance.randrange(60_000, 160_000)
    return Handwriting(PAD_WIDTH, PAD_HEIGHT, 2.0, tuple(strokes))


def handwriting_json(seed: int) -> bytes:
    """Return `handwriting(seed)` in its JSON form."""
    return encode_handwriting(handwriting(seed))


def face_jpeg(seed: int, size: tuple[int, int] = (600, 750)) -> bytes:
    """Return a drawn cartoon face as JPEG, different for each seed."""
    chance = random.Random(seed)  # noqa: S311
    width, height = size
    big = Image.new("RGB", (2 * width, 2 * height), chance.choice(("#c9d6df", "#d8d3c4", "#c4d4c6")))
    draw = ImageDraw.Draw(big)
    skin = chance.choice(("#f0c8a0", "#e3b48c", "#d9a679", "#f3d2b3"))
    hair = chance.choice(("#20201f", "#33261d", "#6f6a66"))
    coat = chance.choice(("#2f4a6d", "#6d2f3a", "#3f5d45", "#4a4a55"))

    def box(x: float, y: float, rx: float, ry: float) -> tuple[float, float, float, float]:
        return (2 * width * (x - rx), 2 * height * (y - ry), 2 * width * (x + rx), 2 * height * (y + ry))

    draw.ellipse(box(0.5, 1.06, 0.44, 0.3), fill=coat)
    draw.rectangle(box(0.5, 0.74, 0.1, 0.1), fill=skin)
    draw.ellipse(box(0.5, 0.4, 0.3, 0.29), fill=hair)
    draw.ellipse(box(0.22, 0.47, 0.045, 0.06), fill=skin)
    draw.ellipse(box(0.78, 0.47, 0.045, 0.06), fill=skin)
    draw.ellipse(box(0.5, 0.48, 0.265, 0.28), fill=skin)
    draw.chord(box(0.5, 0.4, 0.27, 0.24), 195 + chance.randrange(10), 345 - chance.randrange(10), fill=hair)
    for x in (0.39, 0.61):
        draw.ellipse(box(x, 0.47, 0.048, 0.024), fill="white", outline="#4a3a30", width=4)
        draw.ellipse(box(x, 0.47, 0.02, 0.019), fill="#251c18")
        draw.arc(box(x, 0.43, 0.06, 0.03), 200, 340, fill=hair, width=max(4, width // 40))
    if chance.random() < 0.5:
        for x in (0.39, 0.61):
            draw.ellipse(box(x, 0.475, 0.085, 0.06), outline="#2b2b30", width=max(3, width // 90))
        draw.line((2 * width * 0.475, 2 * height * 0.47, 2 * width * 0.525, 2 * height * 0.47), "#2b2b30", 5)
    draw.arc(box(0.5, 0.54, 0.03, 0.03), 20, 160, fill="#a87858", width=max(3, width // 90))
    smile = 20 + chance.randrange(25)
    draw.arc(box(0.5, 0.6, 0.1, 0.05), smile, 180 - smile, fill="#9c4a42", width=max(4, width // 60))
    out = io.BytesIO()
    big.resize(size, Image.Resampling.LANCZOS).save(out, "JPEG", quality=88)
    return out.getvalue()


def _write(corners: list[tuple[float, float]], clock: int, chance: random.Random) -> tuple[Stroke, int]:
    """Write one stroke through the corners: slower at its ends, pressed hardest at its start, trembling a little."""
    length = sum(math.dist(a, b) for a, b in itertools.pairwise(corners))
    steps = max(6, round(length / 4.5))
    points: list[Point] = []
    for step in range(steps + 1):
        way = step / steps
        x, y = _along(corners, (1 - math.cos(math.pi * way)) / 2)
        pressed = 0.16 + 0.4 * math.sin(math.pi * way**0.7) + 0.22 * (1 - way) + chance.gauss(0, 0.01)
        points.append(
            Point(
                round(x + chance.gauss(0, 0.25), 2),
                round(y + chance.gauss(0, 0.25), 2),
                clock,
                round(min(1.0, max(0.05, pressed)), 3),
            )
        )
        clock += 8_000 + chance.randrange(700)
    return Stroke(tuple(points), "pen"), clock


def _along(corners: list[tuple[float, float]], way: float) -> tuple[float, float]:
    """Return the point at `way` (0 to 1) of a Catmull-Rom curve through the corners."""
    ends = [corners[0], *corners, corners[-1]]
    place = way * (len(corners) - 1)
    index = min(int(place), len(corners) - 2)
    u = place - index
    a, b, c, d = ends[index : index + 4]

    def blend(p: float, q: float, r: float, s: float) -> float:
        return 0.5 * (2 * q + (r - p) * u + (2 * p - 5 * q + 4 * r - s) * u**2 + (3 * q - p - 3 * r + s) * u**3)

    return blend(a[0], b[0], c[0], d[0]), blend(a[1], b[1], c[1], d[1])
