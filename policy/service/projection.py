"""The rows of proposals and service requests: brought to where each change leaves them, made anew from the trail."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from esign.public.events import Change
from policy.domain import Actor, Proposal, Request, due_day, next_moves
from policy.domain import events as e
from policy.domain import request_events as r
from policy.domain.event import Event
from policy.domain.refusal import broken
from policy.models import CaseOf, EnvelopeOf, MoneyOf, ProposalRow, RecordingOf, RequestRow, VisitOf

VisitEvent = e.VisitInvited | e.VisitReminded | e.VisitAnswered | e.VisitSeenTo
ProposalChange = Change[Proposal | None, Event]
RequestChange = Change[Request | None, Event]


def project_proposal(session: Session, change: ProposalChange) -> None:
    """Bring the row of a proposal to its state, and enter what others ask for it by."""
    state = change.after
    if state is None:
        return
    row = session.get(ProposalRow, change.stream)
    if row is None:
        row = ProposalRow(id=change.stream, created_at=change.recorded[0].time, failure=None)
        session.add(row)
    moves, contents = next_moves(state), state.contents
    row.client, row.institution, row.salesperson = state.client, state.institution, state.salesperson
    row.product, row.product_version, row.content = contents.product, contents.product_version, contents.record
    row.state, row.version, row.fen = state.state.value, change.version, state.fen
    row.actor, row.act, row.due_on = moves[0].actor.value, moves[0].act, due_day(state)
    row.is_ours = any(move.actor is Actor.SERVICE for move in moves)
    row.holds_until = contents.holds_until
    row.policy = None if state.policy is None else state.policy.number
    row.updated_at = change.recorded[-1].time
    for event in change.events:
        _enter(session, row, event, state)
    session.flush()


def _enter(session: Session, row: ProposalRow, event: Event, state: Proposal) -> None:
    match event:
        case e.ProposalSent() | e.OfferSent():
            session.add(EnvelopeOf(envelope=event.envelope, subject=row.id))
        case e.VisitInvited() | e.VisitReminded() | e.VisitAnswered() | e.VisitSeenTo():
            _enter_visit(session, row, event, state)
        case e.UnderwritingReferred():
            session.add(CaseOf(case=event.case, proposal=row.id, referred_at=event.at))
        case e.CaseDecided():
            session.get_one(CaseOf, event.case).decided_at = event.at
        case e.RecordingAdded():
            session.add(RecordingOf(recording=event.recording, proposal=row.id, added_at=event.at))
        case e.RecordingReviewed():
            session.get_one(RecordingOf, event.recording).reviewed_at = event.at
        case e.DebitOrdered():
            session.add(MoneyOf(id=event.debit, proposal=row.id))
            row.failure = None
        case e.RefundOwed():
            session.add(MoneyOf(id=event.refund, proposal=row.id))
        case e.DebitFailed():
            row.failure = event.reason
        case e.DebitCollected():
            row.failure = None
        case _:
            pass


def _enter_visit(session: Session, row: ProposalRow, event: VisitEvent, state: Proposal) -> None:
    if isinstance(event, e.VisitInvited):
        if state.policy is None or state.policy.hesitation_ends is None:
            raise broken("a visit is of no policy that was received")
        ends = state.policy.hesitation_ends
        visit = VisitOf(visit=event.visit, proposal=row.id, invited_at=event.at, ends_on=ends, concerns="")
        session.add(visit)
        session.flush()
        return
    visit = session.get_one(VisitOf, event.visit)
    match event:
        case e.VisitReminded():
            visit.reminded_at = event.at
        case e.VisitAnswered():
            visit.answered_at, visit.in_time, visit.way = event.at, event.in_time, event.way.value
            visit.concerns = " ".join(event.concerns)
        case e.VisitSeenTo():
            visit.seen_at = event.at


def project_request(session: Session, change: RequestChange) -> None:
    """Bring the row of a service request to its state."""
    state = change.after
    if state is None:
        return
    row = session.get(RequestRow, change.stream)
    if row is None:
        row = RequestRow(id=change.stream)
        session.add(row)
    row.proposal, row.policy, row.kind = state.proposal, state.policy, state.kind.value
    row.state, row.version, row.asked_on = state.state.value, change.version, state.asked_on
    row.updated_at = change.recorded[-1].time
    for event in change.events:
        if isinstance(event, r.RequestSent):
            session.add(EnvelopeOf(envelope=event.envelope, subject=change.stream))
    session.flush()


def clear_proposals(session: Session) -> None:
    """Remove every row that `project_proposal` ever wrote."""
    session.execute(delete(EnvelopeOf).where(EnvelopeOf.subject.like("prp\\_%", escape="\\")))
    for model in (CaseOf, RecordingOf, MoneyOf, VisitOf, ProposalRow):
        session.execute(delete(model))


def clear_requests(session: Session) -> None:
    """Remove every row that `project_request` ever wrote."""
    session.execute(delete(EnvelopeOf).where(EnvelopeOf.subject.like("srq\\_%", escape="\\")))
    session.execute(delete(RequestRow))
