"""The reading of a face photo as a task, with all that its processes ever load: photos are decoded by Pillow alone.

It stands outside `quarantined`, whose tasks bring the libraries for PDF along. Each photo is read in a process of its
own, and beginning one costs what its zygote has loaded (ADR 0050).
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from PIL import Image

from esign.evidence.photo import check_photo, read_photo
from esign.infra.quarantine.port import Answer, TaskTable

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue

READ_PHOTO: Final = "read-photo"
FORMATS: Final = ("JPEG", "PNG", "WEBP")


def read_photo_task(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    """Attachment in: the upload; out: the JPEG."""
    (data,) = attachments
    photo = read_photo(data)
    shortcomings: list[JsonValue] = [
        {"code": found.code, "zh": found.zh, "en": found.en} for found in check_photo(photo)
    ]
    return Answer({"width": photo.width, "height": photo.height, "shortcomings": shortcomings}, (photo.jpeg,))


def small_picture(picture_format: str, size: tuple[int, int] = (64, 64)) -> bytes:
    """Return a white picture of our own in this format."""
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, picture_format)
    return out.getvalue()


def _warm(_setup: Mapping[str, JsonValue]) -> None:
    """Read a picture of each kind, so that all is loaded: a task opens no file."""
    Image.init()
    for picture_format in FORMATS:
        for size in ((64, 64), (1200, 1200)):
            read_photo_task({}, [small_picture(picture_format, size)])


PHOTO_TABLE: Final = TaskTable({READ_PHOTO: read_photo_task}, _warm)
