from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from esign.infra.database import Database
from esign.infra.messages import BACKOFF, CLAIM, DEAD, SENT, WAITING, MessageBox
from esign.infra.models import Message
from esign.infra.notifications import ChannelRefused
from tests.unit.infra.message_boxes import Line, Queue, Watch, boxed, due, put, stored, unavailable


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def queue() -> Queue:
    return Queue()


@pytest.fixture
def box(database: Database, line: Line, queue: Queue, watch: Watch) -> MessageBox:
    return boxed(database, line, queue, watch)


def test_a_failing_channel_is_asked_again_ever_later_and_then_no_more(
    database: Database, box: MessageBox, line: Line, queue: Queue, watch: Watch
) -> None:
    line.before = unavailable
    message_id = put(database, box)
    for number, wait in enumerate(BACKOFF, start=1):
        box.send(message_id)
        row = stored(database, message_id)
        assert (row.state, row.attempts, row.last_failure) == (WAITING, number, "channel-unavailable")
        assert row.due_at == watch.now + wait
        watch.advance(wait - timedelta(seconds=1))
        box.send(message_id)
        assert due(database, box, watch.now) == []
        watch.advance(timedelta(seconds=1))
        assert due(database, box, watch.now) == [message_id]
        for _ in range(3):
            with database.transaction() as session:
                assert box.enqueue_due(session, watch.now) == 1
        assert f"notify:{message_id}:{number}" in queue.jobs
    box.send(message_id)
    row = stored(database, message_id)
    assert (row.state, row.due_at, row.last_failure, row.sent_at) == (DEAD, None, "channel-unavailable", None)
    assert len(queue.jobs) == len(BACKOFF) + 1
    assert line.sent == []


def test_after_a_failure_the_message_still_arrives(
    database: Database, box: MessageBox, line: Line, watch: Watch
) -> None:
    line.before = unavailable
    message_id = put(database, box)
    box.send(message_id)
    line.before = lambda: None
    watch.advance(BACKOFF[0])
    box.send(message_id)
    row = stored(database, message_id)
    assert (row.state, row.attempts, row.last_failure) == (SENT, 2, None)


def test_a_refused_message_is_given_up_at_once(database: Database, box: MessageBox, line: Line) -> None:
    def refuse() -> None:
        raise ChannelRefused("no-channel-for-person", "there is none", "add one")

    line.before = refuse
    message_id = put(database, box)
    box.send(message_id)
    row = stored(database, message_id)
    assert (row.state, row.last_failure, row.attempts) == (DEAD, "no-channel-for-person", 1)


def test_a_message_to_an_erased_person_is_given_up_unsent(database: Database, box: MessageBox, line: Line) -> None:
    message_id = put(database, box, person="per_erased")
    box.send(message_id)
    row = stored(database, message_id)
    assert (row.state, row.last_failure) == (DEAD, "record-erased")
    assert line.sent == []


def test_a_message_that_cannot_be_composed_now_is_tried_again(database: Database, box: MessageBox) -> None:
    message_id = put(database, box, person="per_broken")
    box.send(message_id)
    row = stored(database, message_id)
    assert (row.state, row.last_failure) == (WAITING, "sealed-data")


def test_a_worker_that_falls_leaves_the_message_to_another(
    database: Database, box: MessageBox, line: Line, watch: Watch
) -> None:
    def fall() -> None:
        raise SystemExit

    line.before = fall
    message_id = put(database, box)
    with pytest.raises(SystemExit):
        box.send(message_id)
    line.before = lambda: None
    box.send(message_id)
    assert line.sent == []
    watch.advance(CLAIM)
    box.send(message_id)
    assert len(line.sent) == 1


def test_workers_that_always_fall_are_not_sent_for_ever(
    database: Database, box: MessageBox, line: Line, watch: Watch
) -> None:
    def fall() -> None:
        raise SystemExit

    line.before = fall
    message_id = put(database, box)
    for _ in range(len(BACKOFF) + 1):
        with pytest.raises(SystemExit):
            box.send(message_id)
        watch.advance(CLAIM)
    box.send(message_id)
    row = stored(database, message_id)
    assert (row.state, row.last_failure) == (DEAD, "worker-lost")


def test_no_transaction_is_open_and_nobody_else_sends_while_the_channel_is_asked(
    database: Database, box: MessageBox, line: Line
) -> None:
    message_id = put(database, box)

    def meanwhile() -> None:
        with database.transaction() as session:
            session.execute(update(Message).values(facts={"seen": "true"}))
        box.send(message_id)

    line.before = meanwhile
    box.send(message_id)
    assert len(line.sent) == 1


def test_what_a_slow_worker_reports_does_not_undo_a_later_try(
    database: Database, box: MessageBox, line: Line, watch: Watch
) -> None:
    message_id = put(database, box)

    def overtaken() -> None:
        line.before = lambda: None
        watch.advance(CLAIM)
        box.send(message_id)
        unavailable()

    line.before = overtaken
    box.send(message_id)
    row = stored(database, message_id)
    assert (row.state, row.attempts, row.last_failure) == (SENT, 2, None)


def test_that_a_slow_worker_sent_it_stands(database: Database, box: MessageBox, line: Line, watch: Watch) -> None:
    message_id = put(database, box)

    def overtaken() -> None:
        line.before = unavailable
        watch.advance(CLAIM)
        box.send(message_id)

    line.before = overtaken
    box.send(message_id)
    assert stored(database, message_id).state == SENT


def test_a_failure_that_a_slow_worker_reports_does_not_hasten_the_next_try(
    database: Database, box: MessageBox, line: Line, watch: Watch
) -> None:
    message_id = put(database, box)

    def overtaken() -> None:
        line.before = unavailable
        watch.advance(CLAIM)
        box.send(message_id)
        unavailable()

    line.before = overtaken
    box.send(message_id)
    row = stored(database, message_id)
    assert (row.state, row.attempts, row.due_at) == (WAITING, 2, watch.now + BACKOFF[1])
