"""Keeping the trail: events get their leaves, completions get their checkpoint, consumers read on.

A completion is not told to anybody before a checkpoint covers it (SIGNING.md, Seal): consumers stop before the first
one that waits. One timestamp covers all that wait.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ca.ports import Clock
from esign.infra.database import Database
from esign.infra.exclusive import Exclusive
from esign.trail.consumers import Consumer, catch_up
from esign.trail.models import TrailEvent, TrailLeaf, TrailPending
from esign.trail.publishing import CheckpointPublisher, latest_checkpoint
from esign.trail.sequencer import Sequencer, tree_size

SCHEDULE: Final = timedelta(minutes=5)
"""How old the last checkpoint may get while there are newer events."""


class TrailKeeper:
    """Looks after the trail. Safe to run in several processes."""

    def __init__(
        self,
        database: Database,
        publisher: CheckpointPublisher,
        consumers: Sequence[Consumer],
        clock: Clock,
        exclusive: Exclusive,
        *,
        awaited: Collection[str],
    ) -> None:
        """`awaited` are the types of events that a checkpoint must cover before consumers see them."""
        self._database = database
        self._publisher = publisher
        self._consumers = tuple(consumers)
        self._clock = clock
        self._exclusive = exclusive
        self._awaited = tuple(awaited)
        self._sequencer = Sequencer()

    def place(self) -> int:
        """Give every pending event its leaf; return how many."""
        total = 0
        while self._is_any_pending():  # looked for by reading: no write lock is taken to find none
            with self._database.transaction() as session:
                total += self._sequencer.run_once(session)
        return total

    def publish(self) -> None:
        """Publish a checkpoint if a completion waits for one, or the last one is old.

        Raises `TrustServiceUnavailable`, `TokenRefused`, `TrailDamaged`: nothing is published then.
        """
        with self._database.reading() as session:
            wanted = _first_awaiting(session, self._awaited) is not None or self._is_old(session)
        if wanted:
            with self._exclusive.attempt("checkpoint") as mine:
                if mine:
                    self._publisher.publish(self._database)

    def consume(self) -> int:
        """Let every consumer read up to the first event that still waits for its checkpoint; return how many events.

        Raises `ConsumerStopped` from the last consumer that could not go on; the others have.
        """
        with self._database.reading() as session:
            until = told_until(session, self._awaited)
        total, failure = 0, None
        for consumer in self._consumers:
            try:
                total += catch_up(self._database, consumer, until=until)
            except Exception as error:  # noqa: BLE001  # one that stands still does not hold up the others
                failure = error
        if failure is not None:
            raise failure
        return total

    def _is_any_pending(self) -> bool:
        with self._database.reading() as session:
            return session.scalar(select(TrailPending.number).limit(1)) is not None

    def _is_old(self, session: Session) -> bool:
        size, last = tree_size(session), latest_checkpoint(session)
        if last is None:
            return size > 0
        return last.checkpoint.size < size and self._clock() - last.token.gen_time >= SCHEDULE


def told_until(session: Session, awaited: Collection[str]) -> int:
    """Return how far the trail may be told: up to (and without) the first awaited event that no checkpoint covers."""
    first = _first_awaiting(session, awaited)
    return tree_size(session) if first is None else first


def _first_awaiting(session: Session, awaited: Collection[str]) -> int | None:
    """Return the position of the first event of these types that no checkpoint covers."""
    last = latest_checkpoint(session)
    covered = 0 if last is None else last.checkpoint.size
    return session.scalar(
        select(func.min(TrailLeaf.position))
        .join(TrailEvent, TrailEvent.id == TrailLeaf.event_id)
        .where(TrailLeaf.position >= covered, TrailEvent.type.in_(tuple(awaited)))
    )
