"""The route table: which print centre prints for whom, and how its parcels go, each from a day on.

One rule for an institution and all below it, unless one below has a rule of its own; of the rules of one institution
the latest that has begun holds. All of it is one stream of the trail, so that it can be told later by which route
something went. Which levels a relay passes follows from the tree of institutions (`delivery.institutions`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from delivery.domain.command import ByAnybody, Command
from delivery.domain.event import Event
from delivery.domain.forms import FormError, Id, check_members
from delivery.domain.refusal import broken, refusal
from delivery.domain.values import RouteWay
from esign.trail.event import EventType


@dataclass(frozen=True, kw_only=True)
class RouteSet(Event):
    """From `from_on`, the print centre prints for the institution and what is below it, and sends it that way."""

    type: ClassVar[EventType] = EventType("delivery-route.set")
    institution: Id
    from_on: date
    print_centre: Id
    way: RouteWay
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class SetRoute(ByAnybody):
    """The members are those of `RouteSet`. A rule begins today or later: what went, went by the rule of its day."""

    institution: Id
    from_on: date
    print_centre: Id
    way: RouteWay


@dataclass(frozen=True)
class RouteRule:
    """How it goes to an institution, from a day on."""

    institution: str
    from_on: date
    print_centre: str
    way: RouteWay


@dataclass(frozen=True)
class RouteTable:
    """All rules there ever were, by institution and the day from which each holds."""

    rules: Mapping[tuple[str, date], RouteRule] = field(default_factory=dict)

    def rule_for(self, upwards: Iterable[str], day: date) -> RouteRule | None:
        """Return the rule for the first of these institutions on a day; None where no rule has begun.

        `upwards` is the institution itself, then what is above it, the nearest first.
        """
        for institution in upwards:
            begun = [rule for (place, from_on), rule in self.rules.items() if place == institution and from_on <= day]
            if begun:
                return max(begun, key=lambda rule: rule.from_on)
        return None


def decide_route(table: RouteTable, command: Command) -> tuple[RouteSet, ...]:
    """Return the event that `command` leads to; none where that rule is there. Raises `DeliveryRefused`."""
    try:
        check_members(command)
    except FormError as error:
        raise refusal("malformed-command", (error.place,)) from error
    if not isinstance(command, SetRoute):
        raise refusal("malformed-command", (type(command).__name__,))
    asked = RouteRule(command.institution, command.from_on, command.print_centre, command.way)
    if table.rules.get((asked.institution, asked.from_on)) == asked:
        return ()
    if asked.from_on < command.day:
        raise refusal("delivery-route-past", (asked.from_on.isoformat(),))
    return (
        RouteSet(
            at=command.at,
            institution=asked.institution,
            from_on=asked.from_on,
            print_centre=asked.print_centre,
            way=asked.way,
            by=command.by,
        ),
    )


def evolve_route(table: RouteTable, event: Event) -> RouteTable:
    """Return the table after `event`. Raises `DeliveryTrailBroken` for an event of something else."""
    if not isinstance(event, RouteSet):
        raise broken("an event among the routes is none of a route")
    rule = RouteRule(event.institution, event.from_on, event.print_centre, event.way)
    return RouteTable({**table.rules, (rule.institution, rule.from_on): rule})
