"""Sending: in order, signed, repeated later and later, given up visibly; one id for one event whatever happens."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from ca.ports import TransportFailure
from esign.trail.event import Event
from esign.webhooks.deliveries import DeliveryFailure, DeliveryState
from esign.webhooks.sending import ATTEMPTS_AT_MOST, BACKOFF, CLAIMED_FOR, backoff
from esign.webhooks.signature import verify
from tests.databases import sqlite_with_tables
from tests.examples import some_of
from tests.unit.webhooks.webhook_room import CLIENT, URL, Answer, Message, Receiver, Room, Told, room_of


def states(room: Room) -> list[DeliveryState]:
    return [delivery.state for delivery in room.stand()]


def test_what_is_due_arrives_signed_and_in_the_order_of_the_trail(room: Room) -> None:
    endpoint, secret = room.register()
    events = room.happen(5) + room.happen(3, f"{CLIENT}/2")
    assert room.sender.flush(endpoint.id) == 8
    assert room.receiver.ids == events
    for message in room.receiver.got:
        assert message.url == URL
        assert message.headers["Content-Type"] == "application/json"
        assert verify(secret, message.headers, message.body, now=room.now) == message.event
    assert states(room) == [DeliveryState.DELIVERED] * 8
    assert room.sender.flush(endpoint.id) == 0


def test_more_than_a_hundred_messages_go_in_several_turns(room: Room) -> None:
    endpoint, _ = room.register()
    events = room.happen(130)
    assert [room.sender.flush(endpoint.id) for _ in range(3)] == [100, 30, 0]
    assert room.receiver.ids == events


def test_while_a_secret_is_replaced_a_message_is_signed_with_both(room: Room) -> None:
    endpoint, old = room.register()
    with room.database.transaction() as session:
        new = room.endpoints.rotate_secret(session, CLIENT, endpoint.id, room.now)
    room.happen()
    room.flush_due()
    (message,) = room.receiver.got
    for secret in (old, new):
        verify(secret, message.headers, message.body, now=room.now)


def test_a_message_is_tried_ten_times_later_and_later_and_is_then_dead(room: Room) -> None:
    endpoint, secret = room.register()
    (event,) = room.happen()
    room.receiver.answer = lambda _: 400
    room.flush_due()
    for number, pause in enumerate(BACKOFF, start=1):
        (delivery,) = room.stand()
        assert (delivery.attempts, delivery.due_at) == (number, room.now + pause)
        assert room.flush_due(seconds=pause.total_seconds() - 1) == 0
        assert room.flush_due(seconds=1) == 1
    (delivery,) = room.stand()
    assert (delivery.state, delivery.attempts, delivery.due_at) == (DeliveryState.DEAD, ATTEMPTS_AT_MOST, None)
    assert (delivery.last_status, delivery.last_failure) == (400, DeliveryFailure.HTTP_ERROR)
    assert room.flush_due(days=30) == 0
    assert room.receiver.ids == [event] * ATTEMPTS_AT_MOST
    assert len({message.body for message in room.receiver.got}) == 1
    stamps = [int(message.headers["webhook-timestamp"]) for message in room.receiver.got]
    assert stamps == sorted(set(stamps))
    last = room.receiver.got[-1]
    assert verify(secret, last.headers, last.body, now=room.now - timedelta(days=30)) == event
    assert room.endpoint(endpoint.id).failing_since is not None


def test_the_pauses_are_spread_by_a_fifth_each_way() -> None:
    for attempt, pause in enumerate(BACKOFF, start=1):
        assert backoff(attempt, 0.0) == pause * 0.8
        assert backoff(attempt, 0.5) == pause
        assert backoff(attempt, 1.0) == pause * 1.2


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (TransportFailure.UNREACHABLE, DeliveryFailure.UNREACHABLE),
        (TransportFailure.TIMEOUT, DeliveryFailure.TIMEOUT),
        (TransportFailure.TOO_LARGE, DeliveryFailure.TOO_LARGE),
        (TransportFailure.REFUSED, DeliveryFailure.REFUSED),
        (302, DeliveryFailure.REDIRECTED),
        (429, DeliveryFailure.HTTP_ERROR),
        (500, DeliveryFailure.HTTP_ERROR),
        (100, DeliveryFailure.HTTP_ERROR),
    ],
)
def test_while_an_endpoint_is_ill_what_follows_waits_and_then_goes_in_order(
    room: Room, answer: Answer, failure: DeliveryFailure
) -> None:
    endpoint, _ = room.register()
    events = room.happen(4)
    answers = itertools.chain([200, answer], itertools.repeat(200))
    room.receiver.answer = lambda _: next(answers)
    assert room.flush_due() == 2
    assert room.stand()[1].last_failure is failure
    assert room.endpoint(endpoint.id).failing_since == room.now
    assert room.flush_due(seconds=4) == 0
    assert room.flush_due(seconds=1) == 3
    assert room.receiver.ids == [*events[:2], *events[1:]]
    assert room.endpoint(endpoint.id).failing_since is None


def test_a_message_that_is_refused_does_not_keep_the_next_one_back(room: Room) -> None:
    room.register()
    events = room.happen(3)
    room.receiver.answer = lambda message: 422 if message.id == events[0] else 200
    assert room.flush_due() == 3
    assert states(room) == [DeliveryState.PENDING, DeliveryState.DELIVERED, DeliveryState.DELIVERED]


def test_an_event_that_always_breaks_the_receiver_does_not_keep_back_the_others_for_ever(room: Room) -> None:
    room.register()
    events = room.happen(3)
    room.receiver.answer = lambda message: 500 if message.id == events[0] else 200
    minutes = 0
    while states(room)[1:] != [DeliveryState.DELIVERED] * 2:
        room.flush_due(minutes=1)
        minutes += 1
    assert minutes <= 4
    assert states(room)[0] is DeliveryState.PENDING


def test_an_endpoint_that_stays_down_costs_one_request_a_minute(room: Room) -> None:
    room.register()
    room.happen(50)
    room.receiver.answer = lambda _: TransportFailure.TIMEOUT
    room.flush_due(minutes=1)
    for _ in range(240):
        room.flush_due(seconds=10)
    assert 20 <= len(room.receiver.got) <= 45
    assert max(delivery.attempts for delivery in room.stand()) > 3
    room.receiver.answer = lambda _: 200
    room.flush_due(minutes=1)
    room.flush_due(days=2)
    assert states(room) == [DeliveryState.DELIVERED] * 50


def test_an_endpoint_that_is_gone_is_disabled_and_told_the_rest_once_it_is_enabled(room: Room) -> None:
    endpoint, _ = room.register()
    events = room.happen(3)
    room.receiver.answer = lambda _: 410
    assert room.flush_due() == 1
    seen = room.endpoint(endpoint.id)
    assert (seen.disabled_at, seen.disabled_because) == (room.now, "gone")
    assert [one.last_failure for one in room.stand()] == [DeliveryFailure.GONE, None, None]
    assert states(room) == [DeliveryState.DEAD, DeliveryState.PENDING, DeliveryState.PENDING]
    room.happen(after=3)
    assert len(room.stand()) == 3
    assert room.flush_due(days=1) == 0
    assert room.sender.flush(endpoint.id) == 0
    room.receiver.answer = lambda _: 200
    with room.database.transaction() as session:
        room.endpoints.enable(session, CLIENT, endpoint.id)
    assert room.flush_due() == 2
    assert room.receiver.ids == events


def test_five_days_of_nothing_but_failures_disable_an_endpoint(room: Room) -> None:
    endpoint, _ = room.register()
    room.receiver.answer = lambda _: 503
    room.happen()
    begun = room.now
    room.flush_due()
    for day in range(1, 8):
        room.happen(after=day)
        room.flush_due(days=1)
        if room.endpoint(endpoint.id).disabled_at is not None:
            break
    seen = room.endpoint(endpoint.id)
    assert (seen.disabled_because, seen.failing_since) == ("failing", begun)
    assert seen.disabled_at == begun + timedelta(days=5)
    with room.database.transaction() as session:
        room.endpoints.enable(session, CLIENT, endpoint.id)
    room.flush_due(minutes=3)
    assert room.endpoint(endpoint.id).disabled_at is None


def test_one_success_in_five_days_keeps_an_endpoint_enabled(room: Room) -> None:
    endpoint, _ = room.register()
    for day in range(12):
        room.happen(after=day)
        room.receiver.answer = lambda message, day=day: 200 if day % 4 == 3 else 503  # type: ignore[misc]
        room.flush_due(days=1)
    assert room.endpoint(endpoint.id).disabled_at is None


def test_a_delivery_whose_worker_was_killed_is_due_again_after_a_minute(room: Room) -> None:
    room.register()
    events = room.happen(3)

    def killed(message: Message) -> Answer:
        if message.id == events[1]:
            raise KeyboardInterrupt
        return 200

    room.receiver.answer = killed
    with pytest.raises(KeyboardInterrupt):
        room.flush_due()
    assert states(room) == [DeliveryState.DELIVERED, DeliveryState.PENDING, DeliveryState.PENDING]
    room.receiver.answer = lambda _: 200
    assert room.flush_due() == 1
    assert room.flush_due(seconds=CLAIMED_FOR.total_seconds() - 1) == 0
    assert room.flush_due(seconds=1) == 1
    assert room.receiver.ids == [events[0], events[1], events[2], events[1]]
    assert states(room) == [DeliveryState.DELIVERED] * 3


def test_a_delivery_that_kills_every_worker_is_given_up(room: Room) -> None:
    room.register()
    room.happen()

    def killed(_: Message) -> Answer:
        raise KeyboardInterrupt

    room.receiver.answer = killed
    for _ in range(ATTEMPTS_AT_MOST):
        with pytest.raises(KeyboardInterrupt):
            room.flush_due(minutes=1)
    assert room.flush_due(minutes=1) == 0
    (delivery,) = room.stand()
    assert (delivery.state, delivery.last_failure) == (DeliveryState.DEAD, DeliveryFailure.ABANDONED)
    assert len(room.receiver.got) == ATTEMPTS_AT_MOST


class Unwritable(Told):
    """Cannot tell of one event."""

    def __init__(self, event: str) -> None:
        self.event = event

    def body(self, session: Session, event: Event) -> bytes:
        if event.id == self.event:
            raise LookupError(event.id)
        return super().body(session, event)


def test_an_event_without_words_is_an_error_and_does_not_keep_back_the_others(room: Room) -> None:
    endpoint, _ = room.register()
    events = room.happen(3)
    room.sender._events = Unwritable(events[0])
    with pytest.raises(LookupError):
        room.sender.flush(endpoint.id)
    assert room.flush_due() == 2
    assert room.receiver.ids == events[1:]


def test_no_transaction_is_open_while_the_network_is_asked(room: Room) -> None:
    room.register()
    room.happen(2)

    def look(_: Message) -> Answer:
        with room.database.transaction() as session:  # refused inside another; on SQLite it would wait for the writer
            room.endpoints.list_endpoints(session, CLIENT)
        return 200

    room.receiver.answer = look
    assert room.flush_due() == 2


def test_an_endpoint_deleted_while_it_is_told_ends_quietly(room: Room) -> None:
    endpoint, _ = room.register()
    room.happen(3)

    def delete(_: Message) -> Answer:
        with room.database.transaction() as session:
            room.endpoints.delete(session, CLIENT, endpoint.id, room.now)
        return 500

    room.receiver.answer = delete
    assert room.flush_due() == 1
    assert room.stand() == []


def test_a_redelivery_asked_for_meanwhile_outlives_the_failure_of_the_try_before(room: Room) -> None:
    room.register()
    (event,) = room.happen()

    def ask_anew(_: Message) -> Answer:
        with room.database.transaction() as session:
            room.deliveries.redeliver(session, CLIENT, room.stand()[0].id, room.now)
        return 404

    room.receiver.answer = ask_anew
    assert room.flush_due() == 1
    (delivery,) = room.stand()
    assert (delivery.due_at, delivery.attempts) == (room.now, 0)
    room.receiver.answer = lambda _: 200
    assert room.flush_due() == 1
    assert room.receiver.ids == [event, event]


def test_workers_that_flush_one_endpoint_at_once_send_no_event_twice(room: Room) -> None:
    endpoint, _ = room.register()
    events = room.happen(40)
    senders = [room.another_sender(room.receiver) for _ in range(3)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda number: senders[number % 3].flush(endpoint.id), range(30)))
    room.flush_due()
    assert sorted(room.receiver.ids) == sorted(events)
    assert states(room) == [DeliveryState.DELIVERED] * 40


def test_a_second_worker_keeps_off_while_the_first_is_sending(room: Room) -> None:
    endpoint, _ = room.register()
    events = room.happen(3)
    second: list[int] = []

    def meanwhile(_: Message) -> Answer:
        second.append(room.sender.flush(endpoint.id))
        return 200

    room.receiver.answer = meanwhile
    assert room.flush_due() == 3
    assert second == [0, 0, 0]
    assert room.receiver.ids == events


ANSWERS = st.sampled_from(
    [200, 200, 200, 204, 302, 400, 404, 409, 429, 500, 503, TransportFailure.TIMEOUT, TransportFailure.REFUSED]
)


@contextmanager
def fresh_room() -> Iterator[Room]:
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite_with_tables(Path(folder) / "esign.db")
        yield room_of(database, Path(folder) / "keys")
        database.close()


@settings(max_examples=some_of(20))
@given(st.lists(ANSWERS, max_size=25), st.lists(st.integers(1, 4), min_size=1, max_size=4), st.data())
def test_whatever_the_receiver_answers_one_event_has_one_id(
    answers: list[Answer], bursts: list[int], data: st.DataObject
) -> None:
    with fresh_room() as room:
        for _ in range(data.draw(st.integers(1, 2), label="endpoints")):
            room.register()
        script = itertools.chain(answers, itertools.repeat(200))
        room.receiver = Receiver(lambda _: next(script))
        room.sender = room.another_sender(room.receiver)
        events: list[str] = []
        for burst in bursts:
            events += room.happen(burst, after=len(events))
            room.flush_due(seconds=data.draw(st.sampled_from([0, 3, 40, 400]), label="pause"))
        while DeliveryState.PENDING in states(room):
            room.flush_due(hours=13)
            for endpoint in {delivery.endpoint for delivery in room.stand()}:
                if room.endpoint(endpoint).disabled_at is not None:
                    with room.database.transaction() as session:
                        room.endpoints.enable(session, CLIENT, endpoint)
        assert {message.event for message in room.receiver.got} == set(events)
        assert all(message.id == message.event for message in room.receiver.got)
        assert len({(message.id, message.body) for message in room.receiver.got}) == len(events)


@settings(max_examples=some_of(15))
@given(st.lists(st.integers(1, 5), min_size=1, max_size=6))
def test_where_nothing_fails_the_order_is_that_of_the_trail(bursts: list[int]) -> None:
    with fresh_room() as room:
        room.register()
        events: list[str] = []
        for number, burst in enumerate(bursts):
            events += room.happen(burst, f"{CLIENT}/{number}")
            if number % 2:
                room.flush_due()
        room.flush_due()
        assert room.receiver.ids == events
