"""The rows that people query, each made from a state as it stands, so that they can be made again at any time."""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from esign.staff.domain import approvals, institutions
from esign.staff.domain import member as members
from esign.staff.domain.record import event_of
from esign.staff.models import PROJECTED, ApprovalRow, InstitutionRow, StaffInviterRow, StaffRoleRow, StaffRow
from esign.trail.consumers import Projection
from esign.trail.event import LoggedEvent
from esign.trail.log import read_stream

MEMBER_PREFIX: Final = "usr_"
APPROVAL_PREFIX: Final = "apr_"
INSTITUTIONS: Final = "institutions"
"""The stream of the whole tree."""


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
    known_members: dict[str, tuple[int, members.Member]] = {}

    def handle(session: Session, logged: LoggedEvent) -> None:
        event = logged.event
        if event.stream == INSTITUTIONS:
            tree = institutions.evolve(read_tree(session), event_of(event))
            project_institution(session, tree.institutions[str(event.payload["institution"])])
        elif event.stream.startswith(MEMBER_PREFIX):
            version, known = known_members.pop(event.stream, (0, None))
            if version != event.version - 1:
                earlier = read_stream(session, event.stream)[: event.version - 1]
                known = members.fold(map(event_of, earlier))
            state = members.evolve(known, event_of(event))
            known_members[event.stream] = (event.version, state)
            project_member(session, event.stream, state, event.version)
        elif event.stream.startswith(APPROVAL_PREFIX):
            upto = read_stream(session, event.stream)[: event.version]
            approval = approvals.fold(map(event_of, upto))
            if approval is not None:
                project_approval(session, event.stream, approval)

    def clear(session: Session) -> None:
        known_members.clear()
        for model in PROJECTED:
            session.execute(delete(model))

    return Projection("staff", handle, clear)
