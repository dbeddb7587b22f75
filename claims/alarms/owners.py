"""Whom a clock is told to: who has to act, by name where there is one, else whoever leads them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from claims.domain import Actor, Claim
from esign.public.console import Role, members_at
from esign.public.institutions import read_tree


def nearest(session: Session, institution: str | None, role: Role) -> tuple[str, ...]:
    """Return the members with a role in the institution, or in the nearest above it that has any; at the root for a
    claim that no institution owns."""
    tree = read_tree(session)
    root = tree.root
    start = institution if institution is not None else None if root is None else root.id
    for one in () if start is None else tree.upwards(start):
        found = members_at(session, {one}, role)
        if found:
            return found
    return ()


def person_of(state: Claim, owner: Actor) -> str | None:
    """Return who has to act, where that is one person: whoever surveys, or whoever handles the claim."""
    survey = state.survey
    if owner is Actor.SURVEYOR and survey is not None and survey.surveyor is not None:
        return survey.surveyor
    return state.handler if owner in (Actor.HANDLER, Actor.SURVEYOR, Actor.CUSTOMER) else None


def reminded(session: Session, state: Claim, owner: Actor) -> tuple[str, ...]:
    """Return who is reminded of a clock before it ends.

    The customer's clocks are their handler's to look after; where nobody handles the claim yet, a customer who still
    has time is left in peace, and staff's own clocks go to the team lead. The service needs no reminder.
    """
    person = person_of(state, owner)
    if person is not None:
        return (person,)
    role = {
        Actor.HANDLER: Role.TEAM_LEAD,
        Actor.SURVEYOR: Role.TEAM_LEAD,
        Actor.TEAM_LEAD: Role.TEAM_LEAD,
        Actor.MANAGER: Role.CLAIMS_MANAGER,
        Actor.QUOTATION_DESK: Role.QUOTATION,
    }.get(owner)
    return () if role is None else nearest(session, state.institution, role)
