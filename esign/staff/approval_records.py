"""What approvals keep of people: whom somebody would have become, and what the asker wrote. Erased like all of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Select, and_, exists, or_, select, true
from sqlalchemy.orm import Session

from esign.infra.models import Erasure
from esign.infra.personal_records import PersonalRecords
from esign.staff.domain.approvals import ApprovalState
from esign.staff.models import ApprovalRow

AT_ONCE: Final = 100
_A_PERSON: Final = "per!_%"
"""Terms that are the record of a person; others are a role or a code. LIKE, with `!` to escape."""
_OPEN: Final = (ApprovalState.REQUESTED, ApprovalState.APPROVED)


def records_about(session: Session, subjects: Collection[str]) -> Sequence[str]:
    """Return the ids of the records that approvals about these subjects name: proposed people, and words."""
    rows = session.execute(select(ApprovalRow.terms, ApprovalRow.words).where(ApprovalRow.subject.in_(subjects)))
    return [record for row in rows for record in row if record is not None and record.startswith(("per_", "rec_"))]


def forget_proposals(
    session: Session, personal: PersonalRecords, *, now: datetime, spared: Select[str] | None = None
) -> int:
    """Erase whom somebody would have become, where that was refused or is over; return how many. For the sweep.

    `spared` chooses subjects about whom nothing may be erased.
    """
    over = and_(ApprovalRow.state.in_(_OPEN), ApprovalRow.expires_at <= now)
    records = session.scalars(
        select(ApprovalRow.terms)
        .where(
            or_(ApprovalRow.state == ApprovalState.REFUSED, over),
            ApprovalRow.terms.like(_A_PERSON, escape="!"),
            ~exists().where(Erasure.record_id == ApprovalRow.terms),
            true() if spared is None else ApprovalRow.subject.not_in(spared),
        )
        .limit(AT_ONCE)
    ).all()
    for record in records:
        if record is not None:
            personal.erase(session, record, at=now)
    return len(records)
