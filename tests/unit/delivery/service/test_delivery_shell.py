"""Many at once, messages about arrivals, who left, what is erased."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from delivery.domain import commands as c
from delivery.domain.clocks import day_of
from delivery.domain.values import RouteWay
from delivery.errors import DeliveryRefused
from delivery.service.deliveries import belongs
from delivery.service.hearing import Hearing
from delivery.service.keeping import records_about
from delivery.service.telling import ARRIVED
from esign.infra.models import Message
from esign.public.events import LoggedEvent
from esign.trail.event import Event
from tests.delivery_shell import DeliveryHouse
from tests.service import system_now
from tests.unit.delivery.delivery_play import (
    AT_OUTLET,
    CHECKED,
    CLERK,
    HANDED,
    OUTLET,
    PHOTOGRAPHED,
    UNDERWAY,
)


def test_a_whole_parcel_is_scanned_in_one_go(room: DeliveryHouse) -> None:
    parcel = [room.deliver(*CHECKED[1:]) for _ in range(4)]
    at = system_now()
    pack = c.Pack(at=at, parcel="pcl_many", outlet=OUTLET, way=RouteWay.DIRECT, by=CLERK)
    asked = [(one, command) for one in parcel for command in (pack, c.Dispatch(at=at, parcel="pcl_many"))]
    with room.house.database.transaction() as session:
        done = room.deliveries.execute_many(session, asked, actor="tests")
    assert set(done.changes) == set(parcel)
    assert {(room.row(one).state, room.row(one).parcel) for one in parcel} == {("underway", "pcl_many")}


def test_one_that_is_refused_keeps_no_other_from_its_scan(room: DeliveryHouse) -> None:
    here, printed = room.deliver(*UNDERWAY[1:]), room.deliver(*CHECKED[1:])
    asked = [(one, c.Arrive(at=system_now(), outlet=OUTLET)) for one in (here, printed)]
    with room.house.database.transaction() as session:
        done = room.deliveries.execute_many(session, asked, actor="tests", refusals=DeliveryRefused)
    assert [getattr(one, "code", None) for one in done.refused.values()] == ["delivery-checked"]
    assert room.row(here).state == "at-outlet"
    with pytest.raises(DeliveryRefused), room.house.database.transaction() as session:
        room.deliveries.execute_many(session, asked[1:], actor="tests")


def test_a_scan_of_a_policy_that_nobody_knows_is_refused(room: DeliveryHouse) -> None:
    with room.house.database.reading() as session, pytest.raises(DeliveryRefused) as refused:
        room.deliveries.find(session, "CY00000000")
    assert refused.value.code == "no-delivery"


def test_the_salesperson_is_told_of_an_arrival_and_again_of_another_copy(room: DeliveryHouse) -> None:
    delivery = room.deliver(*AT_OUTLET[1:], salesperson=room.policy.sales["id"])
    room.do(delivery, c.Arrive)
    assert told(room, delivery) == 1
    for kind in (c.Reprint, *AT_OUTLET[2:]):
        room.do(delivery, kind)
    assert told(room, delivery) == 2


def told(room: DeliveryHouse, delivery: str) -> int:
    with room.house.database.reading() as session:
        found = session.scalars(select(Message).where(Message.kind == ARRIVED)).all()
        return sum(1 for one in found if delivery in str(one.facts))


def test_the_message_goes_to_the_phone_of_the_member_of_staff(room: DeliveryHouse) -> None:
    room.deliver(*AT_OUTLET[1:], salesperson=room.policy.sales["id"])
    process = room.house.process
    with room.house.database.reading() as session:
        message = session.scalars(select(Message).where(Message.kind == ARRIVED)).first()
        assert message is not None
        others = process.rooms.composer(
            process.service.ports.keys, process.service.records, "测试保险", "https://sign.example", lambda *_: None
        )
        composed = others(session, message)
    assert composed is not None
    assert composed.to.name == "周明"
    assert "请领取并送达客户" in composed.words.text


def test_who_is_suspended_has_nobody_waiting_for_them_any_more(room: DeliveryHouse) -> None:
    delivery, other = room.deliver(*HANDED[1:], salesperson="usr_leaver"), room.deliver(*HANDED[1:])
    left = Event("evt_0000000000000001", "usr_leaver", 9, "staff.suspended", 1, "operator", system_now(), {})
    for _ in range(2):
        with room.house.database.transaction() as session:
            Hearing(room.deliveries).hear(session, LoggedEvent(0, left))
    assert room.house.events(delivery).count("delivery.orphaned") == 1
    row = room.row(delivery)
    assert (row.owner, row.act, row.orphaned) == ("supervisor", "reassign", True)
    assert not room.row(other).orphaned


def test_records_go_with_the_envelope_once_no_receipt_is_awaited(room: DeliveryHouse) -> None:
    delivery = room.deliver(*PHOTOGRAPHED[1:])
    with room.house.database.transaction() as session:
        belongs(session, f"env_{delivery[4:]}", delivery)
        assert records_about(session, [f"env_{delivery[4:]}"]) == []
    room.do(delivery, c.AcceptReceipt)
    with room.house.database.reading() as session:
        assert records_about(session, [f"env_{delivery[4:]}"]) == ["rec_1"]
    assert room.row(delivery).received_on == day_of(system_now())
