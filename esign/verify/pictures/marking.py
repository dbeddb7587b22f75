"""The pictures that people are shown: the page before, the page now, and the page now with the difference marked.

What is unchanged is paled. What differs keeps its colours under a tint, in a frame of two lines, with a bar in
either margin: it is found at once, also in print without colours and by people who do not see them. Where nothing is
to be seen now, what was there shows through, crossed out.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageOps, PngImagePlugin

from esign.verify.pictures.difference import VISIBLE, PixelBox, same_size

_TINT: Final = (255, 214, 120)
_FRAME: Final = (176, 0, 32)
_CALM_TINT: Final = (222, 235, 250)
_CALM_FRAME: Final = (20, 60, 120)
_LIGHT: Final = (255, 255, 255)
_PALER: Final = [255 - (255 - grey) * 45 // 100 for grey in range(256)]
_ROOM: Final = 5
_LINE: Final = 3
_BAR: Final = 7
_WHITE: Final = 255


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Return the picture as PNG."""
    return _png(Image.fromarray(pixels))


def marked(
    before: NDArray[np.uint8], now: NDArray[np.uint8], boxes: Iterable[PixelBox], *, calmly: bool = False
) -> bytes:
    """Return the page now, as PNG, with the boxes marked. A page that is gone shows as blank paper.

    `calmly`: in a thin frame of dark blue and without bars, for what changed as permitted.
    """
    tint, colour, line = (_CALM_TINT, _CALM_FRAME, 1) if calmly else (_TINT, _FRAME, _LINE)
    old, page = same_size(before, now)
    height, width, _ = page.shape
    image = ImageOps.grayscale(Image.fromarray(page)).point(_PALER).convert("RGB")
    picture = np.array(image)
    framed = [(_framed(box, width, height), _is_emptied(old, page, box)) for box in boxes]
    for (left, top, right, bottom), is_emptied in framed:
        part = page[top:bottom, left:right]
        if is_emptied:
            part = np.minimum(part, _WHITE - (_WHITE - old[top:bottom, left:right]) // 2)
        picture[top:bottom, left:right] = part.astype(np.uint16) * np.array(tint, np.uint16) // _WHITE
    image = Image.fromarray(picture)
    pencil = ImageDraw.Draw(image)
    for (left, top, right, bottom), is_emptied in framed:
        if is_emptied:
            pencil.line((left, bottom - 1, right - 1, top), fill=colour, width=2)
            pencil.line((left, top, right - 1, bottom - 1), fill=colour, width=2)
        pencil.rectangle((left - line, top - line, right + line - 1, bottom + line - 1), outline=_LIGHT, width=2)
        pencil.rectangle((left, top, right - 1, bottom - 1), outline=colour, width=line)
        for edge in () if calmly else (0, width - _BAR):
            pencil.rectangle((edge, top, edge + _BAR - 1, bottom - 1), fill=colour, outline=_LIGHT)
    return _png(image)


def blank(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return blank paper of the picture's size."""
    return np.full_like(pixels, _WHITE)


def _is_emptied(old: NDArray[np.uint8], page: NDArray[np.uint8], box: PixelBox) -> bool:
    """Whether a part of the page has one colour now, and had darker dots before."""
    left, top, right, bottom = box
    part, before = page[top:bottom, left:right], old[top:bottom, left:right]
    has_one_colour = int(np.ptp(part, axis=(0, 1)).max()) <= VISIBLE
    return has_one_colour and bool((np.maximum(part, before) - before > VISIBLE).any())


def _framed(box: PixelBox, width: int, height: int) -> PixelBox:
    left, top, right, bottom = box
    return max(0, left - _ROOM), max(0, top - _ROOM), min(width, right + _ROOM), min(height, bottom + _ROOM)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, PngImagePlugin.PngImageFile.format, compress_level=3)
    return out.getvalue()
