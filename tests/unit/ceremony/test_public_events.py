"""Events as they are told outside: what is told of each type is listed, and nothing that opens a ceremony is in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from esign.ceremony.domain import events as e
from esign.ceremony.domain.record import VOCABULARY, new_events
from esign.ceremony.domain.values import SignalStrength
from esign.ceremony.models import EnvelopeRow
from esign.ceremony.public_events import AWAITS_CHECKPOINT, TOLD, EnvelopeEvents
from esign.infra.database import Database
from esign.trail.event import Event, parse_event, record
from tests.databases import *  # noqa: F403
from tests.service import system_now
from tests.unit.ceremony.domain_envelopes import START

GOLDEN = Path(__file__).parents[2] / "vectors" / "ceremony" / "golden-envelope-0.1.jsonl"
SIGNALS = (
    e.SignalRaised(
        at=START,
        recipient="rcp_one",
        signal="sig_1",
        finding="shared-phone",
        strength=SignalStrength.WEAK,
        with_recipient="rcp_other",
        with_envelope="env_other",
        with_member=None,
    ),
    e.CapturesShown(at=START, signal="sig_1", by="usr_lead"),
    e.SignalCleared(at=START, signal="sig_1", by="usr_lead", reason="family", note=None),
    e.EnvelopeHeld(at=START, signals=("sig_1",)),
    e.CompletionCertified(at=START, certificate="ab" * 32),
    e.DocumentRenewed(at=START, document="doc_a", base="ab" * 32, renewed="cd" * 32),
)
EVENTS = [
    *(parse_event(line) for line in GOLDEN.read_bytes().splitlines()),
    *(
        record(new, id=f"evt_{number:016d}", stream="env_held", version=number, actor="system", time=START)
        for number, new in enumerate(new_events(SIGNALS), start=1)
    ),
]
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


def test_nobody_outside_is_told_whom_else_a_signal_concerns(database: Database) -> None:
    with database.reading() as session:
        told = EnvelopeEvents().body(session, of_type("recipient.signal-raised"))
        assert EnvelopeEvents().owner(session, of_type("signal.captures-shown")) is None
    assert b"other" not in told


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
