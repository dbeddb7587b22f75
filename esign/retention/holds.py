"""Legal holds: what a court or an authority may still ask for is not erased, whatever the rules say.

One person sets a hold, two people lift it. Both are events with the ids of who did it and a reason; what was written
about it is a sealed record. Set and lifted while the envelope's row is locked, as erasing is: neither slips past the
other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
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
    envelope: str
    reason: HoldReason
    words: str | None
    set_by: str
    set_at: datetime
    lifted_at: datetime | None
    lifted_by: str | None
    approved_by: str | None


def is_held(session: Session, envelope: str) -> bool:
    """Tell whether a legal hold is on the envelope."""
    chosen = select(LegalHold.id).where(LegalHold.envelope == envelope, LegalHold.lifted_at.is_(None))
    return session.scalar(chosen.limit(1)) is not None


def recipients_held() -> Select[str]:
    """Return what chooses the recipients in envelopes under a legal hold: nothing about them is forgotten."""
    return (
        select(RecipientRow.id)
        .join(LegalHold, LegalHold.envelope == RecipientRow.envelope)
        .where(LegalHold.lifted_at.is_(None))
    )


class Holds:
    """Sets, lifts and reads holds, in the caller's transaction. Who may is the caller's to ask."""

    def __init__(self, records: PersonalRecords) -> None:
        self._records = records
        self._trail = Trail(events.VOCABULARY)

    def set(
        self,
        session: Session,
        envelope: str,
        reason: HoldReason,
        *,
        by: str,
        actor: str,
        now: datetime,
        words: str | None = None,
    ) -> str:
        """Set a hold; return its id. `by` is an id, `words` at most 1000 characters of them are kept, sealed.

        Raises `Refusal` (`no-envelope`), `RetentionRefused` (`hold-there`), `EventRefused` for an id that is no word.
        """
        self._lock(session, envelope)
        same = select(LegalHold.id).where(
            LegalHold.envelope == envelope, LegalHold.reason == reason.value, LegalHold.lifted_at.is_(None)
        )
        if session.scalar(same) is not None:
            raise refused("hold-there")
        hold, note = new_id("hld", now), self._kept(session, words, now)
        self._tell(session, hold, events.HOLD_SET(envelope=envelope, reason=reason, words=note, by=by), actor, now)
        return hold

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
        self._lock(session, found.envelope)
        if found.lifted_at is not None:
            raise refused("hold-lifted")
        told = events.HOLD_LIFTED(envelope=found.envelope, by=by, approved_by=approved_by, reason=reason)
        self._tell(session, hold, told, actor, now)

    def get(self, session: Session, hold: str) -> Hold:
        """Return a hold. Raises `RetentionRefused` (`no-hold`)."""
        found = session.get(LegalHold, hold)
        if found is None:
            raise refused("no-hold")
        return self._shown(session, found)

    def of(self, session: Session, envelope: str) -> Sequence[Hold]:
        """Return the holds of an envelope, the latest first; those that were lifted, too."""
        chosen = select(LegalHold).where(LegalHold.envelope == envelope).order_by(LegalHold.id.desc())
        return [self._shown(session, row) for row in session.scalars(chosen)]

    def _shown(self, session: Session, row: LegalHold) -> Hold:
        words = None
        if row.words is not None and not self._records.is_erased(session, row.words):
            words = self._records.read(session, row.words).decode()
        return Hold(
            row.id,
            row.envelope,
            HoldReason(row.reason),
            words,
            row.set_by,
            row.set_at,
            row.lifted_at,
            row.lifted_by,
            row.approved_by,
        )

    @staticmethod
    def _lock(session: Session, envelope: str) -> None:
        chosen = select(EnvelopeRow.id).where(EnvelopeRow.id == envelope).with_for_update()
        if session.scalar(chosen) is None:
            raise refusal("no-envelope")

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
