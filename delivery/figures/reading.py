"""The figures of the service: over the lots and open ways that somebody asks for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.orm import Session

from delivery.figures.figures import Report, report_of
from delivery.figures.models import LotRow, UntilRow, WayRow
from delivery.figures.tallies import Key, key_of, read_tally
from delivery.figures.ways import Way
from esign.public.figures import Month
from esign.public.rows import table_of

_WAYS, _LOTS, _UNTIL = table_of(WayRow), table_of(LotRow), table_of(UntilRow)


@dataclass(frozen=True)
class Choice:
    """Which policies are counted: None lets all through. `since` is the first month, where no single one is chosen.

    An institution stands for itself alone.
    """

    month: Month | None = None
    since: Month | None = None
    product: str | None = None
    channel: str | None = None
    institutions: Collection[str] | None = None

    def lets(self, key: Key) -> bool:
        """Tell whether a lot is counted."""
        return (
            self.month in {None, key.month}
            and (self.since is None or key.month >= self.since)
            and self.product in {None, key.product}
            and self.channel in {None, key.channel}
            and (self.institutions is None or key.institution in self.institutions)
        )


@dataclass(frozen=True)
class Choosable:
    """What there is to choose from: months, newest first; codes of products and channels.

    `newest` has each product with the newest month in which it was underwritten.
    """

    months: tuple[Month, ...]
    products: tuple[str, ...]
    channels: tuple[str, ...]
    newest: tuple[tuple[str, Month], ...] = ()


ALL = Choice()


def figures_of_service(session: Session, choice: Choice = ALL, *, with_legs: bool = True) -> Report:
    """Return the figures of what was chosen; without the legs, of which nothing is counted then, in a third of the
    time.
    """
    members = (_LOTS.c.month, _LOTS.c.institution, _LOTS.c.channel, _LOTS.c.product, _LOTS.c.told)
    lots = session.execute(select(*members).where(*_chosen(_LOTS, choice), *_months(choice)))
    tallies = ((Key(Month(month), *rest), read_tally(told, with_hours=with_legs)) for month, *rest, told in lots)
    awaited = (way for way in _open_ways(session, choice) if (key := key_of(way)) is not None and choice.lets(key))
    return report_of(tallies, awaited, session.scalar(select(_UNTIL.c.until)))


def choosable(session: Session, institutions: Collection[str] | None) -> Choosable:
    """Return what there is to choose from within these institutions; None for all."""
    own = Choice(institutions=institutions)
    found = session.execute(
        select(_LOTS.c.month, _LOTS.c.product, _LOTS.c.channel).where(*_chosen(_LOTS, own)).distinct()
    )
    lots = {(Month(month), product, channel) for month, product, channel in found}
    for way in _open_ways(session, own):
        if (month := way.month) is not None:
            lots.add((month, way.product, way.channel))
    return Choosable(
        tuple(sorted({one for one, _, _ in lots}, reverse=True)),
        tuple(sorted({one for _, one, _ in lots})),
        tuple(sorted({one for _, _, one in lots})),
        tuple(sorted({product: month for month, product, _ in sorted(lots)}.items())),
    )


def _open_ways(session: Session, choice: Choice) -> list[Way]:
    found = select(*(_WAYS.c[name] for name in Way._fields)).where(_WAYS.c.is_open, *_chosen(_WAYS, choice))
    return [Way(*row) for row in session.execute(found)]


def _chosen(table: Table, choice: Choice) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if choice.product is not None:
        conditions.append(table.c.product == choice.product)
    if choice.channel is not None:
        conditions.append(table.c.channel == choice.channel)
    if choice.institutions is not None:
        conditions.append(table.c.institution.in_(sorted(choice.institutions)))
    return conditions


def _months(choice: Choice) -> list[ColumnElement[bool]]:
    if choice.month is not None:
        return [_LOTS.c.month == choice.month]
    return [] if choice.since is None else [_LOTS.c.month >= choice.since]
