"""Deliveries: one for each event and endpoint that wants it, seen and repeated by their client alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from esign.trail.consumers import Consumer, Projection, catch_up, rebuild
from esign.webhooks.deliveries import DeliveryFailure, DeliveryState, DueEndpoint, due_endpoints
from esign.webhooks.errors import WebhookError
from esign.webhooks.sending import BACKOFF
from tests.unit.webhooks.webhook_room import CLIENT, Room

STRANGER = "client_b"


def test_an_event_is_entered_for_each_endpoint_of_its_owner_that_wants_it(room: Room) -> None:
    every, _ = room.register()
    sent, _ = room.register(event_types=["envelope.sent"])
    room.register(event_types=["envelope.completed"])
    room.register(STRANGER)
    disabled, _ = room.register()
    with room.database.transaction() as session:
        room.endpoints.disable(session, CLIENT, disabled.id, room.now)
    (event,) = room.happen()
    assert len(room.stand()) == 2
    assert {(one.endpoint, one.event, one.state) for one in room.stand()} == {
        (every.id, event, DeliveryState.PENDING),
        (sent.id, event, DeliveryState.PENDING),
    }
    assert room.stand(STRANGER) == []


def test_an_event_that_nobody_is_told_of_is_not_entered(room: Room) -> None:
    room.register()
    room.happen(stream="clock")
    assert room.stand() == []


def test_an_event_read_again_is_entered_once(room: Room) -> None:
    room.register()
    room.register()
    room.happen(3)
    before = room.stand()
    rebuild(room.database, Projection("webhooks", room.deliveries.enter_event, lambda session: None))
    catch_up(room.database, Consumer("another-name", room.deliveries.enter_event))
    assert room.stand() == before
    assert len(before) == 6


def test_what_is_due_names_the_endpoint_that_waits_longest_first(room: Room) -> None:
    late, _ = room.register(event_types=["envelope.completed"])
    early, _ = room.register()
    room.happen()
    room.wait(seconds=1)
    with room.database.transaction() as session:
        room.endpoints.update(session, CLIENT, late.id, event_types=["*"])
    room.happen(after=1)
    with room.database.reading() as session:
        assert [one.id for one in due_endpoints(session, room.now)] == [early.id, late.id]
        assert due_endpoints(session, room.now, limit=1) == [DueEndpoint(early.id, CLIENT)]
        assert due_endpoints(session, room.now - timedelta(days=1)) == []
    assert room.flush_due() == 3
    with room.database.reading() as session:
        assert due_endpoints(session, room.now) == []


def test_pages_lead_from_the_newest_delivery_to_the_oldest(room: Room) -> None:
    first, _ = room.register()
    second, _ = room.register()
    for number in range(4):
        room.happen(after=number)
        room.wait(seconds=1)
    seen: list[str] = []
    cursor: str | None = None
    with room.database.reading() as session:
        while True:
            page = room.deliveries.list_deliveries(session, CLIENT, cursor=cursor, limit=3)
            assert len(page.deliveries) <= 3
            seen += [delivery.id for delivery in page.deliveries]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert seen == sorted((one.id for one in room.stand()), reverse=True)
        of_one = room.deliveries.list_deliveries(session, CLIENT, endpoint=second.id)
        assert {one.endpoint for one in of_one.deliveries} == {second.id}
        assert len(of_one.deliveries) == 4
    room.sender.flush(first.id)
    with room.database.reading() as session:
        arrived = room.deliveries.list_deliveries(session, CLIENT, state=DeliveryState.DELIVERED)
        assert {one.endpoint for one in arrived.deliveries} == {first.id}
        assert room.deliveries.list_deliveries(session, CLIENT, state=DeliveryState.DEAD).deliveries == ()
        with pytest.raises(WebhookError) as refused:
            room.deliveries.list_deliveries(session, CLIENT, cursor="evt_1")
        assert refused.value.code == "webhook-cursor"


def test_a_stranger_neither_sees_nor_repeats_a_delivery(room: Room) -> None:
    endpoint, _ = room.register()
    room.happen()
    (delivery,) = room.stand()
    with room.database.transaction() as session:
        assert room.deliveries.list_deliveries(session, STRANGER, endpoint=endpoint.id).deliveries == ()
        for client, delivery_id in ((STRANGER, delivery.id), (CLIENT, "whd_nowhere")):
            with pytest.raises(WebhookError) as refused:
                room.deliveries.redeliver(session, client, delivery_id, room.now)
            assert refused.value.code == "webhook-delivery-missing"
    assert room.stand() == [delivery]


def test_what_was_delivered_is_sent_again_under_the_same_id(room: Room) -> None:
    room.register()
    (event,) = room.happen()
    assert room.flush_due() == 1
    (delivery,) = room.stand()
    assert (delivery.state, delivery.attempts, delivery.last_status) == (DeliveryState.DELIVERED, 1, 200)
    assert (delivery.delivered_at, delivery.due_at) == (room.now, None)
    assert room.flush_due(days=1) == 0
    with room.database.transaction() as session:
        again = room.deliveries.redeliver(session, CLIENT, delivery.id, room.now)
    assert (again.state, again.due_at, again.delivered_at) == (DeliveryState.PENDING, room.now, None)
    assert room.flush_due() == 1
    assert room.receiver.ids == [event, event]
    assert room.receiver.got[0].body == room.receiver.got[1].body


def test_nothing_is_sent_again_to_an_endpoint_that_is_disabled(room: Room) -> None:
    endpoint, _ = room.register()
    room.happen()
    room.flush_due()
    (delivery,) = room.stand()
    with room.database.transaction() as session:
        room.endpoints.disable(session, CLIENT, endpoint.id, room.now)
        with pytest.raises(WebhookError) as refused:
            room.deliveries.redeliver(session, CLIENT, delivery.id, room.now)
    assert refused.value.code == "webhook-endpoint-disabled"


def test_what_is_dead_is_sent_again_with_every_try_before_it(room: Room) -> None:
    room.register()
    room.happen()
    room.receiver.answer = lambda _: 404
    for pause in (timedelta(), *BACKOFF):
        room.flush_due(seconds=pause.total_seconds())
    (dead,) = room.stand()
    assert (dead.state, dead.last_failure, dead.due_at) == (DeliveryState.DEAD, DeliveryFailure.HTTP_ERROR, None)
    with room.database.transaction() as session:
        room.deliveries.redeliver(session, CLIENT, dead.id, room.now)
    room.flush_due()
    (again,) = room.stand()
    assert (again.state, again.attempts) == (DeliveryState.PENDING, 1)
    room.receiver.answer = lambda _: 204
    room.flush_due(minutes=1)
    assert room.stand()[0].state is DeliveryState.DELIVERED
