"""A parcel goes down by relay: scanned in and out at each institution between, and at no other."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from delivery.domain.clocks import day_of
from delivery.domain.routes import SetRoute
from delivery.domain.values import RouteWay
from delivery.printing.acts import Act
from delivery.printing.asking import Scan
from delivery.printing.parcels import label_of
from delivery.printing.scanning import Scanned, Tone
from esign.public.console import Caller, Role
from esign.staff.actors import Factor
from tests.print_shop import PrintShop
from tests.service import system_now
from tests.unit.staff.staff_office import OPERATOR


@dataclass(frozen=True)
class Relay:
    """Two levels below the head office, beside the print centre: a sub-branch that hands on, and its outlet."""

    shop: PrintShop
    sub_branch: str
    outlet: str

    def scan(self, role: Role, institution: str, act: Act, code: str, parcel: str | None = None) -> Scanned:
        who = Caller(f"usr_{institution[4:]}", institution, frozenset({role}), "ses_tests", Factor.TOTP)
        given = self.shop.seller if act is Act.HAND else None
        return self.shop.scanning.take(who, Scan(act, code, parcel, salesperson=given))

    def at_centre(self, act: Act, code: str, parcel: str | None = None) -> Scanned:
        return self.scan(Role.PRINTER, self.shop.centre, act, code, parcel)

    def sent(self, number: str) -> str:
        """Bring a policy that is printed into a parcel that is dispatched; return the parcel."""
        shop = self.shop
        for act in (Act.BIND, Act.PASS):
            assert self.at_centre(act, number).tone is Tone.DONE
        parcel = shop.parcels.open(shop.centre, self.outlet, by=shop.printer_id, actor="tests")
        assert self.at_centre(Act.PACK, number, parcel).tone is Tone.DONE
        shop.parcels.close(parcel, by=shop.printer_id, actor="tests")
        assert self.at_centre(Act.DISPATCH, label_of(parcel)).tone is Tone.DONE
        return parcel


@pytest.fixture(scope="module")
def relay(shop: PrintShop) -> Relay:
    office, now = shop.insurer.console.office, system_now()
    sub_branch = office.room.institutions.open(OPERATOR, "槐荫支公司", shop.outlet, now=office.now)
    outlet = office.room.institutions.open(OPERATOR, "槐荫路网点", sub_branch, now=office.now)
    rule = SetRoute(at=now, institution=sub_branch, from_on=day_of(now), print_centre=shop.centre, way=RouteWay.RELAY)
    shop.routing.set(rule, actor="tests")
    return Relay(shop, sub_branch, outlet)


def test_a_parcel_passes_its_stop_and_each_wrong_place_is_told(relay: Relay) -> None:
    shop = relay.shop
    number = shop.issue(outlet=relay.outlet)
    run = shop.runs.begin(shop.centre, by=shop.printer_id)
    shop.runs.make(run)
    parcel = relay.sent(number)
    label = label_of(parcel)

    def at_stop(act: Act, code: str = label) -> Scanned:
        return relay.scan(Role.CLERK, relay.sub_branch, act, code)

    out_of_turn = at_stop(Act.FORWARD)
    assert out_of_turn.tone is Tone.NO
    assert out_of_turn.refused is not None
    elsewhere = relay.scan(Role.CLERK, shop.outlet, Act.REACH, label)
    assert elsewhere.refused is not None
    assert elsewhere.refused.code == "scan-elsewhere"
    assert at_stop(Act.REACH).policies == 1
    assert at_stop(Act.REACH).tone is Tone.AGAIN
    assert shop.state(number) == "at-relay"
    assert at_stop(Act.FORWARD, number).tone is Tone.DONE
    assert shop.state(number) == "underway"
    assert relay.scan(Role.CLERK, relay.outlet, Act.ARRIVE, number, parcel).tone is Tone.DONE
    assert relay.scan(Role.CLERK, relay.outlet, Act.HAND, number).tone is Tone.DONE
    assert shop.events(number)[-5:] == [
        f"delivery.{one}" for one in ("dispatched", "relayed", "forwarded", "arrived", "handed")
    ]


def test_what_lies_at_its_outlet_is_not_the_relays_any_more(relay: Relay) -> None:
    shop = relay.shop
    number = shop.issue(outlet=relay.outlet)
    shop.runs.make(shop.runs.begin(shop.centre, by=shop.printer_id))
    label = label_of(relay.sent(number))
    for act in (Act.REACH, Act.FORWARD):
        assert relay.scan(Role.CLERK, relay.sub_branch, act, label).tone is Tone.DONE
    assert relay.scan(Role.CLERK, relay.outlet, Act.ARRIVE, number).tone is Tone.DONE
    for act in (Act.HAND, Act.DAMAGED, Act.LOST):
        told = relay.scan(Role.CLERK, relay.sub_branch, act, number)
        assert told.refused is not None, act
        assert told.refused.code in ("delivery-other-outlet", "scan-elsewhere")
    both = Caller("usr_both", shop.centre, frozenset({Role.PRINTER, Role.CLERK}), "ses_tests", Factor.TOTP)
    told = shop.scanning.take(both, Scan(Act.HAND, number, salesperson=shop.seller))
    assert told.refused is not None
    assert told.refused.code == "delivery-other-outlet"
    assert shop.state(number) == "at-outlet"
