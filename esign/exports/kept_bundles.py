"""Bundles that are kept for whoever asked for them: records that go when their envelope is erased."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.exports.models import ExportItemRow


def bundles_of(session: Session, envelopes: Collection[str]) -> Sequence[str]:
    """Return the records of every bundle that is kept of these envelopes: they go when the envelopes are erased."""
    kept = select(ExportItemRow.record).where(
        ExportItemRow.envelope.in_(list(envelopes)), ExportItemRow.record.is_not(None)
    )
    return [str(record) for record in session.scalars(kept.order_by(ExportItemRow.record))]
