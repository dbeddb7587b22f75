"""The daily sweep: never a chase missed, never one twice, and lateness on day 16."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from delivery.domain import commands as c
from delivery.models import DeliveryRow
from delivery.service import sweeping
from delivery.service.projection import clear_deliveries
from delivery.service.sweeping import REMIND
from delivery.service.telling import CHASED
from esign.infra.models import Message
from esign.public.events import rebuild
from tests.delivery_shell import DeliveryHouse
from tests.service import system_now
from tests.unit.delivery.delivery_play import HANDED, ISSUED, PHOTOGRAPHED, RECEIVED


def types(room: DeliveryHouse, delivery: str) -> list[str]:
    return [name.partition(".")[2] for name in room.house.events(delivery)]


def test_day_twelve_opens_a_chase_under_one_id_and_enters_a_reminder(room: DeliveryHouse) -> None:
    young, old = room.deliver(*HANDED[1:], days_ago=11), room.deliver(*HANDED[1:], days_ago=12)
    room.sweeping.sweep()
    assert "chased" not in types(room, young)
    assert room.row(old).chase == f"chs_{old[4:]}"
    assert any(task.kind == f"delivery-{REMIND}" for task in room.house.desk.tasks())
    room.sweeping.sweep()
    assert types(room, old).count("chased") == 1


def test_a_sweep_that_did_not_run_for_a_week_misses_nothing(room: DeliveryHouse) -> None:
    delivery, unissued = room.deliver(*HANDED[1:], days_ago=19), room.deliver(days_ago=19)
    room.sweeping.sweep()
    for one in (delivery, unissued):
        assert types(room, one)[-2:] == ["chased", "fell-late"]
        assert room.row(one).watch_on is None


def test_those_that_are_refused_keep_no_other_from_its_chase_however_many(
    room: DeliveryHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "SWEPT_AT_ONCE", 2)
    refused = [room.deliver(*HANDED[1:], days_ago=21) for _ in range(2)]
    for one in refused:
        room.do(one, c.LogCall)  # after the moment of the sweep: what is older is refused
    waiting = room.deliver(*HANDED[1:], days_ago=19)
    room.at(system_now() - timedelta(days=6)).sweep()
    assert "chased" in types(room, waiting)
    assert all("chased" not in types(room, one) for one in refused)
    room.sweeping.sweep()
    assert all("chased" in types(room, one) for one in refused), "due again at the next sweep"


def test_what_was_received_ended_or_waits_to_be_compared_is_left_alone(room: DeliveryHouse) -> None:
    quiet = [room.deliver(*road[1:], days_ago=19) for road in (RECEIVED, (*ISSUED, c.RecordEnded), PHOTOGRAPHED)]
    before = [types(room, one) for one in quiet]
    room.sweeping.sweep()
    assert [types(room, one) for one in quiet] == before


def test_it_is_late_on_day_sixteen_and_not_before(room: DeliveryHouse) -> None:
    delivery, now = room.deliver(*HANDED[1:]), system_now()
    room.at(now + timedelta(days=15)).sweep()
    assert types(room, delivery)[-1] == "chased"
    room.at(now + timedelta(days=16)).sweep()
    assert types(room, delivery)[-1] == "fell-late"


def test_the_salesperson_is_reminded_once_whatever_is_retried(room: DeliveryHouse) -> None:
    delivery = room.deliver(*HANDED[1:], days_ago=13, salesperson=room.policy.sales["id"])
    room.sweeping.sweep()
    for _ in range(2):
        room.sweeping.remind("swp_any")
    assert types(room, delivery)[-2:] == ["chased", "reminded"]
    assert messages(room, delivery) == 1
    assert not room.row(delivery).wants_reminder


def test_nobody_is_reminded_of_what_was_received_meanwhile(room: DeliveryHouse) -> None:
    delivery = room.deliver(*HANDED[1:], days_ago=13)
    room.sweeping.sweep()
    room.do(delivery, c.Sign)
    room.sweeping.remind("swp_any")
    assert types(room, delivery)[-1] == "received"


def messages(room: DeliveryHouse, delivery: str) -> int:
    """Return how many messages tell of the chase."""
    with room.house.database.reading() as session:
        found = session.scalars(select(Message).where(Message.kind == CHASED)).all()
        return sum(1 for one in found if delivery in str(one.facts))


def test_the_rows_made_anew_are_the_rows_that_were(room: DeliveryHouse) -> None:
    room.deliver(*HANDED[1:], c.ReportAway)
    room.house.worker._keeper.place()
    before = rows(room)
    made = rebuild(room.house.database, room.deliveries.streams.projection("delivery-deliveries", clear_deliveries))
    assert made > 0
    assert rows(room) == before


def rows(room: DeliveryHouse) -> list[list[tuple[str, str]]]:
    with room.house.database.reading() as session:
        found = session.scalars(select(DeliveryRow).order_by(DeliveryRow.id)).all()
        return [sorted((name, repr(value)) for name, value in vars(row).items() if name[0] != "_") for row in found]
