"""The rows of proposals, made anew from the trail."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from esign.public.events import rebuild
from policy.domain import commands as c
from policy.models import EnvelopeOf, MoneyOf, ProposalRow
from policy.service.projection import clear_proposals
from tests.policy_shell import PolicyHouse
from tests.unit.policy.proposal_play import FAILED, ISSUED, PAID, SENT


def rows(room: PolicyHouse) -> list[Any]:
    with room.office.house.database.reading() as session:
        found: list[Any] = []
        for model in (ProposalRow, EnvelopeOf, MoneyOf):
            for row in session.scalars(select(model)):
                found.append(sorted((name, repr(value)) for name, value in vars(row).items() if name[0] != "_"))
        return sorted(found)


def test_the_rows_made_anew_are_the_rows_that_were(room: PolicyHouse) -> None:
    for road in ((*SENT, c.RecordReturned), FAILED, (*PAID, c.Withdraw), ISSUED):
        proposal = room.enter()
        more = {"policy": f"CY{int(proposal[4:], 36) % 10**14:014d}"} if road is ISSUED else {}
        room.give(proposal, *road[1:], **more)
    room.house.worker._keeper.place()
    before = rows(room)
    made = rebuild(room.office.house.database, room.office.proposals.projection("policy-proposals", clear_proposals))
    assert made > 0
    assert rows(room) == before
