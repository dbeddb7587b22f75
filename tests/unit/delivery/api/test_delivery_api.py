"""The deliveries of a client's policies in the API."""

from __future__ import annotations

from delivery.api import SCOPES
from delivery.api.told import TOLD
from delivery.domain.events import EVENTS
from delivery.figures.reading import figures_of_service
from delivery.figures.rows import rows_of
from delivery.room import ROOM
from esign.api.scopes import Scope
from tests.rooms import key_of
from tests.unit.delivery.delivery_play import ISSUED
from tests.unit.delivery.insured import Delivering


def test_a_client_finds_the_delivery_of_its_policy_and_of_nobody_elses(sold: Delivering) -> None:
    house, delivery, foreign = sold.insurer.house, sold.sell(), sold.on_paper(*ISSUED[1:])
    issued = sold.state(delivery).issued
    assert issued is not None
    found = house.call("GET", f"/v1/deliveries?policy={issued.policy}").get_json()
    assert [one["id"] for one in found["items"]] == [delivery]
    told = house.call("GET", f"/v1/deliveries/{delivery}").get_json()
    assert (told["state"], told["medium"], told["way"]) == ("link-sent", "electronic", None)
    assert house.call("GET", f"/v1/deliveries/{foreign}").status_code == 404
    other = key_of(house.database, SCOPES, *Scope, *SCOPES)
    assert house.call("GET", f"/v1/deliveries/{delivery}", other).status_code == 404


def test_what_is_told_of_each_event_is_among_its_members() -> None:
    known = {one.type.name: set(one.__dataclass_fields__) for one in EVENTS}
    assert all(set(members) <= known[type_] for type_, members in TOLD.items())


def test_figures_are_those_of_the_csv_and_for_keys_that_may_see_them(sold: Delivering) -> None:
    house = sold.insurer.house
    sold.insurer.work()
    told = house.call("GET", "/v1/deliveries/figures").get_json()
    with house.database.reading() as session:
        report = figures_of_service(session)
    assert [(one["by"], one["of"], one["figure"], one["value"]) for one in told["figures"]] == [
        (row.by, row.of, row.figure, row.value) for row in rows_of(report)
    ]
    nothing = house.call("GET", "/v1/deliveries/figures?month=1999-01").get_json()
    assert {one["value"] for one in nothing["figures"] if one["figure"] in ("in-time", "late", "open")} == {0}
    assert house.call("GET", "/v1/deliveries/figures?month=soon").status_code == 422
    platform = key_of(house.database, ROOM.scopes, *SCOPES)
    assert house.call("GET", "/v1/deliveries/figures", platform).status_code == 403
