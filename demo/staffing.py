"""A member of the insurer's staff at a browser: takes up an invitation, binds an authenticator, logs in."""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import expect

from demo.phones import Phone
from esign.staff.totp import STEP_SECONDS, WINDOW, code_of

PASSWORD: Final = "湖边有七只灰鹤 in the reeds"  # noqa: S105  # an invented person's


@dataclass
class Staff:
    """Somebody of the staff who does it all in a browser, with an authenticator once one is bound."""

    browser: Phone
    login: str
    secret: bytes = b""
    last_step: int = 0

    def take_up(self, link: str) -> None:
        """Set a password by the invitation, and log in."""
        page = self.browser.page
        self.browser.open(link)
        expect(page.locator("#invitation")).to_have_value(link.partition("#")[2])
        page.fill("#new", PASSWORD)
        page.fill("#again", PASSWORD)
        self.browser.press("设置密码")
        expect(page.get_by_role("status")).to_contain_text("密码已设置")
        self.log_in()

    def log_in(self) -> None:
        page = self.browser.page
        page.fill("#login", self.login)
        page.fill("#password", PASSWORD)
        self.browser.press("登录")
        if self.secret:
            page.fill("#code", self.code())
            self.browser.press("确认并登录")

    def bind(self) -> None:
        """Bind an authenticator, as the page after the login asks for."""
        page = self.browser.page
        self.browser.press("开始绑定")
        expect(page.locator("svg.qr")).to_be_visible()
        key = page.locator(".secret").inner_text().replace(" ", "")
        self.secret = base64.b32decode(key + "=" * (-len(key) % 8))
        page.fill("#code", self.code())
        self.browser.press("确认绑定")
        expect(page.locator(".codes li")).to_have_count(10)
        expect(page.get_by_role("button", name="打印")).to_be_visible()
        self.browser.press("已收好，继续")

    def code(self) -> str:
        """Return a code that was not used yet: a step counts once, and one ahead is taken.

        Never the step before the present one: it is refused where the next begins before the code arrives.
        """
        step = max(self.last_step + 1, int(time.time()) // STEP_SECONDS)
        time.sleep(max(0.0, (step - WINDOW) * STEP_SECONDS - time.time()))
        self.last_step = step
        return code_of(self.secret, step)
