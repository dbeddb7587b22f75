"""Money: payments are recorded before the bank is asked, and what it says is recorded after.

A bank that falls silent leaves the task that asked it for later: the payment is asked about then, and never made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from claims.domain import Claim
from claims.domain import commands as c
from claims.domain.state import find
from claims.domain.values import PaymentKind, PaymentState
from claims.errors import ClaimRefused
from claims.models import PaymentOf
from claims.payment.payees import Payee, encode_payee, matches, parse_payee
from claims.payment.port import PaymentAnswer, PaymentOrder, PaymentOutcome, PaymentSilent
from claims.refusals import refused
from claims.service.indexing import enter
from claims.service.office import ACTOR, PAYMENT, CommandsOf, Office
from esign.public.people import SearchField, ToKeep
from esign.public.rows import gather, new_id
from esign.public.work import log_for

STEPS_AFTER: Final = 4
"""What follows an answer of the bank in its transaction: taken down, and closed."""
NOT_RECEIVED: Final = "not-received"
"""The bank never had the order: it can be made anew, under another id."""

_log = log_for(__name__)


class Paying:
    """Does what the service has to do about the money of a claim."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._untaken: tuple[PaymentAnswer, ...] = ()
        """What the bank said by itself and could not be taken down yet."""

    def name_payee(self, claim: str, payee: Payee, *, actor: str, by: str | None = None) -> None:
        """Record who is paid; whether it is the insured is found out here. Raises `ClaimRefused`, `RecordErased`."""

        self._office.change(claim, lambda session, state: self.naming(session, claim, state, payee, by=by), actor=actor)

    def naming(self, session: Session, claim: str, state: Claim, payee: Payee, *, by: str | None = None) -> c.SetPayee:
        """Keep the payee, enter the account in the index, and return the command. Raises as `name_payee` does."""
        now = self._office.now(session, state)
        policy = self._office.policy_of(session, state)
        same = matches(payee, policy.insured.name, policy.insured.id_number)
        if state.payee is not None and state.payee.account == payee.digest:
            return c.SetPayee(at=now, payee=state.payee.record, account=payee.digest, matches=same, by=by)
        record = new_id("pye", now)
        found_by = [(SearchField.NAME, payee.name), (SearchField.ID_NUMBER, payee.id_number)]
        kept = ToKeep(record, "payee", encode_payee(payee), now, found_by)
        gather(session, self._office.house.records.keep_many, [kept])
        report = self._office.report_of(session, state)
        enter(session, self._office.house, claim, report, policy, at=now, payee=payee)
        return c.SetPayee(at=now, payee=record, account=payee.digest, matches=same, by=by)

    def order(self, claim: str, kind: PaymentKind) -> None:
        """Record that a payment is about to be made; the bank is asked in the step after.

        Raises `ClaimRefused` (`score-first` where something became known that no score has seen).
        """

        self._change(claim, lambda state, session: self.ordering(session, state, kind))

    def ordering(self, session: Session, state: Claim, kind: PaymentKind) -> c.OrderPayment:
        """Return the command that records a payment about to be made. Raises as `order` does."""
        now = self._office.now(session, state)
        if state.unscored:  # somebody else was named meanwhile
            raise refused("score-first")
        fen = state.payable if kind is PaymentKind.FINAL else state.advance or 0
        account = "" if state.payee is None else state.payee.account
        return c.OrderPayment(at=now, payment=new_id(PAYMENT, now), kind=kind, fen=fen, account=account)

    def pay(self, claim: str, payment: str) -> None:
        """Ask the bank for an ordered payment, under its id. Raises `PaymentSilent`, `RecordErased`."""
        order, asked_at = self._order(claim, payment)
        try:
            answer = self._office.bank.pay(order)
        except PaymentSilent:
            self._change(
                claim, lambda state, session: c.RecordUnanswered(at=self._office.now(session, state), payment=payment)
            )
            raise
        self._take_down(claim, answer, asked_at)

    def pay_many(self, payments: Mapping[str, str], *, then: CommandsOf) -> None:
        """Ask the bank for the ordered payments of many claims at once, as `pay` does for one; by claim.

        What the bank does not answer about is recorded, and asked about later. `then` makes what follows in the same
        transaction as what the bank said. Raises `RecordErased`.
        """
        if not payments:
            return
        with self._office.house.database.reading() as session:
            self._office.read_ahead(session, {claim: self._office.get(session, claim) for claim in payments})
            orders = [self._order_in(session, claim, payment) for claim, payment in payments.items()]
        said = self._office.bank.pay_many([order for order, _ in orders])

        def commands(session: Session, claim: str, state: Claim) -> Sequence[c.Command]:
            payment, at = payments[claim], self._office.now(session, state)
            ordered = find(state.payments, payment)
            if ordered is None or ordered.state is not PaymentState.ORDERED:
                return then(session, claim, state)
            if payment not in said:
                return [c.RecordUnanswered(at=at, payment=payment)]
            return [_said(said[payment], at, asked_at[payment])]

        asked_at = {order.payment: at for order, at in orders}
        self._office.change_many(list(payments), commands, actor=ACTOR, steps=STEPS_AFTER)

    def ask(self, claim: str, payment: str) -> None:
        """Ask what became of a payment that got no answer, or two. Raises `PaymentSilent`."""
        with self._office.house.database.reading() as session:  # the account is not needed, and may be erased
            asked_at = self._office.now(session, self._office.get(session, claim))
        answer = self._office.bank.find(payment)
        if answer is not None:
            self._take_down(claim, answer, asked_at)
            return
        self._change(
            claim,
            lambda state, session: c.RecordPaymentFailed(
                at=self._office.now(session, state), payment=payment, reason=NOT_RECEIVED, asked_at=asked_at
            ),
        )

    def listen(self) -> int:
        """Take down what the bank says by itself: an answer a second time, or a late one. Returns how many.

        What could not be taken down, for any reason, is tried again the next time: it may be about money.
        """
        said = (*self._untaken, *self._office.bank.unasked())
        self._untaken = tuple(answer for answer in said if not self._hear(answer))
        return len(said) - len(self._untaken)

    def _hear(self, answer: PaymentAnswer) -> bool:
        """Take down one answer; tell whether there is nothing left to do about it."""
        try:
            with self._office.house.database.reading() as session:
                known = session.get(PaymentOf, answer.id)
            if known is None:
                _log.error("the bank speaks of a payment that nobody ordered", record=answer.id)
                return True
            self._take_down(known.claim, answer, None)
        except ClaimRefused as refused:  # it contradicts what is settled: somebody has to talk to the bank
            _log.error("what the bank says cannot be taken down", record=answer.id, code=refused.code)
        except Exception as error:  # noqa: BLE001  # one answer never stops the others: it is tried again, and told
            _log.failed("what the bank says waits to be taken down", error, record=answer.id)
            return False
        return True

    def _take_down(self, claim: str, answer: PaymentAnswer, asked_at: datetime | None) -> None:
        def command(state: Claim, session: Session) -> c.Command:
            return _said(answer, self._office.now(session, state), asked_at)

        self._change(claim, command)

    def _order(self, claim: str, payment: str) -> tuple[PaymentOrder, datetime]:
        """Return what the bank is asked for, and the time at which it is about to be asked."""
        with self._office.house.database.reading() as session:
            return self._order_in(session, claim, payment)

    def _order_in(self, session: Session, claim: str, payment: str) -> tuple[PaymentOrder, datetime]:
        state = self._office.get(session, claim)
        ordered = find(state.payments, payment)
        if ordered is None or state.payee is None or state.payee.account != ordered.account:
            raise LookupError("a payment is due that nobody ordered, or to another account than it was ordered for")
        payee = parse_payee(self._office.read(session, state.payee.record))
        now = self._office.now(session, state)
        return PaymentOrder(payment, ordered.fen, payee.name, payee.bank_code, payee.account), now

    def _change(self, claim: str, command_of: Callable[[Claim, Session], c.Command]) -> None:
        self._office.change(claim, lambda session, state: command_of(state, session), actor=ACTOR)


def _said(answer: PaymentAnswer, at: datetime, asked_at: datetime | None) -> c.Command:
    """Return the command that takes an answer of the bank down."""
    if answer.outcome is PaymentOutcome.MADE:
        return c.RecordPaid(at=at, payment=answer.id, fen=answer.fen, asked_at=asked_at)
    return c.RecordPaymentFailed(at=at, payment=answer.id, reason=answer.reason or "unknown", asked_at=asked_at)
