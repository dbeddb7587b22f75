"""What the room keeps on people, for erasure and for whoever asks for a copy of what is kept on them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.public.events import plain_payload, read_stream
from policy.domain.values import ProposalState
from policy.models import EnvelopeOf, PersonOf, ProposalRow, VisitDraft, VisitOf
from policy.service.streams import PROPOSAL

S = ProposalState
UNDER_WAY: Final = frozenset(
    one.value
    for one in (
        S.SENT,
        S.SIGNED,
        S.REFERRED,
        S.WANTING,
        S.OFFERED,
        S.ACCEPTED,
        S.DEBITING,
        S.DEBIT_FAILED,
        S.DEBIT_UNKNOWN,
        S.PAID,
    )
)
"""Where what is kept is still needed, whatever becomes of an envelope."""
SENT: Final = ("proposal.sent", "offer.sent")
NAMED: Final[Mapping[str, tuple[str, ...]]] = {
    "proposal.entered": ("record",),
    "proposal.amended": ("record",),
    "underwriting.decided": ("trace",),
    "requirement.opened": ("message",),
    "requirement.met": ("papers",),
    "requirement.waived": ("reason",),
    "case.decided": ("reason",),
    "recording.added": ("recording",),
    "policy.issued": ("document", "note"),
    "visit.answered": ("answers",),
    "visit.seen-to": ("note",),
}
"""The members of events that name records with people's data."""


def records_about(session: Session, subjects: Collection[str]) -> Sequence[str]:
    """Name the records of the proposals whose last envelope is among the subjects, unless they are under way.

    They go with the last one: an earlier one that expired is erased long before, and the proposal went on without it.
    """
    found = session.scalars(select(EnvelopeOf.subject).where(EnvelopeOf.envelope.in_(subjects))).all()
    named: dict[str, None] = {}
    for proposal in sorted({one for one in found if one.startswith(f"{PROPOSAL}_")}):
        row = session.get(ProposalRow, proposal)
        if row is None or row.state in UNDER_WAY or _last_envelope(session, proposal) not in subjects:
            continue
        named.update(dict.fromkeys(records_of(session, proposal)))
    return list(named)


def _last_envelope(session: Session, proposal: str) -> str | None:
    sent = [one for one in read_stream(session, proposal) if one.type in SENT]
    return str(sent[-1].payload["envelope"]) if sent else None


def records_of(session: Session, proposal: str) -> Iterator[str]:
    """Yield every record with people's data that the proposal has."""
    for event in read_stream(session, proposal):
        payload = plain_payload(event)
        yield from (str(payload[name]) for name in NAMED.get(event.type, ()) if payload.get(name) is not None)
    unanswered = select(VisitDraft.record).join(VisitOf, VisitOf.visit == VisitDraft.visit)
    yield from session.scalars(unanswered.where(VisitOf.proposal == proposal).order_by(VisitDraft.visit))
    yield from session.scalars(select(PersonOf.person).filter_by(proposal=proposal).order_by(PersonOf.part))
