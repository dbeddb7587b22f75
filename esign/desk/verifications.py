"""Verifications that members of the staff ask for, and their history: who had which digest judged, when, with which
verdict.

The file is not kept. The report is, as a personal record, for it names signers: sealed under a key of its own, and
erased after a while. What the trail has of it stays: ids, the digest and codes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from ca.ports import Clock
from esign.desk.errors import no_verification
from esign.desk.sight import Sight
from esign.infra.database import Database
from esign.infra.errors import RecordErased
from esign.infra.ids import is_id, new_id
from esign.infra.logs import log_for
from esign.infra.models import SearchEntry
from esign.infra.personal_records import PersonalRecords
from esign.infra.search_index import SearchField, normalise
from esign.staff.actors import Caller, name_of, staff_actor
from esign.staff.domain.refusal import refusal
from esign.staff.domain.roles import ApprovalKind, Role
from esign.staff.projection import read_tree
from esign.staff.reach import Reach
from esign.staff.rights import present
from esign.trail.event import EventType
from esign.trail.log import Trail, stream_version
from esign.trail.vocabulary import Vocabulary
from esign.verifications.asked import Asked
from esign.verifications.held import Progress
from esign.verifications.judged import Judged, decode
from esign.verifications.judging import LONGEST_SECONDS, Judges
from esign.verifications.models import VerificationRow
from esign.verify import Conclusion

VERIFIERS: Final = frozenset({Role.SUPERVISOR, Role.COMPLIANCE, Role.OPERATIONS, Role.AUDITOR})
"""Whose roles let them have files judged, and see what they had judged themselves."""
OVERSEERS: Final = frozenset({Role.COMPLIANCE, Role.AUDITOR})
"""Who also sees what others of their institution, or one below it, had judged."""
MADE: Final = EventType("verification.made")
ERASED: Final = EventType("verification.erased")
VOCABULARY: Final = Vocabulary((MADE, ERASED))
REASON: Final = "asked-in-console"
KIND: Final = "verification-report"
PICTURES: Final = "verification-pictures"
KEPT_FOR: Final = timedelta(days=730)
KeptUntil: TypeAlias = Callable[[datetime], datetime]
"""Tells until when a report is kept that was asked for at a moment."""
LINES: Final = 20
FORGOTTEN_AT_ONCE: Final = 100
_NAMES_AT_MOST: Final = 50
_SHA256: Final = re.compile(r"[0-9a-fA-F]{64}")
_log = log_for(__name__)


class Verdicts(StrEnum):
    """Which verdicts a list shows."""

    ALL = "all"
    PASSED = "passed"
    FAILED = "failed"
    UNDECIDED = "undecided"


_CONCLUSIONS: Final = {
    Verdicts.PASSED: (Conclusion.PASSED,),
    Verdicts.FAILED: (Conclusion.FAILED,),
    Verdicts.UNDECIDED: (Conclusion.INDETERMINATE, Conclusion.NO_SIGNATURE),
}


@dataclass(frozen=True)
class Wanted:
    """Which verifications. `words` are a whole id, digest, file name or signer's name; `before` is where a page
    ended."""

    verdicts: Verdicts = Verdicts.ALL
    words: str = field(default="", repr=False)
    before: str | None = None


@dataclass(frozen=True)
class Verification:
    """A verification as its page shows it. `judged` is None until there is a verdict, and after its erasure."""

    id: str
    by: str = field(repr=False)
    is_own: bool
    sha256: str
    size: int
    progress: Progress
    ahead: int
    asked_at: datetime
    conclusion: Conclusion | None
    readable: bool
    kept_until: datetime
    is_erased: bool
    judged: Judged | None = field(repr=False)


class Verifications:
    """Has files judged for members, and reads the history within their reach.

    Every method raises `StaffRefused` (`not-allowed`, `session-over`), those about one `DeskRefused`
    (`no-verification`).
    """

    def __init__(
        self,
        sight: Sight,
        judges: Judges,
        clock: Clock,
        kept_until: KeptUntil = lambda asked_at: asked_at + KEPT_FOR,
    ) -> None:
        self._kept_until = kept_until
        self._sight = sight
        self._judges = judges
        self._clock = clock

    def ask(self, caller: Caller, asked: Asked, *, seconds: float = 0.0) -> str:
        """Have the file judged; return the verification's id, after so many seconds or when there is a verdict.

        Raises `LineFull`.
        """
        with self._sight.database.reading() as session:
            who = self._present(session, caller)
            reach = Reach.of(session, who)
        asked = replace(asked, may_see=lambda known: reach.sees(known.institution, known.salesperson))
        sha256 = hashlib.sha256(asked.content).hexdigest()
        now = self._clock()
        id_ = new_id("ver", now)
        row = VerificationRow(
            id=id_,
            member=who.member,
            institution=who.institution,
            sha256=sha256,
            size=len(asked.content),
            state=Progress.WAITING.value,
            ahead=0,
            asked_at=now,
            ends_at=now + timedelta(seconds=self._judges.waiting_seconds + LONGEST_SECONDS),
        )

        def begin() -> _Telling:
            with self._sight.database.transaction() as session:
                session.add(row)
            return _Telling(self._sight.database, self._sight.service.records, self._clock, id_)

        self._judges.begin(asked, begin).join(seconds)
        return id_

    @property
    def years(self) -> int:
        """For how many years a report is kept that is asked for now."""
        now = self._clock()
        return max(1, round((self._kept_until(now) - now) / timedelta(days=365.25)))

    def get(self, caller: Caller, verification: str) -> Verification:
        """Return one, with its report."""
        with self._sight.database.reading() as session:
            row = self._row(session, caller, verification)
            found = self._shown(session, row, caller, with_pictures=True)
        if found.judged is not None:
            _log.info("verification was looked at", record=row.record, member=caller.member)
        return found

    def reached(self, caller: Caller, ids: Collection[str]) -> dict[str, str]:
        """Return the digests of those of these verifications that are within the caller's reach, by their ids."""
        with self._sight.database.reading() as session:
            who = present(session, self._sight.room.sessions, caller)
            if VERIFIERS.isdisjoint(who.roles):
                return {}
            chosen = select(VerificationRow.id, VerificationRow.sha256).where(VerificationRow.id.in_(ids))
            return {row.id: row.sha256 for row in session.execute(chosen.where(self._within(session, who)))}

    def ask_erasure(self, caller: Caller, verification: str, words: str) -> str:
        """Ask a second person to have the report erased before its time; return the approval's id."""
        with self._sight.database.reading() as session:
            institution = self._row(session, caller, verification).institution
        now = self._clock()
        return self._sight.room.approvals.request(
            caller, ApprovalKind.ERASURE, verification, institution, reason=REASON, now=now, words=words
        )

    def erase(self, caller: Caller, verification: str, approval: str) -> None:
        """Use the approval up: the report is gone for good.

        Raises `StaffRefused` (`approval-open`, `approval-not-given`, `approval-expired`, `approval-used`, ...).
        """
        room, now = self._sight.room, self._clock()

        def work(session: Session) -> None:
            row = self._row(session, caller, verification)
            kind, place = ApprovalKind.ERASURE, row.institution
            room.approvals.consume(session, caller, approval, kind, verification, place, now=now)
            if row.record is not None and row.erased_at is None:
                _forget(session, self._sight.service.records, row, now)
                event = ERASED(by=caller.member, record=row.record)
                version = stream_version(session, verification)
                Trail(VOCABULARY).append(session, verification, version, [event], actor=name_of(caller), time=now)

        room.records.in_transaction(work)

    def page(self, caller: Caller, wanted: Wanted, *, lines: int = LINES) -> tuple[Sequence[Verification], str | None]:
        """Return a page, the newest first, and the id before which the next one begins, None on the last."""
        with self._sight.database.reading() as session:
            who = self._present(session, caller)
            chosen = select(VerificationRow).where(self._within(session, who))
            if wanted.verdicts is not Verdicts.ALL:
                conclusions = [one.value for one in _CONCLUSIONS[wanted.verdicts]]
                chosen = chosen.where(VerificationRow.conclusion.in_(conclusions))
            if wanted.words.strip():
                chosen = chosen.where(self._found(wanted.words.strip()))
            if wanted.before is not None:
                chosen = chosen.where(VerificationRow.id < wanted.before)
            rows = session.scalars(chosen.order_by(VerificationRow.id.desc()).limit(lines + 1)).all()
            shown = [self._shown(session, row, who) for row in rows[:lines]]
        return shown, shown[-1].id if len(rows) > lines else None

    def _present(self, session: Session, caller: Caller) -> Caller:
        who = present(session, self._sight.room.sessions, caller)
        if VERIFIERS.isdisjoint(who.roles):
            raise refusal("not-allowed")
        return who

    def _row(self, session: Session, caller: Caller, verification: str) -> VerificationRow:
        who = self._present(session, caller)
        chosen = select(VerificationRow).where(VerificationRow.id == verification, self._within(session, who))
        row = session.scalar(chosen) if is_id("ver", verification) else None
        if row is None:
            raise no_verification()
        return row

    def _within(self, session: Session, who: Caller) -> ColumnElement[bool]:
        own = VerificationRow.member == who.member
        if OVERSEERS.isdisjoint(who.roles):
            return own
        return or_(own, VerificationRow.institution.in_(sorted(read_tree(session).subtree(who.institution))))

    def _found(self, words: str) -> ColumnElement[bool]:
        if _SHA256.fullmatch(words):
            return VerificationRow.sha256 == words.lower()
        if is_id("ver", words):
            return VerificationRow.id == words
        try:
            digest = self._sight.service.records.index.digest(SearchField.NAME, words)
        except ValueError:
            return VerificationRow.id == words  # nothing is left to look for
        named = select(SearchEntry.record_id).where(
            SearchEntry.field == SearchField.NAME.value, SearchEntry.digest == digest
        )
        return VerificationRow.record.in_(named)

    def _shown(
        self, session: Session, row: VerificationRow, who: Caller, *, with_pictures: bool = False
    ) -> Verification:
        progress, judged, erased = Progress(row.state), None, row.erased_at is not None
        if progress in {Progress.WAITING, Progress.JUDGING} and row.ends_at <= self._clock():
            progress = Progress.LOST
        if row.record is not None and not erased:
            try:
                shown = row.pictures if with_pictures else None
                records = self._sight.service.records
                pictures = None if shown is None else records.read(session, shown)
                judged = decode(records.read(session, row.record), pictures)
            except RecordErased:
                erased = True
        return Verification(
            id=row.id,
            by=self._sight.member(session, row.member),
            is_own=row.member == who.member,
            sha256=row.sha256,
            size=row.size,
            progress=progress,
            ahead=row.ahead,
            asked_at=row.asked_at,
            conclusion=None if row.conclusion is None else Conclusion(row.conclusion),
            readable=row.readable is not False,
            kept_until=self._kept_until(row.asked_at),
            is_erased=erased,
            judged=judged,
        )


