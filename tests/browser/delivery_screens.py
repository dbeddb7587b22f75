"""Pictures of the pages on which deliveries are seen to, and of those of customers; `make screens` has them taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from delivery.chat.models import ChatPost
from delivery.chat.posting import post_id
from delivery.domain import commands as c
from delivery.domain.clocks import day_of
from delivery.lists.daily import DailyLists, list_id
from delivery.receipts.addressees import addressee_of
from demo.phones import Phone
from tests.browser.camera import Camera
from tests.browser.policy_site import SELLER, PolicySite
from tests.service import system_now
from tests.unit.delivery.delivery_play import HANDED, ISSUED, PHOTOGRAPHED, RECEIVED
from tests.unit.delivery.insured import Delivering

CLERK, LEAD = "fang.min", "qi.lan"
OPEN = "/console/delivery/open"
Look = Callable[..., None]


@dataclass
class Deliverers:
    """The site, who works there, and deliveries by what they show."""

    site: PolicySite
    sold: Delivering
    deliveries: dict[str, str] = field(default_factory=dict)


def sow_deliveries(site: PolicySite) -> Deliverers:
    """Have deliveries in every trouble, a year of lists' last day, and a chat that did not take its list."""
    sold = Delivering(site.insurer)
    assert sold.clerk and sold.supervisor
    site.console.office.now = site.insurer.console.office.now
    found = Deliverers(site, sold)
    for name, road, days in (
        ("handed", HANDED, 5),
        ("late", HANDED, 18),
        ("chased", HANDED, 13),
        ("away", (*HANDED, c.ReportAway), 8),
        ("refused", (*HANDED, c.ReportRefused), 10),
        ("wrong", (*HANDED, c.ReportAddressWrong), 11),
        ("photographed", PHOTOGRAPHED, 6),
        ("received", RECEIVED, 9),
        ("printing", ISSUED, 2),
        ("unissued", (c.Open,), 12),
    ):
        found.deliveries[name] = sold.on_paper(*road[1:], days_ago=days)
    found.deliveries["electronic"] = sold.sell()
    now, institution = system_now(), site.insurer.institution
    with sold.house.database.transaction() as session:
        for name in ("late", "chased", "unissued"):
            delivery = found.deliveries[name]
            sold.deliveries.execute(session, delivery, c.OpenChase(at=now, chase=f"chs_{delivery[4:]}"), actor="tests")
        sold.deliveries.execute(session, found.deliveries["late"], c.FallLate(at=now), actor="tests")
        for name in ("handed", "printing"):
            delivery = found.deliveries[name]
            addressee_of(session, sold.house, delivery, sold.deliveries.get(session, delivery))
        DailyLists(sold.deliveries).make_one(institution, session)
        for days, state, tries, failure in ((0, "waiting", 4, "chat-refused"), (1, "sent", 1, None)):
            day = day_of(now) - timedelta(days=days)
            session.add(
                ChatPost(
                    id=post_id(institution, day),
                    institution=institution,
                    day=day,
                    state=state,
                    tries=tries,
                    failure=failure,
                    made_at=now,
                    sent_at=None,
                )
            )
    site.insurer.work()
    return found


@dataclass
class DeliveryAlbum:
    """The pages in one language at one width."""

    deliverers: Deliverers
    camera: Camera

    def take(self) -> None:
        self._seller()
        self._others()
        self._customer()

    @contextmanager
    def _browser(self, login: str | None) -> Iterator[tuple[Phone, Callable[[str, str], None]]]:
        one, site = self.camera.phone(), self.deliverers.site
        if login is not None:
            site.log_in(one, login)
        look = self.camera.look(one)

        def see(name: str, path: str) -> None:
            one.open(f"{site.url}{path}")
            look(f"delivery-{name}", full=True)

        yield one, see
        one.close()

    def _seller(self) -> None:
        with self._browser(SELLER) as (_one, see):
            see("open", OPEN)
            for name in ("handed", "late", "refused", "wrong", "electronic", "received", "unissued"):
                see(f"one-{name}", f"{OPEN}/{self.deliverers.deliveries[name]}")
            see("photo", f"{OPEN}/{self.deliverers.deliveries['handed']}/photo")

    def _others(self) -> None:
        today = list_id(self.deliverers.site.insurer.institution, day_of(system_now()))
        with self._browser(LEAD) as (_one, see):
            see("open-lead", OPEN)
            see("open-unissued", f"{OPEN}?show=unissued")
            see("one-lead", f"{OPEN}/{self.deliverers.deliveries['late']}")
            see("lists", "/console/delivery/lists")
            see("list", f"/console/delivery/lists/{today}")
            see("figures", "/console/delivery/figures")
        with self._browser(CLERK) as (_one, see):
            see("open-clerk", f"{OPEN}?show=compare")

    def _customer(self) -> None:
        sold, deliveries = self.deliverers.sold, self.deliverers.deliveries
        with self._browser(None) as (one, see):
            if self.camera.locale == "en":
                one.open(f"{self.deliverers.site.url}{sold.link(deliveries['handed'])}")
                one.press("English")
            see("link-on-the-way", sold.link(deliveries["printing"]))
            see("link", sold.link(deliveries["handed"]))
            one.page.fill("#tail", sold.tail)
            one.page.locator("footer button").click()
            one.page.wait_for_url("**admitted=1")
            see("link-known", sold.link(deliveries["handed"]))
