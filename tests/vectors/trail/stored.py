"""A small stored trail for the trail's tests: appending, placing, publishing."""

from __future__ import annotations

from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from esign.infra.database import Database
from esign.trail.checkpoint import Origin
from esign.trail.event import Event
from esign.trail.log import Trail
from esign.trail.note import Ed25519NoteKey
from esign.trail.sequencer import Sequencer
from tests.vectors.trail.sample_events import NOON, SENT, VOCABULARY

ORIGIN = Origin("signing.insurer.example/trail")
LOG_KEY = Ed25519NoteKey(Ed25519PrivateKey.from_private_bytes(b"\x07" * 32))
TRAIL = Trail(VOCABULARY)


def append(database: Database, stream: str = "env_1", count: int = 1, *, after: int = 0) -> tuple[Event, ...]:
    """Append so many events to the stream, in a transaction of their own."""
    with database.transaction() as session:
        return TRAIL.append(
            session,
            stream,
            after,
            [SENT(recipient="rec_1", tries=number) for number in range(count)],
            actor="client:key_1",
            time=NOON + timedelta(seconds=after),
        )


def place(database: Database, limit: int = 500) -> int:
    """Give positions to what waits, in a transaction of its own."""
    with database.transaction() as session:
        return Sequencer().run_once(session, limit=limit)
