"""What the room hears of the policy room: every proposal that is signed has a delivery, and it says who acts next."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from delivery.domain import Owner
from delivery.domain import commands as d
from delivery.domain.clocks import day_of
from delivery.domain.values import DeliveryState, DropReason, EndReason, Medium, Waits
from delivery.service.hearing import Hearing
from delivery.service.streams import delivery_of
from esign.public.events import LoggedEvent
from esign.trail.log import read_stream
from policy.domain import commands as c
from policy.domain.values import Outcome
from tests.delivery_shell import DeliveryHouse
from tests.service import system_now
from tests.unit.policy.proposal_play import ACCEPTED, FAILED, ISSUED, PAID, SENT, SIGNED, asked

S = DeliveryState
PRINTED_TO_HAND = (d.Print, d.Bind, d.Check, d.Pack, d.Dispatch, d.Arrive, d.Hand)


def sold(room: DeliveryHouse, *kinds: Any, **changes: Any) -> str:
    """Enter a proposal, bring it on by these commands, and let the delivery room hear of it; return its delivery."""
    proposal = room.policy.enter()
    more = {"policy": f"CY{int(proposal[4:], 36) % 10**14:014d}"} if kinds[-1] is c.Issue else {}
    room.policy.give(proposal, *kinds[1:], **(more | changes))
    room.hear()
    return delivery_of(proposal)


def told(room: DeliveryHouse, delivery: str, kind: Any, **changes: Any) -> None:
    room.policy.give(f"prp_{delivery.partition('_')[2]}", kind, **changes)
    room.hear()


def test_what_is_not_signed_yet_has_no_delivery(room: DeliveryHouse) -> None:
    assert room.house.events(sold(room, *SENT)) == []


def test_a_signed_proposal_opens_its_delivery_from_the_day_of_the_signature(room: DeliveryHouse) -> None:
    delivery = sold(room, *SIGNED)
    state = room.state(delivery)
    assert state.application.applied_on == day_of(system_now())
    assert state.application.institution == room.policy.sales["institution"]
    assert state.salesperson == room.policy.sales["id"]
    assert (state.application.channel, state.application.hesitation_days) == ("platform", 15)
    row = room.row(delivery)
    assert (row.owner, row.act, row.due_on) == ("service", "underwrite", state.due_on)
    assert row.watch_on == state.application.applied_on + timedelta(days=12)


@pytest.mark.parametrize(
    ("road", "waits"), [(ACCEPTED, Waits.DEBIT), (FAILED, Waits.DEBIT_FAILED), (PAID, Waits.ISSUE)]
)
def test_who_acts_next_is_told_long_before_the_issue(room: DeliveryHouse, road: tuple[Any, ...], waits: Waits) -> None:
    delivery = sold(room, *road)
    assert room.state(delivery).wait.waits_for is waits


def test_an_examination_stops_the_clock_of_working_days_until_it_is_there(room: DeliveryHouse) -> None:
    due = day_of(system_now()) + timedelta(days=7)
    delivery = sold(room, *SIGNED)
    requirement = asked(f"req_{delivery[4:]}", due=due)
    told(room, delivery, c.Underwrite, outcome=Outcome.ASK, reasons=("standard",), requirements=(requirement,))
    state, row = room.state(delivery), room.row(delivery)
    assert (state.papers_on, state.wait.owner) == (None, requirement.owner)
    assert (row.owner, row.until) == (Owner.OWNER.value, due)
    told(room, delivery, c.MeetRequirement, requirement=requirement.id, case=f"cas_{delivery[4:]}")
    assert room.state(delivery).papers_on == day_of(system_now())
    assert room.row(delivery).owner == Owner.UNDERWRITER.value


def test_a_policy_is_issued_as_the_customer_chose_and_found_by_its_number(room: DeliveryHouse) -> None:
    delivery = sold(room, *ISSUED)
    issued = room.state(delivery).issued
    assert issued is not None
    assert issued.underwritten_on == issued.issued_on
    with room.house.database.reading() as session:
        assert room.deliveries.find(session, issued.policy) == delivery


def test_the_policy_room_hears_the_receipt_and_starts_the_hesitation_period(room: DeliveryHouse) -> None:
    delivery = sold(room, *ISSUED)
    issued = room.state(delivery).issued
    assert issued is not None
    for kind in (d.SendLink,) if issued.medium is Medium.ELECTRONIC else PRINTED_TO_HAND:
        room.do(delivery, kind, **({"outlet": room.policy.sales["institution"]} if kind in (d.Pack, d.Arrive) else {}))
    room.do(delivery, d.Sign)
    room.hear()
    assert "policy.received" in room.house.events(f"prp_{delivery[4:]}")


def test_a_policy_that_ends_before_the_receipt_needs_none(room: DeliveryHouse) -> None:
    delivery = sold(room, *ISSUED)
    told(room, delivery, c.Cancel, refund=f"rfd_{delivery[4:]}")
    end = room.state(delivery).end
    assert end is not None
    assert end.reason is EndReason.CANCELLED
    assert not room.row(delivery).is_open


@pytest.mark.parametrize(
    ("kind", "changes", "reason"),
    [
        (c.Withdraw, {}, DropReason.WITHDRAWN),
        (c.Underwrite, {"outcome": Outcome.DECLINE, "reasons": ("standard",)}, DropReason.DECLINED),
    ],
)
def test_what_never_becomes_a_policy_is_dropped(
    room: DeliveryHouse, kind: Any, changes: dict[str, Any], reason: DropReason
) -> None:
    delivery = sold(room, *SIGNED)
    told(room, delivery, kind, **changes)
    assert room.state(delivery).state is S.DROPPED
    assert room.house.events(delivery)[-1] == "delivery.dropped"
    assert reason in DropReason


def test_hearing_everything_again_records_nothing_new(room: DeliveryHouse) -> None:
    delivery = sold(room, *ISSUED)
    before = room.house.events(delivery)
    hearing = Hearing(room.deliveries)
    with room.house.database.transaction() as session:
        for position, event in enumerate(read_stream(session, f"prp_{delivery[4:]}")):
            hearing.hear(session, LoggedEvent(position, event))
    assert room.house.events(delivery) == before


def test_what_is_heard_late_is_recorded_after_what_came_first(room: DeliveryHouse) -> None:
    delivery = sold(room, *ISSUED)
    room.do(delivery, d.SendLink, at=system_now() + timedelta(hours=2))
    told(room, delivery, c.Cancel, refund=f"rfd_{delivery[4:]}")
    assert room.house.events(delivery)[-1] == "delivery.ended"
