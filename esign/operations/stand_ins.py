"""Stand-ins: what takes the place of a third party. Live mode refuses each until somebody accepts it in writing.

The acceptance is an event in the trail, with the name of whoever took the responsibility (an id of theirs) and a
reason; it can be withdrawn.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from esign.infra.errors import ConfigurationError
from esign.trail.event import Event, EventType
from esign.trail.log import Trail, read_stream
from esign.trail.vocabulary import Vocabulary

STREAM: Final = "operations"
ACCEPTED: Final = EventType("stand-in.accepted")
WITHDRAWN: Final = EventType("stand-in.withdrawn")
VOCABULARY: Final = Vocabulary((ACCEPTED, WITHDRAWN))

STAND_INS: Final[Mapping[str, str]] = {
    "embedded-authority": "certificates come from the embedded authority, which nobody outside believes",
    "embedded-timestamps": "timestamps come from the embedded authority, so the operator could make others",
    "identity-not-verified": "nobody outside says that a person is who they say",
    "face-quality-only": "a face photo is judged by its quality alone; the salesperson says whose face it is",
    "outbox": "messages to people are shown in the outbox and not sent",
}
"""Every stand-in by its code, and what it means."""


def accepted_stand_ins(session: Session) -> frozenset[str]:
    """Return the codes of the stand-ins that are accepted now."""
    return _accepted(read_stream(session, STREAM))


def _accepted(events: Iterable[Event]) -> frozenset[str]:
    accepted: set[str] = set()
    for event in events:
        code = str(event.payload.get("stand_in"))
        if event.type == ACCEPTED.name:
            accepted.add(code)
        elif event.type == WITHDRAWN.name:
            accepted.discard(code)
    return frozenset(accepted)


def accept_stand_in(
    session: Session,
    trail: Trail,
    code: str,
    *,
    by: str,
    reason: str,
    now: datetime,
    known: Collection[str] = STAND_INS,
) -> None:
    """Record that `by` (an id) accepts the stand-in, for a reason (a code). Doing it again changes nothing.

    `known` are the codes that there are, those of rooms too.

    Raises `ConfigurationError` (`stand-in-unknown`, `acceptance-incomplete`), `EventRefused` for an id or reason that
    is not one word.
    """
    _require_known(code, known)
    _append(session, trail, ACCEPTED, code, by=by, reason=reason, now=now, wanted=True)


def withdraw_stand_in(
    session: Session,
    trail: Trail,
    code: str,
    *,
    by: str,
    reason: str,
    now: datetime,
    known: Collection[str] = STAND_INS,
) -> None:
    """Record that the stand-in is not accepted any more. Raises as `accept_stand_in`."""
    _require_known(code, known)
    _append(session, trail, WITHDRAWN, code, by=by, reason=reason, now=now, wanted=False)


def require_accepted(session: Session, chosen: Collection[str]) -> None:
    """Raise `ConfigurationError` (`stand-ins-not-accepted`) unless every chosen stand-in is accepted in the trail."""
    missing = sorted(set(chosen) - accepted_stand_ins(session))
    if missing:
        raise ConfigurationError(
            "stand-ins-not-accepted",
            f"live mode would stand on {', '.join(missing)}",
            "configure the third party in its place, or accept each: esign stand-ins accept NAME --by ID --reason CODE",
        )


def _require_known(code: str, known: Collection[str]) -> None:
    if code not in known:
        raise ConfigurationError(
            "stand-in-unknown", f"there is no stand-in {code[:40]}", f"name one of {', '.join(known)}"
        )


def _append(
    session: Session, trail: Trail, kind: EventType, code: str, *, by: str, reason: str, now: datetime, wanted: bool
) -> None:
    if not by or not reason:
        raise ConfigurationError(
            "acceptance-incomplete", "nobody or no reason stands behind this", "give the id of a person and a code"
        )
    events = read_stream(session, STREAM)  # what is accepted and the version it is appended at, from one look
    if (code in _accepted(events)) is wanted:
        return
    version = events[-1].version if events else 0
    event = kind(stand_in=code, by=by, reason=reason)
    trail.append(session, STREAM, version, [event], actor="operator", time=now)
