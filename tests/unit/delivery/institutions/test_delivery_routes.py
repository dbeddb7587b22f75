"""Four levels of institutions, and the way down to an outlet on a day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from delivery.domain import RouteTable, decide_route, evolve_route
from delivery.domain.routes import SetRoute
from delivery.domain.values import RouteWay
from delivery.errors import DeliveryRefused, DeliveryTrailBroken
from delivery.institutions.levels import Level, above, at_level, level_of
from delivery.institutions.routes import Route, relay_stops, route_to, served_by
from esign.public.institutions import Institution, Tree
from tests.unit.delivery.delivery_play import HANDED, NOON, TODAY, at

PLACES = {
    "ins_head": None,
    "ins_north": "ins_head",
    "ins_south": "ins_head",
    "ins_north_a": "ins_north",
    "ins_south_a": "ins_south",
    "ins_outlet": "ins_north_a",
    "ins_desk": "ins_outlet",
    "ins_shop": "ins_south_a",
}
TREE = Tree({one: Institution(one, parent, f"rec_{one}") for one, parent in PLACES.items()})
TOMORROW = TODAY + timedelta(days=1)


def rules(*set_: tuple[str, date, str, RouteWay]) -> RouteTable:
    table = RouteTable()
    for institution, from_on, centre, way in set_:
        command = SetRoute(at=NOON, institution=institution, from_on=from_on, print_centre=centre, way=way)
        for event in decide_route(table, command):
            table = evolve_route(table, event)
    return table


def test_the_level_is_how_far_down_it_is() -> None:
    levels = [level_of(TREE, one) for one in ("ins_head", "ins_north", "ins_north_a", "ins_outlet", "ins_desk")]
    assert levels == [Level.HEAD_OFFICE, Level.BRANCH, Level.SUB_BRANCH, Level.OUTLET, Level.OUTLET]
    assert level_of(TREE, "ins_nowhere") is None
    assert above(TREE, "ins_desk", Level.SUB_BRANCH) == "ins_north_a"
    assert above(TREE, "ins_head", Level.SUB_BRANCH) is None
    assert at_level(TREE, Level.SUB_BRANCH) == ("ins_north_a", "ins_south_a")


def test_a_relay_passes_what_lies_between_the_print_centre_and_the_outlet() -> None:
    assert relay_stops(TREE, "ins_north", "ins_outlet") == ("ins_north_a",)
    assert relay_stops(TREE, "ins_head", "ins_outlet") == ("ins_north", "ins_north_a")
    assert relay_stops(TREE, "ins_south", "ins_outlet") == ("ins_north", "ins_north_a")
    assert relay_stops(TREE, "ins_outlet", "ins_outlet") == ()


def test_the_nearest_rule_holds_and_of_one_institution_the_latest_that_has_begun() -> None:
    table = rules(
        ("ins_head", TODAY, "ins_head", RouteWay.RELAY),
        ("ins_north", TODAY, "ins_north", RouteWay.RELAY),
        ("ins_outlet", TOMORROW, "ins_north", RouteWay.DIRECT),
    )
    assert route_to(TREE, table, "ins_outlet", TODAY) == Route(
        "ins_north", "ins_outlet", RouteWay.RELAY, ("ins_north_a",)
    )
    assert route_to(TREE, table, "ins_outlet", TOMORROW) == Route("ins_north", "ins_outlet", RouteWay.DIRECT, ())
    assert route_to(TREE, table, "ins_shop", TOMORROW).print_centre == "ins_head"
    assert "ins_shop" not in served_by(TREE, table, "ins_north", TODAY)
    assert {"ins_outlet", "ins_north_a"} <= served_by(TREE, table, "ins_north", TODAY)


def test_an_outlet_without_a_rule_has_no_route() -> None:
    for table in (RouteTable(), rules(("ins_north", TOMORROW, "ins_north", RouteWay.RELAY))):
        with pytest.raises(DeliveryRefused) as refused:
            route_to(TREE, table, "ins_outlet", TODAY)
        assert refused.value.code == "delivery-no-route"


def test_a_rule_is_set_once_and_never_for_days_that_are_over() -> None:
    table = rules(("ins_north", TODAY, "ins_north", RouteWay.RELAY))
    again = SetRoute(at=NOON, institution="ins_north", from_on=TODAY, print_centre="ins_north", way=RouteWay.RELAY)
    assert decide_route(table, again) == ()
    past = SetRoute(
        at=NOON, institution="ins_north", from_on=TODAY - timedelta(days=1), print_centre="ins_head", way=RouteWay.RELAY
    )
    with pytest.raises(DeliveryRefused) as refused:
        decide_route(table, past)
    assert refused.value.code == "delivery-route-past"


def test_only_routes_are_among_the_routes() -> None:
    with pytest.raises(DeliveryTrailBroken):
        evolve_route(RouteTable(), at(*HANDED).events[0])
    with pytest.raises(DeliveryRefused) as refused:
        decide_route(RouteTable(), at(*HANDED).given[0])
    assert refused.value.code == "malformed-command"
