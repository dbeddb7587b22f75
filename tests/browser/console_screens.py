"""Pictures of the console's pages, taken by its members one after the other; `make screens` has them taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from playwright.sync_api import expect

from demo.phones import Phone
from tests.browser.camera import Camera
from tests.browser.console_site import AUDITOR, COMPLIANCE, ELSEWHERE, FIRST, LEAD, OPERATIONS, SELLER, ConsoleSite
from tests.browser.staffing import PIN
from tests.service import YE, YU

Look = Callable[..., None]
STATES: Final = ("draft", "sent", "in_progress", "sealing", "seal_failed", "completed", "declined", "voided", "expired")


class ConsoleAlbum:
    """The console in one language at one width."""

    def __init__(self, site: ConsoleSite, camera: Camera) -> None:
        self._site = site
        self._camera = camera

    def take(self) -> None:
        for walk in (
            self._door,
            self._lead,
            self._seller,
            self._tablet,
            self._operations,
            self._auditor,
            self._administrator,
            self._elsewhere,
        ):
            walk()

    def _browser(self, login: str | None = None, **more: Any) -> tuple[Phone, Look]:
        one = self._camera.phone(**more)
        if login is not None:
            self._site.log_in(one, login)
        look = self._camera.look(one)

        def full(name: str) -> None:
            look(f"console-{name}", full=True)

        return one, full

    def _open(self, one: Phone, path: str) -> None:
        one.open(f"{self._site.url}/console{path}")

    def _envelope(self, name: str) -> str:
        return f"/envelopes/{self._site.envelopes[name].id}"

    def _door(self) -> None:
        one, look = self._browser()
        self._open(one, "/login")
        look("login")
        one.page.fill("#login", LEAD)
        one.page.fill("#password", "湖边没有灰鹤 in the reeds")
        one.page.locator("main form button.primary").click()
        look("login-wrong")
        self._site.give_password(one, LEAD)
        look("login-code")
        one.page.fill("#code", "000000")
        one.page.locator("main form button.primary").click()
        look("login-code-wrong")
        self._open(one, "/login?note=over&next=/console/envelopes")
        look("login-over")
        self._open(one, "/invitation")
        look("invitation")
        one.close()

    def _lead(self) -> None:
        one, look = self._browser(LEAD)
        look("start")
        self._open(one, "/envelopes")
        look("envelopes")
        self._find(one, YE.name)
        look("envelopes-found")
        self._find(one, "没有这个人")
        look("envelopes-none")
        self._open(one, "/envelopes?state=seal_failed")
        look("envelopes-state")
        for name in (*STATES, "signal", "approved"):
            self._open(one, self._envelope(name))
            look(f"envelope-{name.replace('_', '-')}")
        self._open(one, self._envelope("in_progress") + "/void")
        look("void")
        one.page.locator("main form button.danger").click()
        look("void-wanting")
        self._open(one, "/approvals")
        look("approvals")
        one.page.locator("main a[href*='/console/approvals/']").first.click()
        look("approval")
        self._open(one, "/signals")
        look("signals")
        one.page.locator("main a[href*='/console/signals/']").first.click()
        look("signal")
        self._open(one, "/staff")
        look("staff")
        one.page.locator("main a[href*='/console/staff/usr_']").first.click()
        look("member")
        self._open(one, "/envelopes/env_nothing")
        look("trouble-not-there")
        self._open(one, "/keys")
        look("trouble-not-allowed")
        one.close()

    def _find(self, one: Phone, words: str) -> None:
        self._open(one, "/envelopes")
        one.page.fill("#words", words)
        one.page.press("#words", "Enter")
        one.page.wait_for_url("**find=*")

    def _seller(self) -> None:
        one, look = self._browser(SELLER)
        look("start-seller")
        envelope = self._site.fresh(YU, YE, title="家庭保障计划投保单")
        home = f"/envelopes/{envelope.id}"
        for change in ("phone", "person"):
            self._open(one, f"{home}/recipients/{envelope.recipients[1].id}/{change}")
            look(f"change-{change}")
        self._open(one, f"{home}/recipients/{envelope.recipients[1].id}/phone")
        one.page.fill("#phone", "12")
        one.page.fill("#why", "客户换了号码，已当面核实")
        one.page.locator("main form button.primary").click()
        look("change-refused")
        one.page.fill("#phone", "13900007730")
        one.page.locator("main form button.primary").click()
        look("change-asked")
        self._open(one, self._envelope("approved"))
        look("change-agreed")
        self._open(one, self._envelope("in_progress") + "/live")
        look("live")
        self._open(one, "/outbox")
        look("outbox")
        one.page.locator("main details summary").first.click()
        look("outbox-code")
        self._open(one, "/account")
        look("account")
        self._open(one, "/account/password")
        look("password")
        self._open(one, "/account/authenticator")
        look("authenticator")
        one.close()

    def _tablet(self) -> None:
        """The tablet is locked by handing it over; a session is ended by that walk."""
        one, look = self._browser(SELLER)
        envelope = self._site.fresh(YU, YE, title="家庭保障计划投保单")
        self._open(one, f"/envelopes/{envelope.id}/live/{envelope.recipients[0].id}/hand-over")
        look("hand-over")
        if one.page.locator("main details summary").count():
            one.page.locator("main details summary").first.click()
        one.page.fill("#pin", PIN)
        one.page.fill("#again", PIN)
        one.page.locator("main form button.primary").click()
        one.page.wait_for_url("**/s/**")
        self._open(one, "/envelopes")
        look("tablet")
        one.page.fill("#pin", "999999")
        one.page.locator("main form button.primary").click()
        look("tablet-wrong")
        one.close()

    def _operations(self) -> None:
        one, look = self._browser(OPERATIONS)
        look("start-operations")
        self._open(one, "/jobs")
        look("jobs")
        self._open(one, "/keys")
        look("keys-branch")
        one.close()

    def _auditor(self) -> None:
        one, look = self._browser(AUDITOR)
        self._open(one, self._envelope("completed"))
        look("envelope-auditor")
        site, auditor = self._site, self._site.branch.people[AUDITOR]
        envelope = self._site.envelopes["seal_failed"]
        approval = site.branch.desk.evidence.ask(auditor, envelope.id, "客户投诉，要看签署时的画面")
        site.branch.approve(approval, site.branch.people[COMPLIANCE])
        self._open(one, self._envelope("seal_failed"))
        look("evidence-agreed")
        one.page.locator("form[action$='/open-evidence'] button").click()
        expect(one.page.locator("form[action$='/screens'] button")).to_be_visible()
        look("evidence-open")
        one.close()

    def _administrator(self) -> None:
        one, look = self._browser(FIRST)
        self._open(one, "/keys")
        look("keys")
        if one.page.locator("#client option").count() == 0:
            one.page.fill("#system", "销售系统")
            one.page.locator("form[action$='/keys/clients'] button").click()
        one.page.locator("details", has=one.page.locator("#client")).locator("> summary").click()
        look("keys-making")
        one.page.fill("#name", "销售系统测试环境")
        one.page.locator("[name=scopes]").first.check()
        one.page.locator("form[action='/console/keys'] button").click()
        expect(one.page.locator(".secret")).to_be_visible()
        look("key-once")
        self._open(one, "/institutions")
        look("institutions")
        one.page.locator("main a[href*='/console/institutions/ins_']").first.click()
        look("institution")
        self._open(one, "/staff/invite")
        look("invite")
        self._open(one, f"/staff/{self._site.branch.people[SELLER].member}")
        look("member-administrator")
        one.close()

    def _elsewhere(self) -> None:
        one, look = self._browser(ELSEWHERE)
        self._open(one, "/envelopes")
        look("envelopes-empty")
        self._open(one, "/outbox")
        look("outbox-empty")
        self._open(one, "/approvals")
        look("approvals-empty")
        one.close()
