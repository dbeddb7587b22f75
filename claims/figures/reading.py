"""The figures of the service: over the lots that somebody asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from claims.figures.courses import NOBODYS
from claims.figures.figures import Report, report_of
from claims.figures.models import ClaimsLotRow, ClaimsUntilRow
from claims.figures.tallies import Key, read_tally
from esign.public.figures import Month
from esign.public.rows import table_of

LOTS = table_of(ClaimsLotRow)
_UNTIL = table_of(ClaimsUntilRow)


@dataclass(frozen=True)
class Choice:
    """Which claims are counted: None lets all through. `since` is the first month, where no single one is chosen."""

    month: Month | None = None
    since: Month | None = None
    tier: str | None = None
    lane: str | None = None

    def lets(self, key: Key) -> bool:
        """Tell whether a lot is counted."""
        return (
            self.month in {None, key.month}
            and (self.since is None or key.month >= self.since)
            and self.tier in {None, key.tier}
            and self.lane in {None, key.lane}
        )


@dataclass(frozen=True)
class Choosable:
    """What there is to choose from: months, newest first; codes of tiers and lanes."""

    months: tuple[Month, ...]
    tiers: tuple[str, ...]
    lanes: tuple[str, ...]


ALL = Choice()


def figures_of_service(session: Session, choice: Choice = ALL, within: Sequence[ColumnElement[bool]] = ()) -> Report:
    """Return the figures of what was chosen, of lots that all conditions of `within` let through."""
    conditions = list(within)
    if choice.month is not None:
        conditions.append(LOTS.c.month == choice.month)
    if choice.since is not None:
        conditions.append(LOTS.c.month >= choice.since)
    if choice.tier is not None:
        conditions.append(LOTS.c.tier == choice.tier)
    if choice.lane is not None:
        conditions.append(LOTS.c.lane == choice.lane)
    members = (LOTS.c.month, LOTS.c.institution, LOTS.c.tier, LOTS.c.lane, LOTS.c.told)
    lots = session.execute(select(*members).where(*conditions))
    tallies = (
        (Key(Month(month), institution or NOBODYS, tier, lane), read_tally(told))
        for month, institution, tier, lane, told in lots
    )
    return report_of(tallies, session.scalar(select(_UNTIL.c.until)))


def choosable(session: Session, within: Sequence[ColumnElement[bool]] = ()) -> Choosable:
    """Return what there is to choose from among the lots that all conditions of `within` let through."""
    found = session.execute(select(LOTS.c.month, LOTS.c.tier, LOTS.c.lane).where(*within).distinct()).all()
    return Choosable(
        tuple(sorted({Month(month) for month, _, _ in found}, reverse=True)),
        tuple(sorted({tier for _, tier, _ in found})),
        tuple(sorted({lane for _, _, lane in found})),
    )
