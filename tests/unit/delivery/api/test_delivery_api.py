"""The deliveries of a client's policies in the API."""

from __future__ import annotations

from delivery.api import SCOPES
from delivery.api.told import TOLD
from delivery.domain.events import EVENTS
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
