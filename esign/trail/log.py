"""The stored trail: events appended inside the caller's transaction, and read by stream or by position."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from esign.infra.bulk import among, insert_rows
from esign.infra.statements import COUNTED, rows_changed, table_of
from esign.trail.errors import ConcurrentChange, EventRefused, TrailDamaged
from esign.trail.event import (
    Event,
    LoggedEvent,
    NewEvent,
    canonical_payload,
    check_payload_size,
    load_json,
    record,
)
from esign.trail.models import TrailEvent, TrailLeaf
from esign.trail.vocabulary import Vocabulary

COLUMNS = (
    TrailEvent.id,
    TrailEvent.stream,
    TrailEvent.version,
    TrailEvent.type,
    TrailEvent.type_version,
    TrailEvent.actor,
    TrailEvent.time,
    TrailEvent.payload,
)

READ_LATELY: Final = 4096
"""Rows of events that are remembered in a process: some ten MB."""
_TABLE: Final = table_of(TrailEvent)
_OF_STREAM: Final = _TABLE.c.stream == bindparam("stream", type_=TrailEvent.stream.type)
_APPEND: Final = (
    insert(_TABLE)
    .from_select(
        [column.key for column in COLUMNS],
        select(*(bindparam(column.key, type_=column.type) for column in COLUMNS)).where(
            select(func.coalesce(func.max(_TABLE.c.version), 0)).where(_OF_STREAM).scalar_subquery()
            == bindparam("expected_version", type_=TrailEvent.version.type)
        ),
    )
    .execution_options(**COUNTED)
)
"""Appends the first event of a command where the stream still is at the version that it was decided on."""
_APPEND_MORE: Final = insert(_TABLE)
_READ: Final = (
    select(*(_TABLE.c[column.key] for column in COLUMNS))
    .where(_OF_STREAM, _TABLE.c.version > bindparam("after"))
    .order_by(_TABLE.c.version)
)
_READ_MANY: Final = select(*(_TABLE.c[column.key] for column in COLUMNS)).order_by(_TABLE.c.stream, _TABLE.c.version)
_VERSIONS: Final = select(_TABLE.c.stream, func.max(_TABLE.c.version).label("last")).group_by(_TABLE.c.stream)
_VERSION: Final = select(func.max(_TABLE.c.version)).where(_OF_STREAM)
_LEAVES: Final = table_of(TrailLeaf)
_READ_FROM: Final = (
    select(_LEAVES.c.position, *(_TABLE.c[column.key] for column in COLUMNS))
    .join_from(_LEAVES, _TABLE, _TABLE.c.id == _LEAVES.c.event_id)
    .where(_LEAVES.c.position >= bindparam("position"))
    .order_by(_LEAVES.c.position)
    .limit(bindparam("limit"))
)


def event_id(time: datetime) -> str:
    """Return a fresh id of an event of a `time` (aware): `evt_` and 32 hex digits, 12 of the millisecond, 20 of chance.

    Those of one time lie side by side in the indexes of the database. Where each fell on a page of its own, the trail
    cost more to write the longer it was.
    """
    return f"evt_{int(time.timestamp() * 1000):012x}{secrets.token_hex(10)}"


@dataclass(frozen=True)
class ToAppend:
    """Events for one stream: decided on its version `after` (0 for a new one), and of one `time` (aware)."""

    stream: str
    after: int
    events: Sequence[NewEvent]
    time: datetime


class Trail:
    """Appends events of one vocabulary."""

    def __init__(self, vocabulary: Vocabulary, *, new_id: Callable[[datetime], str] = event_id) -> None:
        self.vocabulary = vocabulary
        self._new_id = new_id

    def append(
        self,
        session: Session,
        stream: str,
        expected_version: int,
        events: Sequence[NewEvent],
        *,
        actor: str,
        time: datetime,
    ) -> tuple[Event, ...]:
        """Append the events to the stream in the caller's transaction; return them as recorded.

        `expected_version` is the version of the last event that the command was decided on, 0 for a new stream.
        Raises `EventRefused`, and `ConcurrentChange` (`stream-changed`) if the stream is at another version: then
        the transaction is to be given up, and the command decided anew. Two commands that race may both see that
        version; the unique constraint lets one of them win.
        """
        for new in events:
            self.vocabulary.check_new(new)
        recorded = tuple(
            record(new, id=self._new_id(time), stream=stream, version=version, actor=actor, time=time)
            for version, new in enumerate(events, start=expected_version + 1)
        )
        if not recorded:
            if stream_version(session, stream) != expected_version:
                raise _changed(stream, expected_version)
            return recorded
        first, *rest = (_row(event) for event in recorded)
        try:
            appended = rows_changed(session.execute(_APPEND, {**first, "expected_version": expected_version}))
            if appended and rest:
                session.execute(_APPEND_MORE, rest)
        except IntegrityError as error:
            if _is_taken_version(error):
                raise _changed(stream, expected_version) from error
            raise
        if not appended:
            raise _changed(stream, expected_version)
        return recorded

    def append_many(self, session: Session, appended: Sequence[ToAppend], *, actor: str) -> list[tuple[Event, ...]]:
        """Append to many streams, each named once, in the caller's transaction; return what was recorded of each.

        The caller has read, in this transaction or from what was committed before, that each stream has the version
        that it was decided on; whoever comes first meanwhile wins by the unique version. Raises `EventRefused`, and
        `ConcurrentChange` (`stream-changed`): the transaction is to be given up, and all of it decided anew.
        """
        recorded: list[tuple[Event, ...]] = []
        for one in appended:
            for new in one.events:
                self.vocabulary.check_new(new)
            recorded.append(
                tuple(
                    record(
                        new, id=self._new_id(one.time), stream=one.stream, version=version, actor=actor, time=one.time
                    )
                    for version, new in enumerate(one.events, start=one.after + 1)
                )
            )
        # In the order of their names: of two that append to the same streams, none waits for the other's second one.
        rows = [_row_in_order(event) for events in sorted(recorded, key=_stream_of) for event in events]
        try:
            insert_rows(session, _TABLE, [column.key for column in COLUMNS], rows)
        except IntegrityError as error:
            if _is_taken_version(error):
                raise _changed("one of many", 0) from error
            raise
        return recorded


def stream_version(session: Session, stream: str) -> int:
    """Return the version of the stream's last event, 0 if it has none."""
    return session.scalar(_VERSION, {"stream": stream}) or 0


