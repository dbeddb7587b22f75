"""What was proposed and never sent to anybody is forgotten after ninety days: nobody signed it, and no envelope's
erasure would ever take it along."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.public.errors import EsignError
from esign.public.rows import new_id
from esign.public.work import log_for
from policy.domain import commands as c
from policy.domain.values import ProposalState
from policy.models import EnvelopeOf, PersonOf, ProposalRow
from policy.service.keeping import records_of
from policy.service.office import ACTOR, REFUND, Office

KEPT_FOR: Final = timedelta(days=90)
AT_ONCE: Final = 50
NEVER_SENT: Final = "never-sent"
_UNSENT: Final = (ProposalState.ENTERED.value, ProposalState.WITHDRAWN.value)

_log = log_for(__name__)


class Forgetting:
    """Forgets proposals that were never sent."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def clean(self, session: Session, now: datetime) -> None:
        """Withdraw those that nobody touched for ninety days, and erase what they say of people.

        One that is broken stays, and is in the log: nobody else's data lives longer for it.
        """
        sent = select(EnvelopeOf.envelope).where(EnvelopeOf.subject == ProposalRow.id).exists()
        known = select(PersonOf.person).where(PersonOf.proposal == ProposalRow.id).exists()
        chosen = (
            select(ProposalRow.id)
            .where(ProposalRow.state.in_(_UNSENT), ProposalRow.updated_at < now - KEPT_FOR, known, ~sent)
            .order_by(ProposalRow.updated_at)
            .limit(AT_ONCE)
        )
        for proposal in session.scalars(chosen).all():
            try:
                with session.begin_nested():
                    self._forget(session, proposal, now)
            except EsignError as error:
                session.info.clear()  # what was remembered of rows that it held went with the savepoint
                _log.error("a proposal that was never sent cannot be forgotten", record=proposal, code=error.code)

    def _forget(self, session: Session, proposal: str, now: datetime) -> None:
        self._office.proposals.hold(session, proposal)
        state = self._office.get(session, proposal)
        if state.sent:  # meanwhile somebody sent it
            return
        if state.state is ProposalState.ENTERED:
            command = c.Withdraw(at=now, reason=NEVER_SENT, refund=new_id(REFUND, now))
            self._office.execute(session, proposal, command, actor=ACTOR)
        for record in list(records_of(session, proposal)):
            self._office.house.records.erase(session, record, at=now)
        for row in session.scalars(select(PersonOf).filter_by(proposal=proposal)).all():
            session.delete(row)
        session.flush()
