"""An insurer's salesperson in a running service: invited, with a password, at the console in a browser."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import count
from typing import Any, Final

from playwright.sync_api import expect

from demo.phones import Phone
from demo.staffing import PASSWORD
from demo.staffing import Staff as Invited
from esign.infra.database import open_database
from esign.infra.keystore import open_key_store
from esign.infra.secret import Secret
from esign.staff.room import staff_door, staff_room
from tests.faults.running_service import RunningService

PIN: Final = "402967"
_numbers: Final = count(1)


class _NoLimits:
    def lets_pass(self, address: str, member: str | None = None) -> bool:
        return bool(address or member)

    def give_back(self, address: str, member: str | None = None) -> None:
        """Nothing was counted."""


@dataclass(frozen=True)
class Salesperson:
    """Whose envelopes are made by `order(..., salesperson=id)`."""

    id: str
    login: str
    institution: str

    def log_in(self, browser: Phone, service: RunningService) -> None:
        browser.open(f"{service.url}/console/login")
        browser.page.fill("#login", self.login)
        browser.page.fill("#password", PASSWORD)
        browser.page.get_by_role("button", name="登录").or_(browser.page.get_by_role("button", name="Log in")).click()
        expect(browser.page).to_have_url(f"{service.url}/console")


@dataclass
class Staff(Invited):
    """Somebody of the staff who looks at what the pages say on the way."""

    def take_up(self, link: str) -> None:
        """Set a password by the invitation, after one that is too short, and log in."""
        page = self.browser.page
        self.browser.open(link)
        expect(page.locator("#invitation")).to_have_value(link.partition("#")[2])
        assert "#" not in page.url  # nobody reads it over a shoulder, and no history keeps it
        page.fill("#new", "short")
        expect(page.locator("[data-rule=length]")).not_to_have_class("kept")
        page.fill("#new", PASSWORD)
        page.fill("#again", PASSWORD)
        expect(page.locator("[data-rule=length]")).to_have_class("kept")
        expect(page.locator("[data-rule=same]")).to_have_class("kept")
        self.browser.press("设置密码")
        expect(page.get_by_role("status")).to_contain_text("密码已设置")
        self.log_in()


@cache
def head_office(service: RunningService) -> str:
    """Have the operator begin, once in a service; return the institution that is above all branches."""
    begun = ("--login", "lin.qiushi", "--name", "林秋实", "--phone", "13800004026", "--json")
    return str(json.loads(service.operate("staff", "init", *begun))["institution"])


def salesperson(service: RunningService) -> Salesperson:
    """Open a branch, invite somebody there as the operator does, and have them take the invitation up."""
    number = next(_numbers)
    branch = ("institutions", "add", f"第{number}支公司", "--below", head_office(service), "--json")
    institution, login = str(json.loads(service.operate(*branch))["institution"]), f"shen.zhiqiu{number}"
    invited: dict[str, Any] = json.loads(
        service.operate(
            *("staff", "invite", login, "--name", "沈知秋", "--phone", f"139{number:08d}", "--role", "sales"),
            *("--institution", institution, "--json"),
        )
    )
    settings = service.settings
    keys = open_key_store(settings.keys)
    with closing(open_database(settings.database.url.reveal())) as database:
        door = staff_door(staff_room(database, keys), keys, _NoLimits(), issuer="esign")
        now = datetime.now(UTC)
        door.own_account.accept_invitation(Secret(invited["invitation"]), Secret(PASSWORD), now=now)
    return Salesperson(invited["member"], login, institution)
