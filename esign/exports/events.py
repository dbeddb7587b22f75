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
APPROVED: Final = EventType("bundle.approved")
"""Two people let an envelope leave that is otherwise only stored: in this one export."""
OPENED: Final = EventType("evidence.opened")
VOCABULARY: Final = Vocabulary((EXPORTED, APPROVED, OPENED))
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
    if _stands(session, EXPORTED, envelope, exported.export):
        return
    event = EXPORTED(envelope=envelope, export=exported.export, reason=exported.reason)
    version = stream_version(session, stream)
    _TRAIL.append(session, stream, version, [event], actor=exported.by, time=exported.at)


def record_approved(
    session: Session, envelope: str, export: str, *, by: str, approved_by: str, reason: str, actor: str, at: datetime
) -> None:
    """Record that two people let the envelope leave in this export, in the caller's transaction. Raises as above."""
    stream = exports_of(envelope)
    event = APPROVED(envelope=envelope, export=export, by=by, approved_by=approved_by, reason=reason)
    _TRAIL.append(session, stream, stream_version(session, stream), [event], actor=actor, time=at)


def is_approved(session: Session, envelope: str, export: str) -> bool:
    """Tell whether two people let the envelope leave in this export."""
    return _stands(session, APPROVED, envelope, export)


def record_opened(
    session: Session, envelope: str, *, by: str, approved_by: str | None, reason: str, actor: str, at: datetime
) -> None:
    """Record that the envelope's wrapped key is handed out. Raises as above."""
    stream = openings_of(envelope)
    event = OPENED(envelope=envelope, by=by, approved_by=approved_by, reason=reason)
    _TRAIL.append(session, stream, stream_version(session, stream), [event], actor=actor, time=at)


def _stands(session: Session, type_: EventType, envelope: str, export: str) -> bool:
    events = read_stream(session, exports_of(envelope))
    return any(event.type == type_.name and event.payload["export"] == export for event in events)
