"""The institutions that a member of staff reaches, with their names: to choose from, and to name what is listed."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from sqlalchemy.orm import Session

from esign.infra.personal_records import PersonalRecords
from esign.staff.actors import Caller
from esign.staff.domain.roles import Role
from esign.staff.people import name_of_institution
from esign.staff.projection import read_tree
from esign.staff.reach import OVERSEERS, Reach


@dataclass(frozen=True)
class ReachedInstitution:
    """An institution, its name, and how far below the caller's own it is."""

    id: str
    name: str
    level: int


def institutions_reached(
    session: Session, records: PersonalRecords, caller: Caller, overseers: Set[Role] = OVERSEERS
) -> tuple[ReachedInstitution, ...]:
    """Return the institutions whose everything is in the caller's reach, each before those below it; closed ones too.

    None for who reaches their own sales alone. `overseers` see their subtree.
    """
    reached = Reach.of(session, caller, overseers).institutions
    return tuple(
        ReachedInstitution(one, name_of_institution(session, records, one), level)
        for one, level in read_tree(session).downwards(caller.institution)
        if one in reached
    )


def institution_and_below(session: Session, institution: str) -> frozenset[str]:
    """Return the institution and all below it; nothing for one that is not there."""
    return read_tree(session).subtree(institution)
