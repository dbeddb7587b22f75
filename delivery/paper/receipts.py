"""A receipt signed on paper: photographed by the salesperson, compared by a clerk, accepted or sent back.

The picture is decoded in quarantine, the bar code on it read there; what is kept is the picture alone, sealed under a
key of its own, and its digest in the trail.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from delivery.chasing.acts import ALLOWED, Acts
from delivery.chasing.sight import require_seen
from delivery.domain import commands as c
from delivery.domain.command import Command
from delivery.domain.events import DeliveryPhotographed
from delivery.domain.refusal import refusal
from delivery.domain.values import RejectReason
from delivery.errors import DeliveryRefused
from delivery.models import ReceiptPicture
from delivery.receipts.addressees import note_of
from delivery.receipts.ceremony import ReceiptCeremony
from delivery.service.deliveries import Deliveries
from delivery.service.notes import Note
from delivery.service.projection import DeliveryChange
from esign.public.console import Caller
from esign.public.people import RecordErased
from esign.public.pictures import EvidenceError, PaperReading, QuarantineFailed
from esign.public.rows import new_id

PICTURE: Final = "pic"
ON_PAPER: Final = "receipt-on-paper"
JPEG: Final = "image/jpeg"
_POLICY: Final = re.compile(r"([A-Z]{2}[0-9]{6,18})(?:-[0-9]{1,2}[A-Z])?", re.ASCII)
"""A policy's number, with or without the print: a receipt is of the policy, whichever print it came with."""


class Barcode(StrEnum):
    """What was found on a picture: the policy's number, or nothing that can be read. Another's is refused."""

    MATCHES = "matches"
    NONE = "none"


@dataclass(frozen=True)
class Comparison:
    """A picture that waits, beside what it has to agree with. `note` is None where the people were erased."""

    delivery: str
    picture: str
    policy: str
    proposal: str
    signed_on: date
    arrived_on: date | None
    photographed_at: datetime
    barcode: Barcode
    sha256: str
    by: str
    note: Note | None = field(repr=False)
    is_own: bool


