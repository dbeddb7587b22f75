"""Nobody's endpoints hold up everybody's: a flush ends in time, a client has its share of jobs, places and pings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from esign.infra.exclusive import Exclusive
from esign.webhooks.deliveries import DeliveryState
from esign.webhooks.errors import WebhookError
from esign.webhooks.ping import Pinger
from esign.webhooks.sending import Sender
from esign.worker import WebhookSweep
from tests.unit.webhooks.webhook_room import CLIENT, Answer, Message, Receiver, Room, Told

OTHER = "client_b"


@dataclass
class Queue:
    """A queue whose jobs wait until they are begun by name."""

    put: list[str] = field(default_factory=list)
    waiting: set[str] = field(default_factory=set)

    def enqueue(self, session: Session, kind: str, subject: str, *, key: str) -> None:
        assert key == f"{kind}:{subject}"
        self.put.append(subject.partition("@")[0])
        self.waiting.add(key)

    def waits(self, session: Session, key: str) -> bool:
        return key in self.waiting


def sweep_of(room: Room, queue: Queue) -> WebhookSweep:
    return WebhookSweep(room.database, queue, room.clock, room.sender.is_flushing)


def test_a_receiver_that_answers_well_and_slowly_is_left_after_twenty_seconds(room: Room) -> None:
    endpoint, _ = room.register()
    events = room.happen(10)
    spent = 0.0

    def slowly(_: Message) -> Answer:
        nonlocal spent
        spent += 9.9
        return 200

    sender = Sender(
        room.database,
        room.endpoints,
        Told(),
        Receiver(slowly),
        Exclusive(room.database),
        room.clock,
        monotonic=lambda: spent,
    )
    assert sender.flush(endpoint.id) == 3
    assert spent < 30
    assert [one.state for one in room.stand()] == [DeliveryState.DELIVERED] * 3 + [DeliveryState.PENDING] * 7
    assert room.flush_due() == 7
    assert room.receiver.ids == events[3:]


def test_one_client_holds_two_places_and_another_finds_one(room: Room) -> None:
    own = [room.register()[0].id for _ in range(3)]
    room.happen()
    theirs = room.register(OTHER)[0].id
    room.happen(stream=f"{OTHER}/1")
    inner: list[int] = []

    def meanwhile(_: Message) -> Answer:
        if len(room.receiver.got) == 1:
            inner.append(room.sender.flush(own[1]))
        elif len(room.receiver.got) == 2:
            inner.extend(room.sender.flush(one) for one in (own[2], theirs))
        return 200

    room.receiver.answer = meanwhile
    assert room.sender.flush(own[0]) == 1
    assert inner == [0, 1, 1]  # the third of its own stood back
    assert room.sender.flush(own[2]) == 1  # and is told when a place is free


def test_a_busy_endpoint_has_one_job_at_a_time(room: Room) -> None:
    endpoint, _ = room.register()
    room.happen(2)
    queue = Queue()
    sweep = sweep_of(room, queue)
    puts: list[int] = []

    def sweep_a_second_later() -> None:
        room.wait(seconds=1)
        puts.append(sweep.run())

    sweep_a_second_later()
    for _ in range(3):
        sweep_a_second_later()
    assert puts == [1, 0, 0, 0]  # while it waits to be begun
    queue.waiting.clear()

    def sent(_: Message) -> Answer:
        sweep_a_second_later()
        return 500

    room.receiver.answer = sent
    assert room.sender.flush(endpoint.id) == 1
    assert puts[4:] == [0]  # while it runs
    room.wait(minutes=2)
    sweep_a_second_later()
    assert puts[5:] == [1]
    assert queue.put == [endpoint.id] * 2


def test_a_client_has_two_jobs_at_a_time_and_all_its_endpoints_have_their_turn(room: Room) -> None:
    own = sorted(room.register()[0].id for _ in range(5))
    room.happen()
    room.wait(seconds=1)
    theirs = room.register(OTHER)[0].id
    room.happen(stream=f"{OTHER}/1")
    queue = Queue()
    sweep = sweep_of(room, queue)
    assert sweep.run() == 3
    assert queue.put == [*own[:2], theirs]
    for _ in range(2):
        room.wait(seconds=1)
        assert sweep.run() == 0
        queue.waiting = {key for key in queue.waiting if theirs in key}
        assert sweep.run() == 2
    assert queue.put[3:] == [*own[2:], own[0]]


def test_within_one_second_an_endpoint_has_one_job_however_soon_it_ends(room: Room) -> None:
    room.register()
    room.happen()
    queue = Queue()
    sweep = sweep_of(room, queue)
    assert sweep.run() == 1
    queue.waiting.clear()
    assert sweep.run() == 0
    room.wait(seconds=1)
    assert sweep.run() == 1


def test_a_client_has_one_test_message_under_way_at_a_time(room: Room) -> None:
    own, theirs = room.register()[0].id, room.register(OTHER)[0].id
    pinger = Pinger(room.database, room.endpoints, room.receiver)
    refused: list[str] = []

    def meanwhile(_: Message) -> Answer:
        if len(room.receiver.got) == 1:
            with pytest.raises(WebhookError) as error:
                pinger.ping(CLIENT, own, room.now)
            refused.append(error.value.code)
            assert pinger.ping(OTHER, theirs, room.now).status == 200
        return 200

    room.receiver.answer = meanwhile
    assert pinger.ping(CLIENT, own, room.now).status == 200
    assert refused == ["webhook-ping-running"]
    assert pinger.ping(CLIENT, own, room.now + timedelta(seconds=1)).status == 200
