"""What is asked of the database: an act holds its envelope, records what happened, writes the rows, and no more.

Every statement is a round trip on PostgreSQL, and costs more to build than to answer on SQLite.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ca.authority import EmbeddedAuthority
from esign.infra.database import Database
from esign.infra.exclusive import Exclusive
from esign.pades.typeface import Typeface
from esign.service import assemble
from esign.trail.consumers import Consumer
from esign.trail.keeper import TrailKeeper
from esign.trail.publishing import CheckpointPublisher
from tests.databases import *  # noqa: F403
from tests.databases import asked_of
from tests.service import YE, YU, Desk, ports_for, request, system_now
from tests.vectors.trail.stored import LOG_KEY, ORIGIN


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements of the block, at its end: each by its first word and the last table that it names; no BEGIN."""
    seen: list[str] = []
    with asked_of(database) as asked:
        yield seen
    for statement, _values in asked:
        tables = re.findall(r"(?:^UPDATE|INTO|FROM)\s+(\w+)", statement)
        if tables:
            seen.append(f"{statement.split(maxsplit=1)[0]} {tables[-1]}")


@pytest.fixture
def desk(database: Database, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface) -> Desk:
    return Desk(assemble(ports_for(database, tmp_path, authority, typeface)))


def test_an_act_holds_the_envelope_records_the_event_and_writes_one_row(desk: Desk, contract: bytes) -> None:
    token = desk.enter(desk.create(request(contract)), 0, YU)
    ceremony = desk.service.ceremony
    text = next(one for one in ceremony.consents(token) if one.stage.value == "before-reading")
    with counted(desk.service.ports.database) as statements:
        ceremony.give_consent(token, text.id, text.version, text.digest)
    assert statements == ["SELECT envelopes", "INSERT trail_events", "UPDATE envelopes"]


def test_a_look_at_an_envelope_that_is_known_is_one_question(desk: Desk, contract: bytes) -> None:
    token = desk.enter(desk.create(request(contract)), 0, YU)
    with counted(desk.service.ports.database) as statements:
        desk.service.ceremony.admit(token)
    assert len(statements) == 1


def test_making_an_envelope_takes_few_statements(desk: Desk, contract: bytes) -> None:
    with counted(desk.service.ports.database) as statements:
        desk.service.maker.create("cli_test0000000000000000000000", request(contract), now=desk.now())
    assert len(statements) <= 26, statements


def test_an_envelope_that_was_made_here_is_known_without_reading_its_stream(desk: Desk, contract: bytes) -> None:
    made = desk.service.maker.create("cli_test0000000000000000000000", request(contract), now=desk.now())
    with counted(desk.service.ports.database) as statements:
        desk.service.entrance.open(desk.link(desk.envelope(made.envelope), 0))
    assert "SELECT trail_events" not in statements
    assert "SELECT recipients" not in statements


@pytest.mark.parametrize("work", [TrailKeeper.place, TrailKeeper.consume])
def test_a_beat_of_the_trail_that_finds_nothing_asks_at_most_two_things(
    desk: Desk, authority: EmbeddedAuthority, contract: bytes, work: Callable[[TrailKeeper], int]
) -> None:
    desk.enter(desk.create(request(contract)), 1, YE)
    database = desk.service.ports.database
    publisher = CheckpointPublisher(ORIGIN, LOG_KEY, authority.timestamp_authority)
    listener = Consumer("listener", lambda _session, _logged: None)
    keeper = TrailKeeper(database, publisher, [listener], system_now, Exclusive(database), awaited=("document.sealed",))
    keeper.place()
    keeper.consume()
    with counted(database) as statements:
        assert work(keeper) == 0
    assert len(statements) <= 2, statements
