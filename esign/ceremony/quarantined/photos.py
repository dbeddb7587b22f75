"""Photos as they were uploaded: of a face, decoded, cleaned, judged; of a paper, with the bar codes on it.

Their tasks are in `esign.ceremony.photo_task`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from esign.ceremony.photo_task import CODE_LENGTH_AT_MOST, CODES_AT_MOST, PAPER_LIMITS, READ_PAPER, READ_PHOTO
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


@dataclass(frozen=True)
class PaperReading:
    """The cleaned photo of a paper, and the texts of the bar codes that were found on it."""

    photo: Photo
    codes: tuple[str, ...]


def read_paper(quarantine: TaskRunner, data: bytes) -> PaperReading:
    """Read an uploaded picture of a paper.

    Raises `EvidenceError` (`photo-...`), `QuarantineFailed` and `QuarantineUnavailable`.
    """
    answer = quarantine.run(READ_PAPER, {}, [data])
    with answer_understood():
        members = answer_json.members(answer.value, (*_EDGES, "codes"), "the answer")
        photo = _photo_of(members, answer.attachments, PAPER_LIMITS)
        forms = answer_json.sequence(members["codes"], "codes", at_most=CODES_AT_MOST)
        codes = tuple(answer_json.text(form, "a code") for form in forms)
        require_answer(all(len(code) <= CODE_LENGTH_AT_MOST for code in codes), "the codes")
        return PaperReading(photo, codes)


def _photo_of(members: Mapping[str, object], attachments: Sequence[bytes], limits: PhotoLimits) -> Photo:
    width, height = (answer_json.integer(members[edge], edge, 1, limits.edge_at_most) for edge in _EDGES)
    require_answer(len(attachments) == 1, "the photo")
    photo = Photo(attachments[0], width, height)
    require_answer(len(photo.jpeg) <= limits.bytes_at_most and photo == photo_of(photo.jpeg), "the photo")
    return photo


def read_photo(quarantine: TaskRunner, data: bytes) -> PhotoReading:
    """Read and judge an uploaded picture, as `read_photo` and `check_photo` of `esign.evidence.photo` do.

    Raises `EvidenceError` (`photo-...`), `QuarantineFailed` and `QuarantineUnavailable`.
    """
    answer = quarantine.run(READ_PHOTO, {}, [data])
    with answer_understood():
        members = answer_json.members(answer.value, (*_EDGES, "shortcomings"), "the answer")
        photo = _photo_of(members, answer.attachments, _LIMITS)
        forms = answer_json.sequence(members["shortcomings"], "shortcomings", at_most=_SHORTCOMINGS_AT_MOST)
        return PhotoReading(photo, tuple(_shortcoming(form) for form in forms))


def _shortcoming(form: object) -> Shortcoming:
    members = answer_json.members(form, ("code", "zh", "en"), "a shortcoming")
    return Shortcoming(
        answer_json.text(members["code"], "code"),
        answer_json.text(members["zh"], "zh"),
        answer_json.text(members["en"], "en"),
    )
