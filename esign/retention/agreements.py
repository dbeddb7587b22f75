"""Agreeing to rules: two people, once for each file of rules, so that a sweep may carry out what those say by itself.

The trail keeps the digest of the file. A file that was changed since has another digest, and nobody agreed to it. An
agreement ends where a backup is restored: legal holds that were set after the backup are not known any more, and must
be set again before anything is erased by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.retention import events
from esign.retention.errors import refused
from esign.retention.rules import Rules
from esign.trail.event import Event
from esign.trail.log import Trail, read_stream
from esign.trail.models import TrailEvent
from esign.trail.restoration import BROUGHT_BACK, STREAM

REASON: Final = "due-by-rules"


@dataclass(frozen=True)
class Agreement:
    """Who agreed to the rules: the ids of two people; None for the second where there were no two yet."""

    by: str
    approved_by: str | None


def subject_of(rules: Rules) -> str:
    """Return what an approval of exactly these rules is about."""
    return f"rules_{rules.digest}"


def agree(session: Session, rules: Rules, *, by: str, approved_by: str | None, actor: str, now: datetime) -> None:
    """Record that two people agree to these rules. Raises `RetentionRefused` (`own-approval`), `EventRefused`."""
    if by == approved_by:
        raise refused("own-approval")
    recorded = read_stream(session, events.RULES_STREAM)
    told = events.RULES_AGREED(rules=rules.digest, by=by, approved_by=approved_by)
    version = recorded[-1].version if recorded else 0
    Trail(events.VOCABULARY).append(session, events.RULES_STREAM, version, [told], actor=actor, time=now)


def agreement_to(session: Session, rules: Rules) -> Agreement | None:
    """Return who agreed to exactly these rules, the last time; None where the newest agreement is to others, or where
    a backup was restored after it."""
    recorded = read_stream(session, events.RULES_STREAM)
    if not recorded or recorded[-1].payload["rules"] != rules.digest or _restored_since(session, recorded[-1]):
        return None
    last = recorded[-1].payload
    second = last["approved_by"]
    return Agreement(str(last["by"]), None if second is None else str(second))


def _restored_since(session: Session, agreed: Event) -> bool:
    """Tell whether a backup was restored after the event, in the order in which events were recorded here.

    Not by time: a clock may be set back. Rows that came back were numbered anew, before the event that tells of it.
    """
    number = select(TrailEvent.number).where(TrailEvent.id == agreed.id).scalar_subquery()
    restored = select(TrailEvent.id).where(
        TrailEvent.stream == STREAM, TrailEvent.type == BROUGHT_BACK.name, TrailEvent.number > number
    )
    return session.scalar(restored.limit(1)) is not None
