"""Legal holds: what a court or an authority may still ask for is not erased, whatever the rules say.

One person sets a hold, two people lift it. Both are events with the ids of who did it and a reason; what was written
about it is a sealed record. Set and lifted while the row of the envelope or matter is locked, as erasing is: neither
slips past the other. A hold has no end of its own: the day on which somebody is to look at it lifts nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from esign.ceremony.domain.refusal import refusal
from esign.ceremony.models import EnvelopeRow, RecipientRow
from esign.infra.ids import new_id
from esign.infra.personal_records import PersonalRecords
from esign.retention import events
from esign.retention.errors import refused
from esign.retention.matters import NO_MATTERS, Matters
from esign.retention.models import LegalHold
from esign.retention.projection import project
from esign.trail.event import NewEvent
from esign.trail.log import Trail, stream_version

WORDS_KIND: Final = "hold-words"
WORDS_AT_MOST: Final = 1000


class HoldReason(StrEnum):
    """Why something is held, as a code in the trail."""

    COURT = "court"
    AUTHORITY = "authority"
    DISPUTE = "dispute"
    COMPLAINT = "complaint"
    OTHER = "other"


@dataclass(frozen=True)
class Hold:
    """A hold as it stands."""

    id: str
    subject: str
    reason: HoldReason
    words: str | None
    set_by: str
    set_at: datetime
    lifted_at: datetime | None
    lifted_by: str | None
    approved_by: str | None
    review_on: date | None = None

    def is_to_be_reviewed(self, today: date) -> bool:
        """Tell whether the day has come on which somebody was to look at it."""
        return self.lifted_at is None and self.review_on is not None and self.review_on <= today


def is_held(session: Session, subject: str) -> bool:
    """Tell whether a legal hold is on the envelope or matter."""
    chosen = select(LegalHold.id).where(LegalHold.subject == subject, LegalHold.lifted_at.is_(None))
    return session.scalar(chosen.limit(1)) is not None


def subjects_held() -> Select[str]:
    """Return what chooses the envelopes and matters under a legal hold."""
    return select(LegalHold.subject).where(LegalHold.lifted_at.is_(None))


def recipients_held() -> Select[str]:
    """Return what chooses the recipients in envelopes under a legal hold: nothing about them is forgotten."""
    return (
        select(RecipientRow.id)
        .join(LegalHold, LegalHold.subject == RecipientRow.envelope)
        .where(LegalHold.lifted_at.is_(None))
    )


class Holds:
    """Sets, lifts and reads holds, in the caller's transaction. Who may is the caller's to ask."""

    def __init__(self, records: PersonalRecords, matters: Matters = NO_MATTERS) -> None:
        self._records = records
        self._matters = matters
        self._trail = Trail(events.VOCABULARY)

    def set(
        self,
        session: Session,
        subject: str,
        reason: HoldReason,
        *,
        by: str,
        actor: str,
        now: datetime,
        words: str | None = None,
        review_on: date | None = None,
    ) -> str:
        """Set a hold on an envelope or matter; return its id. `by` is an id, `words` at most 1000 characters of them
        are kept, sealed; on `review_on` somebody is to look at it.

        Raises `Refusal` (`no-envelope`), `RetentionRefused` (`hold-there`, `no-matter`, `kept-with-envelope`,
        `evidence-gone`), `EventRefused` for an id that is no word.
        """
        self._lock(session, subject)
        if self._matters.has(subject):
            self._require_kept(session, subject, now)
        same = select(LegalHold.id).where(
            LegalHold.subject == subject, LegalHold.reason == reason.value, LegalHold.lifted_at.is_(None)
        )
        if session.scalar(same) is not None:
            raise refused("hold-there")
        note = self._kept(session, words, now)
        return self._set(session, subject, reason, note, review_on, by=by, actor=actor, now=now)

    def follow(self, session: Session, matter: str, envelope: str, *, actor: str, now: datetime) -> Sequence[str]:
        """Set the holds of a matter on the envelope in which it is signed from now on, whoever set them; return their
        ids. Each is lifted for itself. Doing it again sets none."""
        chosen = select(LegalHold).where(LegalHold.subject == matter, LegalHold.lifted_at.is_(None))
        there = {one.reason for one in self.of(session, envelope) if one.lifted_at is None}
        return [
            self._set(
                session,
                envelope,
                HoldReason(one.reason),
                one.words,
                None if one.review_on is None else date.fromisoformat(one.review_on),
                by=one.set_by,
                actor=actor,
                now=now,
            )
            for one in session.scalars(chosen.order_by(LegalHold.id)).all()
            if one.reason not in there
        ]

    def lift(
        self, session: Session, hold: str, *, by: str, approved_by: str, reason: str, actor: str, now: datetime
    ) -> None:
        """Lift a hold. `by` and `approved_by` are the ids of two people, `reason` is a code.

        Raises `RetentionRefused` (`no-hold`, `hold-lifted`, `own-approval`), `EventRefused`.
        """
        if by == approved_by:
            raise refused("own-approval")
        found = session.get(LegalHold, hold)
        if found is None:
            raise refused("no-hold")
        self._lock(session, found.subject)
        if found.lifted_at is not None:
            raise refused("hold-lifted")
        told = events.HOLD_LIFTED(subject=found.subject, by=by, approved_by=approved_by, reason=reason)
        self._tell(session, hold, told, actor, now)

    def get(self, session: Session, hold: str) -> Hold:
        """Return a hold. Raises `RetentionRefused` (`no-hold`)."""
        found = session.get(LegalHold, hold)
        if found is None:
            raise refused("no-hold")
        return self._shown(session, found)

    def of(self, session: Session, subject: str) -> Sequence[Hold]:
        """Return the holds of an envelope or matter, the latest first; those that were lifted, too."""
        chosen = select(LegalHold).where(LegalHold.subject == subject).order_by(LegalHold.id.desc())
        return [self._shown(session, row) for row in session.scalars(chosen)]

    def _shown(self, session: Session, row: LegalHold) -> Hold:
        words = None
        if row.words is not None and not self._records.is_erased(session, row.words):
            words = self._records.read(session, row.words).decode()
        return Hold(
            row.id,
            row.subject,
            HoldReason(row.reason),
            words,
            row.set_by,
            row.set_at,
            row.lifted_at,
            row.lifted_by,
            row.approved_by,
            None if row.review_on is None else date.fromisoformat(row.review_on),
        )

    def _lock(self, session: Session, subject: str) -> None:
        if self._matters.has(subject):
            self._matters.room(subject).lock(session, subject)
            return
        chosen = select(EnvelopeRow.id).where(EnvelopeRow.id == subject).with_for_update()
        if session.scalar(chosen) is None:
            raise refusal("no-envelope")

    def _require_kept(self, session: Session, subject: str, now: datetime) -> None:
        matter = self._matters.get(session, subject, now)
        if matter.envelope is not None:
            raise refused("kept-with-envelope")
        if matter.erased_at is not None:
            raise refused("evidence-gone")

    def _set(
        self,
        session: Session,
        subject: str,
        reason: HoldReason,
        words: str | None,
        review_on: date | None,
        *,
        by: str,
        actor: str,
        now: datetime,
    ) -> str:
        hold, day = new_id("hld", now), None if review_on is None else review_on.isoformat()
        told = events.HOLD_SET(subject=subject, reason=reason, words=words, by=by, review_on=day)
        self._tell(session, hold, told, actor, now)
        return hold

    def _kept(self, session: Session, words: str | None, now: datetime) -> str | None:
        if not words:
            return None
        note = new_id("rec", now)
        self._records.keep(session, note, WORDS_KIND, words[:WORDS_AT_MOST].encode("utf-8", "replace"), at=now)
        return note

    def _tell(self, session: Session, hold: str, told: NewEvent, actor: str, now: datetime) -> None:
        version = stream_version(session, hold)
        (recorded,) = self._trail.append(session, hold, version, [told], actor=actor, time=now)
        project(session, recorded)
