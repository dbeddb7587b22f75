"""The figures of the service: over the rows of ways that a caller reaches, or over all of them for the operator."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from esign.public.console import Caller, Reach
from esign.public.figures import Month, bounds_of, month_of
from policy.figures.figures import Report, report_of
from policy.figures.journeys import Journey
from policy.figures.steps import Channel, Delivery, End, Step
from policy.models import JourneyRow

_COLUMNS = (
    JourneyRow.proposal,
    JourneyRow.product,
    JourneyRow.institution,
    JourneyRow.channel,
    JourneyRow.holds_until,
    JourneyRow.sent_at,
    JourneyRow.signed_at,
    JourneyRow.issued_at,
    JourneyRow.latest_at,
    JourneyRow.step,
    JourneyRow.ending,
    JourneyRow.delivery,
    JourneyRow.remote,
    JourneyRow.assisted,
    JourneyRow.in_person,
)
_AT_ONCE = 5000


@dataclass(frozen=True)
class Choice:
    """Which proposals are counted: None lets all through. An institution stands for itself alone.

    `since` is the first month that counts, where no single `month` is chosen.
    """

    month: Month | None = None
    since: Month | None = None
    product: str | None = None
    institutions: Collection[str] | None = None
    channel: Channel | None = None


@dataclass(frozen=True)
class Choosable:
    """What there is to choose from: months, newest first; product codes; institutions that sold something."""

    months: tuple[Month, ...]
    products: tuple[str, ...]
    institutions: frozenset[str]


ALL = Choice()


def figures_of_service(session: Session, choice: Choice = ALL, caller: Caller | None = None) -> Report:
    """Return the figures, within the caller's reach; without a caller, of everybody."""
    return report_of(_journeys(session, _chosen(choice), _within(session, caller)))


def choosable(session: Session, caller: Caller) -> Choosable:
    """Return what the caller may choose from."""
    reach = _within(session, caller)
    sent = JourneyRow.sent_at.is_not(None)
    products = session.scalars(select(JourneyRow.product).where(sent, reach).distinct().order_by(JourneyRow.product))
    institutions = session.scalars(select(JourneyRow.institution).where(sent, reach).distinct())
    first, last = session.execute(
        select(func.min(JourneyRow.sent_at), func.max(JourneyRow.sent_at)).where(sent, reach)
    ).one()
    return Choosable(_months_between(first, last), tuple(products), frozenset(institutions))


def _months_between(first: int | None, last: int | None) -> tuple[Month, ...]:
    found: list[Month] = []
    at = first
    while at is not None and last is not None and at <= last:
        found.append(month_of(at))
        at = bounds_of(found[-1])[1]
    return tuple(reversed(found))


def _within(session: Session, caller: Caller | None) -> ColumnElement[bool]:
    if caller is None:
        return JourneyRow.proposal.is_not(None)
    return Reach.of(session, caller).where(JourneyRow.institution, JourneyRow.salesperson)


def _chosen(choice: Choice) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [JourneyRow.sent_at.is_not(None)]
    if choice.month is not None:
        begin, end = bounds_of(choice.month)
        conditions += [JourneyRow.sent_at >= begin, JourneyRow.sent_at < end]
    elif choice.since is not None:
        conditions.append(JourneyRow.sent_at >= bounds_of(choice.since)[0])
    if choice.product is not None:
        conditions.append(JourneyRow.product == choice.product)
    if choice.institutions is not None:
        conditions.append(JourneyRow.institution.in_(sorted(choice.institutions)))
    if choice.channel is not None:
        conditions.append(JourneyRow.channel == choice.channel.value)
    return conditions


def _journeys(session: Session, chosen: list[ColumnElement[bool]], reach: ColumnElement[bool]) -> Iterator[Journey]:
    steps, ends = {one.value: one for one in Step}, {one.value: one for one in End}
    channels, deliveries = {one.value: one for one in Channel}, {one.value: one for one in Delivery}
    rows = session.execute(select(*_COLUMNS).where(*chosen, reach).execution_options(yield_per=_AT_ONCE))
    for row in rows:
        proposal, product, institution, channel, holds_until, sent_at, signed_at, issued_at, latest_at, *more = row
        step, end, delivery, remote, assisted, in_person = more
        if sent_at is None or step is None:  # the condition leaves none of these
            continue
        yield Journey(
            proposal,
            product,
            institution,
            channels[channel],
            holds_until,
            sent_at,
            signed_at,
            issued_at,
            latest_at,
            steps[step],
            None if end is None else ends[end],
            None if delivery is None else deliveries[delivery],
            remote,
            assisted,
            in_person,
        )
