"""The route table as it is kept: set from a day on, and asked for the way to an outlet."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from delivery.domain.refusal import refusal
from delivery.domain.routes import RouteTable, SetRoute
from delivery.institutions.routes import Route, route_to, served_by
from delivery.service.projection import RouteChange
from delivery.service.streams import ROUTES, RouteStreams, route_streams
from esign.public.events import retried
from esign.public.house import House
from esign.public.institutions import Tree, read_tree


@dataclass(frozen=True)
class Routing:
    """Sets rules, and finds ways by them."""

    house: House
    streams: RouteStreams = field(default_factory=route_streams)

    def set(self, command: SetRoute, *, actor: str) -> RouteChange:
        """Set a rule, in a transaction of its own. Raises `DeliveryRefused`."""

        def work(session: Session) -> RouteChange:
            tree = read_tree(session)
            for institution in (command.institution, command.print_centre):
                found = tree.institutions.get(institution)
                if found is None or found.closed:
                    raise refusal("delivery-no-institution", (institution,))
            return self.streams.execute(session, ROUTES, command, actor=actor)

        return retried(self.house.database, work)

    def table(self, session: Session) -> RouteTable:
        """Return all rules there ever were."""
        return self.streams.read(session, ROUTES).state

    def route_to(self, session: Session, outlet: str, day: date) -> Route:
        """Return how a policy goes to an outlet on a day. Raises `DeliveryRefused` (`delivery-no-route`)."""
        tree, table = self._both(session)
        return route_to(tree, table, outlet, day)

    def served_by(self, session: Session, print_centre: str, day: date) -> frozenset[str]:
        """Return the institutions for which this one prints on a day."""
        tree, table = self._both(session)
        return served_by(tree, table, print_centre, day)

    def print_centres(self, session: Session, day: date) -> frozenset[str]:
        """Return the institutions that print for any on a day."""
        tree, table = self._both(session)
        found = (table.rule_for((one,), day) for one in tree.institutions)
        return frozenset(rule.print_centre for rule in found if rule is not None)

    def _both(self, session: Session) -> tuple[Tree, RouteTable]:
        return read_tree(session), self.table(session)
