"""Staff at the console in a real browser: from an invitation to a role that two people gave."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from demo.phones import DESK, Phone
from tests.browser.staffing import Staff
from tests.faults.running_service import RunningService, running

Phones = Callable[..., Phone]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """A service of its own: two administrators decide about roles in it."""
    with running(RunningService(tmp_path_factory.mktemp("console"))) as found:
        yield found


def test_an_administrator_invites_a_salesperson_and_two_people_give_a_role(
    service: RunningService, phones: Phones
) -> None:
    def desk(login: str) -> Staff:
        return Staff(phones(viewport=DESK, is_mobile=False, has_touch=False), login)

    person = ("--phone", "13800004026")
    begun = json.loads(service.operate("staff", "init", "--login", "lin.qiushi", "--name", "林秋实", *person, "--json"))
    lin, zhao, sun = desk("lin.qiushi"), desk("zhao.min"), Staff(phones(), "sun.xiaomei")
    lin.take_up(begun["link"])
    expect(lin.browser.page.locator("h1")).to_have_text("绑定身份验证器")  # asked for, since the role needs it
    lin.bind()
    expect(lin.browser.page.locator("h1")).to_have_text("您好，林秋实")

    second = ("--name", "赵敏", "--phone", "13800004027", "--institution", begun["institution"])
    roles = ("--role", "admin", "--role", "compliance")
    zhao.take_up(json.loads(service.operate("staff", "invite", "zhao.min", *second, *roles, "--json"))["link"])
    zhao.bind()

    page = lin.browser.page
    lin.browser.open(f"{service.url}/console/staff/invite")
    page.fill("#name", "孙小梅")
    page.fill("#phone", "139 0000 7730")
    page.fill("#login", "sun.xiaomei")
    page.locator("input[value=sales]").check()
    lin.browser.press("生成邀请")
    sun.take_up(page.locator("#link").input_value())
    expect(sun.browser.page.locator("h1")).to_have_text("您好，孙小梅")
    expect(sun.browser.page.locator(".top nav")).not_to_contain_text("员工")

    lin.browser.press("查看这位员工")
    page.locator("input[value=supervisor]").check()
    page.fill("#why-roles", "从下月起带队")
    lin.browser.press("申请变更，请另一人审批")
    expect(page.get_by_text("申请和审批必须是两个人")).to_be_visible()
    expect(page.get_by_role("button", name="同意，请申请人办理")).to_have_count(0)
    approval = page.url.partition("?")[0]
    zhao.browser.open(approval)
    expect(zhao.browser.page.get_by_text("从下月起带队")).to_be_visible()
    zhao.browser.press("同意，请申请人办理")
    expect(zhao.browser.page.get_by_role("status")).to_contain_text("您已同意")
    lin.browser.open(approval)
    lin.browser.press("变更角色")
    expect(page.get_by_role("status")).to_contain_text("角色已变更")

    sun.browser.open(f"{service.url}/console")
    expect(sun.browser.page.get_by_role("status")).to_contain_text("登录已失效")
    sun.log_in()
    expect(sun.browser.page.locator(".top nav")).to_contain_text("员工")
    sun.browser.press("退出登录")
    expect(sun.browser.page.get_by_role("status")).to_contain_text("您已退出登录")
    lin.browser.press("退出登录")
    lin.log_in()  # with a code of the authenticator
    expect(page.locator("h1")).to_have_text("您好，林秋实")
