"""When a contract ended, as the client tells it: from then its time of keeping is counted, and until then it is held.

The service cannot know: a life insurance may run for forty years, be surrendered, or lapse and be revived. What is told
last counts. Nothing can be told any more once what was kept is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from esign.ceremony.domain import events as happened
from esign.ceremony.domain.state import Envelope
from esign.ceremony.domain.values import EnvelopeState
from esign.retention import events
from esign.retention.errors import refused
from esign.retention.models import RetainedEnvelope
from esign.retention.periods import day_of
from esign.retention.projection import project
from esign.retention.rules import Term
from esign.trail.log import Trail, read_stream


@dataclass(frozen=True)
class ContractEnd:
    """On which day the contract ended, and for how long it insured."""

    on: date
    term: Term


class Contracts:
    """Tells and reads the ends of contracts, in the caller's transaction."""

    def __init__(self) -> None:
        self._trail = Trail(events.VOCABULARY)

    def tell(
        self, session: Session, envelope: Envelope, end: ContractEnd | None, *, by: str, actor: str, now: datetime
    ) -> None:
        """Record that the contract ended, or with None that it goes on after all. The same again records nothing.

        Raises `RetentionRefused`: `contract-not-made`, `contract-end-future`, `contract-end-early` for a day before
        the contract was signed, `evidence-gone`; `ConcurrentChange`.
        """
        if envelope.state is not EnvelopeState.COMPLETED:
            raise refused("contract-not-made")
        if end is not None and end.on > day_of(now):
            raise refused("contract-end-future")
        if end is not None and end.on < _completed_on(session, envelope.id):
            raise refused("contract-end-early")
        row = session.get(RetainedEnvelope, envelope.id)
        if row is not None and (row.erased_at is not None or row.documents_erased_at is not None):
            raise refused("evidence-gone")
        stream = events.stream_of(envelope.id)
        recorded = read_stream(session, stream)
        if end == end_of(session, envelope.id):
            return
        told = (
            events.CONTRACT_RESUMED(by=by)
            if end is None
            else events.CONTRACT_ENDED(ended_on=end.on.isoformat(), term=end.term, by=by)
        )
        version = recorded[-1].version if recorded else 0
        (event,) = self._trail.append(session, stream, version, [told], actor=actor, time=now)
        project(session, event)


def _completed_on(session: Session, envelope: str) -> date:
    """Return the day on which the envelope was completed, as its trail tells it."""
    name = happened.EnvelopeCompleted.type.name
    return day_of(next(event.time for event in read_stream(session, envelope) if event.type == name))


def end_of(session: Session, envelope: str) -> ContractEnd | None:
    """Return when the contract ended as the trail tells it, None where that was not told or it goes on."""
    end: ContractEnd | None = None
    for event in read_stream(session, events.stream_of(envelope)):
        if event.type == events.CONTRACT_ENDED.name:
            on = date.fromisoformat(str(event.payload["ended_on"]))
            end = ContractEnd(on, Term(str(event.payload["term"])))
        elif event.type == events.CONTRACT_RESUMED.name:
            end = None
    return end
