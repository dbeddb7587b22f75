"""What is kept of an envelope and its recipients outside the room that knows envelopes."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.exports.kept_bundles import bundles_of
from esign.retention.models import LegalHold
from esign.staff.approval_records import records_about


def kept_elsewhere(session: Session, subjects: Collection[str]) -> Sequence[str]:
    """Name the records that other rooms keep about these subjects: requests for two people, what was written of legal
    holds, and bundles. Nothing is erased while a hold is there, so those holds were lifted."""
    held = session.execute(select(LegalHold.id, LegalHold.words).where(LegalHold.subject.in_(subjects))).all()
    words = [row.words for row in held if row.words is not None]
    asked = records_about(session, [*subjects, *(row.id for row in held)])
    return (*asked, *words, *bundles_of(session, subjects))
