"""Underwriting by the table, once everybody signed: what it says is recorded with its whole trace, and acted upon."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from esign.public.people import SearchField
from esign.public.rows import new_id
from esign.public.values import Words
from policy.domain import commands as c
from policy.domain.state import Proposal as State
from policy.domain.values import Asked, Outcome, ProposalState, day_of
from policy.models import ProposalRow
from policy.proposal import Proposal
from policy.service.applications import premium_of
from policy.service.office import ACTOR, Office
from policy.underwriting.inputs import Assessment, assess
from policy.underwriting.telling import tell_customers

DESK: Final = "team_underwriting"
"""Who sees to what the table asks for, until a person takes it over."""
ON_THEIR_WAY: Final = tuple(
    state.value
    for state in (
        ProposalState.REFERRED,
        ProposalState.WANTING,
        ProposalState.OFFERED,
        ProposalState.ACCEPTED,
        ProposalState.DEBITING,
        ProposalState.DEBIT_FAILED,
        ProposalState.DEBIT_UNKNOWN,
        ProposalState.PAID,
        ProposalState.ISSUED,
    )
)
"""Where a proposal counts to what its insured has: until it ends, it may become a policy."""


class Assessing:
    """Asks the table about signed proposals."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def underwrite(self, proposal: str) -> None:
        """Decide a signed proposal by the table in force. Raises `UnderwritingFailed`, `RecordErased`."""
        house = self._office.house
        with house.database.reading() as session:
            state = self._office.get(session, proposal)
            content = self._office.content(session, state)
            now = house.clocks.now(session, state.client or "")
            in_force = sum_in_force(self._office, session, proposal, content)
        made = assess(
            content,
            self._office.product(state),
            premium_of(self._office, state, content),
            in_force=in_force,
            on=day_of(now),
        )
        trace = new_id("utr", now)
        asked = tuple(_asked(one.kind, one.reason, one.due, now) for one in made.wanted)

        def decided(session: Session, _state: State) -> c.Command:
            house.records.keep(session, trace, "underwriting-trace", made.evaluation.trace, at=now)
            return _command(made, _state, trace, asked, now)

        said = {one.id: _said(made.table.reasons[one.reason], content.applicant.locale) for one in asked}
        self._office.change(
            proposal,
            decided,
            actor=ACTOR,
            beside=lambda session, change: tell_customers(self._office, session, change, said),
        )


def sum_in_force(office: Office, session: Session, proposal: str, content: Proposal) -> Decimal:
    """Return the sum in yuan that the insured has at this insurer by other proposals: issued, or on their way there.

    They are found by the insured's ID number; what was erased or ended does not count. Of two that are underwritten at
    once, the later one counts the earlier: two halves of a sum are judged as the whole.
    """
    found = office.house.records.index.chosen(SearchField.ID_NUMBER, content.insured.id_number)
    earlier = and_(ProposalRow.state == ProposalState.SIGNED.value, ProposalRow.id < proposal)
    chosen = select(ProposalRow).where(
        ProposalRow.content.in_(found),
        ProposalRow.id != proposal,
        or_(ProposalRow.state.in_(ON_THEIR_WAY), earlier),
    )
    total = Decimal(0)
    for row in session.scalars(chosen):
        other = office.content(session, office.get(session, row.id))
        if other.insured.id_number == content.insured.id_number:
            total += other.sum_insured
    return total


def _said(words: Words, locale: str) -> str:
    return words.en if locale == "en" else words.zh


def _asked(kind: object, reason: str, due: object, now: datetime) -> Asked:
    return Asked(new_id("req", now), kind, reason, DESK, due, new_id("msg", now))  # type: ignore[arg-type]


def _command(made: Assessment, state: State, trace: str, asked: tuple[Asked, ...], now: datetime) -> c.Underwrite:
    signed = state.signed
    return c.Underwrite(
        at=now,
        outcome=made.outcome,
        table=made.table.name,
        table_version=made.table.version,
        content="" if signed is None else signed.content,
        inputs=made.evaluation.inputs_digest,
        trace=trace,
        trace_digest=made.evaluation.trace_digest,
        reasons=made.reasons,
        loading=made.loading if made.outcome is Outcome.ACCEPT else 0,
        case=new_id("cas", now),
        requirements=asked,
    )
