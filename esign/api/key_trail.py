"""What the trail tells of clients and their keys, whoever made them: staff, a program with a key, or the operator.

Each client is a stream of its own.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from esign.api.keys import Client, KeyFacts
from esign.trail.event import EventType, NewEvent
from esign.trail.log import Trail, stream_version
from esign.trail.vocabulary import Vocabulary

CLIENT_MADE: Final = EventType("api-client.made")
KEY_MADE: Final = EventType("api-key.made")
KEY_REVOKED: Final = EventType("api-key.revoked")
VOCABULARY: Final = Vocabulary((CLIENT_MADE, KEY_MADE, KEY_REVOKED))


class KeyTrail:
    """Records each act in the caller's transaction; `actor` is as the trail names who acts.

    Raises `ConcurrentChange` if somebody else does something to the same client at this moment.
    """

    def __init__(self) -> None:
        self._trail = Trail(VOCABULARY)

    def client_made(self, session: Session, client: Client, *, actor: str, at: datetime) -> None:
        self._record(session, client.id, CLIENT_MADE(client=client.id, mode=client.mode), actor, at)

    def key_made(self, session: Session, client: str, key: KeyFacts, *, actor: str) -> None:
        expires_at = None if key.expires_at is None else key.expires_at.isoformat()
        event = KEY_MADE(client=client, key=key.id, scopes=sorted(key.scopes), expires_at=expires_at)
        self._record(session, client, event, actor, key.created_at)

    def key_revoked(self, session: Session, client: str, key: str, *, actor: str, at: datetime) -> None:
        self._record(session, client, KEY_REVOKED(client=client, key=key), actor, at)

    def _record(self, session: Session, client: str, event: NewEvent, actor: str, at: datetime) -> None:
        self._trail.append(session, client, stream_version(session, client), [event], actor=actor, time=at)
