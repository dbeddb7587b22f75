"""What a photograph tells of itself in its EXIF tags (JEITA CP-3451): when, where, and which program saved it.

It is said by whoever handed it in: it can be missing, wrong or made up. Tags are read beside the picture, in the
quarantine; what they mean is the caller's to judge.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from PIL import ExifTags, Image

TEXT_AT_MOST: Final = 200
DEGREES_AT_MOST: Final = 1e6
"""More is no number that anybody wrote on purpose; what is not on the map is for whoever reads it."""
_SIXTIETHS: Final = (1, 60, 3600)
_BROKEN_TAGS = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, OverflowError, struct.error)


@dataclass(frozen=True)
class PhotoTags:
    """The tags as they stand, None where there is none: `taken` and `offset` as written (`2026:11:26 12:05:00`,
    `+08:00`), the program's name, and the place in degrees (WGS 84), north and east."""

    taken: str | None = None
    offset: str | None = None
    software: str | None = None
    north: float | None = field(default=None, repr=False)
    east: float | None = field(default=None, repr=False)


def tags_of(image: Image.Image) -> PhotoTags:
    """Return the tags of an open picture. A block of tags that is broken tells nothing."""
    try:
        exif = image.getexif()
        inner, gps = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
    except _BROKEN_TAGS:
        return PhotoTags()
    return PhotoTags(
        taken=_text(inner.get(ExifTags.Base.DateTimeOriginal)),
        offset=_text(inner.get(ExifTags.Base.OffsetTimeOriginal)),
        software=_text(_decoded(exif.get(ExifTags.Base.Software))),
        north=_degrees(gps.get(ExifTags.GPS.GPSLatitude), _text(gps.get(ExifTags.GPS.GPSLatitudeRef)), "NS"),
        east=_degrees(gps.get(ExifTags.GPS.GPSLongitude), _text(gps.get(ExifTags.GPS.GPSLongitudeRef)), "EW"),
    )


def _degrees(parts: object, side: str | None, sides: str) -> float | None:
    """Return degrees, minutes and seconds as degrees, negative on the second side."""
    if side is None or side not in sides or not isinstance(parts, Sequence) or len(parts) != len(_SIXTIETHS):
        return None
    try:
        found = sum(float(part) / sixty for part, sixty in zip(parts, _SIXTIETHS, strict=True))
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    if not math.isfinite(found) or abs(found) > DEGREES_AT_MOST:
        return None
    return -found if side == sides[1] else found


def _decoded(value: object) -> object:
    """Return a text whose bytes were taken for Latin-1, as EXIF's are, in UTF-8 where they are that."""
    try:
        return value.encode("latin-1").decode() if isinstance(value, str) else value
    except UnicodeError:
        return value


def _text(value: object) -> str | None:
    """Return a text without what cannot be printed or fills it up, None where there is none or it is no text."""
    if not isinstance(value, str):
        return None
    plain = "".join(filter(str.isprintable, value)).strip()
    return plain[:TEXT_AT_MOST] or None
