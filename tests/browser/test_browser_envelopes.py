"""An envelope is found by a name, and a wrong phone in it corrected by two people, in real browsers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from playwright.sync_api import expect

from demo.phones import DESK, Phone
from demo.player import Platform
from tests.browser.accessibility import violations
from tests.browser.menus import go_to
from tests.browser.staffing import Staff, salesperson
from tests.browser.walks import YE, YU, address, order
from tests.faults.running_service import RunningService

Phones = Callable[..., Phone]


def test_an_envelope_is_found_by_a_name_and_a_phone_in_it_is_corrected_by_two_people(
    service: RunningService, platform: Platform, phones: Phones
) -> None:
    shen = salesperson(service)
    invited = json.loads(
        service.operate(
            *("staff", "invite", "zhou.minglan", "--name", "周明岚", "--phone", "13900004028"),
            *("--role", "supervisor", "--institution", shen.institution, "--json"),
        )
    )
    order(platform, YU, salesperson=shen.id, title="另一份投保单")
    made = order(platform, YU, YE, salesperson=shen.id, external_id="CY-26-118377")

    desk = phones(viewport=DESK, is_mobile=False, has_touch=False)
    shen.log_in(desk, service)
    page = desk.page
    go_to(page, "信封")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.fill("#words", YE.name)
    page.press("#words", "Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    assert not re.search(f"{YE.name}|%E5", page.url)  # no name stands in an address
    page.locator("tbody a").click()
    expect(page.locator("h1")).to_have_text("鸿福一生终身寿险合同")
    assert violations(page) == []
    of_ye = page.locator(".sheet", has=page.get_by_role("heading", name=YE.name))
    of_ye.get_by_role("link", name="更正手机号").click()
    page.fill("#phone", "13900007730")
    page.fill("#why", "客户换了号码，已当面核实")
    desk.press("申请，等同事同意")
    expect(page.get_by_role("status")).to_contain_text("申请已提交")
    expect(page.get_by_role("button", name="按同意的办理")).to_have_count(0)

    second = phones()
    lead = Staff(second, "zhou.minglan")
    lead.take_up(invited["link"])
    expect(second.page).to_have_url(f"{service.url}/console")
    second.open(f"{service.url}/console/account/authenticator")
    lead.bind()  # without a second factor nobody agrees to anything
    second.open(f"{service.url}/console")
    expect(second.page.locator(".top nav .count")).to_contain_text("1")
    second.press("去审批")
    second.press("更正手机号")
    expect(second.page.get_by_text("手机号改为 13900007730")).to_be_visible()
    expect(second.page.get_by_text("客户换了号码，已当面核实")).to_be_visible()
    second.press("同意，请申请人办理")
    expect(second.page.get_by_role("status")).to_contain_text("您已同意")

    page.reload()
    desk.press("按同意的办理")
    expect(page.get_by_role("status")).to_contain_text("已更改，新的链接已发出")
    expect(of_ye).to_contain_text("139****7730")
    story = page.locator("ol.line")
    expect(story).to_contain_text("更正叶小禾的手机号")
    expect(story).to_contain_text("沈知秋 申请，周明岚 同意")
    old = phones()
    answer = old.page.goto(address(platform, made, 1))  # in the message to the number that was wrong
    assert answer is not None
    assert answer.status in {404, 410}
    old.complaints = []
