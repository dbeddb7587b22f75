"""The route table over the tree of institutions that staff keep."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from delivery.domain.clocks import day_of
from delivery.domain.routes import SetRoute
from delivery.domain.values import RouteWay
from delivery.errors import DeliveryRefused
from delivery.models import RouteRow
from delivery.service.routing import Routing
from tests.delivery_shell import DeliveryHouse
from tests.service import system_now


def test_a_rule_holds_from_its_day_for_institutions_that_are_there(room: DeliveryHouse) -> None:
    routing, now = Routing(room.own), system_now()
    today, head = day_of(now), room.policy.sales["institution"]
    command = SetRoute(
        at=now, institution=head, from_on=today + timedelta(days=1), print_centre=head, way=RouteWay.DIRECT
    )
    for _ in range(2):
        routing.set(command, actor="tests")
    with room.house.database.reading() as session:
        assert routing.route_to(session, head, today + timedelta(days=1)).way is RouteWay.DIRECT
        assert routing.served_by(session, head, today + timedelta(days=1)) >= {head}
        assert len(session.scalars(select(RouteRow).where(RouteRow.institution == head)).all()) == 1
        with pytest.raises(DeliveryRefused) as refused:
            routing.route_to(session, head, today)
    assert refused.value.code == "delivery-no-route"


def test_a_rule_for_an_institution_that_is_not_there_is_refused(room: DeliveryHouse) -> None:
    now = system_now()
    command = SetRoute(at=now, institution="ins_none", from_on=day_of(now), print_centre="ins_none", way=RouteWay.RELAY)
    with pytest.raises(DeliveryRefused) as refused:
        Routing(room.own).set(command, actor="tests")
    assert refused.value.code == "delivery-no-institution"
