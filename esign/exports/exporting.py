"""The job that makes an export: one bundle after the other, each recorded when it is there.

Whoever falls leaves what is made; the next try goes on behind it. An envelope that cannot be exported is told with the
code of the reason; one that cannot be now waits for a later try, and neither holds up another. What several in a row
have to wait for is lacking for all of them: the rest waits, too.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ca.errors import TrustServiceError
from ca.ports import Clock
from esign.bundle.facts import Description, Exported
from esign.bundle.writing import Measure, Written
from esign.ceremony.models import EnvelopeRow
from esign.ceremony.task_tries import PASSING, TaskTries
from esign.ceremony.tasks import UNFORESEEN, Tasks
from esign.errors import EsignError
from esign.exports.exports import EXPORT, KEPT_FOR, asker_name
from esign.exports.making import BundleMaker
from esign.exports.models import ExportItemRow, ExportRow
from esign.infra.blobs import random_name
from esign.infra.database import Database
from esign.infra.encryption import new_data_key
from esign.infra.errors import DatabaseError
from esign.infra.exclusive import Exclusive
from esign.infra.logs import log_for
from esign.infra.personal_records import DataKeys
from esign.infra.quarantine import QuarantineFailed, QuarantineUnavailable
from esign.infra.sealed_blobs import SealedBlobs
from esign.trail.errors import ConcurrentChange

TRIES_AT_MOST: Final = 3
HELD_UP_IN_A_ROW: Final = 3
"""After so many envelopes that cannot be exported now, none of the others is begun in this try."""
_PASSING: Final = frozenset({"bundle-not-covered", "blob-store", "clock-disagrees", *PASSING})
_log = log_for(__name__)


@dataclass(frozen=True)
class _Made:
    """A bundle that is written, sealed as `blob` under `key`, and not recorded yet."""

    about: Description
    erasures: int
    blob: str
    key: bytes = field(repr=False)
    written: Written


@dataclass(frozen=True)
class _Item:
    """An envelope whose turn it is, and the export that it is made for."""

    export: str
    number: int
    envelope: str
    exported: Exported
    tries: int


class Exporter:
    """Runs the tasks of kind `export`; the subject of a task is the export."""

    def __init__(
        self,
        database: Database,
        maker: BundleMaker,
        blobs: SealedBlobs,
        data_keys: DataKeys,
        tasks: Tasks,
        exclusive: Exclusive,
        clock: Clock,
    ) -> None:
        self._database = database
        self._maker = maker
        self._blobs = blobs
        self._data_keys = data_keys
        self._tasks = tasks
        self._exclusive = exclusive
        self._clock = clock
        self._tries = TaskTries(database, tasks, clock)

    def run(self, task: str) -> None:
        """Do the task, as far as it can be done now; what hinders it is recorded."""
        export = task.removeprefix(f"{EXPORT}:")
        with self._exclusive.attempt(f"export {export}") as mine:
            if not mine:  # whoever has it is making it
                self._tries.stand_back(task)
                return
            self._tries.attempt(
                task,
                lambda: self._make_all(task, export),
                lambda reason: self._finish(task, export, reason),
                doing="exporting",
                export=export,
            )

    def _make_all(self, task: str, export: str) -> None:
        held_up: dict[int, EsignError | TrustServiceError] = {}
        in_a_row = 0
        while in_a_row < HELD_UP_IN_A_ROW and (item := self._begin_next(task, export, held_up)) is not None:
            try:
                made = self._make(item)
            except (EsignError, TrustServiceError) as error:
                if _is_final(error, item):
                    _log.failed("a bundle was not made", error, code=error.code, export=export, envelope=item.envelope)
                    self._give_up(item, error.code)
                    continue
                if not isinstance(error, QuarantineFailed):
                    self._begun_for_nothing(item)
                _log.warning("a bundle waits", code=error.code, export=export, envelope=item.envelope)
                held_up[item.number] = error
                in_a_row += 1
            else:
                self._record(item, made)
                in_a_row = 0
        if held_up:
            raise next(iter(held_up.values()))
        self._finish(task, export)

    def _begin_next(self, task: str, export: str, held_up: Collection[int]) -> _Item | None:
        """Return the next envelope, its try counted; None where none is left but those that are held up, and those
        that were begun too often."""
        with self._database.transaction() as session:
            row = session.get(ExportRow, export)
            if row is None or row.is_gone:
                return None
            waiting = _waiting(export).where(
                ExportItemRow.tries < TRIES_AT_MOST, ExportItemRow.number.not_in(list(held_up))
            )
            item = session.scalars(waiting.limit(1)).first()
            if item is None:
                return None
            item.tries += 1
            self._tasks.hold(session, task, now=self._clock())
            exported = Exported(export, self._clock(), asker_name(row.client), row.reason)
            return _Item(export, item.number, item.envelope, exported, item.tries)

    def _make(self, item: _Item) -> _Made:
        bundle = self._maker.make(item.envelope, item.exported)
        name, key, measure = random_name("bundle"), new_data_key(), Measure()
        self._blobs.put(key, name, measure.through(bundle.chunks))
        return _Made(bundle.about, bundle.erasures, name, key, measure.written)

    def _record(self, item: _Item, made: _Made) -> None:
        """Record that the bundle is there, unless something of its envelope was erased meanwhile: it is made anew."""
        with self._database.transaction() as session:
            session.execute(select(EnvelopeRow.id).where(EnvelopeRow.id == item.envelope).with_for_update())
            found = self._item(session, item)
            is_wanted = found is not None and self._maker.erasures(session, item.envelope) == made.erasures
            if found is not None and is_wanted:
                record = f"{item.export}.{item.number}"
                self._data_keys.new(session, record, made.key)
                found.ended, found.blob, found.record = True, made.blob, record
                found.size, found.sha256, found.crc = made.written.size, made.written.sha256, made.written.crc
                found.state, found.external_id = made.about.state, made.about.external_id
                found.created_at, found.ended_at = made.about.created_at, made.about.ended_at
        if not is_wanted:
            self._blobs.delete(made.blob)

    def _begun_for_nothing(self, item: _Item) -> None:
        with self._database.transaction() as session:
            found = self._item(session, item)
            if found is not None:
                found.tries -= 1

    def _give_up(self, item: _Item, code: str) -> None:
        with self._database.transaction() as session:
            found = self._item(session, item)
            if found is not None:
                found.ended, found.problem = True, code[:64]

    def _item(self, session: Session, item: _Item) -> ExportItemRow | None:
        """Return the row of an item, None where its export is gone."""
        row = session.get(ExportRow, item.export)
        return None if row is None or row.is_gone else session.get(ExportItemRow, (item.export, item.number))

    def _finish(self, task: str, export: str, reason: str = UNFORESEEN) -> None:
        """End the export; what is not made then has the code of the reason."""
        now = self._clock()
        with self._database.transaction() as session:
            row = session.get(ExportRow, export)
            if row is not None and not row.is_gone:
                for item in session.scalars(_waiting(export)):
                    item.ended, item.problem = True, reason[:64]
                row.finished_at, row.gone_at = now, now + KEPT_FOR
            self._tasks.end(session, task)


def _waiting(export: str) -> Select[ExportItemRow]:
    return (
        select(ExportItemRow)
        .where(ExportItemRow.export == export, ExportItemRow.ended.is_(False))
        .order_by(ExportItemRow.number)
    )


def is_passing(error: EsignError | TrustServiceError) -> bool:
    """Tell whether what hindered a bundle is the machine's or a service's, and may pass."""
    passing = (TrustServiceError, DatabaseError, QuarantineUnavailable, ConcurrentChange)
    return isinstance(error, passing) or error.code in _PASSING


def _is_final(error: EsignError | TrustServiceError, item: _Item) -> bool:
    """Tell whether this envelope would end the same at every try."""
    if isinstance(error, QuarantineFailed):
        return item.tries >= TRIES_AT_MOST
    return not is_passing(error)
