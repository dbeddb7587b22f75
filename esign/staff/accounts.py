"""Accounts of others: invited, given roles, moved, suspended, reset and forgotten by administrators.

Roles, resetting a second factor and forgetting somebody take two people (`approvals`). While there are no two people
of whom one could ask for roles and the other decide, the operator alone may give roles and reset: otherwise nobody
could ever begin. The trail shows that no approval stands behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.infra.ids import new_id
from esign.infra.personal_records import PersonalRecords
from esign.infra.secret import Secret
from esign.staff.actors import Actor, Caller, Operator, id_of, name_of
from esign.staff.approvals import Approvals
from esign.staff.credentials import Credentials
from esign.staff.domain import member_commands as c
from esign.staff.domain.member import Member, MemberState
from esign.staff.domain.refusal import refusal
from esign.staff.domain.roles import PLAIN, ApprovalKind, Role, role_terms
from esign.staff.institutions import Institutions
from esign.staff.models import StaffRoleRow, StaffRow
from esign.staff.people import KIND, StaffPerson, encode_person, members_with_phone
from esign.staff.projection import read_tree
from esign.staff.recording import StaffRecords
from esign.staff.rights import present, require_admin
from esign.staff.sessions import Sessions
from esign.staff.two_people import are_two

INVITATION_LIFETIME: Final = timedelta(hours=72)


@dataclass(frozen=True)
class Invited:
    """An invitation in the one moment in which its token can be told."""

    member: str
    institution: str
    token: Secret
    ends_at: datetime


class Accounts:
    """Changes accounts, each time in a transaction of its own."""

    def __init__(
        self,
        records: StaffRecords,
        personal: PersonalRecords,
        credentials: Credentials,
        sessions: Sessions,
        institutions: Institutions,
        approvals: Approvals,
    ) -> None:
        self._records = records
        self._personal = personal
        self._credentials = credentials
        self._sessions = sessions
        self._institutions = institutions
        self._approvals = approvals

    def begin(self, organisation: str, person: StaffPerson, *, now: datetime) -> Invited:
        """Invite the first administrator, by the operator, and open the first institution if there is none.

        Raises `StaffRefused` (`admin-exists`).
        """

        def work(session: Session) -> Invited:
            if self._hold_admins(session):
                raise refusal("admin-exists")
            root = self._records.tree(session).root
            top = root.id if root else self._institutions.open_in(session, Operator(), organisation, None, now=now)
            return self._invite(session, Operator(), person, top, [Role.ADMIN], now, beyond_plain=True)

        return self._records.in_transaction(work)

    def invite(
        self, actor: Actor, person: StaffPerson, institution: str, roles: Collection[Role], *, now: datetime
    ) -> Invited:
        """Invite somebody. Roles beyond sales and operations are given afterwards, by two people.

        Raises `StaffRefused`: `roles-need-approval`, `login-taken`, `phone-taken`, `no-institution`,
        `institution-closed`, ...
        """

        def work(session: Session) -> Invited:
            require_admin(session, self._sessions, actor, institution)
            alone = isinstance(actor, Operator) and not are_two(session, ApprovalKind.ROLES)
            return self._invite(session, actor, person, institution, roles, now, beyond_plain=alone)

        return self._records.in_transaction(work)

    def reinvite(self, actor: Actor, member: str, *, approval: str | None = None, now: datetime) -> Invited:
        """Make another invitation, for whoever lost the first one or forgot the password; the second factor stays.

        Whoever makes it reads it. So for a member with roles beyond sales and operations two people stand behind it
        (`ApprovalKind.TOTP_RESET`): else one administrator alone could become the second person. Sessions of the
        member end. Raises `StaffRefused`: `approval-needed`, those of `Approvals.consume`, ...
        """

        def work(session: Session) -> Invited:
            found = self._administered(session, actor, member)
            self._records.change_member(
                session, member, c.Reinvite(at=now, member=member, by=id_of(actor)), actor=name_of(actor)
            )
            if not set(found.roles) <= PLAIN:
                self._require_two(session, actor, approval, "approval-needed")
                self._consume(session, actor, approval, ApprovalKind.TOTP_RESET, member, now)
            self._sessions.end_all(session, member)
            token = self._credentials.invite(session, member, until=now + INVITATION_LIFETIME)
            return Invited(member, found.institution, token, now + INVITATION_LIFETIME)

        return self._records.in_transaction(work)

    def change_roles(
        self, actor: Actor, member: str, roles: Collection[Role], *, approval: str | None, now: datetime
    ) -> None:
        """Give the member exactly these roles, as the approval allows; sessions of the member end.

        Raises `StaffRefused`: `roles-need-approval`, those of `Approvals.consume`, `own-account`, `last-admin`, ...
        """

        def change(session: Session) -> None:
            self._require_two(session, actor, approval, "roles-need-approval")
            command = c.ChangeRoles(at=now, member=member, by=id_of(actor), roles=tuple(roles), approval=approval)
            if self._records.change_member(session, member, command, actor=name_of(actor)):
                self._consume(session, actor, approval, ApprovalKind.ROLES, member, now, role_terms(roles))
                self._sessions.end_all(session, member)

        self._change(actor, member, change)

    def transfer(self, actor: Actor, member: str, institution: str, *, now: datetime) -> None:
        """Move the member to another institution; sessions of the member end. Raises `StaffRefused`."""

        def change(session: Session) -> None:
            require_admin(session, self._sessions, actor, institution)
            self._institutions.require_open(session, institution)
            command = c.Transfer(at=now, member=member, by=id_of(actor), institution=institution)
            if self._records.change_member(session, member, command, actor=name_of(actor)):
                self._sessions.end_all(session, member)

        self._change(actor, member, change)

    def suspend(self, actor: Actor, member: str, *, reason: str, now: datetime) -> None:
        """Let the member in no more, for a reason (a code); sessions and invitations end. Raises `StaffRefused`."""

        def change(session: Session) -> None:
            command = c.Suspend(at=now, member=member, by=id_of(actor), reason=reason)
            self._records.change_member(session, member, command, actor=name_of(actor))
            self._sessions.end_all(session, member)
            self._credentials.void_invitation(session, member)

        self._change(actor, member, change)

    def reinstate(self, actor: Actor, member: str, *, reason: str, now: datetime) -> None:
        """Let the member in again, for a reason (a code). Raises `StaffRefused`."""

        def change(session: Session) -> None:
            command = c.Reinstate(at=now, member=member, by=id_of(actor), reason=reason)
            self._records.change_member(session, member, command, actor=name_of(actor))

        self._change(actor, member, change)

    def reset_totp(self, actor: Actor, member: str, *, approval: str | None, now: datetime) -> None:
        """Unbind the member's authenticator, as the approval allows; recovery codes and sessions end.

        Raises `StaffRefused`.
        """

        def change(session: Session) -> None:
            self._require_two(session, actor, approval, "approval-needed")
            command = c.ResetTotp(at=now, member=member, by=id_of(actor), approval=approval)
            self._records.change_member(session, member, command, actor=name_of(actor))
            self._consume(session, actor, approval, ApprovalKind.TOTP_RESET, member, now)
            self._credentials.clear_totp(session, member, at=now)
            self._sessions.end_all(session, member)

        self._change(actor, member, change)

    def forget(self, actor: Actor, member: str, *, approval: str, now: datetime) -> None:
        """Erase the name, phone, login name and credentials of a suspended member, as the approval allows.

        Raises `StaffRefused`.
        """

        def change(session: Session) -> None:
            command = c.Forget(at=now, member=member, by=id_of(actor), approval=approval)
            found = self._records.member(session, member)
            self._records.change_member(session, member, command, actor=name_of(actor))
            self._consume(session, actor, approval, ApprovalKind.ERASURE, member, now)
            self._sessions.end_all(session, member)
            self._credentials.erase(session, member, at=now)
            self._personal.erase(session, found.person, at=now)

        self._change(actor, member, change)

    def _invite(
        self,
        session: Session,
        actor: Actor,
        person: StaffPerson,
        institution: str,
        roles: Collection[Role],
        now: datetime,
        *,
        beyond_plain: bool,
    ) -> Invited:
        self._hold_admins(session)  # one invitation after the other, so that no phone is taken twice at once
        if members_with_phone(session, self._personal, person.phone):
            raise refusal("phone-taken")
        self._institutions.require_open(session, institution)
        member, record = new_id("usr", now), new_id("per", now)
        command = c.Invite(
            at=now,
            person=record,
            institution=institution,
            roles=tuple(roles),
            by=id_of(actor),
            beyond_plain=beyond_plain,
        )
        self._records.change_member(session, member, command, actor=name_of(actor))
        self._personal.keep(session, record, KIND, encode_person(person), at=now, find_by=person.find_by)
        self._credentials.make(session, member, person.login)
        token = self._credentials.invite(session, member, until=now + INVITATION_LIFETIME)
        return Invited(member, institution, token, now + INVITATION_LIFETIME)

    def _change(self, actor: Actor, member: str, change: Callable[[Session], None]) -> None:
        """Do it in a transaction of its own, if the actor administers the member's institution, and unless nobody
        would be left who administers anything."""

        def work(session: Session) -> None:
            before = self._hold_admins(session)
            self._administered(session, actor, member)
            change(session)
            if before and not self._hold_admins(session):
                raise refusal("last-admin")

        self._records.in_transaction(work)

    def _administered(self, session: Session, actor: Actor, member: str) -> Member:
        """Return a member of an institution that the actor administers; another one is as one that is not there."""
        found = self._records.member(session, member)
        if isinstance(actor, Caller):
            own = present(session, self._sessions, actor).institution
            if not read_tree(session).holds(own, found.institution):
                raise refusal("no-member")
        require_admin(session, self._sessions, actor, found.institution)
        return found

    def _require_two(self, session: Session, actor: Actor, approval: str | None, code: str) -> None:
        """Raise the refusal `code` where no approval was given, unless the operator may go alone: asked before the act,
        which may itself make the second person."""
        if approval is None and (isinstance(actor, Caller) or are_two(session, ApprovalKind.ROLES)):
            raise refusal(code)

    def _consume(
        self,
        session: Session,
        actor: Actor,
        approval: str | None,
        kind: ApprovalKind,
        member: str,
        now: datetime,
        terms: str | None = None,
    ) -> None:
        if approval is not None:
            place = self._records.member(session, member).institution
            self._approvals.consume(session, actor, approval, kind, member, place, now=now, terms=terms)

    def _hold_admins(self, session: Session) -> Sequence[str]:
        """Return the administrators who are there, kept from other commands, always in the same order."""
        there = (MemberState.INVITED.value, MemberState.ACTIVE.value)
        admins = select(StaffRoleRow.member).where(StaffRoleRow.role == Role.ADMIN.value)
        return session.scalars(
            select(StaffRow.id)
            .where(StaffRow.id.in_(admins), StaffRow.state.in_(there))
            .order_by(StaffRow.id)
            .with_for_update()
        ).all()