class PaperReceipts:
    """Takes pictures in, shows them to clerks, and records what those decide. All raise `DeliveryRefused`."""

    def __init__(self, deliveries: Deliveries) -> None:
        self._deliveries = deliveries
        self._house = deliveries.house
        self._acts = Acts(deliveries)

    def photograph(self, who: Caller, delivery: str, upload: bytes, signed_on: date) -> Barcode:
        """Take in a photograph of the signed receipt; the same one again changes nothing.

        Raises `delivery-picture-unreadable`, `delivery-barcode-differs` where it shows another policy's number, and
        what the domain says of the day.
        """
        if ALLOWED[c.Photograph].isdisjoint(who.roles):
            raise refusal("delivery-not-allowed")
        with self._house.database.reading() as session:
            policy = require_seen(session, who, delivery).policy or ""
        read = self._read(upload)
        barcode, digest = barcode_of(read.codes, policy), hashlib.sha256(read.photo.jpeg).hexdigest()
        written = self._house.documents.write(read.photo.jpeg)

        def command(session: Session, at: datetime) -> Command:
            picture = self._known(session, delivery, digest) or new_id(PICTURE, at)
            return c.Photograph(at=at, photo=picture, receipt=digest, signed_on=signed_on, by=who.member)

        def keep(session: Session, change: DeliveryChange) -> None:
            picture = next((one.photo for one in change.events if isinstance(one, DeliveryPhotographed)), None)
            if picture is None:
                return
            self._house.documents.keep(session, picture, written)
            session.add(
                ReceiptPicture(
                    id=picture,
                    delivery=delivery,
                    media_type=JPEG,
                    barcode=barcode.value,
                    made_at=self._house.clock(),
                    sha256=digest,
                    size=written.size,
                    blob=written.name,
                    record=picture,
                )
            )

        self._acts.do(who, delivery, c.Photograph, command, beside=keep)
        return barcode

    def comparison(self, who: Caller, delivery: str) -> Comparison:
        """Return the picture that waits, and the facts beside it. Raises `delivery-no-photo`, `no-delivery`."""
        with self._house.database.reading() as session:
            row = require_seen(session, who, delivery)
            state = self._deliveries.get(session, delivery)
            photo = state.photo
            kept = None if photo is None else session.get(ReceiptPicture, photo.id)
            if photo is None or kept is None:
                raise refusal("delivery-no-photo")
            try:
                note: Note | None = note_of(session, self._house, state)
            except DeliveryRefused:
                note = None
            return Comparison(
                delivery=delivery,
                picture=photo.id,
                policy=row.policy or "",
                proposal=row.proposal,
                signed_on=photo.signed_on,
                arrived_on=state.copy.arrived_on,
                photographed_at=kept.made_at,
                barcode=Barcode(kept.barcode),
                sha256=kept.sha256,
                by=photo.by,
                note=note,
                is_own=who.member in (photo.by, state.salesperson, state.application.salesperson),
            )

    def picture(self, who: Caller, delivery: str, picture: str) -> bytes:
        """Return a picture as JPEG. Raises `delivery-no-photo`, `no-delivery`."""
        with self._house.database.reading() as session:
            require_seen(session, who, delivery)
            row = session.get(ReceiptPicture, picture)
            if row is None or row.delivery != delivery:
                raise refusal("delivery-no-photo")
            try:
                return self._house.documents.read(session, row.blob, row.record)
            except RecordErased:
                raise refusal("delivery-no-photo") from None

    def accept(self, who: Caller, delivery: str, picture: str) -> None:
        """Accept it: it is the applicant's receipt for this policy, and is returned at once."""
        self._acts.do(
            who,
            delivery,
            c.AcceptReceipt,
            lambda _session, at: c.AcceptReceipt(at=at, photo=picture, by=who.member),
        )
        self._withdraw(who, delivery)

    def _withdraw(self, who: Caller, delivery: str) -> None:
        """Withdraw the envelope in which the same receipt could be signed, so that nobody is reminded of it."""
        ceremony = ReceiptCeremony(self._deliveries)
        with self._house.database.reading() as session:
            envelope = ceremony.open_envelope(session, delivery)
        if envelope is not None:  # one that is being sealed in this moment comes second
            ceremony.withdraw(envelope, by=who.member, reason=ON_PAPER)

    def reject(self, who: Caller, delivery: str, picture: str, reason: str) -> None:
        """Send it back, with the reason: the salesperson takes another picture, or has the applicant sign."""
        if reason not in {one.value for one in RejectReason}:
            raise refusal("delivery-no-code")
        self._acts.do(
            who,
            delivery,
            c.RejectReceipt,
            lambda _session, at: c.RejectReceipt(at=at, photo=picture, reason=RejectReason(reason), by=who.member),
        )

    def _read(self, upload: bytes) -> PaperReading:
        try:
            return self._house.pictures.read(upload)
        except (EvidenceError, QuarantineFailed) as error:
            raise refusal("delivery-picture-unreadable") from error

    def _known(self, session: Session, delivery: str, digest: str) -> str | None:
        """Return the id of the same picture of this delivery, where it was taken in before."""
        chosen = select(ReceiptPicture.id).where(ReceiptPicture.delivery == delivery, ReceiptPicture.sha256 == digest)
        return session.scalar(chosen.limit(1))


def barcode_of(codes: Sequence[str], policy: str) -> Barcode:
    """Return what the bar codes on a picture say. Raises `DeliveryRefused` (`delivery-barcode-differs`)."""
    numbers = [found[1] for code in codes if (found := _POLICY.fullmatch(code)) is not None]
    if policy in numbers:
        return Barcode.MATCHES
    if numbers:
        raise refusal("delivery-barcode-differs")
    return Barcode.NONE
