"""A drawn face for integrators' tests: nobody's, and good enough for the checks that a photo has to pass."""

from __future__ import annotations

import io
import random
from typing import Final

from PIL import Image, ImageDraw

SIZE: Final = (600, 750)
_GROUNDS: Final = ("#c9d6df", "#d8d3c4", "#c4d4c6")
_SKINS: Final = ("#f0c8a0", "#e3b48c", "#d9a679")
_HAIRS: Final = ("#20201f", "#33261d", "#6f6a66")
_COATS: Final = ("#2f4a6d", "#6d2f3a", "#3f5d45")
_LINE: Final = "#3a2c26"


def canned_photo(seed: str) -> bytes:
    """Return a JPEG of 600 x 750 pixels; the same seed gives the same face."""
    chance = random.Random(seed)  # noqa: S311  # a test's picture, not a secret
    picture = Image.new("RGB", SIZE, chance.choice(_GROUNDS))
    draw = ImageDraw.Draw(picture)
    skin, hair = chance.choice(_SKINS), chance.choice(_HAIRS)
    draw.ellipse(_box(0.5, 1.05, 0.44, 0.3), fill=chance.choice(_COATS))
    draw.rectangle(_box(0.5, 0.74, 0.1, 0.1), fill=skin)
    draw.ellipse(_box(0.5, 0.4, 0.3, 0.29), fill=hair)
    draw.ellipse(_box(0.5, 0.48, 0.265, 0.28), fill=skin)
    draw.chord(_box(0.5, 0.4, 0.27, 0.24), 198, 342, fill=hair)
    apart, spectacles = 0.1 + chance.uniform(0, 0.02), chance.random() < 0.5
    for x in (0.5 - apart, 0.5 + apart):
        draw.ellipse(_box(x, 0.47, 0.048, 0.024), fill="white", outline=_LINE, width=2)
        draw.ellipse(_box(x, 0.47, 0.02, 0.019), fill=_LINE)
        draw.arc(_box(x, 0.43, 0.06, 0.03), 200, 340, fill=hair, width=8)
        if spectacles:
            draw.ellipse(_box(x, 0.475, 0.082, 0.058), outline=_LINE, width=4)
    draw.arc(_box(0.5, 0.54, 0.03, 0.03), 20, 160, fill="#a87858", width=5)
    smile = 20 + chance.randrange(25)
    draw.arc(_box(0.5, 0.6, 0.1, 0.05), smile, 180 - smile, fill="#9c4a42", width=7)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()


def _box(x: float, y: float, across: float, down: float) -> tuple[float, float, float, float]:
    """Return the box around a point, from shares of the picture."""
    width, height = SIZE
    return width * (x - across), height * (y - down), width * (x + across), height * (y + down)
