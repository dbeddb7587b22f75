"""A customer's part signed on a salesperson's phone: seen, held, and released by a supervisor, in real browsers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from demo.phones import DESK, Phone
from demo.player import Platform
from esign.infra.database import open_database
from esign.infra.keystore import open_key_store
from esign.infra.secret import Secret
from esign.staff.room import staff_door, staff_room
from tests.browser.accessibility import violations
from tests.browser.menus import go_to
from tests.browser.staffing import Staff
from tests.browser.walks import CHINESE, YU, Walk, address, order
from tests.faults.running_service import RunningService, running

PASSWORD = "湖边有七只灰鹤 in the reeds"  # an invented person's
Phones = Callable[..., Phone]


class _NoLimits:
    def lets_pass(self, address: str, member: str | None = None) -> bool:
        return bool(address or member)

    def give_back(self, address: str, member: str | None = None) -> None:
        """Nothing was counted."""


def invite(service: RunningService, institution: str, login: str, name: str, phone: str, role: str) -> None:
    """Have the operator invite somebody, and the invitation taken up."""
    told = service.operate(
        *("staff", "invite", login, "--name", name, "--phone", phone, "--role", role),
        *("--institution", institution, "--json"),
    )
    settings = service.settings
    keys = open_key_store(settings.keys)
    with closing(open_database(settings.database.url.reveal())) as database:
        door = staff_door(staff_room(database, keys), keys, _NoLimits(), issuer="esign")
        invitation = Secret(json.loads(told)["invitation"])
        door.own_account.accept_invitation(invitation, Secret(PASSWORD), now=datetime.now(UTC))


def log_in(service: RunningService, browser: Phone, login: str) -> None:
    browser.open(f"{service.url}/console/login")
    browser.page.fill("#login", login)
    browser.page.fill("#password", PASSWORD)
    browser.press("登录")
    expect(browser.page).to_have_url(f"{service.url}/console")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """A service of its own: what is compared with everybody else's signatures finds this one alone."""
    with running(RunningService(tmp_path_factory.mktemp("signals"))) as found:
        yield found


def test_a_seal_waits_where_a_customer_signed_on_a_colleagues_phone(
    service: RunningService, platform: Platform, phones: Phones
) -> None:
    first = ("staff", "init", "--login", "lin.qiushi", "--name", "林秋实", "--phone", "13800004026", "--json")
    institution = json.loads(service.operate(*first))["institution"]
    invite(service, institution, "sun.mei", "孙小梅", "13900004027", "sales")
    invite(service, institution, "zhou.lan", "周明岚", "13900004028", "supervisor")
    sellers = phones()
    log_in(service, sellers, "sun.mei")
    made = order(platform, YU, hold_on=["staff-device"])
    Walk(sellers, YU, CHINESE).all(address(platform, made))

    desk = phones(viewport=DESK, is_mobile=False, has_touch=False)
    log_in(service, desk, "zhou.lan")
    page = desk.page
    expect(page.locator(".top nav .count")).to_contain_text("1")
    go_to(page, "代签提示")
    assert violations(page) == []
    page.get_by_role("link", name="在员工的设备上签署").click()
    expect(page.get_by_text("正等着您的决定才盖章")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("都要先绑定身份验证器")).to_be_visible()
    assert violations(page) == []
    signal = page.url
    desk.open(f"{service.url}/console/account/authenticator")
    Staff(desk, "zhou.lan").bind()  # without a second factor nobody judges a signal
    desk.open(signal)
    assert violations(page) == []
    page.locator("main summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="作废这份信封")).to_be_visible()
    page.select_option("#reason", "spoken-to")
    page.fill("#words", "已致电本人")
    desk.press("放行，继续盖章")
    expect(page.get_by_text("现在没有要您查看的提示")).to_be_visible()
    platform.wait(made["id"], "completed")
