"""What a photograph tells of itself: when and where it was taken, and which program saved it (EXIF).

It is said by whoever handed it in: it can be missing, wrong or made up. What is missing or makes no sense is not known.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Final

from claims.risk.facts import Picture
from claims.risk.places import Place
from esign.public.values import PhotoTags

EDITORS: Final = (
    *("photoshop", "lightroom", "snapseed", "picsart", "gimp", "pixelmator", "affinity", "facetune", "vsco"),
    *("meitu", "美图", "xingtu", "醒图", "faceu", "camera360", "paint.net", "canva", "luminar"),
)
"""Words in the names of programs that change pictures; a camera names its own software there, which is none of them."""
FARTHEST: Final = timedelta(hours=14)
"""No clock on Earth is farther from UTC; nor has one seconds in its offset, which our own reader does not take."""
_TAKEN: Final = "%Y:%m:%d %H:%M:%S"


def read_metadata(tags: PhotoTags, local: timezone, distance: int | None = None) -> Picture:
    """Return what the tags of a picture tell, beside its `distance` to other pictures.

    `local` is the offset of the clock where the picture does not name one, as older cameras do not.
    """
    software = tags.software
    return Picture(
        taken_at=_taken_at(tags, local),
        taken_in=_taken_in(tags),
        edited=None if software is None else any(one in software.casefold() for one in EDITORS),
        distance=distance,
    )


def _taken_at(tags: PhotoTags, local: timezone) -> datetime | None:
    when, offset = tags.taken, tags.offset
    if when is None:
        return None
    try:
        if offset is None:
            return datetime.strptime(when, _TAKEN).replace(tzinfo=local)
        told = datetime.strptime(f"{when} {offset}", f"{_TAKEN} %z")
    except ValueError:  # a clock that was never set writes 0000:00:00
        return None
    away = told.utcoffset() or timedelta()
    return None if abs(away) > FARTHEST or away % timedelta(minutes=1) else told


def _taken_in(tags: PhotoTags) -> Place | None:
    if tags.north is None or tags.east is None or (tags.north, tags.east) == (0.0, 0.0):  # a receiver without a fix
        return None
    try:
        return Place(tags.north, tags.east)
    except ValueError:
        return None
