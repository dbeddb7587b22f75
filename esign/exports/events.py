"""What the trail is told of exports: each envelope that leaves, before anything of it is made; and opened evidence."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from esign.bundle.facts import Exported
from esign.trail.event import EventType
from esign.trail.log import Trail, read_stream, stream_version
from esign.trail.vocabulary import Vocabulary

EXPORTED: Final = EventType("bundle.exported")
OPENED: Final = EventType("evidence.opened")
VOCABULARY: Final = Vocabulary((EXPORTED, OPENED))
_TRAIL: Final = Trail(VOCABULARY)


def exports_of(envelope: str) -> str:
    """Return the stream in which it stands who exported the envelope."""
    return f"exports/{envelope}"


def openings_of(envelope: str) -> str:
    """Return the stream in which it stands to whom the envelope's wrapped key was handed out."""
    return f"openings/{envelope}"


def record_exported(session: Session, envelope: str, exported: Exported) -> None:
    """Record that the envelope is exported, once for each export, in the caller's transaction.

    Raises `EventRefused`, `ConcurrentChange`.
    """
    stream = exports_of(envelope)
    if any(event.payload.get("export") == exported.export for event in read_stream(session, stream)):
        return
    event = EXPORTED(envelope=envelope, export=exported.export, reason=exported.reason)
    version = stream_version(session, stream)
    _TRAIL.append(session, stream, version, [event], actor=exported.by, time=exported.at)


def record_opened(
    session: Session, envelope: str, *, by: str, approved_by: str, reason: str, actor: str, at: datetime
) -> None:
    """Record that the envelope's wrapped key is handed out. Raises as above."""
    stream = openings_of(envelope)
    event = OPENED(envelope=envelope, by=by, approved_by=approved_by, reason=reason)
    _TRAIL.append(session, stream, stream_version(session, stream), [event], actor=actor, time=at)
