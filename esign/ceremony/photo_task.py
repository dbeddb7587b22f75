"""The reading of photos as tasks, with all that their processes ever load: photos are decoded by Pillow alone, bar
codes on papers found by zxing.

It stands outside `quarantined`, whose tasks bring the libraries for PDF along. Each photo is read in a process of its
own, and beginning one costs what its zygote has loaded (ADR 0050).
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import zxingcpp
from PIL import Image

from esign.evidence.photo import Photo, PhotoLimits, check_photo, read_photo
from esign.evidence.photo_tags import PhotoTags, tags_of
from esign.infra.quarantine.port import Answer, TaskTable

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue

READ_PHOTO: Final = "read-photo"
READ_PAPER: Final = "read-paper-photo"
READ_SCENE: Final = "read-scene-photo"
PAPER_LIMITS: Final = PhotoLimits(edge_at_most=2000, quality=80)
"""A paper is read by whoever compares it, so its photo stays larger than one of a face."""
SCENE_LIMITS: Final = PhotoLimits(edge_at_most=1600, quality=82)
"""A scratch is looked at closely."""
THUMB_SIDE: Final = 32
"""The side of the grey picture, in pixels, of which alike pictures are known."""
CODES_AT_MOST: Final = 8
CODE_LENGTH_AT_MOST: Final = 64
FORMATS: Final = ("JPEG", "PNG", "WEBP")


def read_photo_task(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    """Attachment in: the upload; out: the JPEG."""
    (data,) = attachments
    photo = read_photo(data)
    shortcomings: list[JsonValue] = [
        {"code": found.code, "zh": found.zh, "en": found.en} for found in check_photo(photo)
    ]
    return Answer({"width": photo.width, "height": photo.height, "shortcomings": shortcomings}, (photo.jpeg,))


def read_paper_task(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    """Attachment in: the upload; out: the JPEG, and the texts of the bar codes that are on it."""
    (data,) = attachments
    photo = read_photo(data, limits=PAPER_LIMITS)
    with Image.open(io.BytesIO(photo.jpeg), formats=["JPEG"]) as picture:
        found = zxingcpp.read_barcodes(np.asarray(picture.convert("L")))
    texts = sorted({one.text for one in found if one.text.isprintable() and len(one.text) <= CODE_LENGTH_AT_MOST})
    codes: list[JsonValue] = [*texts[:CODES_AT_MOST]]
    return Answer({"width": photo.width, "height": photo.height, "codes": codes}, (photo.jpeg,))


def read_scene_task(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    """Attachment in: the upload; out: the JPEG, and a small grey picture of it, a byte for each pixel."""
    (data,) = attachments
    photo = read_photo(data, limits=SCENE_LIMITS)
    with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        tags = tags_of(picture)
    with Image.open(io.BytesIO(photo.jpeg), formats=["JPEG"]) as picture:
        thumb = picture.convert("L").resize((THUMB_SIDE, THUMB_SIDE), Image.Resampling.LANCZOS)
    wanting: list[JsonValue] = [found.code for found in check_photo(photo)]
    return Answer(_scene_form(photo, tags) | {"wanting": wanting}, (photo.jpeg, thumb.tobytes()))


def _scene_form(photo: Photo, tags: PhotoTags) -> dict[str, JsonValue]:
    told: dict[str, JsonValue] = {**vars(tags)}
    return {"width": photo.width, "height": photo.height, "tags": told}


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
            read_paper_task({}, [small_picture(picture_format, size)])
            read_scene_task({}, [small_picture(picture_format, size)])


_TASKS: Final = {READ_PHOTO: read_photo_task, READ_PAPER: read_paper_task, READ_SCENE: read_scene_task}
PHOTO_TABLE: Final = TaskTable(_TASKS, _warm)
