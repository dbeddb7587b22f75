"""Who is at work in some institutions with a role: whom a task can be given to, whom a list is for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.staff.domain.member import MemberState
from esign.staff.domain.roles import Role
from esign.staff.models import StaffRoleRow, StaffRow

_AT_WORK: Final = (MemberState.INVITED.value, MemberState.ACTIVE.value)


def members_at(session: Session, institutions: Collection[str], role: Role) -> tuple[str, ...]:
    """Return the ids of members who work in one of these institutions and have the role; nobody who was suspended."""
    chosen = (
        select(StaffRow.id)
        .join(StaffRoleRow, StaffRoleRow.member == StaffRow.id)
        .where(StaffRow.institution.in_(sorted(institutions)), StaffRoleRow.role == role.value)
        .where(StaffRow.state.in_(_AT_WORK))
        .order_by(StaffRow.id)
    )
    return tuple(session.scalars(chosen))
