"""Shapes on a portrait: smooth outlines, soft shades within a shape, lines; drawn large and scaled down.

Coordinates are those of a 240 x 300 sheet, x to the right and y down. Colours are sRGB.
"""

from __future__ import annotations

import io
import math
import random
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Spot = tuple[float, float]
Colour = tuple[int, int, int]

WIDTH, HEIGHT = 720, 900
FINER = 2
SCALE = WIDTH / 240 * FINER


def smooth(spots: Sequence[Spot], *, closed: bool = True) -> list[Spot]:
    """Return a dense Catmull-Rom curve through the spots."""
    around = [*spots[-1:], *spots, *spots[:2]] if closed else [spots[0], *spots, spots[-1]]
    curve: list[Spot] = []
    for a, b, c, d in zip(around, around[1:], around[2:], around[3:], strict=False):
        for step in range(12):
            u = step / 12
            curve.append((_spline(a[0], b[0], c[0], d[0], u), _spline(a[1], b[1], c[1], d[1], u)))
    return curve if closed else [*curve, spots[-1]]


def mirrored(spots: Sequence[Spot], *, middle: float = 120.0) -> list[Spot]:
    """Return the left half of an outline, from top to bottom, completed by its mirror image."""
    return [*spots, *((2 * middle - x, y) for x, y in reversed(spots) if x != middle)]


def _spline(a: float, b: float, c: float, d: float, u: float) -> float:
    return 0.5 * (2 * b + (c - a) * u + (2 * a - 5 * b + 4 * c - d) * u**2 + (3 * b - a - 3 * c + d) * u**3)


class Easel:
    """A picture in the making."""

    def __init__(self, top: Colour, bottom: Colour) -> None:
        self._size = (WIDTH * FINER, HEIGHT * FINER)
        ramp = Image.linear_gradient("L").resize(self._size)
        self._picture = Image.composite(Image.new("RGB", self._size, bottom), Image.new("RGB", self._size, top), ramp)

    def shape(self, outline: Sequence[Spot]) -> Image.Image:
        """Return the mask of a closed outline."""
        mask = Image.new("L", self._size, 0)
        ImageDraw.Draw(mask).polygon([(x * SCALE, y * SCALE) for x, y in outline], fill=255)
        return mask

    def fill(self, outline: Sequence[Spot], colour: Colour) -> Image.Image:
        """Fill an outline; return its mask, for shades within."""
        ImageDraw.Draw(self._picture).polygon([(x * SCALE, y * SCALE) for x, y in outline], fill=colour)
        return self.shape(outline)

    def shade(
        self,
        outline: Sequence[Spot],
        colour: Colour,
        *,
        strength: float,
        blur: float,
        within: Image.Image | None = None,
    ) -> None:
        """Lay a soft shade of this strength (0 to 1), its edge blurred, within a mask if one is given."""
        left, top, right, bottom = self._frame(outline, margin=3 * blur)
        coarse = Image.new("L", ((right - left) // 4, (bottom - top) // 4), 0)
        corners = [((x * SCALE - left) / 4, (y * SCALE - top) / 4) for x, y in outline]
        ImageDraw.Draw(coarse).polygon(corners, fill=round(255 * strength))
        coarse = coarse.filter(ImageFilter.GaussianBlur(blur * SCALE / 4))
        mask = coarse.resize((right - left, bottom - top), Image.Resampling.BILINEAR)
        if within is not None:
            mask = ImageChops.multiply(mask, within.crop((left, top, right, bottom)))
        self._picture.paste(colour, (left, top), mask)

    def _frame(self, outline: Sequence[Spot], *, margin: float) -> tuple[int, int, int, int]:
        """Return a box in fine pixels around the outline, on the sheet, its sides divisible by four."""
        xs, ys = [x for x, _ in outline], [y for _, y in outline]
        left, top = (max(0, int((min(v) - margin) * SCALE) // 4 * 4) for v in (xs, ys))
        right = min(self._size[0], -int(-(max(xs) + margin) * SCALE) // 4 * 4 + 4)
        bottom = min(self._size[1], -int(-(max(ys) + margin) * SCALE) // 4 * 4 + 4)
        return left, top, right, bottom

    def line(
        self,
        spots: Sequence[Spot],
        colour: Colour,
        width: float,
        *,
        taper: bool = False,
        within: Image.Image | None = None,
    ) -> None:
        """Draw a smooth line with round ends, within a mask if given; `taper` thins it towards both ends."""
        path = [(x * SCALE, y * SCALE) for x, y in smooth(spots, closed=False)]
        mask = Image.new("L", self._size, 0) if within is not None else None
        draw = ImageDraw.Draw(self._picture if mask is None else mask)
        last = len(path) - 1
        for index in range(last):
            (x, y), (to_x, to_y) = path[index], path[index + 1]
            dots = max(1, math.ceil(math.hypot(to_x - x, to_y - y)))
            for dot in range(dots):
                share = dot / dots
                along = (index + share) / last
                radius = width * SCALE / 2 * ((0.35 + 2.6 * along * (1 - along)) if taper else 1)
                at_x, at_y = x + (to_x - x) * share, y + (to_y - y) * share
                box = (at_x - radius, at_y - radius, at_x + radius, at_y + radius)
                draw.ellipse(box, fill=colour if mask is None else 255)
        if mask is not None and within is not None:
            frame = self._frame(spots, margin=2 * width)
            visible = ImageChops.multiply(mask.crop(frame), within.crop(frame))
            self._picture.paste(colour, frame[:2], visible)

    def disc(self, x: float, y: float, rx: float, ry: float, colour: Colour) -> None:
        """Fill an ellipse by its centre and radii."""
        box = tuple(v * SCALE for v in (x - rx, y - ry, x + rx, y + ry))
        ImageDraw.Draw(self._picture).ellipse(box, fill=colour)

    def jpeg(self, *, grain: float, seed: int) -> bytes:
        """Return the finished picture: scaled down, with the grain of a small sensor, as JPEG bytes."""
        picture = self._picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        source = random.Random(seed)  # noqa: S311 - grain, not a secret
        noise = Image.frombytes("L", (WIDTH // 2, HEIGHT // 2), source.randbytes(WIDTH * HEIGHT // 4))
        noise = noise.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
        level = Image.merge("RGB", [noise.point(lambda v: int(128 + (v - 128) * grain / 74))] * 3)
        picture = ImageChops.add(picture, level, scale=1, offset=-128)
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=88, optimize=True)
        return out.getvalue()
