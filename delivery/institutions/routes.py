"""The way from the print centre to an outlet on a day, by the route table and the tree of institutions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from delivery.domain.refusal import refusal
from delivery.domain.routes import RouteTable
from delivery.domain.values import RouteWay
from esign.public.institutions import Tree


@dataclass(frozen=True)
class Route:
    """`stops` are the institutions at which a relay is scanned, in order; a direct parcel has none."""

    print_centre: str
    outlet: str
    way: RouteWay
    stops: tuple[str, ...]


def route_to(tree: Tree, table: RouteTable, outlet: str, day: date) -> Route:
    """Return how a policy goes to the outlet on a day. Raises `DeliveryRefused` (`delivery-no-route`)."""
    rule = table.rule_for(tuple(tree.upwards(outlet)), day)
    if rule is None:
        raise refusal("delivery-no-route", (outlet,))
    stops = relay_stops(tree, rule.print_centre, outlet) if rule.way is RouteWay.RELAY else ()
    return Route(rule.print_centre, outlet, rule.way, stops)


def relay_stops(tree: Tree, print_centre: str, outlet: str) -> tuple[str, ...]:
    """Return the institutions that hand a parcel down: all above the outlet that are not the print centre or above it.

    From the print centre of a branch it passes the sub-branch; from that of another branch the outlet's own branch too.
    """
    passed = set(tree.upwards(print_centre))
    return tuple(reversed([one for one in tree.upwards(outlet) if one != outlet and one not in passed]))


def served_by(tree: Tree, table: RouteTable, print_centre: str, day: date) -> frozenset[str]:
    """Return the institutions for which this print centre prints on a day."""
    found = set()
    for institution in tree.institutions:
        rule = table.rule_for(tuple(tree.upwards(institution)), day)
        if rule is not None and rule.print_centre == print_centre:
            found.add(institution)
    return frozenset(found)
