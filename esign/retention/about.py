"""What is kept about an envelope beside its own records: what approvals and legal holds say in people's words."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from esign.ceremony.models import RecipientRow
from esign.retention.models import LegalHold
from esign.staff.approval_records import records_about as approved_about


def records_about(session: Session, subjects: Collection[str]) -> Sequence[str]:
    """Return the ids of the records about these subjects: envelope and recipients. For the eraser, which erases nothing
    while a hold is on the envelope: what is said of holds here is of those that were lifted."""
    held = session.execute(select(LegalHold.id, LegalHold.words).where(LegalHold.envelope.in_(subjects))).all()
    words = [row.words for row in held if row.words is not None]
    return [*approved_about(session, [*subjects, *(row.id for row in held)]), *words]


def recipients_held() -> Select[str]:
    """Return what chooses the recipients in envelopes under a legal hold: nothing about them is forgotten."""
    return (
        select(RecipientRow.id)
        .join(LegalHold, LegalHold.envelope == RecipientRow.envelope)
        .where(LegalHold.lifted_at.is_(None))
    )
