"""Photographs of paper receipts, with or without a bar code on them."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from esign.public.typesetting import code39_widths


def receipt_photo(number: str | None, *, shade: int = 250) -> bytes:
    """Return a JPEG of a paper with this number in Code 39 on it."""
    picture = Image.new("RGB", (1200, 800), (shade, shade, shade))
    draw = ImageDraw.Draw(picture)
    draw.line([(300, 600), (420, 520), (560, 640), (700, 540)], fill=(20, 30, 90), width=6)
    x = 80.0
    for place, width in enumerate(code39_widths(number) if number else ()):
        if place % 2 == 0:
            draw.rectangle([round(x), 80, round(x + 3 * width) - 1, 220], fill="black")
        x += 3 * width
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()
