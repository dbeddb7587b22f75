"""Pictures of the pages on which policies are sold, underwritten and counted; `make screens` has them taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from demo.phones import Phone
from tests.browser.camera import Camera
from tests.browser.drafting import fill, go_on
from tests.browser.policy_site import BOTH, MANAGER, NEWCOMER, OPERATIONS, SELLER, UNDERWRITER, PolicySite
from tests.unit.policy.sales_room import LICENCE, screens

Look = Callable[..., None]
HERE = "/console/policy"


@dataclass
class PolicyAlbum:
    """The room's pages in one language at one width."""

    site: PolicySite
    camera: Camera

    def take(self) -> None:
        for walk in (self._seller, self._draft, self._underwriter, self._operations, self._reviewer, self._figures):
            walk()

    @contextmanager
    def _browser(self, login: str) -> Iterator[tuple[Phone, Look]]:
        one = self.camera.phone()
        self.site.log_in(one, login)
        look = self.camera.look(one)
        yield one, lambda name: look(f"policy-{name}", full=True)
        one.close()

    def _visit(self, one: Phone, look: Look, pages: Mapping[str, str]) -> None:
        for name, path in pages.items():
            one.open(f"{self.site.url}{HERE}{path}")
            look(name)

    def _seller(self) -> None:
        known = self.site.proposals
        with self._browser(SELLER) as (one, look):
            look("seller-start")
            self._visit(one, look, {"list": "/proposals", "list-over": "/proposals?show=over"})
            self._visit(one, look, {"help": "/proposals/help"})
            for name in ("entered", "sent", "issued", "referred", "failed-9001", "unrecorded"):
                self._visit(one, look, {f"proposal-{name}": f"/proposals/{known[name]}"})
            self._visit(one, look, {"withdraw": f"/proposals/{known['sent']}/withdraw"})
            self._visit(one, look, {"file-recording": f"/proposals/{known['unrecorded']}/recording"})
            self._visit(one, look, {"not-there": "/proposals/prp_0"})

    def _draft(self) -> None:
        """A new proposal, screen by screen: empty, with what is wrong told, and filled in."""
        with self._browser(SELLER) as (one, look):
            page = one.page
            one.open(f"{self.site.url}{HERE}/proposals")
            page.locator("form[action$='/drafts'] button").click()
            for step, typed in screens().items():
                page.wait_for_url(f"**/{step}*")
                look(f"draft-{step}")
                if step == "applicant":
                    fill(one, {**typed, "applicant.id_number": typed["applicant.id_number"][:-1] + "0"})
                    go_on(one)
                    look("draft-applicant-wrong")
                fill(one, typed)
                if step in {"cover", "health", "beneficiaries"}:
                    page.wait_for_timeout(400)
                    look(f"draft-{step}-filled")
                go_on(one)
            page.wait_for_url("**/check*")
            page.locator("[name='sales.licence']").fill(LICENCE)
            look("draft-check")

    def _underwriter(self) -> None:
        known = self.site.proposals
        with self._browser(UNDERWRITER) as (one, look):
            self._visit(one, look, {"cases": "/cases", "case": f"/cases/{known['referred']}"})
        with self._browser(BOTH) as (one, look):
            self._visit(one, look, {"case-own": f"/cases/{known['own']}"})

    def _operations(self) -> None:
        with self._browser(OPERATIONS) as (one, look):
            look("operations-start")
            self._visit(one, look, {"money": "/money"})
            one.page.locator("main details").first.locator("summary").click()
            look("money-withdraw")

    def _reviewer(self) -> None:
        known = self.site.recordings
        with self._browser(OPERATIONS) as (one, look):
            self._visit(one, look, {"recordings": "/recordings", "recording": f"/recordings/{known['waiting']}"})
        with self._browser(BOTH) as (one, look):
            self._visit(one, look, {"recording-own": f"/recordings/{known['own']}"})

    def _figures(self) -> None:
        with self._browser(MANAGER) as (one, look):
            self._visit(one, look, {"figures-month": "/figures", "figures-year": "/figures?month=year"})
            for summary in one.page.locator("main details > summary").all():
                summary.click()
            look("figures-numbers")
        with self._browser(NEWCOMER) as (one, look):
            self._visit(one, look, {"figures-none": "/figures"})
