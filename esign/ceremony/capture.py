"""What is taken from a recipient: handwriting and a photo, judged before it is accepted."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from esign.ceremony.models import HandwritingKey
from esign.errors import EvidenceError
from esign.evidence.handwriting import Handwriting, parse_handwriting
from esign.evidence.legibility import check_handwriting
from esign.evidence.likeness import REPLAY, likeness, stroke_digest, stroke_fingerprint
from esign.evidence.shortcoming import Shortcoming
from esign.infra.keystore import KeyStore

REPLAYED = Shortcoming(
    "handwriting-replayed",
    "这次的笔迹和以前的一次完全一样。请重新手写您的名字。",
    "This writing is the same as an earlier one. Please write your name anew.",
)


class CaptureRefused(EvidenceError):
    """A capture has to be made again; `shortcomings` say why, in words for the person who made it."""

    def __init__(self, shortcomings: Sequence[Shortcoming]) -> None:
        first = shortcomings[0]
        cause, _, cure = first.en.rstrip(".").partition(". ")
        super().__init__(first.code, cause[:1].lower() + cause[1:], cure[:1].lower() + cure[1:])
        self.shortcomings = tuple(shortcomings)


def accepted_handwriting(data: bytes) -> Handwriting:
    """Return the handwriting in its JSON form. Raises `EvidenceError`, `CaptureRefused`."""
    handwriting = parse_handwriting(data)
    if shortcomings := check_handwriting(handwriting):
        raise CaptureRefused(shortcomings)
    return handwriting


class EarlierHandwriting:
    """Every capture that was accepted, by a keyed digest that a shifted, scaled or slowed copy shares."""

    def __init__(self, keys: KeyStore) -> None:
        self._keys = keys

    def compare(self, handwriting: Handwriting, earlier: Sequence[bytes]) -> Sequence[float]:
        """Compare with captures in their JSON form that are near at hand: of the envelope, of the same person.

        Return how alike each is to it, from 0 to 1. Raises `CaptureRefused` (`handwriting-replayed`) if it is a copy
        of one of them.
        """
        fingerprint = stroke_fingerprint(handwriting)
        found = [likeness(fingerprint, stroke_fingerprint(parse_handwriting(data))) for data in earlier]
        if max(found, default=0.0) >= REPLAY:
            raise CaptureRefused((REPLAYED,))
        return found

    def enter(self, session: Session, handwriting: Handwriting, record: str) -> None:
        """Remember the capture. Raises `CaptureRefused` (`handwriting-replayed`) if it was there before."""
        key = self._keys.index_digest(b"handwriting\x00" + stroke_digest(handwriting))
        try:
            with session.begin_nested():
                session.add(HandwritingKey(key=key, record=record))
        except IntegrityError as error:  # also where the same capture is handed in twice at this very moment
            raise CaptureRefused((REPLAYED,)) from error


def forget_handwriting(session: Session, record: str) -> None:
    """Forget what was remembered of a capture; done where its record is erased (`PersonalRecords`)."""
    session.execute(delete(HandwritingKey).where(HandwritingKey.record == record))
