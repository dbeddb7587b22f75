"""The bar code in a photograph: for telephones whose browser reads none by itself."""

from __future__ import annotations

import io
from typing import Final

import zxingcpp
from PIL import Image, UnidentifiedImageError

from delivery.domain.refusal import refusal

BYTES_AT_MOST: Final = 8 * 1024 * 1024
PIXELS_AT_MOST: Final = 50_000_000
_SIDE: Final = 2400
"""A longer side is made shorter: the bars of a label held before a camera are wide enough."""


def code_in(picture: bytes) -> str:
    """Return what a bar code or QR code in the photograph (JPEG, PNG, WebP) says; nothing of the picture is kept.

    Raises `DeliveryRefused` (`scan-unreadable`) where there is none, or the file is too large or no picture.
    """
    if len(picture) > BYTES_AT_MOST:
        raise refusal("scan-unreadable")
    try:
        with Image.open(io.BytesIO(picture), formats=("JPEG", "PNG", "WEBP")) as opened:
            if opened.width * opened.height > PIXELS_AT_MOST:
                raise refusal("scan-unreadable")
            opened.draft("L", (_SIDE, _SIDE))
            grey = opened.convert("L")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise refusal("scan-unreadable") from None
    grey.thumbnail((_SIDE, _SIDE))
    for found in zxingcpp.read_barcodes(grey):
        if found.text:
            return str(found.text)
    raise refusal("scan-unreadable")
