"""Drawn photographs of invented cars: no two numbers look alike, one number always looks the same."""

from __future__ import annotations

import io
from random import Random
from typing import Any

import numpy as np
from PIL import ExifTags, Image, ImageDraw, ImageEnhance, ImageFilter


def photo(
    number: int = 1,
    *,
    light: float = 1.0,
    blur: float = 0.0,
    size: tuple[int, int] = (1280, 960),
    taken: str | None = None,
    software: str | None = None,
    place: tuple[float, float] | None = None,
    kind: str = "JPEG",
) -> bytes:
    """Return a picture of car and street `number`; `taken` is as in EXIF, `place` north and east in degrees."""
    picture = street(number).resize(size)
    picture = ImageEnhance.Brightness(picture).enhance(light)
    if blur:
        picture = picture.filter(ImageFilter.GaussianBlur(blur))
    exif = Image.Exif()
    if software is not None:
        exif[ExifTags.Base.Software] = software
    if taken is not None:
        exif.get_ifd(ExifTags.IFD.Exif).update({ExifTags.Base.DateTimeOriginal: taken})
    if place is not None:
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(_gps(*place))
    out = io.BytesIO()
    picture.save(out, kind, **({"exif": exif, "quality": 88} if kind == "JPEG" else {}))
    return out.getvalue()


def street(number: int) -> Image.Image:
    """Return the drawing: houses, a car in one of many places and colours, a scratch, grain as a sensor makes it."""
    chance = Random(number)  # noqa: S311  # a drawing, the same each time
    picture = Image.new("RGB", (640, 480), (168 + chance.randrange(40), 190, 205))
    draw = ImageDraw.Draw(picture)
    for _ in range(9):
        left, top, width = chance.randrange(-60, 600), chance.randrange(0, 180), chance.randrange(60, 190)
        shade = chance.randrange(70, 215)
        draw.rectangle([left, top, left + width, 300], fill=(shade, shade - 10, shade - 25), outline=(50, 50, 60))
        for x in range(left + 10, left + width - 10, 26):
            draw.rectangle([x, top + 14, x + 12, top + 30], fill=(40, 60, 80))
    draw.rectangle([0, 300, 640, 480], fill=(105 + chance.randrange(30),) * 3)
    left, top, scale = chance.randrange(10, 200), chance.randrange(190, 260), chance.uniform(0.8, 1.25)
    paint = tuple(chance.randrange(40, 230) for _ in range(3))
    box = [left, top + 60 * scale, left + 380 * scale, top + 140 * scale]
    draw.rounded_rectangle(box, 24, fill=paint, outline=(20, 20, 25), width=4)
    draw.polygon(
        [(left + x * scale, top + y * scale) for x, y in ((70, 62), (120, 5), (250, 5), (310, 62))],
        fill=(60, 80, 95),
        outline=(20, 20, 25),
    )
    for x in (90, 290):
        middle, radius = (left + x * scale, top + 140 * scale), 34 * scale
        corners = [middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius]
        draw.ellipse(corners, fill=(25, 25, 28), outline=(210, 210, 210), width=6)
    spot = (left + chance.randrange(40, 320) * scale, top + 80 * scale)
    for _ in range(7):
        end = (spot[0] + chance.randrange(-40, 40), spot[1] + chance.randrange(-20, 40))
        draw.line([spot, end], fill=(235, 235, 235), width=3)
    grain = np.random.default_rng(number).normal(128, 34, (480, 640)).clip(0, 255).astype(np.uint8)
    return Image.blend(picture, Image.fromarray(grain).convert("RGB"), 0.10)


def _gps(north: float, east: float) -> dict[int, Any]:
    def sixtieths(degrees: float) -> tuple[float, float, float]:
        minutes = degrees % 1 * 60
        return float(int(degrees)), float(int(minutes)), minutes % 1 * 60

    return {
        ExifTags.GPS.GPSLatitudeRef: "N",
        ExifTags.GPS.GPSLatitude: sixtieths(north),
        ExifTags.GPS.GPSLongitudeRef: "E",
        ExifTags.GPS.GPSLongitude: sixtieths(east),
    }
