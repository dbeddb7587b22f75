"""What the insured has already, as underwriting counts it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from esign.public.people import SearchField
from policy.domain import commands as c
from policy.domain.values import Outcome
from policy.underwriting.assessing import sum_in_force
from tests.policy_shell import PolicyHouse
from tests.unit.policy.proposal_play import ACCEPTED, FAILED, SENT, SIGNED, UNKNOWN

ONE = Decimal("100000.00")
ROADS: dict[str, tuple[tuple[type[c.Command], ...], int]] = {
    "entered": ((), 0),
    "sent": (SENT, 0),
    "accepted": (ACCEPTED, 1),
    "debit failed": (FAILED, 1),
    "debit without an answer": (UNKNOWN, 1),
    "withdrawn": ((*SENT, c.Withdraw), 0),
    "signed": (SIGNED, 1),
}


def in_force(room: PolicyHouse, proposal: str) -> Decimal:
    with room.office.house.database.reading() as session:
        content = room.office.content(session, room.office.get(session, proposal))
        return sum_in_force(room.office, session, proposal, content)


@pytest.mark.parametrize("road", ROADS)
def test_another_proposal_of_the_insured_counts_where_it_may_become_a_policy(room: PolicyHouse, road: str) -> None:
    kinds, times = ROADS[road]
    other, mine = room.enter(), room.enter()
    before = in_force(room, mine)
    if kinds:
        room.give(other, *kinds[1:])
    assert in_force(room, mine) - before == ONE * times


def test_what_a_person_decides_about_counts(room: PolicyHouse) -> None:
    other, mine = room.enter(), room.enter()
    before = in_force(room, mine)
    room.give(other, *SIGNED[1:])
    room.give(other, c.Underwrite, outcome=Outcome.REFER)
    assert in_force(room, mine) - before == ONE


def test_of_two_that_are_signed_at_once_the_later_one_counts_the_earlier(room: PolicyHouse) -> None:
    first, second = room.enter(), room.enter()
    before = in_force(room, first), in_force(room, second)
    room.give(first, *SIGNED[1:])
    room.give(second, *SIGNED[1:])
    assert (in_force(room, first) - before[0], in_force(room, second) - before[1]) == (0, ONE)


def test_however_many_records_there_are_of_the_insured_all_of_them_count(room: PolicyHouse) -> None:
    other, mine = room.enter(), room.enter()
    room.give(other, *SIGNED[1:])
    before = in_force(room, mine)
    house = room.office.house
    with house.database.transaction() as session:
        number = room.office.content(session, room.office.get(session, mine)).insured.id_number
        for count in range(201):
            id = f"per_000{count:05d}"
            find_by = [(SearchField.ID_NUMBER, number)]
            house.records.keep(session, id, "person", b"{}", at=house.clock(), find_by=find_by)
    assert in_force(room, mine) == before > 0
