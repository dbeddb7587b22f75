"""Consumers: how one room learns of another's events. Each is named and keeps the position that it handles next.

The position moves in the transaction in which the handler wrote, so what a handler does to this database happens
once; what it does elsewhere happens at least once, and carries an idempotency key of its own. An event that cannot
be handled stops its consumer there, visibly, until code or data is mended: the next run tries the same event again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from esign.infra.database import Database
from esign.infra.logs import log_for
from esign.infra.statements import insert_if_absent, table_of
from esign.trail.errors import ConsumerStopped
from esign.trail.event import LoggedEvent
from esign.trail.log import read_from
from esign.trail.models import TrailConsumer
from esign.trail.sequencer import tree_size

Handler: TypeAlias = Callable[[Session, LoggedEvent], None]
ManyHandler: TypeAlias = Callable[[Session, Sequence[LoggedEvent]], None]
BATCH: Final = 100

_BEGIN: Final = insert_if_absent(TrailConsumer, "name", "position")
_ROWS: Final = table_of(TrailConsumer)
_HOLD: Final = (
    select(_ROWS.c.position, _ROWS.c.stopped_by).where(_ROWS.c.name == bindparam("consumer")).with_for_update()
)
_MOVE: Final = update(_ROWS).where(_ROWS.c.name == bindparam("consumer"))
_POSITION: Final = select(_ROWS.c.position).where(_ROWS.c.name == bindparam("consumer"))

_log = log_for(__name__)
_NAME = re.compile(r"[a-z][a-z0-9.-]{0,63}")


@dataclass(frozen=True)
class Consumer:
    """A handler under a name of its own. It is called with every event, in order, and passes over what it does not
    need; it writes through the session that it is given and does not commit."""

    name: str
    handle: Handler

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is not a consumer's name: lower-case letters, digits, dots, hyphens")

    def handle_all(self, session: Session, events: Sequence[LoggedEvent]) -> None:
        """Handle events that follow one upon the other."""
        for logged in events:
            self.handle(session, logged)


@dataclass(frozen=True)
class _Failure:
    """Where a consumer stopped, and how."""

    position: int
    error: ConsumerStopped


@dataclass(frozen=True)
class Projection(Consumer):
    """A consumer that fills tables of its own. `clear` removes all that it ever wrote there."""

    clear: Callable[[Session], None]


@dataclass(frozen=True)
class ManyProjection(Projection):
    """A projection that takes down many events at once, for rows that thousands of events a minute change.

    `handle_many` does with events that follow one upon the other what `handle` does with each.
    """

    handle_many: ManyHandler

    def handle_all(self, session: Session, events: Sequence[LoggedEvent]) -> None:
        """Handle them as one."""
        self.handle_many(session, events)


def run_batch(database: Database, consumer: Consumer, *, limit: int = BATCH, until: int | None = None) -> int:
    """Handle at most `limit` events in one transaction, none at position `until` or later; return how many, 0 if the
    consumer has read them all.

    Waits while another process runs the same consumer. Raises `ConsumerStopped` (`consumer-stopped`) from what
    the handler raised; the events before that one are handled, and it is the next one again.
    """
    with database.transaction() as session:
        start, stopped_by = _hold(session, consumer)
        most = limit if until is None else max(0, min(limit, until - start))
        events = read_from(session, start, most) if most else []
        failure = _handle_all(session, consumer, events)
        position = start + len(events) if failure is None else failure.position
        cause = None if failure is None else failure.error.cause[:200]
        if (position, cause) != (start, stopped_by):
            _move(session, consumer, position, cause)
        handled = position - start
    if failure is not None:
        raise failure.error
    return handled


def _handle_all(session: Session, consumer: Consumer, events: Sequence[LoggedEvent]) -> _Failure | None:
    """Handle the events; where one cannot be handled, those before it stand and it has done nothing.

    A savepoint for each event would cost more than most handlers do: so all of them are tried as one, and one by one
    only where that fails.
    """
    try:
        with session.begin_nested():
            consumer.handle_all(session, events)
    except Exception as first:  # noqa: BLE001  # whatever a handler raises stops it here, and is raised by the caller
        _log.failed("a batch of events is handled one by one", first, consumer=consumer.name)
        session.info.clear()  # what was remembered of the rows that it held went with the savepoint
    else:
        return None
    for logged in events:
        try:
            with session.begin_nested():
                consumer.handle(session, logged)
        except Exception as error:  # noqa: BLE001  # as above
            return _Failure(logged.position, _stopped(consumer, logged, error))
    return None


def catch_up(database: Database, consumer: Consumer, *, batch: int = BATCH, until: int | None = None) -> int:
    """Run the consumer until it has read every event that has a leaf, or that stands before position `until`.

    Returns how many. Raises `ConsumerStopped`.
    """
    with database.reading() as session:
        behind = has_unread(session, consumer.name, until=until)
    return read_on(database, consumer, batch=batch, until=until) if behind else 0


def read_on(database: Database, consumer: Consumer, *, batch: int = BATCH, until: int | None = None) -> int:
    """Do as `catch_up` does with a consumer that was seen to have unread events."""
    total = 0
    while True:
        handled = run_batch(database, consumer, limit=batch, until=until)
        total += handled
        if handled < batch:  # what came meanwhile is for the next time
            return total


def has_unread(session: Session, name: str, *, until: int | None = None) -> bool:
    """Tell whether there are events that the consumer has not read: so that no write lock is taken to find none."""
    end = tree_size(session)
    return position_of(session, name) < (end if until is None else min(until, end))


def rebuild(database: Database, projection: Projection, *, batch: int = BATCH) -> int:
    """Clear the projection and read the trail again from its beginning; return how many events.

    Clearing and starting over are one transaction. Whoever reads the tables before the end sees them half full.
    Raises `ConsumerStopped`.
    """
    with database.transaction() as session:
        _hold(session, projection)
        projection.clear(session)
        _move(session, projection, 0, None)
    return catch_up(database, projection, batch=batch)


def position_of(session: Session, name: str) -> int:
    """Return the position that the consumer handles next, 0 if it never ran."""
    return session.scalar(_POSITION, {"consumer": name}) or 0


def stopped_consumers(session: Session) -> dict[str, str]:
    """Return the consumers that stand before an event they could not handle, and what stopped each."""
    found = session.execute(
        select(TrailConsumer.name, TrailConsumer.stopped_by).where(TrailConsumer.stopped_by.is_not(None))
    )
    return {name: str(cause) for name, cause in found}


def _hold(session: Session, consumer: Consumer) -> tuple[int, str | None]:
    """Keep other processes from running the consumer; return where it stands, and what stopped it there."""
    row = session.execute(_HOLD, {"consumer": consumer.name}).one_or_none()
    if row is None:
        # Another process may begin it at the same moment; its row is then the one.
        session.execute(_BEGIN, {"name": consumer.name, "position": 0})
        row = session.execute(_HOLD, {"consumer": consumer.name}).one()
    return row.position, row.stopped_by


def _move(session: Session, consumer: Consumer, position: int, stopped_by: str | None) -> None:
    session.execute(_MOVE, {"consumer": consumer.name, "position": position, "stopped_by": stopped_by})


def _stopped(consumer: Consumer, logged: LoggedEvent, error: Exception) -> ConsumerStopped:
    # The error's class, not its text: that may quote data. The traceback hangs on it by `__cause__`.
    stopped = ConsumerStopped(
        "consumer-stopped",
        f"{consumer.name} stopped before position {logged.position}, event {logged.event.id}: {type(error).__name__}",
        "mend the handler or what it found, and run it again; it goes on from there",
    )
    stopped.__cause__ = error
    return stopped
