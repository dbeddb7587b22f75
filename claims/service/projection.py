"""The rows of claims: brought to where each change leaves them, one or many at once, made anew from the trail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from claims.clocks.deadlines import look_at
from claims.domain import Actor, Claim, next_moves
from claims.domain import events as e
from claims.domain.event import Event
from claims.domain.values import ClaimState
from claims.models import AgreementOf, ClaimRow, PaymentOf
from claims.rules_in_force import deadlines_of
from esign.public.events import Change
from esign.public.rows import insert_rows, put_rows, table_of

ClaimChange = Change[Claim | None, Event]
_CLAIMS: Final = table_of(ClaimRow)
_COLUMNS: Final = tuple(column.name for column in _CLAIMS.columns)


def project_claim(session: Session, change: ClaimChange) -> None:
    """Bring the row of a claim to its state, and enter what others ask for it by."""
    if change.after is None:
        return
    row = session.get(ClaimRow, change.stream)
    if row is None:
        row = ClaimRow(id=change.stream)
        session.add(row)
    for name, value in _values(change, change.after).items():
        setattr(row, name, value)
    session.add_all([PaymentOf(id=one.payment, claim=change.stream) for one in _ordered(change)])
    session.add_all([AgreementOf(envelope=one.envelope, claim=change.stream) for one in _sent(change)])
    session.flush()


def project_claims(session: Session, changes: Sequence[ClaimChange]) -> None:
    """Bring the rows of many claims to their states, at a small part of what each one alone would cost."""
    session.expire_all()
    rows = [_values(change, change.after) for change in changes if change.after is not None]
    put_rows(session, _CLAIMS, "id", _COLUMNS, [[row[name] for name in _COLUMNS] for row in rows])
    paid = [(one.payment, change.stream) for change in changes for one in _ordered(change)]
    insert_rows(session, table_of(PaymentOf), ("id", "claim"), paid)
    sent = [(one.envelope, change.stream) for change in changes for one in _sent(change)]
    insert_rows(session, table_of(AgreementOf), ("envelope", "claim"), sent)


def _values(change: ClaimChange, state: Claim) -> dict[str, Any]:
    """Return the row of a claim, by column."""
    moves, running, settlement, survey = next_moves(state), deadlines_of(state), state.settlement, state.survey
    loss = None if state.assessment is None else state.loss
    first = running[0] if running else None
    return {
        "id": change.stream,
        "client": state.client,
        "institution": state.institution,
        "policy": state.reported.policy,
        "state": state.state.value,
        "lane": state.lane.value,
        "tier": None if settlement is None else settlement.tier,
        "version": change.version,
        "handler": state.handler,
        "surveyor": None if survey is None else survey.surveyor,
        "actor": moves[0].actor.value,
        "act": moves[0].act,
        "is_ours": any(move.actor is Actor.SERVICE for move in moves),
        "clock": None if first is None else first.clock,
        "next_due": None if first is None else first.due,
        "callback_since": _waits_since(state),
        "look_at": look_at(state, running),
        "fen": settlement.fen if settlement is not None else state.reported.estimate if loss is None else loss,
        "paid": state.paid,
        "score": state.highest_score,
        "injured": state.reported.injured,
        "occurred_at": state.reported.occurred_at,
        "reported_at": state.reported_at,
        "since": state.since,
        "updated_at": change.recorded[-1].time,
    }


def _waits_since(state: Claim) -> datetime | None:
    """Return since when the customer waits to be called, None where they do not."""
    waiting = () if state.state is ClaimState.JOINED else state.callbacks
    return min((one.since for one in waiting if not one.done), default=None)


def _ordered(change: ClaimChange) -> list[e.PaymentOrdered]:
    return [event for event in change.events if isinstance(event, e.PaymentOrdered)]


def _sent(change: ClaimChange) -> list[e.AgreementSent]:
    return [event for event in change.events if isinstance(event, e.AgreementSent)]


def clear_claims(session: Session) -> None:
    """Remove every row that these projections ever wrote."""
    for model in (PaymentOf, AgreementOf, ClaimRow):
        session.execute(delete(model))
