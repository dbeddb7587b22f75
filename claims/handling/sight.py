"""Which claims a member of staff sees: those of their institution and all below it, as far as their role needs them.

Handlers, team leads and managers see all of these. A surveyor sees what is being surveyed, and what they surveyed; the
quotation desk sees prices that are disputed. A claim of no institution is seen at the top.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, false, or_
from sqlalchemy.orm import Session

from claims.domain.refusal import refusal
from claims.domain.values import ClaimState
from claims.models import ClaimRow
from claims.refusals import refused
from claims.service.keeping import OVER
from esign.public.console import Caller, Reach, Role
from esign.public.keeping import is_matter_restricted

WHOLE: Final = frozenset({Role.HANDLER, Role.TEAM_LEAD, Role.CLAIMS_MANAGER})
"""Roles that see all of a claim: its scores, its money, whatever was filed."""
STAFF: Final = WHOLE | {Role.SURVEYOR, Role.QUOTATION}


def sees_whole(who: Caller) -> bool:
    """Tell whether the caller sees all of a claim that they see."""
    return not WHOLE.isdisjoint(who.roles)


def seen_by(session: Session, who: Caller) -> ColumnElement[bool]:
    """Return the condition over `ClaimRow` that says what the caller sees."""
    reached = Reach.of(session, who, STAFF).where(ClaimRow.institution, ClaimRow.handler)
    choices: list[ColumnElement[bool]] = []
    if sees_whole(who):
        choices.append(reached)
    if Role.SURVEYOR in who.roles:
        choices.append((ClaimRow.surveyor == who.member) | (reached & (ClaimRow.state == ClaimState.SURVEYING.value)))
    if Role.QUOTATION in who.roles:
        choices.append(reached & (ClaimRow.state == ClaimState.DISPUTED.value))
    return or_(*choices) if choices else false()


def require_seen(session: Session, who: Caller, claim: str) -> ClaimRow:
    """Return the row of a claim that the caller sees. Raises `ClaimRefused` (`no-claim`) for any other, and
    `claim-only-stored` for one that has ended, whose person asked for erasure while the law demands keeping it."""
    row = session.get(ClaimRow, claim)
    if row is None or not _sees(session, who, row):
        raise refusal("no-claim")
    if row.state in OVER and is_matter_restricted(session, claim):
        raise refused("claim-only-stored")
    return row


def is_seen(session: Session, who: Caller, claim: str) -> bool:
    """Tell whether the caller sees a claim."""
    row = session.get(ClaimRow, claim)
    return row is not None and _sees(session, who, row)


def _sees(session: Session, who: Caller, row: ClaimRow) -> bool:
    if Role.SURVEYOR in who.roles and row.surveyor == who.member:
        return True
    if not Reach.of(session, who, STAFF).sees(row.institution, None):
        return False
    if sees_whole(who) or (Role.SURVEYOR in who.roles and row.state == ClaimState.SURVEYING.value):
        return True
    return Role.QUOTATION in who.roles and row.state == ClaimState.DISPUTED.value
