"""What is kept of an envelope and its recipients outside the room that knows envelopes."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from esign.exports.kept_bundles import bundles_of
from esign.staff.approval_records import records_about


def kept_elsewhere(session: Session, subjects: Collection[str]) -> Sequence[str]:
    """Name the records that other rooms keep about these subjects: requests for two people, and bundles."""
    return (*records_about(session, subjects), *bundles_of(session, subjects))
