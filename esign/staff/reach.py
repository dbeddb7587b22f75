"""Which envelopes a member of staff may see: their own, or those of their institution and all below it."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, false, or_
from sqlalchemy.orm import InstrumentedAttribute, Session

from esign.staff.actors import Caller
from esign.staff.domain.member import MemberState
from esign.staff.domain.roles import Role
from esign.staff.models import StaffRow
from esign.staff.projection import read_tree

OVERSEERS: Final = frozenset(
    {Role.SUPERVISOR, Role.COMPLIANCE, Role.OPERATIONS, Role.UNDERWRITER, Role.AUDITOR, Role.ADMIN}
)
"""Roles that see what belongs to their institution's subtree, and not their own sales alone.

Those who handle claims are not among them: envelopes of other business are none of theirs. What their own room lets
them see of their institution it asks for by its own roles.
"""


@dataclass(frozen=True)
class Reach:
    """What a session reaches.

    `salesperson` is the member whose own envelopes they are, None for who does not sell. `institutions` are those whose
    envelopes are all in reach, open or closed; with `unowned` those that no institution owns are, too.
    """

    salesperson: str | None
    institutions: frozenset[str]
    unowned: bool

    @staticmethod
    def of(session: Session, caller: Caller, overseers: Set[Role] = OVERSEERS) -> Reach:
        """Return what the caller reaches, with the roles that their session has; `overseers` see their subtree."""
        salesperson = caller.member if Role.SALES in caller.roles else None
        if overseers.isdisjoint(caller.roles):
            return Reach(salesperson, frozenset(), unowned=False)
        tree = read_tree(session)
        is_root = tree.root is not None and tree.root.id == caller.institution
        return Reach(salesperson, tree.subtree(caller.institution), is_root)

    def sees(self, institution: str | None, salesperson: str | None) -> bool:
        """Tell whether an envelope of this institution and salesperson is in reach."""
        if salesperson is not None and salesperson == self.salesperson:
            return True
        return self.unowned if institution is None else institution in self.institutions

    def where(
        self, institution: InstrumentedAttribute[str | None], salesperson: InstrumentedAttribute[str | None]
    ) -> ColumnElement[bool]:
        """Return what `sees` says as a condition over the two columns of a table."""
        choices: list[ColumnElement[bool]] = []
        if self.salesperson is not None:
            choices.append(salesperson == self.salesperson)
        if self.institutions:
            choices.append(institution.in_(sorted(self.institutions)))
        if self.unowned:
            choices.append(institution.is_(None))
        return or_(*choices) if choices else false()


_SELLING: Final = frozenset({MemberState.INVITED, MemberState.ACTIVE})


def belonging(
    session: Session, institution: str | None, salesperson: str | None
) -> tuple[str | None, str | None] | None:
    """Return institution and salesperson as they belong together: a salesperson brings their own institution.

    None where there is no such member, or a suspended or forgotten one, no such open institution, or the member works
    elsewhere than in the institution or below it. Who was invited sells already: a sale does not wait for a password.
    """
    tree = read_tree(session) if institution or salesperson else None
    if tree is None:
        return None, None
    if salesperson is not None:
        row = session.get(StaffRow, salesperson)
        if row is None or row.state not in _SELLING:
            return None
        if institution is not None and not tree.holds(institution, row.institution):
            return None
        institution = institution or row.institution
    owner = tree.institutions.get(institution or "")
    return None if owner is None or owner.closed else (owner.id, salesperson)
