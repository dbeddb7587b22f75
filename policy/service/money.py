"""Money: debits and refunds are recorded before the bank is asked, and what it says is recorded after.

A bank that falls silent leaves the task that asked it for later: the debit is asked about then, and never made anew.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from esign.public.rows import new_id
from esign.public.work import log_for
from policy.bank.port import BankAnswer, BankOutcome, BankRefused, BankSilent, DebitOrder, RefundOrder
from policy.domain import commands as c
from policy.domain.state import Proposal as State
from policy.domain.state import find
from policy.errors import PolicyRefused
from policy.models import MoneyOf
from policy.service.office import ACTOR, DEBIT, REFUND, Office

NOT_RECEIVED: Final = "not-received"
"""The bank never had the order: it can be made anew, by whoever sees to debits that failed."""


_log = log_for(__name__)


class Money:
    """Does what the service has to do about the money of a proposal."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._untaken: tuple[BankAnswer, ...] = ()
        """What the bank said by itself and could not be taken down yet."""

    def order_debit(self, proposal: str) -> None:
        """Record that the premium is about to be taken; the bank is asked in the step after."""
        self._change(
            proposal,
            lambda state, session: c.OrderDebit(
                at=self._now(session, state),
                debit=new_id(DEBIT, self._now(session, state)),
                account=state.contents.record,
            ),
        )

    def collect(self, proposal: str, debit: str) -> None:
        """Ask the bank to take the money of an ordered debit, under its id. Raises `BankSilent`."""
        order, asked_at = self._debit_order(proposal, debit)
        try:
            answer = self._office.bank.collect(order)
        except BankSilent:
            self._change(proposal, lambda state, session: c.RecordUnanswered(at=self._now(session, state), debit=debit))
            raise
        self._take_down(proposal, answer, asked_at)

    def ask(self, proposal: str, debit: str) -> None:
        """Ask what became of a debit that got no answer, or two. Raises `BankSilent`."""
        with self._office.house.database.reading() as session:  # the account is not needed, and may be erased
            asked_at = self._now(session, self._office.get(session, proposal))
        answer = self._office.bank.find(debit)
        if answer is not None:
            self._take_down(proposal, answer, asked_at)
            return
        self._change(
            proposal,
            lambda state, session: c.RecordDebitFailed(
                at=self._now(session, state), debit=debit, reason=NOT_RECEIVED, asked_at=asked_at
            ),
        )

    def refund(self, proposal: str, refund: str) -> None:
        """Give money back under the refund's id: recorded, asked for, recorded. Raises `BankSilent`."""
        self._change(proposal, lambda state, session: c.OrderRefund(at=self._now(session, state), refund=refund))
        with self._office.house.database.reading() as session:
            owed = find(self._office.get(session, proposal).refunds, refund)
        if owed is None:
            return
        try:
            answer = self._office.bank.refund(RefundOrder(refund, owed.debit, owed.fen))
        except BankRefused as refused:
            self._refund_failed(proposal, refund, refused.code)
            return
        if answer.outcome is BankOutcome.MADE:
            self._change(proposal, lambda state, session: c.RecordRefunded(at=self._now(session, state), refund=refund))
        else:
            self._refund_failed(proposal, refund, answer.reason or "unknown")

    def listen(self) -> int:
        """Take down what the bank says by itself: an answer a second time, or a late one. Returns how many.

        What could not be taken down, for any reason, is tried again the next time: it may be about money.
        """
        said = (*self._untaken, *self._office.bank.unasked())
        self._untaken = tuple(answer for answer in said if not self._hear(answer))
        return len(said) - len(self._untaken)

    def _hear(self, answer: BankAnswer) -> bool:
        """Take down one answer; tell whether there is nothing left to do about it."""
        try:
            with self._office.house.database.reading() as session:
                known = session.get(MoneyOf, answer.id)
            if known is None:
                _log.error("the bank speaks of a debit that nobody ordered", record=answer.id)
                return True
            self._take_down(known.proposal, answer, None)
        except PolicyRefused as refused:  # it contradicts what is settled: somebody has to talk to the bank
            _log.error("what the bank says cannot be taken down", record=answer.id, code=refused.code)
        except Exception as error:  # noqa: BLE001  # one answer never stops the others: it is tried again, and told
            _log.failed("what the bank says waits to be taken down", error, record=answer.id)
            return False
        return True

    def _take_down(self, proposal: str, answer: BankAnswer, asked_at: datetime | None) -> None:
        def command(state: State, session: Session) -> c.Command:
            at = self._now(session, state)
            if answer.outcome is BankOutcome.MADE:
                refund = new_id(REFUND, at)
                return c.RecordCollected(at=at, debit=answer.id, fen=answer.fen, refund=refund, asked_at=asked_at)
            return c.RecordDebitFailed(at=at, debit=answer.id, reason=answer.reason or "unknown", asked_at=asked_at)

        self._change(proposal, command)

    def _refund_failed(self, proposal: str, refund: str, reason: str) -> None:
        self._change(
            proposal,
            lambda state, session: c.RecordRefundFailed(at=self._now(session, state), refund=refund, reason=reason),
        )

    def _debit_order(self, proposal: str, debit: str) -> tuple[DebitOrder, datetime]:
        """Return what the bank is asked for, and the time at which it is about to be asked."""
        with self._office.house.database.reading() as session:
            state = self._office.get(session, proposal)
            payment = self._office.content(session, state).payment
            now = self._now(session, state)
        fen = next(one.fen for one in state.debits if one.id == debit)
        return DebitOrder(debit, fen, payment.bank, payment.account, payment.holder), now

    def _change(self, proposal: str, command_of: Callable[[State, Session], c.Command]) -> None:
        self._office.change(proposal, lambda session, state: command_of(state, session), actor=ACTOR)

    def _now(self, session: Session, state: State) -> datetime:
        return self._office.house.clocks.now(session, state.client or "")
