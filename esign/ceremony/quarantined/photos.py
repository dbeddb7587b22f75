"""Photos as they were uploaded: of a face, decoded, cleaned, judged; of a paper, with the bar codes on it; of a
scene, with what it tells of itself.

Their tasks are in `esign.ceremony.photo_task`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Final

from esign.ceremony.photo_task import (
    CODE_LENGTH_AT_MOST,
    CODES_AT_MOST,
    PAPER_LIMITS,
    READ_PAPER,
    READ_PHOTO,
    READ_SCENE,
    SCENE_LIMITS,
    THUMB_SIDE,
)
from esign.ceremony.quarantined.crossing import answer_json, answer_understood, require_answer
from esign.evidence.photo import Photo, PhotoLimits, photo_of
from esign.evidence.photo_tags import DEGREES_AT_MOST, TEXT_AT_MOST, PhotoTags
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


@dataclass(frozen=True)
class SceneReading:
    """The cleaned photo of a scene, what its tags told before they were left behind, the codes of what is wanting in
    it (the most telling first), and a grey picture of it, 32 by 32 pixels, a byte for each."""

    photo: Photo
    tags: PhotoTags
    wanting: tuple[str, ...]
    thumb: bytes = field(repr=False)


def read_scene(quarantine: TaskRunner, data: bytes) -> SceneReading:
    """Read and judge an uploaded picture of a scene: a car, a number plate, a scratch.

    Raises `EvidenceError` (`photo-...`), `QuarantineFailed` and `QuarantineUnavailable`.
    """
    answer = quarantine.run(READ_SCENE, {}, [data])
    with answer_understood():
        members = answer_json.members(answer.value, (*_EDGES, "tags", "wanting"), "the answer")
        require_answer(len(answer.attachments) == 2, "the photo")
        jpeg, thumb = answer.attachments
        require_answer(len(thumb) == THUMB_SIDE**2, "the small picture")
        photo = _photo_of(members, [jpeg], SCENE_LIMITS)
        forms = answer_json.sequence(members["wanting"], "wanting", at_most=_SHORTCOMINGS_AT_MOST)
        wanting = tuple(answer_json.text(form, "a code") for form in forms)
        return SceneReading(photo, _tags_of(members["tags"]), wanting, thumb)


def _tags_of(form: object) -> PhotoTags:
    members = answer_json.members(form, [one.name for one in fields(PhotoTags)], "the tags")

    def text(name: str) -> str | None:
        value = members[name]
        return None if value is None else answer_json.text(value, name, at_most=TEXT_AT_MOST)

    def degrees(name: str) -> float | None:
        value = members[name]
        return None if value is None else answer_json.number(value, name, -DEGREES_AT_MOST, DEGREES_AT_MOST)

    return PhotoTags(text("taken"), text("offset"), text("software"), degrees("north"), degrees("east"))


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
