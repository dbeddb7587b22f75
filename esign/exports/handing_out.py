"""Handing out an envelope's wrapped key: half of what opens its sealed evidence, to two people, told in the trail.

The other half, the custodian's own key, never comes near the service: `esign bundle open` uses both, elsewhere.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from esign.ceremony.domain.refusal import refusal
from esign.ceremony.models import EnvelopeKeyRow, EnvelopeRow
from esign.exports.errors import key_erased
from esign.exports.events import record_opened


def hand_out_key(
    session: Session,
    envelope: str,
    *,
    by: str,
    approved_by: str | None,
    reason: str,
    now: datetime,
    actor: str = "operator",
) -> bytes:
    """Record that the envelope's evidence is opened, and return its key as it is wrapped for the custodian (CMS, DER).

    In the caller's transaction. `by` and `approved_by` are the ids of two people, None for the second where there were
    no two yet; `reason` is a code. Raises `Refusal` (`no-envelope`, `own-approval`), `ExportError`
    (`envelope-key-erased`), `EventRefused` for an id or reason that is not one word.
    """
    if by == approved_by:
        raise refusal("own-approval")
    if session.get(EnvelopeRow, envelope) is None:
        raise refusal("no-envelope")
    row = session.get(EnvelopeKeyRow, envelope)
    if row is None:
        raise key_erased()
    record_opened(session, envelope, by=by, approved_by=approved_by, reason=reason, actor=actor, at=now)
    return row.wrapped
