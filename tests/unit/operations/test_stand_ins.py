"""Stand-ins in live mode: each is refused until somebody accepted it in the trail, and again once that is withdrawn."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from esign.infra.database import Database
from esign.infra.errors import ConfigurationError
from esign.operations.stand_ins import (
    STAND_INS,
    STREAM,
    VOCABULARY,
    accept_stand_in,
    accepted_stand_ins,
    require_accepted,
    withdraw_stand_in,
)
from esign.trail.errors import ConcurrentChange, EventRefused
from esign.trail.log import Trail, read_stream

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
TRAIL = Trail(VOCABULARY)


def accept(database: Database, code: str, *, by: str = "usr_director", reason: str = "pilot") -> None:
    with database.transaction() as session:
        accept_stand_in(session, TRAIL, code, by=by, reason=reason, now=NOW)


def withdraw(database: Database, code: str) -> None:
    with database.transaction() as session:
        withdraw_stand_in(session, TRAIL, code, by="usr_director", reason="vendor-found", now=NOW)


def require(database: Database, *codes: str) -> None:
    with database.reading() as session:
        require_accepted(session, codes)


def test_live_mode_refuses_what_nobody_accepted_and_names_it(database: Database) -> None:
    require(database)
    accept(database, "outbox")
    with pytest.raises(ConfigurationError, match="embedded-authority, identity-not-verified") as refused:
        require(database, "outbox", "identity-not-verified", "embedded-authority")
    assert refused.value.code == "stand-ins-not-accepted"


def test_what_was_accepted_serves_until_it_is_withdrawn(database: Database) -> None:
    for code in STAND_INS:
        accept(database, code)
    require(database, *STAND_INS)
    withdraw(database, "outbox")
    with pytest.raises(ConfigurationError, match="outbox"):
        require(database, *STAND_INS)
    accept(database, "outbox")
    require(database, *STAND_INS)


def test_the_trail_tells_who_took_the_responsibility_and_why(database: Database) -> None:
    accept(database, "outbox")
    withdraw(database, "outbox")
    with database.reading() as session:
        told = [(event.type, dict(event.payload), event.actor) for event in read_stream(session, STREAM)]
    assert told == [
        ("stand-in.accepted", {"stand_in": "outbox", "by": "usr_director", "reason": "pilot"}, "operator"),
        ("stand-in.withdrawn", {"stand_in": "outbox", "by": "usr_director", "reason": "vendor-found"}, "operator"),
    ]


def test_doing_it_again_changes_nothing(database: Database) -> None:
    withdraw(database, "outbox")
    accept(database, "outbox")
    accept(database, "outbox", by="usr_other")
    with database.reading() as session:
        assert len(read_stream(session, STREAM)) == 1
        assert accepted_stand_ins(session) == {"outbox"}


def test_a_stand_in_that_does_not_exist_is_refused(database: Database) -> None:
    with pytest.raises(ConfigurationError) as refused:
        accept(database, "no-such-thing")
    assert refused.value.code == "stand-in-unknown"
    with pytest.raises(ConfigurationError):
        withdraw(database, "no-such-thing")


@pytest.mark.parametrize(("by", "reason"), [("A Director", "pilot"), ("usr_director", "because I say so")])
def test_names_and_sentences_do_not_get_into_the_trail(database: Database, by: str, reason: str) -> None:
    with pytest.raises(EventRefused):
        accept(database, "outbox", by=by, reason=reason)
    with database.reading() as session:
        assert accepted_stand_ins(session) == frozenset()


def test_two_who_accept_at_once_accept_it_once(database: Database) -> None:
    together, overtaken = threading.Barrier(2), []

    def run() -> None:
        together.wait()
        try:
            accept(database, "outbox")
        except ConcurrentChange as error:
            overtaken.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert len(read_stream(session, STREAM)) == 1
