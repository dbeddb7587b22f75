"""Agreeing to rules: two people, once for each file of rules, so that a sweep may carry out what those say by itself.

The trail keeps the digest of the file. A file that was changed since has another digest, and nobody agreed to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from esign.retention import events
from esign.retention.errors import refused
from esign.retention.rules import Rules
from esign.trail.log import Trail, read_stream

REASON: Final = "due-by-rules"


@dataclass(frozen=True)
class Agreement:
    """Who agreed to the rules: the ids of two people."""

    by: str
    approved_by: str


def agree(session: Session, rules: Rules, *, by: str, approved_by: str, actor: str, now: datetime) -> None:
    """Record that two people agree to these rules. Raises `RetentionRefused` (`own-approval`), `EventRefused`."""
    if by == approved_by:
        raise refused("own-approval")
    recorded = read_stream(session, events.RULES_STREAM)
    told = events.RULES_AGREED(rules=rules.digest, by=by, approved_by=approved_by)
    version = recorded[-1].version if recorded else 0
    Trail(events.VOCABULARY).append(session, events.RULES_STREAM, version, [told], actor=actor, time=now)


def agreement_to(session: Session, rules: Rules) -> Agreement | None:
    """Return who agreed to exactly these rules, the last time; None where the newest agreement is to others."""
    recorded = read_stream(session, events.RULES_STREAM)
    if not recorded or recorded[-1].payload["rules"] != rules.digest:
        return None
    last = recorded[-1].payload
    return Agreement(str(last["by"]), str(last["approved_by"]))
