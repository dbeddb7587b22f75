"""What a contract says of the day on which it was paid for."""

from __future__ import annotations

from datetime import timedelta

from policy.domain.values import day_of
from policy.service.issuing import paid_on
from tests.policy_shell import PolicyHouse
from tests.unit.policy.proposal_play import PAID


def test_a_contract_that_is_issued_days_later_names_the_day_on_which_the_premium_was_taken(room: PolicyHouse) -> None:
    proposal = room.enter()
    taken = room.office.house.clock() + timedelta(days=2)
    room.give(proposal, *PAID[1:], at=taken)
    with room.office.house.database.reading() as session:
        assert paid_on(session, proposal, room.state(proposal)) == day_of(taken)
