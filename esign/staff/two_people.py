"""Who stands behind an act at the machine: two people by an approval, or the operator while no two could give one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.staff.actors import Operator
from esign.staff.approvals import Approvals
from esign.staff.domain.refusal import refusal
from esign.staff.domain.roles import DECIDERS, ApprovalKind
from esign.staff.models import ApprovalRow, StaffRoleRow
from esign.staff.rights import ties_of

OPERATOR: Final = "operator"


@dataclass(frozen=True)
class Behind:
    """Who asked for an act and who agreed: ids of members; `operator` and None where no two people could agree."""

    by: str
    approved_by: str | None


def are_two(session: Session, kind: ApprovalKind) -> bool:
    """Tell whether there are two of whom one asks for this kind and the other decides: neither of them invited the
    other. Suspending one does not undo it."""
    rules, asks, decides = DECIDERS[kind], set[str](), set[str]()
    for row in session.scalars(select(StaffRoleRow)):
        if row.role in rules.ask:
            asks.add(row.member)
        if row.role in rules.decide:
            decides.add(row.member)
    return any(decides - {one} - ties_of(session, one) for one in sorted(asks))


def behind_operator(
    session: Session,
    approvals: Approvals,
    approval: str | None,
    kind: ApprovalKind,
    subject: str,
    institution: str | None,
    *,
    now: datetime,
) -> Behind:
    """Use the approval up for an act of the operator's, in the act's own transaction; return who stands behind it.

    `institution` is where the subject belongs, None where it belongs to none. Without an approval the operator goes
    alone, while no two people could give one, nor give others the roles for it. Raises `StaffRefused`:
    `approval-needed`, and those of `Approvals.consume`.
    """
    if approval is None:
        if are_two(session, kind) or are_two(session, ApprovalKind.ROLES):
            raise refusal("approval-needed")
        return Behind(OPERATOR, None)
    row = session.get(ApprovalRow, approval)
    place = institution or (row.institution if row is not None else "")
    approvals.consume(session, Operator(), approval, kind, subject, place, now=now)
    asked = session.get_one(ApprovalRow, approval)
    return Behind(asked.requested_by, asked.decided_by)
