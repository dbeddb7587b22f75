"""A face photo as it was uploaded: decoded, cleaned, judged. Its task is in `esign.ceremony.photo_task`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from esign.ceremony.photo_task import READ_PHOTO
from esign.ceremony.quarantined.crossing import answer_json, answer_understood, require_answer
from esign.evidence.photo import Photo, PhotoLimits, photo_of
from esign.evidence.shortcoming import Shortcoming
from esign.infra.quarantine.port import TaskRunner

_LIMITS: Final = PhotoLimits()
_EDGES: Final = ("width", "height")
_SHORTCOMINGS_AT_MOST: Final = 20


@dataclass(frozen=True)
class PhotoReading:
    """The cleaned photo and what is wanting in it, the most telling first."""

    photo: Photo
    shortcomings: tuple[Shortcoming, ...]


def read_photo(quarantine: TaskRunner, data: bytes) -> PhotoReading:
    """Read and judge an uploaded picture, as `read_photo` and `check_photo` of `esign.evidence.photo` do.

    Raises `EvidenceError` (`photo-...`), `QuarantineFailed` and `QuarantineUnavailable`.
    """
    answer = quarantine.run(READ_PHOTO, {}, [data])
    with answer_understood():
        members = answer_json.members(answer.value, (*_EDGES, "shortcomings"), "the answer")
        width, height = (answer_json.integer(members[edge], edge, 1, _LIMITS.edge_at_most) for edge in _EDGES)
        require_answer(len(answer.attachments) == 1, "the photo")
        photo = Photo(answer.attachments[0], width, height)
        require_answer(len(photo.jpeg) <= _LIMITS.bytes_at_most and photo == photo_of(photo.jpeg), "the photo")
        forms = answer_json.sequence(members["shortcomings"], "shortcomings", at_most=_SHORTCOMINGS_AT_MOST)
        return PhotoReading(photo, tuple(_shortcoming(form) for form in forms))


def _shortcoming(form: object) -> Shortcoming:
    members = answer_json.members(form, ("code", "zh", "en"), "a shortcoming")
    return Shortcoming(
        answer_json.text(members["code"], "code"),
        answer_json.text(members["zh"], "zh"),
        answer_json.text(members["en"], "en"),
    )
