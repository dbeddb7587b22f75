"""Streams: a command is decided on what was read, and state, events and rows agree, whoever came first."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.infra.database import Database
from esign.trail.consumers import rebuild
from esign.trail.errors import ConcurrentChange
from esign.trail.forms import EventForms
from esign.trail.log import read_stream, stream_versions
from esign.trail.models import TrailConsumer
from esign.trail.streams import ATTEMPTS, Change, Streams, retried
from tests.databases import asked_of
from tests.service import at_once
from tests.unit.public.letters.domain import (
    EVENTS,
    Answer,
    Command,
    Letter,
    LetterAnswered,
    LetterEvent,
    LetterKind,
    LetterRefused,
    LetterWritten,
    Write,
    decide,
    evolve,
)
from tests.vectors.trail.stored import append, place

NOON = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)
WRITE = Write(at=NOON, kind=LetterKind.THANKS, client="cli_1", person="per_1", envelope="env_1")
ANSWER = Answer(at=NOON, sealed="ab" * 32)
LetterStreams: TypeAlias = Streams[Letter | None, Command, LetterEvent]


@dataclass
class Shelf:
    """Rows in memory: what was projected, in order."""

    letters: dict[str, tuple[Letter | None, int]] = field(default_factory=dict)
    changes: list[Change[Letter | None, LetterEvent]] = field(default_factory=list)

    def project(self, _session: Session, change: Change[Letter | None, LetterEvent]) -> None:
        self.letters[change.stream] = (change.after, change.version)
        self.changes.append(change)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def letters(shelf: Shelf) -> LetterStreams:
    forms = EventForms[LetterEvent](EVENTS)
    return Streams(forms, prefix="let_", start=None, decide=decide, evolve=evolve, project=shelf.project, kept=2)


def test_commands_lead_to_events_a_state_and_rows(database: Database, letters: LetterStreams, shelf: Shelf) -> None:
    with database.transaction() as session:
        change = letters.execute(session, "let_1", WRITE, actor="system")
        assert change.before is None
        assert change.after == Letter(LetterKind.THANKS, "cli_1", "per_1", "env_1")
        assert [event.type for event in change.recorded] == ["letter.written"]
        further = letters.execute(session, "let_1", ANSWER, ANSWER, actor="client:cli_1")
    assert [type(event) for event in further.events] == [LetterAnswered]
    assert further.version == 2
    with database.reading() as session:
        stored = letters.read(session, "let_1")
        assert letters.read(session, "let_2").state is None
        assert [event.actor for event in read_stream(session, "let_1")] == ["system", "client:cli_1"]
    assert (stored.state, stored.version) == shelf.letters["let_1"]


def test_several_commands_at_once_are_all_done_or_none(database: Database, letters: LetterStreams) -> None:
    with database.transaction() as session, pytest.raises(LetterRefused, match="letter-exists"):
        letters.execute(session, "let_1", WRITE, ANSWER, WRITE, actor="system")
    with database.transaction() as session:
        assert letters.read(session, "let_1").version == 0
        events = letters.execute(session, "let_1", WRITE, ANSWER, actor="system").events
    assert [type(event) for event in events] == [LetterWritten, LetterAnswered]


def test_a_command_without_effect_records_and_projects_nothing(
    database: Database, letters: LetterStreams, shelf: Shelf
) -> None:
    with database.transaction() as session:
        letters.execute(session, "let_1", WRITE, ANSWER, actor="system")
        unchanged = letters.execute(session, "let_1", ANSWER, actor="system")
    assert (unchanged.events, unchanged.recorded, unchanged.version) == ((), (), 2)
    assert len(shelf.changes) == 1


def test_the_stream_of_something_else_is_none_of_these(database: Database, letters: LetterStreams) -> None:
    append(database, "env_1", 2)
    with database.transaction() as session:
        assert letters.read(session, "env_1").state is None
        with pytest.raises(LetterRefused, match="no-letter"):
            letters.execute(session, "env_1", ANSWER, actor="system")
        with pytest.raises(ValueError, match="begins with let_"):
            letters.execute(session, "env_1", WRITE, actor="system")


def test_of_two_who_come_at_once_one_decides_anew(database: Database, letters: LetterStreams) -> None:
    seen: list[int] = []

    def answer(session: Session, state: Letter | None) -> Command:
        seen.append(0 if state is None else 1)
        return WRITE if state is None else ANSWER

    acts = [lambda: letters.change(database, "let_1", answer, actor="system") for _ in range(2)]
    assert at_once(*acts) == []
    with database.reading() as session:
        assert [event.type for event in read_stream(session, "let_1")] == ["letter.written", "letter.answered"]
    assert seen.count(1) == 1


def test_a_command_that_was_made_of_an_older_state_is_made_anew_and_not_decided_on_the_newer(
    database: Database, letters: LetterStreams
) -> None:
    seen: list[Letter | None] = []

    def answer(session: Session, state: Letter | None) -> Command:
        seen.append(state)
        if len(seen) == 1:  # somebody comes between, whose event is seen at the next look
            letters.execute(session, "let_1", WRITE, actor="system")
        return WRITE

    change = letters.change(database, "let_1", answer, actor="system")
    assert (seen, change.version) == ([None, None], 1)


def test_of_two_who_wait_for_each_other_one_begins_anew(database: Database) -> None:
    with database.transaction() as session:
        session.add_all([TrailConsumer(name=name, position=0) for name in ("one", "two")])
    both, tries = threading.Barrier(2), list[str]()

    def hold(session: Session, name: str) -> None:
        session.execute(select(TrailConsumer.name).where(TrailConsumer.name == name).with_for_update()).all()

    def work(first: str, second: str) -> None:
        def locked(session: Session) -> None:
            tries.append(first)
            hold(session, first)
            if not database.is_sqlite and tries.count(first) == 1:  # SQLite lets one of them begin after the other
                both.wait(30)
            hold(session, second)

        retried(database, locked)

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(work, *order) for order in (("one", "two"), ("two", "one"))]
        for one in done:
            one.result(60)
    assert len(tries) == 2 if database.is_sqlite else len(tries) > 2, "PostgreSQL may send both back"


def test_what_is_done_beside_a_change_stands_or_falls_with_it(database: Database, letters: LetterStreams) -> None:
    def fall(_session: Session, change: Change[Letter | None, LetterEvent]) -> None:
        assert change.after is not None
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        letters.change(database, "let_1", lambda _session, _state: WRITE, actor="system", beside=fall)
    with database.reading() as session:
        assert letters.read(session, "let_1").version == 0


def test_many_streams_change_at_once_as_each_would_alone(
    database: Database, letters: LetterStreams, shelf: Shelf
) -> None:
    with database.transaction() as session:
        letters.execute(session, "let_2", WRITE, actor="system")
    wanted = {"let_1": [WRITE, ANSWER], "let_2": [ANSWER], "let_3": [WRITE]}
    done = letters.change_many(database, wanted, actor="client:cli_1")
    assert not done.refused
    assert {stream: change.version for stream, change in done.changes.items()} == {"let_1": 2, "let_2": 2, "let_3": 1}
    with database.reading() as session:
        for stream, change in done.changes.items():
            assert shelf.letters[stream] == (change.after, change.version)
            fresh = LetterStreams(letters.forms, prefix="let_", start=None, decide=decide, evolve=evolve)
            assert fresh.read(session, stream).state == change.after
        assert [one.actor for one in read_stream(session, "let_2")] == ["system", "client:cli_1"]


def test_of_many_one_is_refused_and_the_others_change(database: Database, letters: LetterStreams, shelf: Shelf) -> None:
    wanted = {"let_1": [WRITE], "let_2": [ANSWER], "let_3": [WRITE, WRITE]}
    done = letters.change_many(database, wanted, actor="system", refusals=LetterRefused)
    assert set(done.changes) == set(shelf.letters) == {"let_1"}
    assert {stream: str(error).split(":")[0] for stream, error in done.refused.items()} == {
        "let_2": "no-letter",
        "let_3": "letter-exists",
    }


def test_where_no_refusal_is_expected_one_of_many_holds_up_all(database: Database, letters: LetterStreams) -> None:
    with pytest.raises(LetterRefused, match="no-letter"):
        letters.change_many(database, {"let_1": [WRITE], "let_2": [ANSWER]}, actor="system")
    with pytest.raises(ValueError, match="begins with let_"):
        letters.change_many(database, {"env_1": [WRITE]}, actor="system")
    with database.reading() as session:
        assert letters.read(session, "let_1").version == 0


def test_commands_without_effect_are_no_events_of_many(
    database: Database, letters: LetterStreams, shelf: Shelf
) -> None:
    letters.change_many(database, {"let_1": [WRITE, ANSWER]}, actor="system")
    done = letters.change_many(database, {"let_1": [ANSWER]}, actor="system")
    assert done.changes["let_1"].version == 2
    assert done.changes["let_1"].recorded == ()
    assert len(shelf.changes) == 1


def test_of_two_who_change_many_at_once_one_decides_anew(database: Database, letters: LetterStreams) -> None:
    streams = [f"let_{number}" for number in range(20)]
    letters.change_many(database, {stream: [WRITE] for stream in streams}, actor="system")
    others = Streams(letters.forms, prefix="let_", start=None, decide=decide, evolve=evolve, kept=50)

    def answer(by: LetterStreams, order: list[str]) -> None:
        by.change_many(database, {stream: [ANSWER] for stream in order}, actor="system")

    assert at_once(lambda: answer(letters, streams), lambda: answer(others, streams[::-1])) == []
    with database.reading() as session:
        versions = stream_versions(session, streams)
    assert versions == dict.fromkeys(streams, 2)


def test_what_many_changes_left_is_remembered(database: Database, letters: LetterStreams) -> None:
    letters.change_many(database, {"let_1": [WRITE], "let_2": [WRITE]}, actor="system")
    with asked_of(database) as asked:
        letters.change_many(database, {"let_1": [ANSWER], "let_2": [ANSWER]}, actor="system")
    assert not [text for text, _ in asked if "payload" in text and text.startswith("SELECT")]
    letters.forget(["let_1"])
    with database.reading() as session:
        assert letters.read(session, "let_1").version == 2


def test_many_that_hold_their_rows_still_find_what_others_did(database: Database, letters: LetterStreams) -> None:
    letters.change_many(database, {"let_1": [WRITE], "let_2": [WRITE]}, actor="system")
    others = Streams(letters.forms, prefix="let_", start=None, decide=decide, evolve=evolve)
    others.change_many(database, {"let_1": [ANSWER]}, actor="system")
    done = letters.change_many(database, {"let_1": [ANSWER], "let_2": [ANSWER]}, actor="system")
    assert done.changes["let_1"].events == ()  # the remembered state was older than the stream
    assert done.changes["let_2"].version == 2


def test_whoever_always_comes_second_gives_up_in_the_end(database: Database) -> None:
    tries: list[int] = []

    def late(_session: Session) -> None:
        tries.append(1)
        raise ConcurrentChange("stream-changed", "another was first", "try again")

    with pytest.raises(ConcurrentChange):
        retried(database, late)
    assert len(tries) == ATTEMPTS


def test_what_is_remembered_is_not_read_again(database: Database, letters: LetterStreams) -> None:
    with database.transaction() as session:
        for number in range(1, 4):
            letters.execute(session, f"let_{number}", WRITE, actor="system")
    with database.reading() as session:
        for number in range(1, 4):
            letters.remember(session, f"let_{number}")
    with asked_of(database) as asked, database.reading() as session:
        assert letters.read(session, "let_3").version == letters.read(session, "let_1").version == 1
    after = [values["after"] if isinstance(values, dict) else values[-1] for text, values in asked if "version" in text]
    assert after == [1, 0]  # two are kept, and the first was forgotten for the third
    with database.transaction() as session:
        assert letters.execute(session, "let_3", ANSWER, actor="system").version == 2


def test_the_rows_are_made_anew_from_the_trail(database: Database, letters: LetterStreams, shelf: Shelf) -> None:
    with database.transaction() as session:
        letters.execute(session, "let_1", WRITE, actor="system")
        letters.execute(session, "let_2", WRITE, ANSWER, actor="system")
    append(database, "env_1", 2)
    with database.transaction() as session:
        letters.execute(session, "let_1", ANSWER, actor="system")
    place(database)
    known = dict(shelf.letters)
    shelf.letters["let_9"] = (None, 1)
    assert rebuild(database, letters.projection("letters", lambda _session: shelf.letters.clear()), batch=2) == 6
    assert shelf.letters == known
