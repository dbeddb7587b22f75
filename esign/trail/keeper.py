"""Keeping the trail: events get their leaves, completions get their checkpoint, consumers read on.

A completion is not told to anybody before a checkpoint covers it (SIGNING.md, Seal): consumers stop before the first
one that waits. One timestamp covers all that wait.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from ca.ports import Clock
from esign.infra.database import Database
from esign.infra.exclusive import Exclusive
from esign.infra.statements import table_of
from esign.trail.consumers import Consumer, position_of, read_on
from esign.trail.models import TrailCheckpoint, TrailEvent, TrailLeaf, TrailPending
from esign.trail.publishing import CheckpointPublisher
from esign.trail.sequencer import BATCH, Sequencer, tree_size

SCHEDULE: Final = timedelta(minutes=5)
"""How old the last checkpoint may get while there are newer events."""
_CHECKPOINTS, _EVENTS = table_of(TrailCheckpoint), table_of(TrailEvent)
_LEAVES, _PENDING = table_of(TrailLeaf), table_of(TrailPending)
_ANY_PENDING: Final = select(_PENDING.c.number).limit(1)
_LATEST: Final = select(_CHECKPOINTS.c.size, _CHECKPOINTS.c.time).order_by(_CHECKPOINTS.c.size.desc()).limit(1)
_COVERED: Final = select(func.coalesce(func.max(_CHECKPOINTS.c.size), 0)).scalar_subquery()
_FIRST_AWAITING: Final = (
    select(func.min(_LEAVES.c.position))
    .join_from(_LEAVES, _EVENTS, _EVENTS.c.id == _LEAVES.c.event_id)
    .where(_LEAVES.c.position >= _COVERED, _EVENTS.c.type.in_(bindparam("types", expanding=True)))
)


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
                placed = self._sequencer.run_once(session)
            total += placed
            if placed < BATCH:
                break
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
            positions = {consumer.name: position_of(session, consumer.name) for consumer in self._consumers}
            is_any_behind = min(positions.values(), default=0) < tree_size(session)
            until = told_until(session, self._awaited) if is_any_behind else 0
        total, failure = 0, None
        for consumer in self._consumers:
            if positions[consumer.name] >= until:
                continue
            try:
                total += read_on(self._database, consumer, until=until)
            except Exception as error:  # noqa: BLE001  # one that stands still does not hold up the others
                failure = error
        if failure is not None:
            raise failure
        return total

    def _is_any_pending(self) -> bool:
        with self._database.reading() as session:
            return session.scalar(_ANY_PENDING) is not None

    def _is_old(self, session: Session) -> bool:
        size, last = tree_size(session), session.execute(_LATEST).one_or_none()
        if last is None:
            return size > 0
        return bool(last.size < size and self._clock() - last.time >= SCHEDULE)


def told_until(session: Session, awaited: Collection[str]) -> int:
    """Return how far the trail may be told: up to (and without) the first awaited event that no checkpoint covers."""
    first = _first_awaiting(session, awaited)
    return tree_size(session) if first is None else first


def _first_awaiting(session: Session, awaited: Collection[str]) -> int | None:
    """Return the position of the first event of these types that no checkpoint covers."""
    found: int | None = session.scalar(_FIRST_AWAITING, {"types": tuple(awaited)})
    return found
