"""How an envelope's events look outside: to webhooks and the feed of events. Ids, codes and digests; no tokens.

What is told of each type is listed here, member by member: an event that gains a member tells nothing new by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from esign.ceremony.domain.record import VOCABULARY
from esign.ceremony.models import EnvelopeRow
from esign.infra.columns import JsonValue, canonical_json
from esign.infra.statements import table_of
from esign.trail.event import Event, plain_payload

TOLD: Final[Mapping[str, tuple[str, ...]]] = {
    "envelope.created": (),
    "envelope.sent": (),
    "envelope.signed": (),
    "envelope.completed": (),
    "completion.certified": ("certificate",),
    "envelope.declined": ("by",),
    "envelope.expired": (),
    "envelope.voided": ("by", "reason"),
    "seal.failed": ("attempt", "reason"),
    "seal.retried": ("attempt",),
    "document.sealed": ("document", "sealed", "level"),
    "document.renewed": ("document", "base", "renewed"),
    "recipient.sent": ("recipient",),
    "recipient.opened": ("recipient",),
    "recipient.identified": ("recipient", "assurance", "by", "presence"),
    "recipient.device-changed": ("recipient", "assurance", "by", "presence"),
    "recipient.read": ("recipient",),
    "recipient.drawn": ("recipient",),
    "recipient.photographed": ("recipient", "check", "by"),
    "recipient.face-not-given": ("recipient", "reason"),
    "recipient.face-stated": ("recipient", "is_customer"),
    "recipient.confirmed": ("recipient", "manifest"),
    "recipient.signed": ("recipient", "manifest", "certificate", "revision"),
    "recipient.signing-failed": ("recipient", "reason"),
    "recipient.declined": ("recipient", "reason"),
    "recipient.reminded": ("recipient", "number"),
    "recipient.replaced": ("recipient", "replacement"),
    "recipient.phone-corrected": ("recipient",),
    "recipient.signal-raised": ("recipient", "signal", "finding", "strength"),
    "signal.cleared": ("signal", "reason"),
    "envelope.held": (),
}

AWAITS_CHECKPOINT: Final = ("document.sealed", "document.renewed", "completion.certified")
"""Types of which nobody is told before a checkpoint covers them (SIGNING.md, Seal)."""

_ROWS: Final = table_of(EnvelopeRow)
_OWNER: Final = select(_ROWS.c.client).where(_ROWS.c.id == bindparam("envelope"))
_EXTERNAL: Final = select(_ROWS.c.external_id).where(_ROWS.c.id == bindparam("envelope"))
_OWNERS: Final = "esign_envelope_owners"
"""Where a session keeps whose the envelopes are that it met: that never changes."""


class EnvelopeEvents:
    """Whose an event is, and how it looks outside."""

    def owner(self, session: Session, event: Event) -> str | None:
        """Return the client whose envelope this is, or None for an event that nobody outside is told of."""
        if event.type not in TOLD:
            return None
        owners: dict[str, str | None] = session.info.setdefault(_OWNERS, {})
        if event.stream not in owners:
            owners[event.stream] = session.scalar(_OWNER, {"envelope": event.stream})
        return owners[event.stream]

    def body(self, session: Session, event: Event) -> bytes:
        """Return the event as canonical JSON in UTF-8, the same bytes each time."""
        return canonical_json(self.form(session, event))

    def form(self, session: Session, event: Event) -> Mapping[str, JsonValue]:
        """Return the event as JSON: id, type, timestamp, and what is told of it as `data`."""
        external = session.scalar(_EXTERNAL, {"envelope": event.stream})
        payload = plain_payload(VOCABULARY.current(event))
        told = {name: payload[name] for name in TOLD[event.type]}
        return {
            "id": event.id,
            "type": event.type,
            "timestamp": event.time.isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "data": {"envelope": event.stream, "external_id": external, **told},
        }
