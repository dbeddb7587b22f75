"""What officers do about keeping, within their reach: look, hold, erase by two, and answer people's requests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Final

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from esign.ceremony.domain.refusal import refusal
from esign.ceremony.erasing import Erased, Order
from esign.ceremony.models import EnvelopeRow, RecipientRow
from esign.infra.database import Database
from esign.retention.agreements import REASON, agreement_to, subject_of
from esign.retention.errors import refused
from esign.retention.faces import FaceCount
from esign.retention.holds import Hold, HoldReason
from esign.retention.kept import KeptOfEnvelope, kept_of
from esign.retention.matters import Matter
from esign.retention.models import LegalHold, RetainedEnvelope
from esign.retention.periods import day_of
from esign.retention.report import HeldOnPerson, Total
from esign.retention.requests import is_restricted, notes_on
from esign.retention.room import RetentionRoom
from esign.staff.actors import Caller, name_of
from esign.staff.approvals import ApprovalFacts
from esign.staff.domain.refusal import refusal as staff_refusal
from esign.staff.domain.roles import ApprovalKind, Role
from esign.staff.projection import read_tree
from esign.staff.reach import Reach
from esign.staff.rights import present
from esign.staff.room import StaffRoom

OFFICERS: Final = frozenset({Role.COMPLIANCE})
"""Who sets holds, asks for erasure, and answers people."""
READERS: Final = frozenset({Role.COMPLIANCE, Role.AUDITOR})
"""Who sees what is kept of people, and what they asked for."""
SHOWN_AT_MOST: Final = 100
ASKED: Final = "officer-asked"


@dataclass(frozen=True)
class Overview:
    """What is kept in the reader's reach. `due` are envelopes of which something is over, `due_matters` what rooms keep
    without one; `sweeps` tells that the sweep erases envelopes by itself, as two people agreed."""

    totals: Sequence[Total]
    faces: FaceCount
    due: Sequence[str]
    holds: Sequence[Hold]
    sweeps: bool
    agreed: bool = False
    """Whether two people agreed to the rules that are in force."""
    due_matters: Sequence[Matter] = ()
    today: date = date.min


@dataclass(frozen=True)
class Keeping:
    """What is kept of one envelope. `restricted` and `notes` are of its recipients, by their ids."""

    envelope: str
    kept: KeptOfEnvelope | None
    holds: Sequence[Hold]
    restricted: frozenset[str]
    notes: Sequence[tuple[str, datetime, str]]
    today: date

    @property
    def is_due(self) -> bool:
        return self.kept is not None and bool(self.kept.over(self.today))


class RetentionOffice:
    """Does and shows it. Every method raises `StaffRefused` (`not-allowed`, `session-over`), those about an envelope
    `Refusal` (`no-envelope`), those about a matter `RetentionRefused` (`no-matter`)."""

    def __init__(
        self, room: RetentionRoom, staff: StaffRoom, database: Database, clock: Callable[[], datetime]
    ) -> None:
        self.room = room
        self.staff = staff
        self.database = database
        self.clock = clock

    def overview(self, caller: Caller, *, sweeps: bool = False) -> Overview:
        """Return what is kept, in totals, and what waits. `sweeps` is whether the settings let the sweep erase."""
        now = self.clock()
        with self.database.reading() as session:
            reach = self.reach(session, caller, READERS)
            agreed = agreement_to(session, self.room.rules) is not None
            return Overview(
                totals=self.room.reports.totals(session, reach, now=now),
                faces=self.room.faces(),
                due=self._due(session, reach, now),
                holds=self._holds(session, reach),
                sweeps=sweeps and agreed,
                agreed=agreed,
                due_matters=self._due_matters(session, reach, now),
                today=day_of(now),
            )

    def totals(self, caller: Caller) -> Sequence[Total]:
        """Return the totals alone."""
        with self.database.reading() as session:
            reach = self.reach(session, caller, READERS)
            return self.room.reports.totals(session, reach, now=self.clock())

    def on_person(self, caller: Caller, *, name: str | None, phone: str | None) -> HeldOnPerson:
        """Return what is held on somebody, within reach."""
        with self.database.reading() as session:
            reach = self.reach(session, caller, READERS)
            return self.room.reports.on_person(session, reach, name=name, phone=phone, now=self.clock())

    def keeping(self, caller: Caller, envelope: str) -> Keeping:
        """Return what is kept of an envelope."""
        now = self.clock()
        with self.database.reading() as session:
            self._row(session, caller, envelope, READERS)
            row = session.get(RetainedEnvelope, envelope)
            recipients = session.scalars(select(RecipientRow.id).where(RecipientRow.envelope == envelope)).all()
            notes = [(one, *note) for one in recipients for note in notes_on(session, self.room.records, one)]
            return Keeping(
                envelope=envelope,
                kept=None if row is None else kept_of(session, self.room.rules, row, now=now),
                holds=self.room.holds.of(session, envelope),
                restricted=frozenset(one for one in recipients if is_restricted(session, one)),
                notes=notes,
                today=day_of(now),
            )

    def set_hold(
        self, caller: Caller, subject: str, reason: HoldReason, words: str | None, review_on: date | None = None
    ) -> str:
        """Put a legal hold on an envelope or matter; return its id. Raises `RetentionRefused` (`hold-there`, and as
        `Holds.set` does)."""
        with self.database.transaction() as session:
            self.place_of(session, caller, subject, OFFICERS)
            return self.room.holds.set(
                session,
                subject,
                reason,
                by=caller.member,
                actor=name_of(caller),
                now=self.clock(),
                words=words,
                review_on=review_on,
            )

    def hold(self, caller: Caller, hold: str) -> Hold:
        """Return a hold. Raises `RetentionRefused` (`no-hold`)."""
        with self.database.reading() as session:
            found = self.room.holds.get(session, hold)
            self.place_of(session, caller, found.subject, READERS)
            return found

    def ask_lift(self, caller: Caller, hold: str, words: str) -> str:
        """Ask a second person to have the hold lifted; return the approval's id. Raises as `hold` does."""
        with self.database.reading() as session:
            found = self.room.holds.get(session, hold)
            place = self.place_of(session, caller, found.subject, OFFICERS)
        return self._ask(caller, ApprovalKind.LEGAL_HOLD_LIFT, hold, place, words)

    def lift(self, caller: Caller, facts: ApprovalFacts) -> str:
        """Use the approval up: the hold is lifted. Return what was held. Raises `RetentionRefused` (`hold-lifted`)."""
        now, hold = self.clock(), facts.approval.subject

        def work(session: Session) -> str:
            found = self.room.holds.get(session, hold)
            place = self.place_of(session, caller, found.subject, OFFICERS) or facts.approval.institution
            kind = ApprovalKind.LEGAL_HOLD_LIFT
            self.staff.approvals.consume(session, caller, facts.id, kind, hold, place, now=now)
            self.room.holds.lift(
                session,
                hold,
                by=caller.member,
                approved_by=facts.approval.decided_by or "",
                reason="approved",
                actor=name_of(caller),
                now=now,
            )
            return found.subject

        return self.staff.records.in_transaction(work)

    def ask_erasure(self, caller: Caller, subject: str, words: str) -> str:
        """Ask a second person to have erased what is over; return the approval's id."""
        with self.database.reading() as session:
            place = self.place_of(session, caller, subject, OFFICERS)
        return self._ask(caller, ApprovalKind.ERASURE, subject, place, words)

    def ask_at_machine(self, caller: Caller, kind: ApprovalKind, envelope: str, words: str) -> str:
        """Ask a second person to have done at the machine what is only done there; return the approval's id.

        `kind` is `EVIDENCE_ERASURE` or `ENVELOPE_KEY`.
        """
        with self.database.reading() as session:
            place = self._row(session, caller, envelope, OFFICERS).institution
        return self._ask(caller, kind, envelope, place, words, reason=ASKED)

    def ask_agreement(self, caller: Caller, words: str) -> str:
        """Ask a second person to agree to the rules that are in force; return the approval's id.

        They are the whole insurer's. Raises `StaffRefused` (`no-institution`) for an officer of a part.
        """
        with self.database.reading() as session:
            self.reach(session, caller, OFFICERS)
            root = read_tree(session).root
        place, kind = None if root is None else root.id, ApprovalKind.RETENTION_RULES
        return self._ask(caller, kind, subject_of(self.room.rules), place, words, reason=ASKED)

    def erase(self, caller: Caller, facts: ApprovalFacts) -> None:
        """Use the approval up: what is over of the envelope is erased.

        Raises `RetentionRefused` (`nothing-due`, `legal-hold`); then the approval is not used up.
        """
        now, envelope = self.clock(), facts.approval.subject

        def work(session: Session) -> Erased:
            row = self._row(session, caller, envelope, OFFICERS)
            place = row.institution or facts.approval.institution
            kind = ApprovalKind.ERASURE
            self.staff.approvals.consume(session, caller, facts.id, kind, envelope, place, now=now)
            order = Order(caller.member, facts.approval.decided_by or "", REASON, actor=name_of(caller))
            return self.room.retention.carry_out(session, envelope, order, now=now)

        self.room.retention.delete_blobs(self.staff.records.in_transaction(work))

    def reach(self, session: Session, caller: Caller, roles: frozenset[Role]) -> Reach:
        """Return what the caller reaches, if they have one of these roles."""
        who = present(session, self.staff.sessions, caller)
        if roles.isdisjoint(who.roles):
            raise staff_refusal("not-allowed")
        return Reach.of(session, who)

    def place_of(self, session: Session, caller: Caller, subject: str, roles: frozenset[Role]) -> str | None:
        """Return the institution of an envelope or matter that the caller reaches with one of these roles."""
        if not self.room.matters.has(subject):
            return self._row(session, caller, subject, roles).institution
        reach = self.reach(session, caller, roles)
        matter = self.room.matters.get(session, subject, self.clock())
        if not reach.sees(matter.institution, None):
            raise refused("no-matter")
        return matter.institution

    def _row(self, session: Session, caller: Caller, envelope: str, roles: frozenset[Role]) -> EnvelopeRow:
        reach = self.reach(session, caller, roles)
        row = session.get(EnvelopeRow, envelope)
        if row is None or not reach.sees(row.institution, row.salesperson):
            raise refusal("no-envelope")
        return row

    def _ask(
        self,
        caller: Caller,
        kind: ApprovalKind,
        subject: str,
        place: str | None,
        words: str,
        *,
        reason: str = REASON,
    ) -> str:
        institution = place or caller.institution
        return self.staff.approvals.request(
            caller, kind, subject, institution, reason=reason, now=self.clock(), words=words
        )

    def _due(self, session: Session, reach: Reach, now: datetime) -> Sequence[str]:
        found = self.room.retention.due(session, now=now)
        chosen = RetainedEnvelope.envelope.in_(found), _within(reach)
        seen = set(session.scalars(select(RetainedEnvelope.envelope).where(*chosen)))
        return [one for one in found if one in seen][:SHOWN_AT_MOST]

    def _holds(self, session: Session, reach: Reach) -> Sequence[Hold]:
        of_envelopes = select(RetainedEnvelope.envelope).where(
            RetainedEnvelope.envelope == LegalHold.subject, _within(reach)
        )
        of_matters = [LegalHold.subject.startswith(f"{one}_", autoescape=True) for one in self.room.matters.prefixes]
        chosen = LegalHold.lifted_at.is_(None), or_(of_envelopes.exists(), *of_matters)
        rows = session.execute(select(LegalHold.id, LegalHold.subject).where(*chosen).order_by(LegalHold.id.desc()))
        seen = (hold for hold, subject in rows if self._reaches(session, reach, subject))
        return [self.room.holds.get(session, one) for one in islice(seen, SHOWN_AT_MOST)]

    def _reaches(self, session: Session, reach: Reach, subject: str) -> bool:
        """Tell whether the reach has what is held; envelopes were chosen by it already."""
        if not self.room.matters.has(subject):
            return True
        return reach.sees(self.room.matters.get(session, subject, self.clock()).institution, None)

    def _due_matters(self, session: Session, reach: Reach, now: datetime) -> Sequence[Matter]:
        due = self.room.matters.due(session, now=now, at_most=SHOWN_AT_MOST)
        found = [self.room.matters.get(session, one, now) for one in due]
        return [one for one in found if reach.sees(one.institution, None)]


def _within(reach: Reach) -> ColumnElement[bool]:
    return reach.where(RetainedEnvelope.institution, RetainedEnvelope.salesperson)
