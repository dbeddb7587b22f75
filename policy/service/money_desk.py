"""What operations see to: debits that failed, and debits and refunds that wait for the bank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from esign.public.console import Caller, name_of
from esign.public.people import ERASED_TEXT, RecordErased
from esign.public.rows import new_id
from esign.public.values import Words
from policy.domain import Actor
from policy.domain import Proposal as State
from policy.domain import commands as c
from policy.domain.state import Refund
from policy.domain.values import DebitState, ProposalState, RefundState
from policy.models import MoneyOf, ProposalRow
from policy.refusals import refused
from policy.service.numbers import number_of
from policy.service.office import DEBIT, REFUND, Office
from policy.service.sight import seen, within

LISTED_AT_MOST: Final = 200
_WAITING: Final = (ProposalState.DEBITING, ProposalState.DEBIT_UNKNOWN)


class WithdrawReason(StrEnum):
    """Why operations withdraw a proposal whose premium could not be taken."""

    NOT_PAID = "premium-not-paid"
    ACCOUNT = "account-unusable"
    CUSTOMER = "customer-changed-mind"


@dataclass(frozen=True)
class DebitLine:
    """A debit in a list, by the proposal that it pays for. `reason` is the code of its failure; `tries` are all debits
    of the proposal. The account has its last four digits."""

    proposal: str
    number: str
    applicant: str
    product: Words
    bank: str
    account: str
    debit: str
    fen: int
    reason: str | None
    tries: int
    state: ProposalState
    since: datetime
    needs_recording: bool


@dataclass(frozen=True)
class RefundLine:
    """A refund that is not paid yet; one that failed waits for operations."""

    proposal: str
    number: str
    applicant: str
    refund: Refund
    since: datetime


class MoneyDesk:
    """Reads it, and does it, for a member of staff."""

    def __init__(self, office: Office) -> None:
        self._office = office

    @property
    def simulated(self) -> bool:
        """Whether the bank is a stand-in."""
        return self._office.bank.simulated

    def failed(self, caller: Caller) -> Sequence[DebitLine]:
        """Return the debits that failed, the one that failed longest ago first."""
        return self._debits(caller, (ProposalState.DEBIT_FAILED,))

    def waiting(self, caller: Caller) -> Sequence[DebitLine]:
        """Return the debits that wait for the bank."""
        return self._debits(caller, _WAITING)

    def refunds(self, caller: Caller) -> Sequence[RefundLine]:
        """Return the refunds that are not paid yet, those that failed first."""
        with self._office.house.database.reading() as session:
            refund = exists().where(MoneyOf.proposal == ProposalRow.id, MoneyOf.id.startswith(f"{REFUND}_"))
            # What an ended proposal still waits for is its refund alone; an issued one may wait for its customer too.
            open_ones = or_(
                ProposalRow.is_ours,
                ProposalRow.actor == Actor.OPERATIONS.value,
                ProposalRow.state == ProposalState.ISSUED.value,
            )
            chosen = select(ProposalRow).where(refund, open_ones, within(session, caller))
            rows = session.scalars(chosen.order_by(ProposalRow.updated_at, ProposalRow.id).limit(LISTED_AT_MOST))
            lines = [line for row in rows for line in self._refund_lines(session, row)]
        return sorted(lines, key=lambda line: line.refund.failure is None)

    def count(self, caller: Caller) -> int:
        """Return how many proposals wait for operations: whose debit failed, or a refund that nothing else follows."""
        with self._office.house.database.reading() as session:
            waits = ProposalRow.actor == Actor.OPERATIONS.value
            chosen = select(func.count()).select_from(ProposalRow).where(waits, within(session, caller))
            return session.scalar(chosen) or 0

    def order_again(self, caller: Caller, proposal: str, failed: str) -> None:
        """Order another debit after the one that `failed`. Raises `PolicyRefused`."""

        def command(session: Session, state: State) -> c.Command:
            seen(self._office, session, caller, proposal)
            at = self._office.house.clocks.now(session, state.client or "")
            if not state.debits or state.debits[-1].id != failed or state.debits[-1].state is not DebitState.FAILED:
                raise refused("debit-changed")
            return c.OrderDebit(at=at, debit=new_id(DEBIT, at), account=state.contents.record)

        self._office.change(proposal, command, actor=name_of(caller))

    def withdraw(self, caller: Caller, proposal: str, reason: WithdrawReason) -> None:
        """End the proposal: nothing was taken, and nothing is taken any more. Raises `PolicyRefused`."""

        def command(session: Session, state: State) -> c.Command:
            seen(self._office, session, caller, proposal)
            at = self._office.house.clocks.now(session, state.client or "")
            if state.state is not ProposalState.DEBIT_FAILED:
                raise refused("debit-changed")
            return c.Withdraw(at=at, reason=reason.value, refund=new_id(REFUND, at), by=caller.member)

        self._office.change(proposal, command, actor=name_of(caller))

    def refund_again(self, caller: Caller, proposal: str, refund: str) -> None:
        """Order a refund that failed again, under its own id: the bank pays it once. Raises `PolicyRefused`."""

        def command(session: Session, state: State) -> c.Command:
            seen(self._office, session, caller, proposal)
            return c.OrderRefund(at=self._office.house.clocks.now(session, state.client or ""), refund=refund)

        self._office.change(proposal, command, actor=name_of(caller))

    def _debits(self, caller: Caller, states: Sequence[ProposalState]) -> Sequence[DebitLine]:
        with self._office.house.database.reading() as session:
            chosen = select(ProposalRow).where(
                ProposalRow.state.in_([one.value for one in states]), within(session, caller)
            )
            rows = session.scalars(chosen.order_by(ProposalRow.updated_at, ProposalRow.id).limit(LISTED_AT_MOST))
            return [self._debit_line(session, row) for row in rows]

    def _debit_line(self, session: Session, row: ProposalRow) -> DebitLine:
        state = self._office.get(session, row.id)
        debit = state.debits[-1]
        applicant, bank, account = self._payer(session, state)
        return DebitLine(
            proposal=row.id,
            number=number_of(session, row.id),
            applicant=applicant,
            product=self._office.product(state).name,
            bank=bank,
            account=account,
            debit=debit.id,
            fen=debit.fen,
            reason=row.failure,
            tries=len(state.debits),
            state=state.state,
            since=row.updated_at,
            needs_recording=state.recording_wanted,
        )

    def _refund_lines(self, session: Session, row: ProposalRow) -> list[RefundLine]:
        state = self._office.get(session, row.id)
        number, applicant = number_of(session, row.id), self._payer(session, state)[0]
        unpaid = [one for one in state.refunds if one.state is not RefundState.PAID]
        return [RefundLine(row.id, number, applicant, one, row.updated_at) for one in unpaid]

    def _payer(self, session: Session, state: State) -> tuple[str, str, str]:
        """Return the applicant's name, the bank, and the last four digits of the account."""
        try:
            content = self._office.content(session, state)
        except RecordErased:
            return ERASED_TEXT, ERASED_TEXT, ""
        return content.applicant.name, content.payment.bank, content.payment.account[-4:]
