"""What the room keeps on people, for erasure and for whoever asks for a copy of what is kept on them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.public.events import plain_payload, read_stream
from policy.domain.request_events import RequestKind
from policy.domain.requests import RequestState
from policy.domain.values import ProposalState
from policy.models import EnvelopeOf, PersonOf, ProposalRow, RequestRow, VisitDraft, VisitOf
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
BEING_SIGNED: Final = (RequestState.SENT.value, RequestState.SIGNED.value)
"""Where what is kept of a service request, and of its policy, is still needed."""
LASTING: Final = (RequestKind.BENEFICIARY.value, RequestKind.ADDRESS.value)
"""Kinds of requests that, once done, say what is in force."""
SENT: Final = ("proposal.sent", "offer.sent", "request.sent")
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
    "request.entered": ("record",),
    "request.done": ("document",),
}
"""The members of events that name records with people's data."""


def records_about(session: Session, subjects: Collection[str]) -> Sequence[str]:
    """Name the records of the proposals and service requests whose last envelope is among the subjects, unless they are
    under way.

    They go with the last one: an earlier one that expired is erased long before, and the proposal went on without it.
    With a proposal all of its requests go; what a request changed of a policy that runs stays until then.
    """
    found = sorted(set(session.scalars(select(EnvelopeOf.subject).where(EnvelopeOf.envelope.in_(subjects)))))
    named: dict[str, None] = {}
    for subject in found:
        needed = _is_needed(session, subject) if subject.startswith(f"{PROPOSAL}_") else _is_in_use(session, subject)
        if needed or _last_envelope(session, subject) not in subjects:
            continue
        named.update(dict.fromkeys(records_of(session, subject)))
        for request in session.scalars(select(RequestRow.id).filter_by(proposal=subject).order_by(RequestRow.id)):
            named.update(dict.fromkeys(records_of(session, request)))
    return list(named)


def _is_needed(session: Session, proposal: str) -> bool:
    """Tell whether a proposal is under way, or somebody is signing a request about its policy."""
    row = session.get(ProposalRow, proposal)
    signing = select(RequestRow.id).where(RequestRow.proposal == proposal, RequestRow.state.in_(BEING_SIGNED))
    return row is None or row.state in UNDER_WAY or session.scalar(signing.limit(1)) is not None


def _is_in_use(session: Session, request: str) -> bool:
    """Tell whether a request is being signed or done, or says what is in force of a policy that runs."""
    row = session.get(RequestRow, request)
    if row is None or row.state in BEING_SIGNED:
        return True
    policy = session.get(ProposalRow, row.proposal)
    runs = policy is not None and policy.state == S.ISSUED.value
    return runs and row.state == RequestState.DONE.value and row.kind in LASTING


def _last_envelope(session: Session, subject: str) -> str | None:
    sent = [one for one in read_stream(session, subject) if one.type in SENT]
    return str(sent[-1].payload["envelope"]) if sent else None


def records_of(session: Session, subject: str) -> Iterator[str]:
    """Yield every record with people's data that the proposal or service request has."""
    for event in read_stream(session, subject):
        payload = plain_payload(event)
        yield from (str(payload[name]) for name in NAMED.get(event.type, ()) if payload.get(name) is not None)
    unanswered = select(VisitDraft.record).join(VisitOf, VisitOf.visit == VisitDraft.visit)
    yield from session.scalars(unanswered.where(VisitOf.proposal == subject).order_by(VisitDraft.visit))
    yield from session.scalars(select(PersonOf.person).filter_by(proposal=subject).order_by(PersonOf.part))
