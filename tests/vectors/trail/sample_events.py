"""Events for the trail's tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from esign.trail.event import Event, EventType
from esign.trail.vocabulary import Vocabulary

NOON = datetime(2026, 3, 1, 4, 0, 0, 123456, tzinfo=UTC)

CREATED = EventType("envelope.created")
SENT = EventType("envelope.sent", 2, lifts=(lambda old: {**old, "channel": "sms"},))
COMPLETED = EventType("envelope.completed")
VOCABULARY = Vocabulary((CREATED, SENT, COMPLETED))


def event(number: int = 1, **changes: Any) -> Event:
    """Return the event of that number in a stream of its own making, with these members changed."""
    members: dict[str, Any] = {
        "id": f"evt_{number:032x}",
        "stream": "env_7f3a",
        "version": number,
        "type": "envelope.sent",
        "type_version": 2,
        "actor": "client:key_1",
        "time": NOON + timedelta(seconds=number),
        "payload": {"recipient": "rec_1", "digest": "sha256:" + "ab" * 32, "tries": number},
    }
    return Event(**(members | changes))
