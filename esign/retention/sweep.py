"""The sweep: it finds what is over, proposes it to two people, and where they agreed to the rules, carries it out.

What it goes by are the rows of the projection; before anything is erased, hold and end are asked anew, in the
transaction that erases: what was told a second ago counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal, TypeAlias

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from esign.ceremony.erasing import Erased, Eraser, Order
from esign.errors import EsignError
from esign.infra.blobs import BlobStore
from esign.infra.database import Database
from esign.infra.logs import log_for
from esign.retention import events
from esign.retention.agreements import REASON, agreement_to
from esign.retention.contracts import end_of
from esign.retention.errors import refused
from esign.retention.kept import KeptOfEnvelope, kept_of
from esign.retention.models import LegalHold, RetainedEnvelope
from esign.retention.periods import day_of, midnight
from esign.retention.projection import UNFINISHED, project
from esign.retention.rules import Kind, Of, Rules, Term
from esign.trail.log import Trail, stream_version

Mode: TypeAlias = Literal["propose", "carry-out"]
AT_ONCE: Final = 50
"""So many envelopes are looked for at once."""
AT_MOST: Final = 500
"""So many are looked at in one run; the next run goes on behind them."""
_Place: TypeAlias = tuple[datetime, str]
_log = log_for(__name__)


@dataclass(frozen=True)
class Swept:
    """What a run did: how many envelopes were proposed, and in how many something was erased."""

    proposed: int
    erased: int


class Retention:
    """Finds what is due and erases it. Every erasure is one transaction of its own."""

    def __init__(self, database: Database, rules: Rules, eraser: Eraser, blobs: BlobStore, *, mode: Mode) -> None:
        self._database = database
        self.rules = rules
        self._eraser = eraser
        self._blobs = blobs
        self._mode = mode
        self._behind: _Place | None = None
        """The last envelope that was looked at: some that fail, or bring nothing, must not hide those behind them."""
        self._trail = Trail(events.VOCABULARY)

    def run(self, now: datetime) -> Swept:
        """Do one run. Where the rules are to be carried out and nobody agreed to them, it proposes alone."""
        with self._database.reading() as session:
            agreed = agreement_to(session, self.rules) if self._mode == "carry-out" else None
        wanted = _due(self.rules, day_of(now))
        if agreed is None:
            proposed = and_(wanted, RetainedEnvelope.proposed_at.is_(None))
            return Swept(sum(self._propose(envelope, now) for envelope in self._in_turn(proposed)), 0)
        order = Order(agreed.by, agreed.approved_by, REASON, actor=events.SYSTEM)
        return Swept(0, sum(self._carried_out(envelope, order, now) for envelope in self._in_turn(wanted)))

    def _in_turn(self, chosen: ColumnElement[bool]) -> Iterator[str]:
        """Yield the envelopes that are chosen, `AT_MOST` of them, from where the last run stopped; behind the last of
        all, the next run begins anew."""
        for _ in range(-(-AT_MOST // AT_ONCE)):
            with self._database.reading() as session:
                rows = session.execute(_behind(chosen, self._behind))
                found = [(row[0], row[1]) for row in rows if row[0] is not None]
            for at, envelope in found:
                self._behind = at, envelope
                yield envelope
            if len(found) < AT_ONCE:
                self._behind = None
                return

    def due(self, session: Session, *, now: datetime, at_most: int = 200) -> Sequence[str]:
        """Return the envelopes of which something is over and not held, the longest over first."""
        return session.scalars(_oldest(_due(self.rules, day_of(now)), at_most)).all()

    def carry_out(self, session: Session, envelope: str, order: Order, *, now: datetime) -> Erased:
        """Erase what is over of the envelope, in the caller's transaction; `delete_blobs` is for after it.

        Raises `RetentionRefused` (`nothing-due`, `legal-hold`), and as `Eraser.erase` does.
        """
        kept = self._kept_now(session, envelope, now)
        if kept is not None and kept.held:
            raise refused("legal-hold")
        over = {one.kind for one in kept.over(day_of(now))} if kept is not None else set()
        if not over:
            raise refused("nothing-due")
        return self._erase(session, envelope, over, order, now)

    def delete_blobs(self, erased: Erased) -> None:
        """Delete blobs whose keys are gone. One that cannot be deleted stays, unreadable, and is told in the log."""
        for blob in erased.blobs:
            try:
                self._blobs.delete(blob)
            except EsignError as error:
                _log.failed("a blob that nobody can open was not deleted", error, blob=blob)

    def _erase(self, session: Session, envelope: str, over: set[Kind], order: Order, now: datetime) -> Erased:
        erased = Erased(0)
        if Kind.EVIDENCE in over:
            erased += self._eraser.erase_evidence(session, envelope, order, now=now)
        elif Kind.PHOTO in over:
            erased += self._eraser.erase_photos(session, envelope, order, now=now)
        if Kind.DOCUMENTS in over:
            erased += self._eraser.erase_documents(session, envelope, order, now=now)
        return erased

    def _carried_out(self, envelope: str, order: Order, now: datetime) -> bool:
        try:
            with self._database.transaction() as session:
                erased = self.carry_out(session, envelope, order, now=now)
        except EsignError as error:
            _log.failed("what is over was not erased", error, envelope=envelope, code=error.code)
            return False
        except Exception as error:  # noqa: BLE001  # logged; what is wrong with one must not keep all the others
            _log.failed("what is over was not erased", error, envelope=envelope)
            return False
        self.delete_blobs(erased)
        return bool(erased.records or erased.blobs)

    def _propose(self, envelope: str, now: datetime) -> bool:
        try:
            return self._proposed(envelope, now)
        except Exception as error:  # noqa: BLE001  # logged; what is wrong with one must not keep all the others
            _log.failed("what is over was not proposed", error, envelope=envelope)
            return False

    def _proposed(self, envelope: str, now: datetime) -> bool:
        with self._database.transaction() as session:
            kept = self._kept_now(session, envelope, now)
            over = () if kept is None else kept.over(day_of(now))
            if not over:
                return False
            stream = events.stream_of(envelope)
            told = events.ERASURE_PROPOSED(kinds=[one.kind for one in over], rules=self.rules.digest)
            version = stream_version(session, stream)
            (event,) = self._trail.append(session, stream, version, [told], actor=events.SYSTEM, time=now)
            project(session, event)
        return True

    def _kept_now(self, session: Session, envelope: str, now: datetime) -> KeptOfEnvelope | None:
        """Return what is kept, with the contract's end as the trail tells it now."""
        row = session.get(RetainedEnvelope, envelope)
        if row is None:
            return None
        if row.outcome == "completed":
            end = end_of(session, envelope)
            told = (None, None) if end is None else (end.term.value, end.on.isoformat())
            if (row.term, row.ended_on) != told:
                return None  # the projection is behind; the next run sees it
        return kept_of(session, self.rules, row, now=now)


