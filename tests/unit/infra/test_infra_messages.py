from __future__ import annotations

import json
import logging
from datetime import timedelta

import pytest
from sqlalchemy import select

from esign.infra.database import Database
from esign.infra.ids import made_at, new_id
from esign.infra.logs import JsonFormatter
from esign.infra.messages import SENT, STALE, WAITING, MessageBox
from esign.infra.models import Message
from esign.infra.notifications import Composed, OutboxChannel, Words
from tests.unit.infra.message_boxes import LIFETIMES, NOON, YU, Line, Queue, Watch, boxed, due, put, stored, unavailable


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


def test_a_message_is_sent_once_and_recorded(
    database: Database, box: MessageBox, line: Line, queue: Queue, watch: Watch
) -> None:
    message_id = put(database, box)
    assert queue.jobs == {f"notify:{message_id}:0": ("notify", message_id)}
    assert stored(database, message_id).state == WAITING
    watch.advance(timedelta(seconds=2))
    box.job.run(message_id)
    box.job.run(message_id)
    assert [words.subject for words in line.sent] == ["invitation"]
    row = stored(database, message_id)
    assert (row.state, row.due_at, row.attempts, row.last_failure) == (SENT, None, 1, None)
    assert row.sent_at == watch.now
    assert due(database, box, watch.now + timedelta(days=1)) == []


def test_the_same_cause_never_makes_two(database: Database, box: MessageBox, queue: Queue) -> None:
    first = put(database, box)
    assert put(database, box, kind="reminder", person="per_2") == first
    assert put(database, box, "reminded") != first
    assert stored(database, first).kind == "invitation"
    assert len(queue.jobs) == 2


def test_a_transaction_that_fails_leaves_no_message(database: Database, box: MessageBox) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        box.put(session, dedupe="x", kind="code", person="per_1", envelope=None, facts={}, at=NOON)
        _ = 1 // 0
    with database.reading() as session:
        assert session.scalars(select(Message)).all() == []


def test_with_the_outbox_a_message_is_sent_at_once_and_no_job_is_put(
    database: Database, queue: Queue, watch: Watch
) -> None:
    box = boxed(database, OutboxChannel(), queue, watch)
    moved = NOON + timedelta(days=12)
    message_id = put(database, box, at=moved)
    row = stored(database, message_id)
    assert (row.state, row.created_at, row.sent_at, row.due_at) == (SENT, moved, moved, None)
    box.send(message_id)
    assert queue.jobs == {}
    assert stored(database, message_id).attempts == 0


def test_a_message_told_by_a_moved_clock_is_due_now(database: Database, box: MessageBox, line: Line) -> None:
    box.send(put(database, box, kind="code", at=NOON + timedelta(days=12)))
    assert len(line.sent) == 1


def test_a_code_is_sent_within_its_life_and_not_after(
    database: Database, box: MessageBox, line: Line, watch: Watch
) -> None:
    fresh, late, invitation = (
        put(database, box, "1", kind="code"),
        put(database, box, "2", kind="code"),
        put(database, box, "3"),
    )
    watch.advance(LIFETIMES["code"])
    box.send(fresh)
    watch.advance(timedelta(seconds=1))
    box.send(late)
    box.send(invitation)
    assert [words.subject for words in line.sent] == ["code", "invitation"]
    row = stored(database, late)
    assert (row.state, row.due_at, row.last_failure) == (STALE, None, "too-late")


def test_the_longest_overdue_comes_first(database: Database, box: MessageBox, watch: Watch) -> None:
    ids = []
    for number in range(3):
        ids.append(put(database, box, str(number)))
        watch.advance(timedelta(seconds=1))
    assert due(database, box, NOON + timedelta(seconds=1)) == ids[:2]


def test_the_outbox_shows_the_newest_first_page_by_page(database: Database, box: MessageBox, watch: Watch) -> None:
    ids = []
    for number in range(5):
        watch.advance(timedelta(seconds=1))
        ids.append(put(database, box, str(number), person=f"per_{number % 2}", envelope=f"env_{number // 3}"))
    with database.reading() as session:
        first = box.outbox(session, limit=2)
        second = box.outbox(session, limit=2, before=first[-1].id)
        of_envelope = box.outbox(session, envelope="env_1")
        of_person = box.outbox(session, person="per_1")
    assert [entry.id for entry in (*first, *second)] == ids[:0:-1]
    assert [entry.id for entry in of_envelope] == [ids[4], ids[3]]
    assert [entry.id for entry in of_person] == [ids[3], ids[1]]
    assert first[0].composed == Composed(YU, Words("invitation", "invitation {'recipient': 'rcp_1'}"))


def test_the_outbox_shows_that_a_person_was_erased(database: Database, box: MessageBox) -> None:
    put(database, box, person="per_erased")
    with database.reading() as session:
        [entry] = box.outbox(session)
    assert entry.composed is None


def test_every_field_of_the_logs_is_one_that_may_be_written(
    database: Database, box: MessageBox, line: Line, watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    line.before = unavailable
    message_id = put(database, box, kind="code")
    with caplog.at_level(logging.INFO, logger="esign"):
        box.send(message_id)
        watch.advance(timedelta(minutes=6))
        box.send(message_id)
    lines = [json.loads(JsonFormatter().format(record)) for record in caplog.records]
    assert [(each["code"], each["record"]) for each in lines] == [
        ("channel-unavailable", message_id),
        ("too-late", message_id),
    ]
    assert not any("refused" in each for each in lines)


def test_an_id_tells_when_it_was_made() -> None:
    moment = NOON + timedelta(milliseconds=123)
    assert made_at(new_id("msg", moment)) == moment
    for odd in ("msg_1", "", f"msg_{'u' * 26}"):
        with pytest.raises(ValueError, match="not an id"):
            made_at(odd)
