"""Photographs are taken in and kept: read in the quarantine, judged, sealed, found again, and told to the score.

taken = Pictures(office).take(claim, "plate", upload, actor=...)     # opens transactions itself
taken.refused                                                        # words of why it cannot be used, None if it can
Pictures(office).of(session, claim)                                  # what is there, in the order of the taking
Pictures(office).read(session, picture)                              # the JPEG
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from PIL import Image
from pydantic import TypeAdapter
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from claims.domain import commands as c
from claims.domain.refusal import refusal
from claims.domain.values import INSURERS_ZONE
from claims.pictures.judging import Mark, Seen, marks, said_of, wanting
from claims.pictures.models import PictureRow, told_record
from claims.pictures.slots import SLOTS, Slot
from claims.refusals import refused
from claims.risk.facts import Picture
from claims.risk.index import ClaimIndex
from claims.risk.photo_metadata import read_metadata
from claims.risk.picture_index import PictureIndex, TooCommon
from claims.risk.pictures import FAR, picture_hash, signed, unsigned
from claims.service.office import Office
from claims.wording import Words
from esign.public.events import retried
from esign.public.pictures import EvidenceError, SceneReading
from esign.public.rows import new_id
from esign.public.values import encode_canonical

PICTURE: Final = "pic"
"""What begins the ids of pictures, and of the records that they are sealed under."""
AT_MOST: Final = 60
"""So many photographs of one claim."""
THUMB: Final = (32, 32)
_TOLD = TypeAdapter(Picture)
_OF_CLAIM: Final = (
    select(PictureRow).where(PictureRow.claim == bindparam("of")).order_by(PictureRow.made_at, PictureRow.id)
)


@dataclass(frozen=True)
class KeptPicture:
    """A photograph of a claim: its id, slot, edges in pixels, size in bytes, what does not fit, who of the staff
    took it (None: the customer), when it came."""

    id: str
    slot: str
    width: int
    height: int
    size: int
    sha256: str
    marks: tuple[Mark, ...]
    by: str | None
    made_at: datetime


@dataclass(frozen=True)
class Taken:
    """What came of a photograph: the picture as it is kept, or the code and words of why it cannot be used."""

    picture: KeptPicture | None
    code: str | None = None
    refused: Words | None = None


class Pictures:
    """Takes, keeps and shows photographs. Who may see them is for whoever asks to know."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._house = office.house

    def take(self, claim: str, slot: str, upload: bytes, *, actor: str, by: str | None = None) -> Taken:
        """Take in a photograph of a claim; the same one again is the one that is there.

        It is read in the quarantine before any transaction. One that comes after the survey has the claim scored anew,
        before money moves (ADR 0085). Raises `ClaimRefused` (`no-slot`, `pictures-many`, and what
        the claim's state says), `QuarantineFailed` and `QuarantineUnavailable`.
        """
        wanted = SLOTS.get(slot)
        if wanted is None:
            raise refused("no-slot")
        digest = sha256(upload).hexdigest()
        with self._house.database.reading() as session:
            self._office.get(session, claim)
            if (known := self._known(session, claim, slot, digest)) is not None:
                return Taken(known)
        try:
            reading = self._house.pictures.read_scene(upload)
        except EvidenceError as error:
            return Taken(None, error.code, said_of(error.code, wanted))
        hash_ = picture_hash(Image.frombytes("L", THUMB, reading.thumb))
        with self._house.database.reading() as session:
            code = wanting(
                wanted, reading.wanting, (reading.photo.width, reading.photo.height), hash_, self._seen(session, claim)
            )
        if code is not None:
            return Taken(None, code, said_of(code, wanted))
        return Taken(self._keep(claim, wanted, digest, reading, hash_, actor, by))

    def of(self, session: Session, claim: str) -> list[KeptPicture]:
        """Return the photographs of a claim, in the order in which they came; of one slot the last one counts."""
        return [_kept(row) for row in self._rows(session, claim)]

    def newest(self, session: Session, claim: str) -> dict[str, KeptPicture]:
        """Return the photograph that counts of each slot."""
        return {one.slot: one for one in self.of(session, claim)}

    def find(self, session: Session, claim: str, picture: str) -> KeptPicture | None:
        """Return a photograph of this claim, None where it has none of this id."""
        row = session.get(PictureRow, picture)
        return None if row is None or row.claim != claim else _kept(row)

    def read(self, session: Session, picture: str) -> bytes:
        """Return a photograph as JPEG. Raises `ClaimRefused` (`no-picture`), `RecordErased`."""
        row = session.get(PictureRow, picture)
        if row is None:
            raise refusal("no-picture", (picture,))
        return self._house.documents.read(session, row.blob, row.record)

    def told(self, session: Session, claim: str) -> tuple[Picture, ...] | None:
        """Return what the photographs of a claim tell the score, None where there are none. Of one that was taken again
        only its likeness to others counts. Raises `RecordErased`."""
        seen = self._seen(session, claim)
        newest = {one.slot: one for one in seen}
        told = tuple(one.told if newest[one.slot] is one else Picture(distance=one.told.distance) for one in seen)
        return told or None

    def _keep(
        self, claim: str, slot: Slot, digest: str, reading: SceneReading, hash_: int | None, actor: str, by: str | None
    ) -> KeptPicture:
        written, jpeg = self._house.documents.write(reading.photo.jpeg), reading.photo.jpeg

        def work(session: Session) -> KeptPicture:
            self._office.claims.hold(session, claim)
            state = self._office.get(session, claim)
            if (known := self._known(session, claim, slot.code, digest)) is not None:
                return known
            others = self._seen(session, claim)
            if len(others) >= AT_MOST:
                raise refused("pictures-many")
            now = self._office.now(session, state)
            scene = self._office.report_of(session, state).scene
            told = read_metadata(reading.tags, INSURERS_ZONE, self._nearest(session, claim, hash_))
            picture = new_id(PICTURE, now)
            self._house.documents.keep(session, picture, written)
            record = told_record(picture)
            self._house.records.keep(session, record, "picture-told", _encoded(told), at=now)
            row = PictureRow(
                id=picture,
                claim=claim,
                slot=slot.code,
                upload=digest,
                width=reading.photo.width,
                height=reading.photo.height,
                picture_hash=None if hash_ is None else signed(hash_),
                marks=" ".join(marks(told, state.reported.occurred_at, others, scene)),
                by=by,
                made_at=now,
                sha256=sha256(jpeg).hexdigest(),
                size=len(jpeg),
                blob=written.name,
                record=picture,
            )
            session.add(row)
            session.flush()
            commands: list[c.Command] = [
                c.AddPicture(at=now, picture=picture, kind=slot.code, digest=row.sha256, by=by)
            ]
            if state.survey is not None and state.survey.done:  # the survey was scored without it
                checked = c.CheckPicture(at=now, picture=picture, edited=told.edited, distance=told.distance)
                commands.append(checked)
            self._office.execute(session, claim, *commands, actor=actor)
            return _kept(row)

        return retried(self._house.database, work)

    def _nearest(self, session: Session, claim: str, hash_: int | None) -> int | None:
        """Enter a picture into the index; return its distance to the nearest one of another claim, in bits; None where
        nothing can be told."""
        number = ClaimIndex(session).number_of(claim)
        if number is None or hash_ is None:
            return None
        index = PictureIndex(session)
        index.enter(number, hash_)
        try:
            near = index.nearest(number, hash_)
        except TooCommon:
            return None
        return FAR if near is None else near.bits

    def _seen(self, session: Session, claim: str) -> list[Seen]:
        return [
            Seen(
                row.slot,
                None if row.picture_hash is None else unsigned(row.picture_hash),
                _TOLD.validate_json(self._house.records.read(session, told_record(row.id))),
            )
            for row in self._rows(session, claim)
        ]

    def _known(self, session: Session, claim: str, slot: str, digest: str) -> KeptPicture | None:
        """Return the same photograph, where it was taken in before."""
        rows = [row for row in self._rows(session, claim) if row.slot == slot and row.upload == digest]
        return _kept(rows[-1]) if rows else None

    @staticmethod
    def _rows(session: Session, claim: str) -> Sequence[PictureRow]:
        return session.scalars(_OF_CLAIM, {"of": claim}).all()


def _encoded(told: Picture) -> bytes:
    return encode_canonical(_TOLD.dump_python(told, mode="json"))


def _kept(row: PictureRow) -> KeptPicture:
    return KeptPicture(
        row.id,
        row.slot,
        row.width,
        row.height,
        row.size,
        row.sha256,
        tuple(Mark(one) for one in row.marks.split()),
        row.by,
        row.made_at,
    )