def sweeping(retention: Retention, *, hours: float = 1.0) -> Callable[[datetime], Swept | None]:
    """Return what runs the sweep once in so many hours, whoever calls it how often."""
    last: list[datetime] = []

    def run(now: datetime) -> Swept | None:
        if last and now - last[0] < timedelta(hours=hours):
            return None
        last[:] = [now]
        return retention.run(now)

    return run


def _due(rules: Rules, today: date) -> ColumnElement[bool]:
    """Return what chooses rows of which something is over today, and on which no hold is."""
    chosen = [*_by_day(rules, today), *_photos(rules, today)]
    held = exists().where(LegalHold.subject == RetainedEnvelope.envelope, LegalHold.lifted_at.is_(None))
    return and_(or_(*chosen), ~held)


def _by_day(rules: Rules, today: date) -> Iterator[ColumnElement[bool]]:
    terms = [(term.value, Of.COMPLETED, term) for term in Term]
    for code, of, term in [*terms, (UNFINISHED, Of.UNFINISHED, None)]:
        for kind, gone in (
            (Kind.EVIDENCE, RetainedEnvelope.erased_at),
            (Kind.DOCUMENTS, RetainedEnvelope.documents_erased_at),
        ):
            rule = rules.for_(kind, of, term, today)
            latest = rule.keep.latest_start(today).isoformat()
            yield and_(RetainedEnvelope.term == code, RetainedEnvelope.counts_from <= latest, gone.is_(None))


def _photos(rules: Rules, today: date) -> Iterator[ColumnElement[bool]]:
    completed = RetainedEnvelope.outcome == "completed"
    unfinished = RetainedEnvelope.outcome.in_(("declined", "expired", "voided"))
    for outcome, of in ((completed, Of.COMPLETED), (unfinished, Of.UNFINISHED)):
        latest = rules.for_(Kind.PHOTO, of, None, today).keep.latest_start(today)
        yield and_(outcome, RetainedEnvelope.photos_since < midnight(latest + timedelta(days=1)))


def _behind(chosen: ColumnElement[bool], place: _Place | None) -> Select[datetime | None, str]:
    """Return what selects the next of the chosen rows behind this place, those longest over first."""
    over_at, envelope = RetainedEnvelope.over_at, RetainedEnvelope.envelope
    rows = select(over_at, envelope).where(chosen, over_at.is_not(None)).order_by(over_at, envelope).limit(AT_ONCE)
    if place is None:
        return rows
    return rows.where(or_(over_at > place[0], and_(over_at == place[0], envelope > place[1])))


def _oldest(chosen: ColumnElement[bool], at_most: int) -> Select[str]:
    return select(RetainedEnvelope.envelope).where(chosen).order_by(RetainedEnvelope.over_at).limit(at_most)
