"""Contracts that were signed and ended long ago, as the trail tells of them: no test can wait for that."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from esign.retention import events
from esign.retention.rules import Term
from esign.trail.log import Trail, stream_version


def record_end_long_ago(session: Session, envelope: str, on: date, *, now: datetime) -> None:
    """Record that the contract ended on a day before the test signed it, which nobody could tell the service."""
    stream = events.stream_of(envelope)
    told = events.CONTRACT_ENDED(ended_on=on.isoformat(), term=Term.OVER_ONE_YEAR, by="cli_test")
    version = stream_version(session, stream)
    Trail(events.VOCABULARY).append(session, stream, version, [told], actor="client:cli_test", time=now)
