"""Approvals: asked for, decided by a second person, and used up by the act they allow, in the act's own transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.infra.ids import new_id
from esign.infra.personal_records import PersonalRecords
from esign.infra.search_index import ERASED_TEXT
from esign.staff.actors import Actor, Caller, id_of, name_of
from esign.staff.domain import approvals as domain
from esign.staff.domain.institutions import may_see
from esign.staff.domain.refusal import refusal
from esign.staff.domain.roles import ApprovalKind
from esign.staff.models import ApprovalRow
from esign.staff.projection import read_tree
from esign.staff.recording import StaffRecords
from esign.staff.rights import standing, ties_of
from esign.staff.sessions import Sessions

WORDS_KIND: Final = "approval-words"
WORDS_AT_MOST: Final = 1000


@dataclass(frozen=True)
class ApprovalFacts:
    """An approval as a page shows it; `words` is what the requester wrote, if anything. `tied` tells that the reader
    and the requester invited one another."""

    id: str
    approval: domain.Approval
    words: str | None
    tied: bool


class Approvals:
    """Requests and decides, each in a transaction of its own; consumes in the caller's."""

    def __init__(self, records: StaffRecords, personal: PersonalRecords, sessions: Sessions) -> None:
        self._records = records
        self._personal = personal
        self._sessions = sessions

    def request(
        self,
        caller: Caller,
        kind: ApprovalKind,
        subject: str,
        institution: str,
        *,
        reason: str,
        now: datetime,
        terms: str | Callable[[Session], str] | None = None,
        words: str | None = None,
    ) -> str:
        """Ask for a second person; return the id of the approval.

        `institution` is where the subject belongs, for which whoever knows the subject answers; `terms` names what
        would be allowed beyond the subject (a code, or the id of a record), and the act must name the same; they may be
        made in the request's own transaction, together with what they name; `reason` is a code, `words` what the
        requester writes, at most 1000 characters. Raises `StaffRefused` (`not-allowed`, `no-institution`,
        `approval-open` where the caller waits for the same already, `words-too-long`, `session-over`), `EventRefused`
        for a text that is neither id nor code, and what `terms` raises.
        """
        if words is not None and len(words) > WORDS_AT_MOST:
            raise refusal("words-too-long")
        approval = new_id("apr", now)
        note = None if words is None else new_id("rec", now)

        def work(session: Session) -> str:
            by = standing(session, self._sessions, caller, institution)
            self._records.hold_member(session, by.member)  # so that one thing is not asked for twice at once
            command = domain.Request(
                waits=self._waits(session, by.member, kind, subject, now),
                at=now,
                by=by,
                kind=kind,
                subject=subject,
                institution=institution,
                reason=reason,
                terms=terms(session) if callable(terms) else terms,
                words=note,
            )
            self._records.change_approval(session, approval, command, actor=name_of(caller))
            if note is not None and words is not None:
                self._personal.keep(session, note, WORDS_KIND, words.encode("utf-8", "replace"), at=now)
            return approval

        return self._records.in_transaction(work)

    def approve(self, caller: Caller, approval: str, *, now: datetime) -> None:
        """Say yes. Raises `StaffRefused`: `no-approval`, `own-approval`, `approval-of-invited`, `approval-expired`,
        `approval-decided`, `second-factor-needed`, `not-allowed`, `session-over`."""

        def work(session: Session) -> None:
            by = self._standing(session, caller, approval)
            command = domain.Approve(at=now, by=by)
            self._records.change_approval(session, approval, command, actor=name_of(caller))

        self._records.in_transaction(work)

    def refuse(self, caller: Caller, approval: str, *, reason: str, now: datetime) -> None:
        """Say no, for a reason (a code). Raises as `approve` does."""

        def work(session: Session) -> None:
            by = self._standing(session, caller, approval)
            command = domain.Refuse(at=now, by=by, reason=reason)
            self._records.change_approval(session, approval, command, actor=name_of(caller))

        self._records.in_transaction(work)

    def consume(
        self,
        session: Session,
        actor: Actor,
        approval: str,
        kind: ApprovalKind,
        subject: str,
        institution: str,
        *,
        now: datetime,
        terms: str | None = None,
    ) -> None:
        """Use the approval up, in the transaction of the act it allows. `institution` is where the subject belongs.

        Raises `StaffRefused`: `no-approval`, `approval-of-something-else`, `approval-open`, `approval-not-given`,
        `approval-expired`, `approval-used`; and `ConcurrentChange`: then the act is to be given up with it.
        """
        row = session.get(ApprovalRow, approval)
        covers = row is not None and may_see(read_tree(session), row.institution, institution)
        command = domain.Consume(at=now, by=id_of(actor), kind=kind, subject=subject, covers=covers, terms=terms)
        self._records.change_approval(session, approval, command, actor=name_of(actor))

    def get(self, caller: Caller, approval: str) -> ApprovalFacts:
        """Return an approval. Raises `StaffRefused` (`no-approval`, `session-over`)."""
        with self._records.database.reading() as session:
            by = self._standing(session, caller, approval)
            found = self._records.approval(session, approval)
            if found is None:
                raise refusal("no-approval")
            return ApprovalFacts(approval, found, self._words(session, found), by.tied)

    def _standing(self, session: Session, caller: Caller, approval: str) -> domain.Standing:
        """Return how the caller stands to the approval; one that is not theirs to see is as one that is not there."""
        row = session.get(ApprovalRow, approval)
        by = None if row is None else standing(session, self._sessions, caller, row.institution)
        if row is None or by is None or not by.sees:
            raise refusal("no-approval")
        return replace(by, tied=row.requested_by in ties_of(session, by.member))

    def _waits(self, session: Session, member: str, kind: ApprovalKind, subject: str, now: datetime) -> bool:
        """Tell whether the member has asked for this already, and nobody has decided."""
        asked = select(ApprovalRow.id).where(
            ApprovalRow.subject == subject,
            ApprovalRow.kind == kind.value,
            ApprovalRow.requested_by == member,
            ApprovalRow.state == domain.ApprovalState.REQUESTED.value,
            ApprovalRow.expires_at > now,
        )
        return session.scalar(asked.limit(1)) is not None

    def _words(self, session: Session, approval: domain.Approval) -> str | None:
        if approval.words is None:
            return None
        if self._personal.is_erased(session, approval.words):
            return ERASED_TEXT
        return self._personal.read(session, approval.words).decode()
