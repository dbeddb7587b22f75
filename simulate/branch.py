"""The branch: its cities, outlets and salespeople, opened in the staff's tree, and the way of paper to each outlet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from delivery.domain.routes import SetRoute
from delivery.domain.values import RouteWay
from delivery.institutions.routes import Route
from delivery.service.deliveries import ACTOR
from delivery.service.routing import Routing
from esign.infra.database import Database
from esign.staff.actors import Operator
from esign.staff.room import StaffRoom
from simulate.days import FIRST, moment

CITIES: Final = (
    *(("杭州", 0.25), ("宁波", 0.17), ("温州", 0.13), ("嘉兴", 0.09), ("绍兴", 0.08), ("金华", 0.08)),
    *(("台州", 0.07), ("湖州", 0.05), ("衢州", 0.03), ("丽水", 0.03), ("舟山", 0.02)),
)
"""The sub-branches, with the share of the branch's policies that each sells."""
OUTLETS: Final = 12
"""Of each city."""
SELLERS: Final = 24
"""Of each outlet."""


@dataclass(frozen=True)
class Outlet:
    id: str
    city: str
    route: Route
    sellers: tuple[str, ...]
    clerk: str
    supervisor: str


@dataclass(frozen=True)
class Branch:
    """`weights` are how much each outlet sells, in their order."""

    id: str
    outlets: tuple[Outlet, ...]
    weights: tuple[float, ...]


def open_branch(room: StaffRoom, database: Database, routing: Routing, way: RouteWay) -> Branch:
    """Open the tree and set the route; salespeople and clerks are ids alone, since nobody of them signs in."""
    at, operator, institutions = moment(0, 0), Operator(), room.institutions
    with database.transaction() as session:
        head = institutions.open_in(session, operator, "澄岳人寿", None, now=at)
    branch = institutions.open(operator, "浙江分公司", head, now=at)
    routing.set(SetRoute(at=at, institution=branch, from_on=FIRST, print_centre=branch, way=way), actor=ACTOR)
    named: list[tuple[str, str]] = []
    for city, _share in CITIES:
        sub_branch = institutions.open(operator, f"{city}中心支公司", branch, now=at)
        for number in range(OUTLETS):
            named.append((city, institutions.open(operator, f"{city}第{number + 1}营业部", sub_branch, now=at)))
    with database.reading() as session:
        outlets = tuple(
            Outlet(
                outlet,
                city,
                routing.route_to(session, outlet, FIRST),
                tuple(f"usr_{place:04d}s{seller:02d}" for seller in range(SELLERS)),
                f"usr_{place:04d}clerk",
                f"usr_{place:04d}lead",
            )
            for place, (city, outlet) in enumerate(named)
        )
    shares = dict(CITIES)
    return Branch(branch, outlets, tuple(shares[one.city] / OUTLETS for one in outlets))