def read_stream(session: Session, stream: str, *, after: int = 0) -> list[Event]:
    """Return the stream's events after that version, in order, as they were recorded. Raises `TrailDamaged`."""
    found = session.execute(_READ, {"stream": stream, "after": after})
    return [event_of_row(row[:]) for row in found]


def read_streams(
    session: Session, streams: Sequence[str], *, types: Sequence[str] | None = None
) -> dict[str, list[Event]]:
    """Return the events of each of the streams, in order; of those alone that have any. Raises `TrailDamaged`.

    `types` are the names of those that are asked for, None for all.
    """
    found: dict[str, list[Event]] = {}
    if not streams:
        return found
    chosen = _READ_MANY.where(among(session, _TABLE.c.stream, streams))
    for row in session.execute(chosen if types is None else chosen.where(among(session, _TABLE.c.type, types))):
        event = event_read_lately(row[:])
        found.setdefault(event.stream, []).append(event)
    return found


def stream_versions(session: Session, streams: Sequence[str]) -> dict[str, int]:
    """Return the version of the last event of each of the streams that has one."""
    found = session.execute(_VERSIONS.where(among(session, _TABLE.c.stream, streams)))
    return {row.stream: row.last for row in found}


def read_from(session: Session, position: int, limit: int = 100) -> list[LoggedEvent]:
    """Return at most `limit` events from that position on. Only events with a leaf are here. Raises `TrailDamaged`."""
    found = session.execute(_READ_FROM, {"position": position, "limit": limit}).all()
    return [LoggedEvent(row[0], event_read_lately(row[1:])) for row in found]


@lru_cache(READ_LATELY)
def event_read_lately(row: tuple[str, str, int, str, int, str, datetime, str]) -> Event:
    """Return what `event_of_row` returns of this very row, and remember it: for those who read what was just appended.

    The sequencer and one consumer after another read the same rows, and an event is the same whoever reads it.
    """
    return event_of_row(row)


def event_of_row(row: tuple[str, str, int, str, int, str, datetime, str]) -> Event:
    """Return the event in this row of `COLUMNS`. Raises `TrailDamaged` (`trail-event`) if it is none."""
    id_, stream, version, type_, type_version, actor, time, payload = row
    try:
        parsed = load_json(payload)
        event = Event(id_, stream, version, type_, type_version, actor, time, parsed)  # type: ignore[arg-type]
    except EventRefused as error:
        raise _damaged(id_) from error
    if canonical_payload(event) != payload:
        raise _damaged(id_)
    return event


def _row(event: Event) -> dict[str, object]:
    return {column.key: value for column, value in zip(COLUMNS, _row_in_order(event), strict=True)}


def _row_in_order(event: Event) -> tuple[object, ...]:
    """Return the values of `COLUMNS`. Raises `EventRefused` (`event-size`)."""
    payload = canonical_payload(event)
    check_payload_size(event, payload)  # here, not when a leaf is made of it
    return (
        *(event.id, event.stream, event.version, event.type, event.type_version, event.actor, event.time),
        payload,
    )


def _stream_of(events: Sequence[Event]) -> str:
    return events[0].stream if events else ""


def _is_taken_version(error: IntegrityError) -> bool:
    diagnostics = getattr(error.orig, "diag", None)
    if diagnostics is not None:
        return bool(diagnostics.constraint_name == "uq_trail_events_stream_version")
    return "trail_events.stream, trail_events.version" in str(error.orig)


def _changed(stream: str, expected: int) -> ConcurrentChange:
    return ConcurrentChange(
        "stream-changed",
        f"the stream {stream} is no longer at version {expected}",
        "read it again and decide the command anew",
    )


def _damaged(event_id: str) -> TrailDamaged:
    return TrailDamaged(
        "trail-event",
        f"what is stored as event {event_id[:44]} is none that this product wrote",
        "compare the database with an exported trail",
    )
