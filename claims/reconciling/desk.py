"""What the bank's statements left to people, as a page shows it: what it is, whose it is, what was done about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from claims.alarms.desk import KIND, MANAGERS, WORDS_AT_MOST
from claims.board.reach import LEADERS, in_reach
from claims.reconciling.comparing import Found
from claims.reconciling.models import StatementEntry
from claims.refusals import refused
from claims.service.office import Office
from esign.public.console import Caller, Reach, member_name
from esign.public.events import retried
from esign.public.people import ERASED_TEXT, RecordErased
from esign.public.rows import new_id

ON_A_PAGE: Final = 50
STATEMENTS: Final = 10
MEASURES: Final = ("bank-cleared", "asked-back", "recovery-opened", "booked-elsewhere", "bank-corrects")
"""Codes of what is done about an entry that does not fit."""


@dataclass(frozen=True)
class OpenEntry:
    """An entry that somebody sees to. `fen` is the bank's amount, `ours` what was ordered, None where nothing was."""

    entry: str
    statement: str
    found: Found
    kind: str
    payment: str | None
    claim: str | None
    fen: int
    ours: int | None
    owner: str
    taken_at: datetime
    settled_at: datetime | None
    settled_by: str | None = field(repr=False)
    measure: str | None
    words: str | None = field(repr=False)


@dataclass(frozen=True)
class TakenStatement:
    """A statement that was taken: when last, and how many entries were what."""

    id: str
    taken_at: datetime
    found: dict[Found, int]


class ReconcilingDesk:
    """Lists entries with an owner, and takes down what was done about them."""

    def __init__(self, office: Office) -> None:
        self._house = office.house

    def count(self, who: Caller) -> int:
        """Return how many entries wait for somebody: asked at every page of the console."""
        with self._house.database.reading() as session:
            waiting = select(func.count()).where(self._seen(session, who), *_OWNED, StatementEntry.settled_at.is_(None))
            return session.scalar(waiting) or 0

    def entries(self, who: Caller, *, settled: bool, start: int = 0) -> list[OpenEntry]:
        """Return a page of them and one more where there are further ones, the oldest that wait first, or the newest
        that were settled."""
        row = StatementEntry
        with self._house.database.reading() as session:
            waits = row.settled_at.is_not(None) if settled else row.settled_at.is_(None)
            chosen = select(row).where(self._seen(session, who), *_OWNED, waits)
            ordered = chosen.order_by(row.settled_at.desc() if settled else row.taken_at, row.entry)
            return [self._shown(session, one) for one in session.scalars(ordered.offset(start).limit(ON_A_PAGE + 1))]

    def statements(self, who: Caller) -> list[TakenStatement]:
        """Return the newest statements with what the caller sees of them."""
        row = StatementEntry
        with self._house.database.reading() as session:
            seen = self._seen(session, who)
            newest = select(row.statement, func.max(row.taken_at)).where(seen).group_by(row.statement)
            found = session.execute(newest.order_by(func.max(row.taken_at).desc()).limit(STATEMENTS)).all()
            chosen = select(row.statement, row.found, func.count()).where(
                seen, row.statement.in_([one[0] for one in found])
            )
            counts = session.execute(chosen.group_by(row.statement, row.found)).all()
        return [
            TakenStatement(id, at, {Found(what): number for of, what, number in counts if of == id}) for id, at in found
        ]

    def settle(self, who: Caller, entry: str, measure: str, words: str) -> None:
        """Take down what was done about an entry: once, by whoever says so first.

        Raises `ClaimRefused` (`no-measure`, `no-entry`, `entry-settled`).
        """
        written = words.strip()[:WORDS_AT_MOST]
        if measure not in MEASURES or not written:
            raise refused("no-measure")

        def work(session: Session) -> None:
            row = session.get(StatementEntry, entry, with_for_update=True)
            reach = Reach.of(session, who, MANAGERS)
            sees = row is not None and (
                reach.unowned if row.institution is None else row.institution in reach.institutions
            )
            if row is None or row.owner is None or not sees:
                raise refused("no-entry")
            if row.settled_at is not None:
                raise refused("entry-settled")
            now = self._house.clock()
            record = new_id("wrd", now)
            self._house.records.keep(session, record, KIND, written.encode(), at=now, find_by=())
            row.settled_at, row.settled_by, row.measure, row.words = now, who.member, measure, record
            session.flush()

        retried(self._house.database, work)

    def _seen(self, session: Session, who: Caller) -> ColumnElement[bool]:
        return in_reach(session, who, StatementEntry.institution, LEADERS)

    def _shown(self, session: Session, row: StatementEntry) -> OpenEntry:
        by = None if row.settled_by is None else member_name(session, self._house.records, row.settled_by)
        return OpenEntry(
            entry=row.entry,
            statement=row.statement,
            found=Found(row.found),
            kind=row.kind,
            payment=row.payment,
            claim=row.claim,
            fen=row.fen,
            ours=row.ours,
            owner=row.owner or "",
            taken_at=row.taken_at,
            settled_at=row.settled_at,
            settled_by=by,
            measure=row.measure,
            words=None if row.words is None else self._written(session, row.words),
        )

    def _written(self, session: Session, record: str) -> str:
        try:
            return self._house.records.read(session, record).decode()
        except RecordErased:
            return ERASED_TEXT


_OWNED: Final[tuple[ColumnElement[bool], ...]] = (StatementEntry.owner.is_not(None),)
