"""The rows that people query, each made from a state as it stands, so that they can be made again at any time."""

from __future__ import annotations

from typing import Final, TypeAlias

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from esign.staff.domain import approvals, institutions, member_rules
from esign.staff.domain import member as members
from esign.staff.domain.events import Event, InstitutionEvent
from esign.staff.domain.member_commands import Command
from esign.staff.domain.record import FORMS
from esign.staff.models import PROJECTED, ApprovalRow, InstitutionRow, StaffInviterRow, StaffRoleRow, StaffRow
from esign.trail.consumers import Projection
from esign.trail.event import LoggedEvent
from esign.trail.streams import Change, Streams, holding

MEMBER_PREFIX: Final = "usr_"
APPROVAL_PREFIX: Final = "apr_"
INSTITUTIONS: Final = "institutions"
"""The stream of the whole tree."""
MemberStreams: TypeAlias = Streams[members.Member | None, Command, Event]
InstitutionStreams: TypeAlias = Streams[institutions.Tree, institutions.TreeCommand, Event]
ApprovalStreams: TypeAlias = Streams[approvals.Approval | None, approvals.Command, Event]


def member_streams(*, kept: int = 0) -> MemberStreams:
    """Return the streams of members, of which so many are remembered at most."""
    return Streams(
        FORMS,
        prefix=MEMBER_PREFIX,
        start=None,
        decide=member_rules.decide,
        evolve=members.evolve,
        project=_project_member,
        hold=holding(StaffRow),
        kept=kept,
    )


def institution_streams() -> InstitutionStreams:
    """Return the one stream of the tree."""
    return Streams(
        FORMS,
        prefix=INSTITUTIONS,
        start=institutions.Tree(),
        decide=institutions.decide,
        evolve=institutions.evolve,
        project=_project_institutions,
    )


def approval_streams() -> ApprovalStreams:
    """Return the streams of approvals."""
    return Streams(
        FORMS,
        prefix=APPROVAL_PREFIX,
        start=None,
        decide=approvals.decide,
        evolve=approvals.evolve,
        project=_project_approval,
        hold=holding(ApprovalRow),
    )


def _project_member(session: Session, change: Change[members.Member | None, Event]) -> None:
    if change.after is not None:
        project_member(session, change.stream, change.after, change.version)


def _project_institutions(session: Session, change: Change[institutions.Tree, Event]) -> None:
    for event in change.events:
        if isinstance(event, InstitutionEvent):
            project_institution(session, change.after.institutions[event.institution])


def _project_approval(session: Session, change: Change[approvals.Approval | None, Event]) -> None:
    if change.after is not None:
        project_approval(session, change.stream, change.after)


def project_member(session: Session, id: str, state: members.Member, version: int) -> None:
    """Bring the rows of a member to the state, in the caller's transaction."""
    row = session.get(StaffRow, id)
    if row is None:
        row = StaffRow(id=id)
        session.add(row)
    row.person = state.person
    row.institution = state.institution
    row.state = state.state.value
    row.has_totp = state.has_totp
    row.locked_until = state.locked_until
    row.invited_at = state.invited_at
    row.last_login_at = state.last_login_at
    row.version = version
    wanted = {role.value for role in state.roles}
    kept = session.scalars(select(StaffRoleRow).where(StaffRoleRow.member == id)).all()
    for kept_row in kept:
        if kept_row.role not in wanted:
            session.delete(kept_row)
    session.add_all(StaffRoleRow(member=id, role=role) for role in wanted - {one.role for one in kept})
    known = set(session.scalars(select(StaffInviterRow.inviter).where(StaffInviterRow.member == id)))
    session.add_all(StaffInviterRow(member=id, inviter=one) for one in set(state.invited_by) - known)
    session.flush()


def project_institution(session: Session, state: institutions.Institution) -> None:
    """Bring the row of an institution to the state, in the caller's transaction."""
    row = session.get(InstitutionRow, state.id)
    if row is None:
        row = InstitutionRow(id=state.id)
        session.add(row)
    row.parent = state.parent
    row.name = state.name
    row.closed = state.closed
    session.flush()


def project_approval(session: Session, id: str, state: approvals.Approval) -> None:
    """Bring the row of an approval to the state, in the caller's transaction."""
    row = session.get(ApprovalRow, id)
    if row is None:
        row = ApprovalRow(id=id)
        session.add(row)
    row.kind = state.kind.value
    row.subject = state.subject
    row.institution = state.institution
    row.terms = state.terms
    row.reason = state.reason
    row.words = state.words
    row.state = state.state.value
    row.requested_by = state.requested_by
    row.requested_at = state.requested_at
    row.expires_at = state.expires_at
    row.decided_by = state.decided_by
    session.flush()


def read_tree(session: Session) -> institutions.Tree:
    """Return the tree of institutions, from their rows."""
    columns = InstitutionRow.id, InstitutionRow.parent, InstitutionRow.name, InstitutionRow.closed
    rows = session.execute(select(*columns))
    return institutions.Tree(
        {id: institutions.Institution(id, parent, name, closed) for id, parent, name, closed in rows}
    )


def staff_projection() -> Projection:
    """Return the projection over the whole trail, for rebuilding the rows. Credentials and sessions are left alone."""
    followers = [streams.follower() for streams in (member_streams(), institution_streams(), approval_streams())]

    def handle(session: Session, logged: LoggedEvent) -> None:
        for follow in followers:
            follow(session, logged)

    def clear(session: Session) -> None:
        for model in PROJECTED:
            session.execute(delete(model))

    return Projection("staff", handle, clear)
