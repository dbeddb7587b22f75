"""Print runs: begun once for what waits, made file by file by a worker, taken by who prints, erased after some days.

A run that stops half way goes on where it stopped: a policy counts as printed in the transaction that keeps its file.
The memory that it takes is that of one file, however many there are (`delivery.printing.terms`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from delivery.domain import commands as c
from delivery.domain.clocks import day_of
from delivery.domain.print_run import BeginRun, EraseFile, RecordFile, TakeFile
from delivery.domain.refusal import refusal
from delivery.domain.values import DeliveryState
from delivery.errors import DeliveryRefused
from delivery.models import DeliveryRow, PrintFile, PrintLine, PrintRunRow, RouteRow
from delivery.printing.filling import Filling, LinkOf, Page
from delivery.printing.merging import Merged
from delivery.printing.streams import RUN, RunStreams, run_streams
from delivery.printing.terms import load_terms
from delivery.service.deliveries import ACTOR, Deliveries
from delivery.service.routing import Routing
from esign.public.documents import WrittenBlob
from esign.public.events import retried
from esign.public.rows import among, new_id, table_of
from esign.public.work import log_for

PRINT: Final = "print"
"""The kind of the task that makes the files of a run."""
FILE: Final = "prf"
_TRIES: Final = 3
_log = log_for(__name__)


@dataclass(frozen=True)
class Progress:
    """How far a run is: policies in it, those that lie in a file, and those that could not be put into one."""

    policies: int
    printed: int
    troubled: int

    @property
    def is_done(self) -> bool:
        return self.printed + self.troubled >= self.policies


class PrintRuns:
    """Begins, makes, hands out and erases."""

    def __init__(self, deliveries: Deliveries, routing: Routing, link_of: LinkOf) -> None:
        self._deliveries = deliveries
        self._filling = Filling(deliveries.house, link_of)
        self._routing = routing
        self._house = deliveries.house
        self._streams: RunStreams = run_streams()

    def begin(self, print_centre: str, *, by: str | None, actor: str = ACTOR) -> str:
        """Begin a run of all that waits for this print centre, and return it.

        Where nothing new waits, it is the last run of the day: asked twice, it is the same. Raises `DeliveryRefused`
        (`print-run-nothing`) where there is none either.
        """
        return retried(self._house.database, lambda session: self.begin_in(session, print_centre, by=by, actor=actor))

    def begin_in(self, session: Session, print_centre: str, *, by: str | None, actor: str) -> str:
        """Do as `begin` in the caller's transaction."""
        self.hold(session, print_centre)
        now = self._house.clock()
        today = day_of(now)
        last = session.scalar(
            select(PrintRunRow)
            .where(PrintRunRow.print_centre == print_centre, PrintRunRow.day == today)
            .order_by(PrintRunRow.number.desc())
            .limit(1)
        )
        waiting = self.waiting(session, print_centre)
        if not waiting:
            if last is None:
                raise refusal("print-run-nothing")
            return last.id
        number = 1 if last is None else last.number + 1
        run = f"{RUN}_{print_centre.partition('_')[2]}-{today:%Y%m%d}-{number}"
        begin = BeginRun(
            at=now, print_centre=print_centre, printed_on=today, number=number, policies=len(waiting), by=by
        )
        self._streams.execute(session, run, begin, actor=actor)
        for position, (delivery, policy, outlet) in enumerate(waiting, 1):
            session.add(PrintLine(run=run, position=position, delivery=delivery, policy=policy, outlet=outlet))
        self._house.tasks.add(session, PRINT, run)
        return run

    def hold(self, session: Session, print_centre: str) -> None:
        """Keep others from beginning a run of this print centre until the end of the transaction.

        Two at once would else see the same day's last run and policies, and one of them begin the other's run again.
        """
        rules = select(RouteRow.institution).where(RouteRow.print_centre == print_centre)
        session.execute(rules.order_by(RouteRow.institution, RouteRow.from_on).with_for_update()).all()

    def waiting(self, session: Session, print_centre: str) -> Sequence[tuple[str, str, str]]:
        """Return what waits and is in no run yet, by outlet and number: delivery, policy, outlet."""
        served = self._routing.served_by(session, print_centre, day_of(self._house.clock()))
        rows = table_of(DeliveryRow)
        in_run = select(PrintLine.delivery).where(PrintLine.file.is_(None))
        chosen = (
            select(rows.c.id, rows.c.policy, rows.c.institution)
            .where(rows.c.is_open, rows.c.state == DeliveryState.TO_PRINT.value, rows.c.id.not_in(in_run))
            .where(among(session, rows.c.institution, sorted(served)))
            .order_by(rows.c.institution, rows.c.policy)
        )
        return [(str(one), str(policy), str(outlet)) for one, policy, outlet in session.execute(chosen)]

    def progress(self, session: Session, run: str) -> Progress:
        """Return how far a run is. Raises `DeliveryRefused` (`no-print-run`)."""
        row = session.get(PrintRunRow, run)
        if row is None:
            raise refusal("no-print-run")
        counted = select(func.count(PrintLine.file), func.count(PrintLine.trouble)).where(PrintLine.run == run)
        printed, troubled = session.execute(counted).one()
        return Progress(row.policies, int(printed), int(troubled))

    def make(self, run: str) -> None:
        """Make every file of the run that is not there yet: the task's work. Raises what reading a contract raises."""
        while True:
            with self._house.database.reading() as session:
                lines = self._next(session, run)
            if not lines:
                return
            self._make_file(run, lines)

    def _next(self, session: Session, run: str) -> Sequence[PrintLine]:
        """Return the next policies of one outlet that are in no file, as many as one file holds."""
        open_ = (PrintLine.run == run, PrintLine.file.is_(None), PrintLine.trouble.is_(None))
        outlet = session.scalar(select(PrintLine.outlet).where(*open_).order_by(PrintLine.position).limit(1))
        chosen = select(PrintLine).where(*open_, PrintLine.outlet == outlet).order_by(PrintLine.position)
        found = session.scalars(chosen.limit(load_terms().policies_in_a_file)).all()
        session.expunge_all()
        return found

    def _make_file(self, run: str, lines: Sequence[PrintLine]) -> None:
        filling = self._filling
        for _ in range(_TRIES):
            pages = filling.read(lines)
            self._tell(run, {one.position: one.trouble for one in pages if one.trouble is not None})
            sound = [one for one in pages if one.trouble is None]
            if not sound:
                return
            file = filling.merge(run, sound)
            written = self._house.documents.write(file.content)
            try:
                retried(self._house.database, partial(self._keep, run, sound, file, written))
            except DeliveryRefused:  # a policy ended meanwhile: the file is made anew without it
                lines = [one for one in lines if one.position in {page.position for page in sound}]
                continue
            return
        raise refusal("delivery-ended")

    def _keep(self, run: str, pages: Sequence[Page], made: Merged, written: WrittenBlob, session: Session) -> None:
        """Keep the file, and record of each policy in it that it is printed.

        Where another worker kept one with any of them meanwhile, this one is none: it would be printed twice.
        """
        self._deliveries.streams.hold_many(session, [one.delivery for one in pages])
        chosen = (PrintLine.run == run, PrintLine.position.in_([one.position for one in pages]))
        held = select(PrintLine.file).where(*chosen).order_by(PrintLine.position).with_for_update()
        if any(one is not None for one in session.scalars(held)):
            return
        now, outlet = self._house.clock(), pages[0].outlet
        file = new_id(FILE, now)
        asked = [
            (
                one.delivery,
                c.Print(at=max(now, one.last_at), run=run, copy=None if one.cover is None else one.cover.copy),
            )
            for one in pages
        ]
        self._deliveries.execute_many(session, asked, actor=ACTOR)
        parts = select(func.count()).where(PrintFile.run == run, PrintFile.outlet == outlet)
        part = int(session.scalar(parts) or 0) + 1
        digest, total = hashlib.sha256(made.content).hexdigest(), sum(made.pages)
        record = RecordFile(
            at=now, file=file, outlet=outlet, part=part, policies=len(pages), pages=total, sha256=digest
        )
        self._streams.execute(session, run, record, actor=ACTOR)
        self._house.documents.keep(session, file, written)
        session.add(
            PrintFile(
                id=file,
                run=run,
                outlet=outlet,
                part=part,
                policies=len(pages),
                pages=total,
                made_at=now,
                erase_on=day_of(now) + timedelta(days=load_terms().keep_days),
                sha256=digest,
                size=written.size,
                blob=written.name,
                record=file,
            )
        )
        for page, count in zip(pages, made.pages, strict=True):
            line = session.get_one(PrintLine, (run, page.position))
            line.file, line.pages = file, count

    def _tell(self, run: str, troubles: dict[int, str | None]) -> None:
        """Keep why some policies could not be put into a file."""
        if not troubles:
            return
        with self._house.database.transaction() as session:
            for position, code in troubles.items():
                lacking = (PrintLine.run == run, PrintLine.position == position, PrintLine.file.is_(None))
                session.execute(update(PrintLine).where(*lacking).values(trouble=code))

    def give_up(self, run: str, reason: str) -> None:
        """Keep that the task ended without the rest: the print desk shows it, and has it tried again."""
        _log.error("a print run was not made", record=run, code=reason)
        with self._house.database.transaction() as session:
            pending = (PrintLine.run == run, PrintLine.file.is_(None), PrintLine.trouble.is_(None))
            session.execute(update(PrintLine).where(*pending).values(trouble=reason))

    def try_again(self, run: str) -> None:
        """Have what could not be put into a file tried once more."""
        with self._house.database.transaction() as session:
            troubled = (PrintLine.run == run, PrintLine.trouble.is_not(None))
            session.execute(update(PrintLine).where(*troubled).values(trouble=None))
            self._house.tasks.ask(session, PRINT, run)

    def take(self, file: str, *, by: str, actor: str) -> bytes:
        """Return a file to whoever prints it; that they took it is recorded first.

        Raises `DeliveryRefused` (`no-print-run`, `print-file-erased`), `BlobError`, `SealedDataError`.
        """

        def work(session: Session) -> tuple[str, str]:
            row = session.get(PrintFile, file)
            if row is None:
                raise refusal("no-print-run")
            command = TakeFile(at=self._house.clock(), file=file, by=by)
            self._streams.execute(session, row.run, command, actor=actor)
            return row.blob, row.record

        blob, record = retried(self._house.database, work)
        with self._house.database.reading() as session:
            return self._house.documents.read(session, blob, record)

    def clean(self, session: Session, now: datetime) -> None:
        """Erase the files whose day has come: nobody opens them any more."""
        due = select(PrintFile).where(PrintFile.erase_on <= day_of(now)).order_by(PrintFile.id)
        for row in session.scalars(due).all():
            self._streams.execute(session, row.run, EraseFile(at=now, file=row.id), actor=ACTOR)
            self._house.records.erase(session, row.record, at=now)
