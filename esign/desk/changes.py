"""Another phone, or another person in a recipient's place: asked for by one, agreed to by a second, done by the first.

What is asked for is kept as a sealed record whose id is the approval's terms: what is done is exactly what was agreed
to. A draft has been seen by nobody, so there it is done at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias

from sqlalchemy.orm import Session

from ca.ports import Clock
from esign.ceremony.domain import Envelope, Recipient, commands, decide
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.domain.values import EnvelopeState
from esign.ceremony.people import Person
from esign.ceremony.recipient_changes import RecipientChanges
from esign.desk.acts import Act, EnvelopeActs, may
from esign.desk.errors import nothing_asked, phone_unchanged
from esign.desk.sight import Sight
from esign.infra.ids import new_id
from esign.staff.actors import Caller
from esign.staff.domain.refusal import refusal as staff_refusal
from esign.staff.domain.roles import DECIDERS, ApprovalKind
from esign.staff.models import ApprovalRow

REASON: Final = "customer-told"
SECOND: Final = "usr_second"
"""Stands for whoever will agree, where it is only asked whether the change could be made at all."""

KINDS: Final = frozenset({ApprovalKind.PHONE_CORRECTION, ApprovalKind.RECIPIENT_REPLACEMENT})

_Keep: TypeAlias = Callable[[Session, Envelope, Recipient, datetime], str]


@dataclass(frozen=True)
class Proposal:
    """What is asked for: the person as they would be, and as they are. Only who asked, or may agree, is told."""

    approval: str
    kind: ApprovalKind
    recipient: str
    person: Person | None = field(repr=False)
    before: Person | None = field(repr=False)


class PersonChanges:
    """Asks for changes and carries them out. Raises as `EnvelopeActs` does."""

    def __init__(self, sight: Sight, acts: EnvelopeActs, clock: Clock) -> None:
        """`clock` is the service's own: approvals end by it, also where a client has moved its time."""
        self._sight = sight
        self._acts = acts
        self._clock = clock
        ports = sight.service.ports
        self._changes = RecipientChanges(sight.service.records, ports.typeface, ports.is_staff_phone)

    def ask_phone(self, caller: Caller, envelope: str, recipient: str, phone: str, words: str | None) -> str | None:
        """Ask for a corrected phone; return the approval's id, None where it was done at once.

        Raises `EvidenceError` (`person-phone`), `EnvelopeError` (`phone-of-agent`, `phone-of-staff`), `DeskRefused`
        (`phone-unchanged`), `RecordErased`.
        """

        def keep(session: Session, state: Envelope, found: Recipient, at: datetime) -> str:
            record = self._changes.proposed_phone(session, state, found, phone, at=at)
            if record == found.plan.person:
                raise phone_unchanged()
            return record

        return self._ask(caller, ApprovalKind.PHONE_CORRECTION, envelope, recipient, keep, words)

    def ask_person(
        self, caller: Caller, envelope: str, recipient: str, person: Person, words: str | None
    ) -> str | None:
        """Ask for another person in the recipient's place; return the approval's id, None where it was done at once.

        Raises `EnvelopeError` (`phone-of-agent`, `phone-of-staff`, `name-not-printable`), `RecordErased`.
        """

        def keep(session: Session, state: Envelope, found: Recipient, at: datetime) -> str:
            return self._changes.proposed_person(session, state, found, person, at=at)

        return self._ask(caller, ApprovalKind.RECIPIENT_REPLACEMENT, envelope, recipient, keep, words)

    def carry_out(self, caller: Caller, envelope: str, approval: str) -> None:
        """Do what was agreed to, and use the approval up, in one transaction.

        Raises `StaffRefused` (`approval-open`, `approval-not-given`, `approval-expired`, `approval-used`,
        `approval-of-something-else`), `DeskRefused` (`no-approval-to-use`), and as asking does.
        """

        def agreed(session: Session, state: Envelope, at: datetime) -> commands.Command:
            row = session.get(ApprovalRow, approval)
            found = None if row is None else state.find(row.subject)
            if row is None or found is None or row.terms is None or row.kind not in KINDS:
                raise nothing_asked()
            kind, owner = ApprovalKind(row.kind), self._sight.row(session, caller, envelope).institution
            self._sight.room.approvals.consume(
                session, caller, approval, kind, found.id, owner or row.institution, now=self._clock(), terms=row.terms
            )
            agreed_to = (
                self._changes.agreed_correction
                if kind is ApprovalKind.PHONE_CORRECTION
                else self._changes.agreed_replacement
            )
            second = row.decided_by or ""
            return agreed_to(session, state, found, row.terms, by=caller.member, approved_by=second, at=at)

        self._acts.change(caller, Act.CHANGE_PEOPLE, envelope, agreed)

    def proposal(self, caller: Caller, envelope: str, approval: str) -> Proposal | None:
        """Return what an approval would change, for whoever asked or may agree; None for anybody else."""
        with self._sight.database.reading() as session:
            state, row = self._sight.envelope(session, caller, envelope), session.get(ApprovalRow, approval)
            found = None if row is None else state.find(row.subject)
            if row is None or found is None or row.terms is None or row.kind not in KINDS:
                return None
            kind = ApprovalKind(row.kind)
            if caller.member != row.requested_by and DECIDERS[kind].decide.isdisjoint(caller.roles):
                return None
            person, before = (self._sight.person(session, record) for record in (row.terms, found.plan.person))
            return Proposal(approval, kind, row.subject, person, before)

    def _ask(
        self, caller: Caller, kind: ApprovalKind, envelope: str, recipient: str, keep: _Keep, words: str | None
    ) -> str | None:
        with self._sight.database.reading() as session:
            owner = self._sight.row(session, caller, envelope).institution
            is_draft = self._sight.envelope(session, caller, envelope).state is EnvelopeState.DRAFT
        if is_draft:
            self._acts.change(caller, Act.CHANGE_PEOPLE, envelope, self._at_once(caller, kind, recipient, keep))
            return None
        if not may(caller, Act.CHANGE_PEOPLE):
            raise staff_refusal("not-allowed")

        def terms(session: Session) -> str:
            state, found = self._sight.recipient(session, caller, envelope, recipient)
            at = self._sight.service.clocks.now(session, state.client)
            record = keep(session, state, found, at)
            decide(state, _command(kind, found, record, caller.member, SECOND, at))
            return record

        return self._sight.room.approvals.request(
            caller,
            kind,
            recipient,
            owner or caller.institution,
            reason=REASON,
            now=self._clock(),
            terms=terms,
            words=words or None,
        )

    def _at_once(
        self, caller: Caller, kind: ApprovalKind, recipient: str, keep: _Keep
    ) -> Callable[[Session, Envelope, datetime], commands.Command]:
        def changed(session: Session, state: Envelope, at: datetime) -> commands.Command:
            found = state.find(recipient)
            if found is None:
                raise refusal("no-recipient")
            return _command(kind, found, keep(session, state, found, at), caller.member, None, at)

        return changed


def _command(
    kind: ApprovalKind, recipient: Recipient, record: str, by: str, approved_by: str | None, at: datetime
) -> commands.Command:
    if kind is ApprovalKind.PHONE_CORRECTION:
        return commands.CorrectPhone(at=at, recipient=recipient.id, person=record, by=by, approved_by=approved_by)
    return commands.ReplaceRecipient(
        at=at,
        recipient=recipient.id,
        replacement=new_id("rcp", at),
        person=record,
        by=by,
        approved_by=approved_by,
    )
