"""Pictures of the board, the alarms, the hotline, dispatch and parts; `make screens` has them taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from claims.figures.projecting import figures_projection
from claims.parts_supply.supplying import visitor_of_quote
from claims.payment.statement import Covers, Entry, EntryKind, Statement
from claims.reconciling.taking import Reconciling
from demo.phones import Phone
from esign.infra.room_links import RoomLinks
from esign.trail.consumers import catch_up
from tests.browser.camera import Camera
from tests.browser.claims_site import ClaimsSite, claims_site
from tests.invented_claims import record, year_of_claims
from tests.service import system_now
from tests.unit.claims.claims_office import DESK, HANDLER, LEAD, MANAGER, SURVEYOR, ClaimsOffice
from tests.unit.staff.staff_office import OPERATOR

Look = Callable[..., None]
HERE = "/console/claims"
CLAIMS = 900
SHOPS = (("望潮配件行", "13900000101", "1900", "1"), ("栖川车品", "13900000102", "1480", "3"))


@contextmanager
def claims_board_site(folder: Path) -> Iterator[ClaimsSite]:
    """Serve claims in every step, a surveyor on duty, and parts that shops quoted for."""
    with claims_site(folder) as site:
        _sow(site)
        _year(site)
        yield site


def _year(site: ClaimsSite) -> None:
    """A year of claims of two branches, so that there are figures worth a look."""
    office, staff = site.office, site.console.office
    branches = [
        staff.room.institutions.open(OPERATOR, name, office.institution, now=staff.now)
        for name in ("望潮支公司", "栖川支公司")
    ]
    record(office.claims.office, year_of_claims(CLAIMS, (office.institution, *branches, None)))
    house = office.claims.house
    house.worker._keeper.place()
    catch_up(house.database, figures_projection())


def _sow(site: ClaimsSite) -> None:
    office, known = site.office, site.known
    _reconcile(office)
    mine, here = f"{HERE}/dispatch/mine", f"{HERE}/parts/{known['verify']}"
    office.staff[SURVEYOR].send(mine, f"{mine}/here", place="wangchao-centre", hours="8")
    for name, phone, _, _ in SHOPS:
        office.staff[LEAD].send(f"{HERE}/shops", f"{HERE}/shops", name=name, phone=phone)
    agent = office.staff[HANDLER]
    form = agent.form(here, f"{here}/ask")
    page = agent.get(here).text.split('name="shop" value="')[1:]
    agent.post(f"{here}/ask", {**form.fields, "shop": [one.split('"')[0] for one in page]})
    links = RoomLinks(office.claims.house.process.service.ports.keys, "claims")
    for number, quote in enumerate(office.claims.state(known["verify"]).supplies[-1].quotes):
        with office.claims.house.database.reading() as session:
            known[f"quote-{number}"] = f"/r/claims/{links.link(quote.id, _person(session, quote.id))}"


def _reconcile(office: ClaimsOffice) -> None:
    """A statement of the bank in which something does not fit, and one that lacks a payment."""
    claims, claim = office.claims, office.report()
    claims.to_offer(claim).agree(claim).payee(claim).advance(claim)
    payment = claims.state(claim).payments[-1]
    told = ((payment.id, payment.fen), (payment.id, payment.fen), (payment.id, payment.fen + 1_000), ("房租", 320_000))
    entries = tuple(Entry(f"bank-{number}", EntryKind.PAID, *one) for number, one in enumerate(told, 1))
    Reconciling(claims.office).take(Statement("bank-2026-11-27", entries))
    lacked, now = office.report(), system_now()
    claims.to_offer(lacked).agree(lacked).payee(lacked).advance(lacked)
    covers = Covers(now - timedelta(hours=1), now + timedelta(days=2))
    Reconciling(claims.office).take(Statement("bank-2026-11-28", (), covers))


def _person(session: Session, quote: str) -> str:
    found = visitor_of_quote(session, quote)
    assert found is not None
    return found


@dataclass
class ClaimsBoardAlbum:
    """The pages in one language at one width."""

    site: ClaimsSite
    camera: Camera

    def take(self) -> None:
        for walk in (self._lead, self._manager, self._agent, self._surveyor, self._desk, self._shop):
            walk()

    @contextmanager
    def _browser(self, login: str) -> Iterator[tuple[Phone, Look]]:
        one = self.camera.phone()
        self.site.log_in(one, login)
        look = self.camera.look(one)
        yield one, lambda name: look(f"claims-{name}", full=True)
        one.close()

    def _visit(self, one: Phone, look: Look, pages: Mapping[str, str]) -> None:
        for name, path in pages.items():
            one.open(f"{self.site.url}{HERE}{path}")
            look(name)

    def _lead(self) -> None:
        known = self.site.known
        with self._browser(LEAD) as (one, look):
            self._visit(one, look, {"board": "/board", "board-urgent": "/board?urgent=1", "give": "/board/give"})
            self._visit(one, look, {"board-case": f"/board/{known['late']}", "shops": "/shops"})
            one.page.locator(".top nav summary").first.click()
            look("menu")

    def _manager(self) -> None:
        with self._browser(MANAGER) as (one, look):
            self._visit(one, look, {"alarms": "/alarms", "alarms-seen": "/alarms?show=seen"})
            self._visit(one, look, {"reconciliation": "/reconciliation"})
            self._visit(one, look, {"figures": "/figures", "figures-year": "/figures?month=year"})
            for summary in one.page.locator("main details > summary").all():
                summary.click()
            look("figures-numbers")

    def _agent(self) -> None:
        known = self.site.known
        number = self.site.office.claims.state(known["hurt"]).reported.policy
        with self._browser(HANDLER) as (one, look):
            self._visit(one, look, {"hotline": f"/hotline?q={number[-4:]}", "report": f"/hotline/policies/{number}"})
            self._visit(one, look, {"hotline-claim": f"/hotline/{known['hurt']}", "dispatch": "/dispatch"})
            self._visit(one, look, {"dispatch-one": f"/dispatch/{known['hurt']}", "parts": "/parts"})
            self._visit(one, look, {"parts-one": f"/parts/{known['verify']}"})

    def _surveyor(self) -> None:
        with self._browser(SURVEYOR) as (one, look):
            self._visit(one, look, {"duty": "/dispatch/mine"})

    def _desk(self) -> None:
        with self._browser(DESK) as (one, look):
            self._visit(one, look, {"quotations": "/quotations"})

    def _shop(self) -> None:
        """A shop behind its link: empty first, then with what it quoted, for the next language and width."""
        one = self.camera.phone()
        look = self.camera.look(one)
        for number, (_, _, price, days) in enumerate(SHOPS):
            one.open(f"{self.site.url}{self.site.known[f'quote-{number}']}")
            look(f"claims-quote-{number}", full=True)
            one.page.fill("#price", price)
            one.page.fill("#days", days)
            one.page.locator("form[action$='/quote'] button").click()
            one.page.wait_for_load_state()
        one.close()
