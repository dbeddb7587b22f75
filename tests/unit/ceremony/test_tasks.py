"""Tasks that nobody stands waiting for give way to those that somebody does, and not for ever."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from esign.ceremony.tasks import GRACE, PATIENCE, VISIBILITY, Tasks
from esign.infra.database import Database
from tests.databases import *  # noqa: F403

BEGINNING = datetime(2026, 11, 27, 9, tzinfo=UTC)


@dataclass
class Board:
    """The kinds of the jobs that were put; none of them is begun."""

    put: list[str] = field(default_factory=list)

    def enqueue(self, session: Session, kind: str, subject: str, *, key: str) -> None:
        del session, subject, key
        self.put.append(kind)

    def waits(self, session: Session, key: str) -> bool:
        del session, key
        return False


@dataclass
class Office:
    """The tasks of a service in which certificates give way to signatures."""

    database: Database
    board: Board = field(default_factory=Board)
    now: datetime = BEGINNING

    @property
    def tasks(self) -> Tasks:
        return Tasks(self.board, giving_way=("certify",))

    def enter(self, kind: str, subject: str) -> None:
        with self.database.transaction() as session:
            self.tasks.add(session, f"{kind}:{subject}", kind, subject, envelope=None, now=self.now)

    def end(self, kind: str, subject: str) -> None:
        with self.database.transaction() as session:
            self.tasks.end(session, f"{kind}:{subject}")

    def sweep(self) -> list[str]:
        """Return the kinds of the jobs that the sweep puts, and whether it said before that there are any."""
        self.board.put.clear()
        with self.database.transaction() as session:
            said = self.tasks.is_any_due(session, now=self.now)
            assert self.tasks.put_due_jobs(session, now=self.now) == len(self.board.put)
        assert said is bool(self.board.put)
        return self.board.put


@pytest.fixture
def office(database: Database) -> Iterator[Office]:
    yield Office(database)


def test_where_nothing_else_waits_the_next_sweep_puts_it(office: Office) -> None:
    office.enter("certify", "env_1")
    assert office.board.put == []
    assert office.sweep() == ["certify"]
    assert office.sweep() == []
    office.now += VISIBILITY
    assert office.sweep() == ["certify"]


def test_it_waits_while_a_signature_does(office: Office) -> None:
    office.enter("sign", "rcp_1")
    office.enter("certify", "env_1")
    assert office.board.put == ["sign"]
    assert office.sweep() == []
    office.now += GRACE
    assert office.sweep() == ["sign"]
    office.end("sign", "rcp_1")
    assert office.sweep() == ["certify"]


def test_it_waits_no_longer_than_its_patience(office: Office) -> None:
    office.enter("certify", "env_1")
    office.now += PATIENCE - timedelta(seconds=1)
    office.enter("sign", "rcp_1")
    assert office.sweep() == []
    office.now += timedelta(seconds=1)
    assert office.sweep() == ["certify"]


def test_it_does_not_wait_for_what_is_hindered_itself(office: Office) -> None:
    office.enter("seal", "doc_1")
    office.enter("certify", "env_1")
    with office.database.transaction() as session:
        office.tasks.put_off(session, "seal:doc_1", "tsa-unreachable", now=office.now)
    assert office.sweep() == ["certify"]