@dataclass(frozen=True)
class _Telling:
    """Writes into the history how it goes; the verdict with its event, in one transaction."""

    database: Database
    records: PersonalRecords
    clock: Clock
    id: str

    def moved(self, ahead: int) -> None:
        values: dict[str, object] = {"ahead": ahead}
        if not ahead:
            ends_at = self.clock() + timedelta(seconds=LONGEST_SECONDS)
            values |= {"state": Progress.JUDGING.value, "ends_at": ends_at}
        with self.database.transaction() as session:
            self._write(session, values)

    def ended(self, judged: Judged) -> None:
        now, kept = self.clock(), judged.encode()
        record = new_id("rec", now)
        find_by = [(SearchField.NAME, name) for name in (judged.name, *judged.signers) if _is_findable(name)]
        with self.database.transaction() as session:
            row = session.get_one(VerificationRow, self.id)
            self.records.keep(session, record, KIND, kept, at=now, find_by=find_by[:_NAMES_AT_MOST])
            event = MADE(
                by=row.member,
                institution=row.institution,
                sha256=judged.sha256,
                conclusion=judged.conclusion.value,
                readable=judged.readable,
                record=record,
                report=hashlib.sha256(kept).hexdigest(),
            )
            Trail(VOCABULARY).append(session, self.id, 0, [event], actor=staff_actor(row.member), time=now)
            told = {"conclusion": judged.conclusion.value, "readable": judged.readable, "record": record}
            if judged.pictures:
                told["pictures"] = pictures = new_id("rec", now)
                self.records.keep(session, pictures, PICTURES, judged.encode_pictures(), at=now)
            self._write(session, {"state": Progress.DONE.value, **told})

    def failed(self, code: str) -> None:
        progress = Progress.BUSY if code in {"workers-busy", "quarantine-busy"} else Progress.LOST
        with self.database.transaction() as session:
            self._write(session, {"state": progress.value, "failure": code[:64]})

    def _write(self, session: Session, values: dict[str, object]) -> None:
        chosen = update(VerificationRow).where(VerificationRow.id == self.id).values(values)
        session.execute(chosen.execution_options(synchronize_session=False))


def _is_findable(name: str) -> bool:
    return bool(normalise(SearchField.NAME, name))


def forget_reports(session: Session, records: PersonalRecords, *, now: datetime, before: datetime | None = None) -> int:
    """Erase reports that were kept for their time: those asked for `before`, or longer ago than usual; return how many.
    For the sweep."""
    over = and_(
        VerificationRow.asked_at <= (now - KEPT_FOR if before is None else before),
        VerificationRow.record.is_not(None),
        VerificationRow.erased_at.is_(None),
    )
    rows = session.scalars(select(VerificationRow).where(over).limit(FORGOTTEN_AT_ONCE)).all()
    for row in rows:
        _forget(session, records, row, now)
    return len(rows)


def _forget(session: Session, records: PersonalRecords, row: VerificationRow, now: datetime) -> None:
    verification = row.id
    for record in (row.record, row.pictures):
        if record is not None:
            records.erase(session, record, at=now)
    gone = update(VerificationRow).where(VerificationRow.id == verification).values(erased_at=now)
    session.execute(gone.execution_options(synchronize_session=False))
