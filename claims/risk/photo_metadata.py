"""What a photograph tells of itself: when and where it was taken, and which program saved it (EXIF).

It is said by whoever handed it in: it can be missing, wrong or made up. What is missing or makes no sense is not known.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Final

from PIL import ExifTags, Image

from claims.risk.facts import Picture
from claims.risk.places import Place

EDITORS: Final = (
    *("photoshop", "lightroom", "snapseed", "picsart", "gimp", "pixelmator", "affinity", "facetune", "vsco"),
    *("meitu", "美图", "xingtu", "醒图", "faceu", "camera360", "paint.net", "canva", "luminar"),
)
"""Words in the names of programs that change pictures; a camera names its own software there, which is none of them."""
_TAKEN: Final = "%Y:%m:%d %H:%M:%S"
_TEXT_AT_MOST: Final = 200
_SIXTIETHS: Final = (1, 60, 3600)


def read_metadata(image: Image.Image, local: timezone, distance: int | None = None) -> Picture:
    """Return what an open picture tells of itself, beside its `distance` to other pictures.

    `local` is the offset of the clock where the picture does not name one, as older cameras do not.
    """
    exif = image.getexif()
    inner, gps = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
    software = _decoded(_text(exif.get(ExifTags.Base.Software)))
    return Picture(
        taken_at=_taken_at(inner, local),
        taken_in=_taken_in(gps),
        edited=None if software is None else any(one in software.casefold() for one in EDITORS),
        distance=distance,
    )


def _taken_at(inner: Mapping[int, object], local: timezone) -> datetime | None:
    when, offset = _text(inner.get(ExifTags.Base.DateTimeOriginal)), _text(inner.get(ExifTags.Base.OffsetTimeOriginal))
    try:
        if when is not None and offset is not None:
            return datetime.strptime(f"{when} {offset}", f"{_TAKEN} %z")
        return None if when is None else datetime.strptime(when, _TAKEN).replace(tzinfo=local)
    except ValueError:  # a clock that was never set writes 0000:00:00
        return None


def _taken_in(gps: Mapping[int, object]) -> Place | None:
    north = _degrees(gps.get(ExifTags.GPS.GPSLatitude), _text(gps.get(ExifTags.GPS.GPSLatitudeRef)), "NS")
    east = _degrees(gps.get(ExifTags.GPS.GPSLongitude), _text(gps.get(ExifTags.GPS.GPSLongitudeRef)), "EW")
    if north is None or east is None or (north, east) == (0.0, 0.0):  # what a receiver without a fix writes
        return None
    try:
        return Place(north, east)
    except ValueError:
        return None


def _degrees(parts: object, side: str | None, sides: str) -> float | None:
    """Return degrees, minutes and seconds as degrees, negative on the second side."""
    if side is None or side not in sides or not isinstance(parts, Sequence) or len(parts) != len(_SIXTIETHS):
        return None
    try:
        found = sum(float(part) / sixty for part, sixty in zip(parts, _SIXTIETHS, strict=True))
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    if not math.isfinite(found):
        return None
    return -found if side == sides[1] else found


def _decoded(text: str | None) -> str | None:
    """Return a text whose bytes were taken for Latin-1, as EXIF's are, in UTF-8 where they are that."""
    try:
        return None if text is None else text.encode("latin-1").decode()
    except UnicodeError:
        return text


def _text(value: object) -> str | None:
    """Return a text without what fills it up, None where there is none or it is no text."""
    if not isinstance(value, str):
        return None
    plain = value.strip("\x00 ")
    return plain[:_TEXT_AT_MOST] or None
