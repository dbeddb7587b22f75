"""Events as they are told outside: what is told of each type is listed, and nothing that opens a ceremony is in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from esign.ceremony.domain.record import VOCABULARY
from esign.ceremony.models import EnvelopeRow
from esign.ceremony.public_events import AWAITS_CHECKPOINT, TOLD, EnvelopeEvents
from esign.infra.database import Database
from esign.trail.event import Event, parse_event
from tests.databases import *  # noqa: F403
from tests.service import system_now

GOLDEN = Path(__file__).parents[2] / "vectors" / "ceremony" / "golden-envelope-0.1.jsonl"
EVENTS = [parse_event(line) for line in GOLDEN.read_bytes().splitlines()]
"""Events of every type there is."""

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def keep_row(database: Database, envelope: str, external_id: str | None = None) -> None:
    now = system_now()
    with database.transaction() as session:
        session.add(
            EnvelopeRow(
                id=envelope,
                client="cli_test",
                external_id=external_id,
                mode="test",
                state="completed",
                version=1,
                created_at=now,
                updated_at=now,
                expires_at=now,
                due_at=None,
            )
        )


def of_type(name: str) -> Event:
    return next(event for event in EVENTS if event.type == name)


def test_every_type_that_is_told_exists_and_holds_what_is_told_of_it(database: Database) -> None:
    assert set(TOLD) <= {kind.name for kind in VOCABULARY}
    assert set(AWAITS_CHECKPOINT) <= set(TOLD)
    with database.reading() as session:
        for name, members in TOLD.items():
            data = json.loads(EnvelopeEvents().body(session, of_type(name)))["data"]
            assert set(data) == {"envelope", "external_id", *members}, name


def test_an_event_belongs_to_the_client_of_its_envelope(database: Database) -> None:
    told = of_type("document.sealed")
    with database.reading() as session:
        assert EnvelopeEvents().owner(session, told) is None
    keep_row(database, told.stream)
    with database.reading() as session:
        assert EnvelopeEvents().owner(session, told) == "cli_test"
        codes = of_type("recipient.code-sent")
        assert EnvelopeEvents().owner(session, codes) is None  # whoever it belongs to


def test_an_event_is_the_same_bytes_each_time_and_carries_the_callers_own_id(database: Database) -> None:
    told = of_type("document.sealed")
    keep_row(database, told.stream, "policy-2026-000117")
    with database.reading() as session:
        first, second = (EnvelopeEvents().body(session, told) for _ in range(2))
    assert first == second
    body = json.loads(first)
    assert (body["id"], body["type"]) == (told.id, "document.sealed")
    assert body["timestamp"].endswith("Z")
    assert body["data"]["external_id"] == "policy-2026-000117"


def test_nothing_that_opens_a_ceremony_or_names_a_record_is_told(database: Database) -> None:
    with database.reading() as session:
        whole = b"".join(EnvelopeEvents().body(session, event) for event in EVENTS if event.type in TOLD)
    for secret in (b'"code"', b'"device"', b'"record"', b'"person"', b'"note"'):
        assert secret not in whole
