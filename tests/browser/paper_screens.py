"""Pictures of the pages of the print centre and the outlet; `make screens` has them taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from delivery.domain import commands as c
from delivery.printing.parcels import label_of
from demo.phones import Phone
from tests.browser.camera import Camera
from tests.browser.paper_site import CLERK, HERE, PRINTER, PaperSite
from tests.service import system_now

Look = Callable[..., None]


def sow_paper(site: PaperSite) -> None:
    """Have policies at every step: a run that could not be printed, parcels open and sent, some that arrived."""
    shop, by = site.shop, site.shop.printer_id
    numbers = [shop.issue(days_ago=days) for days in (13, 16, 9, 7, 5, 5, 3, 2, 1, 1)]
    run = shop.runs.begin(shop.centre, by=by)
    shop.runs.make(run)
    at = system_now
    for last, command in (
        (9, lambda: c.Bind(at=at(), by=by)),
        (7, lambda: c.Check(at=at(), passed=True, by=by)),
    ):
        for number in numbers[:last]:
            _do(site, number, command())
    parcels = [shop.parcels.open(shop.centre, shop.outlet, by=by, actor="tests") for _ in range(3)]
    for parcel, some in zip(parcels, (numbers[:4], numbers[4:5], numbers[5:6]), strict=True):
        with shop.house.database.reading() as session:
            found = shop.parcels.get(session, parcel)
        for number in some:
            _do(site, number, c.Pack(at=at(), parcel=parcel, outlet=found.outlet, way=found.way, by=by))
    for parcel in parcels[:2]:
        shop.parcels.close(parcel, by=by, actor="tests")
        shop.parcels.dispatch(parcel, by=by, actor="tests")
    for number in numbers[:3]:
        _do(site, number, c.Arrive(at=at(), outlet=shop.outlet, by=by))
    for _ in range(2):
        shop.issue(days_ago=1)
    shop.runs.give_up(shop.runs.begin(shop.centre, by=by), "contract-missing")
    shop.issue()


def _do(site: PaperSite, number: str, command: c.Command) -> None:
    shop = site.shop
    with shop.house.database.transaction() as session:
        shop.deliveries.execute(session, shop.deliveries.find(session, number), command, actor="tests")


@dataclass
class PaperAlbum:
    """The pages in one language at one width."""

    site: PaperSite
    camera: Camera

    def take(self) -> None:
        self._printer()
        self._clerk()

    @contextmanager
    def _browser(self, login: str) -> Iterator[tuple[Phone, Look]]:
        one = self.camera.phone()
        self.site.log_in(one, login)
        look = self.camera.look(one)
        yield one, lambda name: look(f"paper-{name}", full=True)
        one.close()

    def _printer(self) -> None:
        with self._browser(PRINTER) as (one, look):
            page = one.page
            one.open(f"{self.site.url}{HERE}/printing")
            look("desk")
            runs = re.findall(r"/printing/(run_[0-9A-Za-z-]+)", page.content())
            for name, run in (("run-troubled", runs[0]), ("run", runs[-1])):
                one.open(f"{self.site.url}{HERE}/printing/{run}")
                look(name)
            one.open(f"{self.site.url}{HERE}/printing")
            page.locator("table a[href*=parcels]").first.click()
            look("parcel-open")
            one.open(f"{self.site.url}{HERE}/scan?act=bind")
            look("scan")
            for name, code in (("scan-again", self.site.shop.numbers[7]), ("scan-no", "CY00000000")):
                page.keyboard.type(code)
                page.keyboard.press("Enter")
                page.locator("[data-past] li", has_text=code).wait_for()
                look(name)
            one.open(f"{self.site.url}{HERE}/scan?act=fail")
            look("scan-fail")

    def _clerk(self) -> None:
        with self._browser(CLERK) as (one, look):
            page = one.page
            one.open(f"{self.site.url}{HERE}/outlet")
            look("outlet")
            page.locator("table a[href*=parcels]").first.click()
            look("parcel-coming")
            parcel = page.url.rpartition("/")[2]
            one.open(f"{self.site.url}{HERE}/scan?act=arrive")
            page.keyboard.type(label_of(parcel))
            page.keyboard.press("Enter")
            page.locator("#result.done").wait_for()
            look("scan-arrive")
            one.open(f"{self.site.url}{HERE}/scan?act=hand")
            page.locator(".camera summary").click()
            look("scan-hand")
