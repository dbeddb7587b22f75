"""Money and the bank around it: falls between two steps, answers nobody asked for, and a bank that says nothing."""

from __future__ import annotations

from datetime import datetime

import pytest

from esign.public.events import ConcurrentChange
from policy.bank.books import AGAIN, BookedBank
from policy.bank.port import BankAnswer, BankSilent, RefundOrder, SimulatedBank
from policy.domain import commands as c
from policy.domain.values import ProposalState, RefundState
from policy.models import BankEntry
from policy.service.money import Money
from policy.service.office import ADVANCE
from tests.policy_shell import PolicyHouse
from tests.unit.policy.proposal_play import ACCEPTED

TO_ACCEPTED = ACCEPTED[1:]


class Forgetful(SimulatedBank):
    """Does what it is asked for, and says nothing the first time."""

    def __init__(self) -> None:
        super().__init__()
        self.silent = True

    def refund(self, order: RefundOrder) -> BankAnswer:
        answer = super().refund(order)
        if self.silent:
            self.silent = False
            raise BankSilent
        return answer


def test_a_refund_that_got_no_answer_is_asked_about_and_ends(room: PolicyHouse) -> None:
    room = room.with_bank(Forgetful())
    proposal = room.enter()
    room.give(proposal, *TO_ACCEPTED)
    room.money.order_debit(proposal)
    room.money.collect(proposal, room.state(proposal).debits[0].id)
    room.give(proposal, c.Withdraw)
    with pytest.raises(BankSilent):
        room.advancing.advance(proposal)
    assert room.state(proposal).refunds[0].state is RefundState.ORDERED
    room.advancing.advance(proposal)
    assert room.state(proposal).refunds[0].state is RefundState.PAID


class Unlucky(Money):
    """Cannot take down the first answer that it hears, as when others keep changing the proposal."""

    hindered = True

    def _take_down(self, proposal: str, answer: BankAnswer, asked_at: datetime | None) -> None:
        if asked_at is None and self.hindered:
            self.hindered = False
            raise ConcurrentChange("stream-changed", "another was first", "decide anew")
        super()._take_down(proposal, answer, asked_at)


def test_an_answer_that_cannot_be_taken_down_now_stops_no_other_and_is_taken_down_later(room: PolicyHouse) -> None:
    room = room.with_bank(SimulatedBank())
    money, proposals = Unlucky(room.office), [room.enter("6200000000009008") for _ in range(2)]
    for proposal in proposals:  # the bank says no, and later yes
        room.give(proposal, *TO_ACCEPTED)
        money.order_debit(proposal)
        money.collect(proposal, room.state(proposal).debits[0].id)
    assert money.listen() == 1
    assert [room.state(one).state for one in proposals] == [ProposalState.DEBIT_FAILED, ProposalState.PAID]
    assert money.listen() == 1
    assert [room.state(one).state for one in proposals] == [ProposalState.PAID, ProposalState.PAID]
    assert money.listen() == 0


def test_an_entry_that_becomes_visible_behind_a_newer_one_is_heard_all_the_same(room: PolicyHouse) -> None:
    bank, database = BookedBank(room.house.database), room.house.database
    bank.unasked()

    def entry(number: int) -> BankEntry:
        id = f"dbt_visible{number}"
        return BankEntry(number=number, id=id, kind=AGAIN, debit=id, order=b"0" * 32, fen=1, outcome="made")

    with database.transaction() as session:
        session.add(entry(9001))
    assert [one.id for one in bank.unasked()] == ["dbt_visible9001"]
    with database.transaction() as session:
        session.add(entry(9000))
    assert [one.id for one in bank.unasked()] == ["dbt_visible9000"]
    assert bank.unasked() == ()


def test_what_cannot_go_on_stays_among_the_jobs_of_its_envelope_with_the_reason(room: PolicyHouse) -> None:
    room = room.with_bank(SimulatedBank())
    proposal = room.enter()
    room.give(proposal, *TO_ACCEPTED)
    room.money.order_debit(proposal)
    state = room.state(proposal)
    with room.house.database.transaction() as session:
        room.office.house.records.erase(session, state.contents.record, at=room.office.house.clock())
    job = room.office.house.tasks.job(ADVANCE, room.advancing.advance, room.advancing.give_up)
    (task,) = [one for one in room.house.desk.tasks() if one.subject == proposal]
    job.run(task.id)
    (left,) = [one for one in room.house.desk.tasks() if one.subject == proposal]
    assert (left.failure, left.envelope) == ("record-erased", state.sent[-1])


def test_a_debit_without_an_answer_is_asked_about_also_when_the_account_was_erased(room: PolicyHouse) -> None:
    room = room.with_bank(SimulatedBank())
    proposal = room.enter("6200000000009005")  # taken, and not a word of it
    room.give(proposal, *TO_ACCEPTED)
    room.money.order_debit(proposal)
    state = room.state(proposal)
    with pytest.raises(BankSilent):
        room.money.collect(proposal, state.debits[0].id)
    with room.house.database.transaction() as session:
        room.office.house.records.erase(session, state.contents.record, at=room.office.house.clock())
    room.money.ask(proposal, state.debits[0].id)
    assert room.state(proposal).state is ProposalState.PAID
