"""Exports that clients and members of staff ask for: which envelopes, how far each is, and its file while that is kept.

An export is a durable piece of work (`esign.exports.exporting`): each bundle is a sealed blob of its own, and a set is
put together from them when it is fetched, so nothing is made twice and memory does not grow with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from esign.bundle.layout import CONTAINER_TYPE, EXTENSION
from esign.bundle.set_index import IndexRow
from esign.ceremony.tasks import Tasks
from esign.exports.errors import (
    empty,
    expired,
    no_export,
    not_ready,
    nothing_chosen,
    too_many_envelopes,
    too_many_running,
)
from esign.exports.models import ExportItemRow, ExportRow
from esign.exports.sets import set_chunks, size_of_set
from esign.infra.database import Database
from esign.infra.ids import is_id, new_id
from esign.infra.models import DataKey, Erasure
from esign.infra.personal_records import DataKeys
from esign.infra.sealed_blobs import SealedBlobs
from esign.staff.actors import staff_actor

EXPORT: Final = "export"
"""The kind of its tasks."""
ENVELOPES_AT_MOST: Final = 1_000
RUNNING_AT_MOST: Final = 3
"""So many exports of one client are made at a time."""
KEPT_FOR: Final = timedelta(hours=24)
"""How long the file is there once it is made."""
MADE_WITHIN: Final = timedelta(days=7)
PROBLEMS_TOLD: Final = 100
_GONE_AT_ONCE: Final = 50
ERASED: Final = "record-erased"


class ExportState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Export:
    """An export as its client sees it. `problems` are codes by envelope, the first hundred."""

    id: str
    state: ExportState
    reason: str
    total: int
    ended: int
    failed: int
    problems: tuple[tuple[str, str], ...]
    created_at: datetime
    finished_at: datetime | None
    gone_at: datetime


@dataclass(frozen=True)
class ExportFile:
    """The file of an export: a bundle, or the archive of a set."""

    name: str
    is_set: bool
    size: int
    chunks: Iterator[bytes]

    @property
    def media_type(self) -> str:
        return "application/zip" if self.is_set else CONTAINER_TYPE.decode("ascii")


class Exports:
    """Asks for, tells of and reads exports, in the caller's transaction."""

    def __init__(self, database: Database, tasks: Tasks, blobs: SealedBlobs, data_keys: DataKeys) -> None:
        self._database = database
        self._tasks = tasks
        self._blobs = blobs
        self._data_keys = data_keys

    def ask(self, session: Session, client: str, envelopes: Sequence[str], *, reason: str, now: datetime) -> str:
        """Enter an export of the client's envelopes, all of which are over; return its id.

        Raises `ExportError`: `nothing-to-export`, `export-too-large`, `exports-running`.
        """
        chosen = sorted(dict.fromkeys(envelopes))
        if not chosen:
            raise nothing_chosen()
        if len(chosen) > ENVELOPES_AT_MOST:
            raise too_many_envelopes(ENVELOPES_AT_MOST)
        running = select(func.count()).select_from(ExportRow).where(*_running(client))
        if (session.scalar(running) or 0) >= RUNNING_AT_MOST:
            raise too_many_running(RUNNING_AT_MOST)
        export = new_id("exp", now)
        row = ExportRow(id=export, client=client, reason=reason, total=len(chosen), created_at=now, finished_at=None)
        row.gone_at = now + MADE_WITHIN
        row.is_gone = False
        session.add(row)
        for number, envelope in enumerate(chosen, start=1):
            session.add(ExportItemRow(export=export, number=number, envelope=envelope, tries=0, ended=False))
        session.flush()
        self._tasks.add(session, f"{EXPORT}:{export}", EXPORT, export, envelope=None, now=now)
        return export

    def latest(self, session: Session, client: str, at_most: int) -> Sequence[Export]:
        """Return the client's exports, the latest first."""
        wanted = select(ExportRow).where(ExportRow.client == client).order_by(ExportRow.id.desc()).limit(at_most)
        return [self._told(session, row) for row in session.scalars(wanted)]

    def get(self, session: Session, client: str, export: str) -> Export:
        """Return an export of the client's. Raises `ExportError` (`no-export`)."""
        return self._told(session, self._row(session, client, export))

    def envelopes_of(self, session: Session, export: str) -> Sequence[str]:
        """Return the ids of the envelopes of an export, in its order."""
        wanted = select(ExportItemRow.envelope).where(ExportItemRow.export == export).order_by(ExportItemRow.number)
        return session.scalars(wanted).all()

    def _told(self, session: Session, row: ExportRow) -> Export:
        export = row.id
        items, ended = (
            ExportItemRow,
            select(func.count()).select_from(ExportItemRow).where(ExportItemRow.export == export),
        )
        failed = items.problem.is_not(None)
        problems = session.execute(
            select(items.envelope, items.problem).where(items.export == export, failed).order_by(items.number)
        ).all()
        return Export(
            id=row.id,
            state=_state(row, len(problems)),
            reason=row.reason,
            total=row.total,
            ended=session.scalar(ended.where(items.ended.is_(True))) or 0,
            failed=len(problems),
            problems=tuple((envelope, str(problem)) for envelope, problem in problems[:PROBLEMS_TOLD]),
            created_at=row.created_at,
            finished_at=row.finished_at,
            gone_at=row.gone_at,
        )

    def file(self, client: str, export: str) -> ExportFile:
        """Return the file of an export of the client's, to be read once.

        Raises `ExportError`: `no-export`, `export-not-ready`, `export-expired`, `export-empty`. Reading raises
        `BlobError` and `SealedDataError`.
        """
        with self._database.reading() as session:
            row = self._row(session, client, export)
            if row.is_gone:
                raise expired()
            if row.finished_at is None:
                raise not_ready()
            items = self._items(session, export)
            kept = [item.record for item in items if item.record is not None]
            erased = set(session.scalars(select(Erasure.record_id).where(Erasure.record_id.in_(kept))))
            rows = [_index_row(item, is_erased=item.record in erased) for item in items]
        blobs = {item.envelope: (str(item.blob), str(item.record)) for item in items}
        there = [one for one in rows if one.file is not None]
        if not there:
            raise empty()
        if row.total == 1:
            (only,) = there
            return ExportFile(f"{only.envelope}{EXTENSION}", False, only.size or 0, self._chunks(*blobs[only.envelope]))
        chunks = set_chunks(rows, lambda one: self._chunks(*blobs[one.envelope]))
        return ExportFile(f"{export}.zip", True, size_of_set(rows), chunks)

    def forget_gone(self, session: Session, now: datetime) -> int:
        """Forget the files of exports whose time is over; return how many exports that were. For the sweep."""
        due = select(ExportRow).where(ExportRow.gone_at <= now, ExportRow.is_gone.is_(False)).limit(_GONE_AT_ONCE)
        rows = session.scalars(due.with_for_update(skip_locked=True)).all()
        for row in rows:
            self._tasks.end(session, f"{EXPORT}:{row.id}")
            for item in self._items(session, row.id):
                if item.blob is not None:
                    session.execute(delete(DataKey).where(DataKey.record_id == item.record))
                    self._blobs.delete(item.blob)
            session.execute(
                update(ExportItemRow)
                .where(ExportItemRow.export == row.id)
                .values(blob=None, record=None)
                .execution_options(synchronize_session=False)
            )
            row.is_gone = True
        return len(rows)

    def _row(self, session: Session, client: str, export: str) -> ExportRow:
        row = session.get(ExportRow, export)
        if row is None or row.client != client:
            raise no_export()
        return row

    def _items(self, session: Session, export: str) -> Sequence[ExportItemRow]:
        wanted = select(ExportItemRow).where(ExportItemRow.export == export).order_by(ExportItemRow.number)
        return session.scalars(wanted).all()

    def _chunks(self, blob: str, record: str) -> Iterator[bytes]:
        with self._database.reading() as session:
            key = self._data_keys.get(session, record)
        yield from self._blobs.chunks(key, blob)


def asker_name(client: str) -> str:
    """Return who asks for exports as the trail records it beside every event: a member of staff, or a client."""
    return staff_actor(client) if is_id("usr", client) else f"client:{client}"


def _running(client: str) -> tuple[ColumnElement[bool], ...]:
    return ExportRow.client == client, ExportRow.finished_at.is_(None), ExportRow.is_gone.is_(False)


def _state(row: ExportRow, failed: int) -> ExportState:
    if row.is_gone:
        return ExportState.EXPIRED
    if row.finished_at is None:
        return ExportState.RUNNING
    return ExportState.FAILED if failed == row.total else ExportState.DONE


def _index_row(item: ExportItemRow, *, is_erased: bool) -> IndexRow:
    if item.problem is not None or is_erased:
        return IndexRow(item.envelope, problem=item.problem or ERASED)
    return IndexRow(
        item.envelope, item.size, item.sha256, item.crc, item.state, item.created_at, item.ended_at, item.external_id
    )
