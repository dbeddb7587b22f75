"""Which claims a member of claims staff sees: those of their institution and all below it.

A claim that no institution owns is seen by whoever works in the root: nobody's claim waits unseen.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Final

from sqlalchemy import ColumnElement, false, or_
from sqlalchemy.orm import InstrumentedAttribute, Session

from claims.domain.refusal import refusal
from claims.models import ClaimRow
from esign.public.console import Caller, Reach, Role

LEADERS: Final = frozenset({Role.TEAM_LEAD, Role.CLAIMS_MANAGER})
"""Who sees everything that their institution has, and gives it to somebody."""
STAFF: Final = LEADERS | {Role.HANDLER, Role.SURVEYOR, Role.QUOTATION}


def in_reach(
    session: Session,
    who: Caller,
    institution: InstrumentedAttribute[str | None] = ClaimRow.institution,
    roles: Set[Role] = STAFF,
) -> ColumnElement[bool]:
    """Return the condition over a column of institutions that says what the caller sees by one of these roles."""
    reach = Reach.of(session, who, roles)
    choices: list[ColumnElement[bool]] = []
    if reach.institutions:
        choices.append(institution.in_(sorted(reach.institutions)))
    if reach.unowned:
        choices.append(institution.is_(None))
    return or_(*choices) if choices else false()


def require_in_reach(session: Session, who: Caller, claim: str, roles: Set[Role] = STAFF) -> ClaimRow:
    """Return the row of a claim that the caller sees. Raises `ClaimRefused` (`no-claim`) for any other."""
    row = session.get(ClaimRow, claim)
    reach = Reach.of(session, who, roles)
    if row is None or not (reach.unowned if row.institution is None else row.institution in reach.institutions):
        raise refusal("no-claim")
    return row
