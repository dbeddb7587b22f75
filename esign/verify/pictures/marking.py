"""The pictures that people are shown: the page before, the page now, and the page now with the difference marked.

What is unchanged is paled. What differs keeps its colours under a tint, in a frame of two lines, with a bar in
either margin: it is found at once, also in print without colours and by people who do not see them.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageOps, PngImagePlugin  # noqa: F401  # the plugin must be there before a process is closed

from esign.verify.pictures.difference import PixelBox, same_size

_TINT: Final = (255, 214, 120)
_FRAME: Final = (176, 0, 32)
_LIGHT: Final = (255, 255, 255)
_PALER: Final = [255 - (255 - grey) * 45 // 100 for grey in range(256)]
_ROOM: Final = 5
_LINE: Final = 3
_BAR: Final = 7
_WHITE: Final = 255


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Return the picture as PNG."""
    return _png(Image.fromarray(pixels))


def marked(before: NDArray[np.uint8], now: NDArray[np.uint8], boxes: Iterable[PixelBox]) -> bytes:
    """Return the page now, as PNG, with the boxes marked. A page that is gone shows as blank paper."""
    _, page = same_size(before, now)
    height, width, _ = page.shape
    image = ImageOps.grayscale(Image.fromarray(page)).point(_PALER).convert("RGB")
    picture = np.array(image)
    framed = [_framed(box, width, height) for box in boxes]
    for left, top, right, bottom in framed:
        part = page[top:bottom, left:right].astype(np.uint16)
        picture[top:bottom, left:right] = (part * np.array(_TINT, np.uint16) // _WHITE).astype(np.uint8)
    image = Image.fromarray(picture)
    pencil = ImageDraw.Draw(image)
    for left, top, right, bottom in framed:
        pencil.rectangle((left - _LINE, top - _LINE, right + _LINE - 1, bottom + _LINE - 1), outline=_LIGHT, width=2)
        pencil.rectangle((left, top, right - 1, bottom - 1), outline=_FRAME, width=_LINE)
        for edge in (0, width - _BAR):
            pencil.rectangle((edge, top, edge + _BAR - 1, bottom - 1), fill=_FRAME, outline=_LIGHT)
    return _png(image)


def blank(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return blank paper of the picture's size."""
    return np.full_like(pixels, _WHITE)


def _framed(box: PixelBox, width: int, height: int) -> PixelBox:
    left, top, right, bottom = box
    return max(0, left - _ROOM), max(0, top - _ROOM), min(width, right + _ROOM), min(height, bottom + _ROOM)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=3)
    return out.getvalue()
