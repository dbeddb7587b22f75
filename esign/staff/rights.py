"""Whether somebody may do something to what belongs to an institution, asked inside the transaction that does it."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from esign.staff.actors import Actor, Caller
from esign.staff.domain.approvals import Standing
from esign.staff.domain.institutions import may_see
from esign.staff.domain.refusal import refusal
from esign.staff.domain.roles import Role
from esign.staff.models import StaffInviterRow
from esign.staff.projection import read_tree
from esign.staff.sessions import Sessions


def present(session: Session, sessions: Sessions, caller: Caller) -> Caller:
    """Return the caller as they stand now: the session may have been ended, or its roles changed, since it was read.

    Raises `StaffRefused` (`session-over`).
    """
    return sessions.caller_in(session, caller.session)


def sees(session: Session, caller: Caller, institution: str) -> bool:
    """Tell whether what belongs to the institution may be shown to the caller: their own, or one below it."""
    return may_see(read_tree(session), caller.institution, institution)


def require_admin(session: Session, sessions: Sessions, actor: Actor, institution: str) -> None:
    """Raise `StaffRefused` unless the actor administers the institution: `not-allowed`, `session-over`, and
    `no-institution` for one that is not theirs to see."""
    if not isinstance(actor, Caller):
        return
    now = present(session, sessions, actor)
    if not sees(session, now, institution):
        raise refusal("no-institution")
    if Role.ADMIN not in now.roles:
        raise refusal("not-allowed")


def ties_of(session: Session, member: str) -> frozenset[str]:
    """Return whom the member ever invited and who ever invited them: no two of those decide for one another."""
    rows = session.execute(
        select(StaffInviterRow.member, StaffInviterRow.inviter).where(
            or_(StaffInviterRow.member == member, StaffInviterRow.inviter == member)
        )
    )
    return frozenset(one for row in rows for one in row) - {member}


def standing(session: Session, sessions: Sessions, caller: Caller, institution: str) -> Standing:
    """Return what counts when the caller asks for an approval, or decides one, about the institution."""
    now = present(session, sessions, caller)
    return Standing(now.member, now.roles, now.factor.is_second, sees(session, now, institution))
