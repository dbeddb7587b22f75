"""What is checked of a photograph at once: whether anything can be seen on it, and whether it fits the report. Pure.

What cannot be used is refused, with the reason and what to do. What can be used and does not fit is kept and marked: it
is said at once, people look at it, and the score of the survey counts it. Nobody is refused by a mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from claims.pictures.slots import Slot
from claims.risk.facts import Picture
from claims.risk.pictures import NEAR, distance
from claims.risk.places import Place
from claims.wording import Words

SHORT_EDGE_AT_LEAST: Final = 480
"""Pixels of the shorter edge, below which no scratch is seen."""
OFF_AT_MOST: Final = timedelta(hours=24)
"""So long before or after the loss a photograph may have been taken: as the risk point R041 has it."""
KM_AT_MOST: Final = 5.0
TOO_SMALL: Final = "photo-too-small"
TWICE: Final = "photo-twice"


class Mark(StrEnum):
    """What does not fit, as it is kept with the picture."""

    TIME_OFF = "time-off"
    PLACES_APART = "places-apart"
    SEEN_BEFORE = "seen-before"
    EDITED = "edited"


WANTING: Final[Mapping[str, Words]] = {
    TOO_SMALL: Words(
        "照片太小，看不清{what}。请用原图，或者重拍一张。",
        "The picture is too small to see {what}. Send the original, or take it again.",
    ),
    "photo-too-dark": Words(
        "太暗，看不清{what}。请打开闪光灯，或者换个亮的角度，再拍一张。",
        "It is too dark to see {what}. Turn on the flash, or find more light, and take it again.",
    ),
    "photo-too-bright": Words(
        "太亮，看不清{what}。请避开强光和反光，再拍一张。",
        "It is too bright to see {what}. Avoid the glare and take it again.",
    ),
    "photo-nothing-seen": Words(
        "照片里什么也看不出来。请看看镜头有没有被挡住，再拍一张。",
        "Nothing can be seen. Check that nothing covers the lens and take it again.",
    ),
    "photo-blurred": Words(
        "有些模糊，看不清{what}。请拿稳手机，等对好焦，再拍一张。",
        "It is blurred: {what} cannot be seen well. Hold still, wait for the focus, and take it again.",
    ),
    TWICE: Words(
        "这一张和前面的一张一样。请对着{what}，另拍一张。",
        "This is the same as an earlier one. Take another one, of {what}.",
    ),
    "photo-size": Words(
        "照片太大，收不下（最多 15 MB、4000 万像素）。请直接用手机相机拍，不用最高画质。",
        "The picture is too large (15 MB and 40 million pixels at most). Take it with the phone's camera.",
    ),
    "photo-format": Words(
        "这不是照片。请拍一张，或者从相册里选 JPEG、PNG 图片。",
        "This is no picture. Take one, or choose a JPEG or PNG.",
    ),
    "photo-animated": Words("这是动图。请拍一张普通的照片。", "This is a moving picture. Take an ordinary one."),
    "photo-broken": Words(
        "照片没有传完整，打不开。请再传一次，或者重拍一张。",
        "The picture is damaged or incomplete. Send it again, or take another one.",
    ),
}
MARKED: Final[Mapping[Mark, Words]] = {
    Mark.TIME_OFF: Words(
        "照片上的拍摄时间和您说的出险时间差得较多。如果手边能重拍，请现场再拍一张。",
        "The picture says that it was taken long before or after the loss. If you can, take it again at the car.",
    ),
    Mark.PLACES_APART: Words(
        "照片上的地点和报案的地点或前几张不在一处。如果车已经挪动，没有关系。",
        "The picture was taken elsewhere than the others, or than you reported. If the car was moved, that is fine.",
    ),
    Mark.SEEN_BEFORE: Words(
        "这张照片和我们以前收到的一张几乎一样。请对着车现场重拍一张；不重拍，会由专人来看。",
        "This is all but the same as a picture that we had before. Take it again at the car, or a person will look.",
    ),
    Mark.EDITED: Words(
        "这张照片用修图软件存过。请交相机里的原图，或者现场重拍。",
        "A program for editing pictures saved this one. Send the original, or take it again.",
    ),
}


@dataclass(frozen=True)
class Seen:
    """What is compared of a photograph that is there: its slot, hash, and what it tells of itself."""

    slot: str
    hash: int | None
    told: Picture


def wanting(
    slot: Slot, codes: Sequence[str], edges: tuple[int, int], hash_: int | None, others: Iterable[Seen]
) -> str | None:
    """Return the code of why a photograph cannot be used, None where it can: size, light, sharpness, or one that is
    there already under another name. `codes` are what the quarantine found, the most telling first."""
    if min(edges) < SHORT_EDGE_AT_LEAST:
        return TOO_SMALL
    if codes:
        return codes[0]
    twice = (one for one in others if one.slot != slot.code and one.hash is not None and hash_ is not None)
    return TWICE if any(distance(one.hash or 0, hash_ or 0) <= NEAR for one in twice) else None


def marks(told: Picture, occurred_at: datetime, others: Iterable[Seen], scene: Place | None = None) -> tuple[Mark, ...]:
    """Return what does not fit: with the report, with the pictures that are there, with those of earlier claims.

    `scene` is where the phone was when the loss was reported from there, None where nobody said so.
    """
    places = [one.told.taken_in for one in others if one.told.taken_in is not None]
    places += [] if scene is None else [scene]
    here, when = told.taken_in, told.taken_at
    found = (
        (Mark.SEEN_BEFORE, told.distance is not None and told.distance <= NEAR),
        (Mark.TIME_OFF, when is not None and abs(when - occurred_at) > OFF_AT_MOST),
        (Mark.PLACES_APART, here is not None and any(here.km_to(one) > KM_AT_MOST for one in places)),
        (Mark.EDITED, told.edited is True),
    )
    return tuple(mark for mark, holds in found if holds)


def said_of(code: str, slot: Slot) -> Words:
    """Return what the customer is told of a photograph that cannot be used."""
    words = WANTING.get(code, WANTING["photo-broken"])
    return Words(words.zh.format(what=slot.subject.zh), words.en.format(what=slot.subject.en))
