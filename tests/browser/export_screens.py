"""Pictures of searching, exporting and the story of an envelope, as compliance and auditors see them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from esign.desk.exports import ExportReason
from esign.desk.lists import Wanted
from tests.browser.camera import Camera
from tests.browser.console_site import AUDITOR, COMPLIANCE, FANG, ConsoleSite
from tests.unit.desk.branch_events import keep_trail

Look = Callable[..., None]


@dataclass
class ExportAlbum:
    """Exports in one language at one width."""

    site: ConsoleSite
    camera: Camera

    def take(self) -> None:
        one = self.camera.phone()
        self.site.log_in(one, AUDITOR)
        look, home = self.camera.look(one), f"{self.site.url}/console"
        completed = self.site.envelopes["completed"]

        def shown(name: str, path: str) -> None:
            one.open(f"{home}{path}")
            look(f"exports-{name}", full=True)

        self._show_a_screen()
        one.open(f"{home}/envelopes")
        one.page.fill("#words", FANG.name)
        one.page.fill("#since", "2026-01-01")
        one.page.locator("form[action^='/console/envelopes'] button").click()
        look("exports-found", full=True)
        one.page.locator("a[href^='/console/exports/new']").first.click()
        look("exports-new-set", full=True)
        shown("new-going", f"/exports/new?envelope={self.site.envelopes['in_progress'].id}")
        shown("new-one", f"/exports/new?envelope={completed.id}")
        one.page.locator("input[name=reason]").first.check()
        one.page.locator("main form button.primary").click()
        one.page.wait_for_url("**/exports/exp_*")
        look("exports-going", full=True)
        address = one.page.url
        auditor, desk = self.site.branch.people[AUDITOR], self.site.branch.desk
        of_all = desk.exports.ask(auditor, Wanted(), ExportReason.AUDIT)
        keep_trail(self.site.branch)
        self.site.branch.ceremonies.step("export")
        one.open(address)
        look("exports-done", full=True)
        shown("set-done", f"/exports/{of_all}")
        shown("list", "/exports")
        shown("list-of-one", f"/exports?envelope={completed.id}")
        shown("envelope", f"/envelopes/{completed.id}")
        shown("story", f"/envelopes/{completed.id}/story")
        sent = self.site.envelopes["sent"]
        if desk.evidence.open_until(auditor, sent.id) is None:
            approval = desk.evidence.ask(auditor, sent.id, "客户投诉，要看签署时的画面")
            self.site.branch.approve(approval, self.site.branch.people[COMPLIANCE])
            desk.evidence.open(auditor, sent.id, approval)
        shown("story-open", f"/envelopes/{sent.id}/story")
        with one.page.expect_popup() as opened:
            one.page.locator("form[action*='/screens/'] button").first.click()
        opened.value.wait_for_load_state()
        opened.value.screenshot(path=self.camera.folder / "exports-recorded-screen.png", full_page=True)
        opened.value.close()
        shown("not-there", "/exports/exp_01k9x7m2qv8w3c5t6r4n0b1d2e")
        one.close()

    def _show_a_screen(self) -> None:
        """Have somebody who was sent a contract shown their invitation, and leave it."""
        signer, sent = self.camera.phone(), self.site.envelopes["sent"]
        signer.open(f"{self.site.url}/s/{self.site.branch.ceremonies.link(sent, 0)}")
        signer.open(f"{self.site.url}/")
        signer.close()
