"""Who exported what and why, read from the trail: clients, members of staff, and the operator at the command line.

One line for each envelope that left, since each is an event of its own; the latest first, within the caller's reach.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import Session

from esign.bundle.set_index import plain_cell
from esign.ceremony.models import EnvelopeRow
from esign.desk.exports import EXPORTERS
from esign.desk.sight import Sight
from esign.exports.events import EXPORTED, exports_of
from esign.infra.search_index import ERASED_TEXT
from esign.staff.actors import Caller
from esign.staff.domain.refusal import refusal
from esign.staff.rights import present
from esign.trail.models import TrailEvent

LINES: Final = 20
_BATCH: Final = 500
_COLUMNS: Final = ("time", "envelope", "external_id", "export", "by", "name", "reason")


@dataclass(frozen=True)
class Taken:
    """An envelope that was exported. `by` is the actor in the trail; `name` is theirs, None for nobody of the staff.

    `number` orders the lines, `reason` is a code.
    """

    number: int
    at: datetime
    envelope: str
    external_id: str | None
    title: str = field(repr=False)
    export: str
    by: str
    name: str | None = field(repr=False)
    reason: str


class ExportLedger:
    """Reads it. Every method raises `StaffRefused`: `session-over`, `not-allowed`."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight

    def page(
        self, caller: Caller, *, envelope: str | None = None, before: int | None = None, lines: int = LINES
    ) -> tuple[Sequence[Taken], int | None]:
        """Return a page, of one envelope or of all, and the number behind which the next begins; None on the last."""
        with self._sight.database.reading() as session:
            found = self._read(session, caller, envelope, before, lines + 1)
        return found[:lines], found[lines - 1].number if len(found) > lines else None

    def table(self, caller: Caller, *, envelope: str | None = None) -> Iterator[bytes]:
        """Yield all of it as CSV: UTF-8 with its mark, times in UTC; no text in it is a formula."""
        with self._sight.database.reading() as session:
            self._require(session, caller)
        return self._lines(caller, envelope)

    def _lines(self, caller: Caller, envelope: str | None) -> Iterator[bytes]:
        yield _csv([_COLUMNS]).encode("utf-8-sig")
        before: int | None = None
        while True:
            with self._sight.database.reading() as session:
                found = self._read(session, caller, envelope, before, _BATCH)
            if not found:
                return
            yield _csv([_values(one) for one in found]).encode("utf-8")
            before = found[-1].number

    def _require(self, session: Session, caller: Caller) -> None:
        if EXPORTERS.isdisjoint(present(session, self._sight.room.sessions, caller).roles):
            raise refusal("not-allowed")

    def _read(
        self, session: Session, caller: Caller, envelope: str | None, before: int | None, at_most: int
    ) -> Sequence[Taken]:
        self._require(session, caller)
        reach = self._sight.reach(session, caller)
        chosen = _recorded().where(reach.where(EnvelopeRow.institution, EnvelopeRow.salesperson))
        if envelope is not None:
            chosen = chosen.where(TrailEvent.stream == exports_of(envelope))
        if before is not None:
            chosen = chosen.where(TrailEvent.number < before)
        rows = session.execute(chosen.order_by(TrailEvent.number.desc()).limit(at_most)).all()
        return [self._taken(session, event, row) for event, row in rows]

    def _taken(self, session: Session, event: TrailEvent, row: EnvelopeRow) -> Taken:
        told, about = json.loads(event.payload), self._sight.about(session, row.id)
        kind, _, who = event.actor.partition(":")
        return Taken(
            number=event.number,
            at=event.time,
            envelope=row.id,
            external_id=row.external_id,
            title=ERASED_TEXT if about is None else about.title,
            export=str(told["export"]),
            by=event.actor,
            name=self._sight.member(session, who) if kind == "staff" else None,
            reason=str(told["reason"]),
        )


def _recorded() -> Select[TrailEvent, EnvelopeRow]:
    """Return the events of exports with the envelopes that they are about.

    The type is said in the statement itself, which the index over these events alone asks for.
    """
    envelope = func.substr(TrailEvent.stream, len(exports_of("")) + 1)
    chosen = select(TrailEvent, EnvelopeRow).join(EnvelopeRow, EnvelopeRow.id == envelope)
    return chosen.where(TrailEvent.type == literal(EXPORTED.name, literal_execute=True))


def _values(one: Taken) -> Sequence[str | int]:
    at = one.at.isoformat(timespec="seconds").replace("+00:00", "Z")
    told = (at, one.envelope, one.external_id, one.export, one.by, one.name, one.reason)
    return [plain_cell(value) for value in told]


def _csv(rows: Sequence[Sequence[str | int]]) -> str:
    written = io.StringIO(newline="")
    csv.writer(written).writerows(rows)
    return written.getvalue()
