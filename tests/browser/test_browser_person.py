"""A person asks on the public page what is kept about them, an officer answers, and the copy is taken away."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from demo.phones import DESK, Phone
from demo.player import Platform
from tests.browser.accessibility import violations
from tests.browser.staffing import Staff
from tests.browser.walks import YE, YU, order
from tests.faults.running_service import RunningService, running

Phones = Callable[..., Phone]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """A service of its own: nobody else has asked anything of this person there, and a compliance officer comes in."""
    with running(RunningService(tmp_path_factory.mktemp("person"))) as found:
        yield found


def test_a_person_asks_for_a_copy_an_officer_grants_it_and_the_person_takes_it_away(
    service: RunningService, platform: Platform, phones: Phones
) -> None:
    order(platform, YU, YE, photo=False)
    person = phones()
    page = person.page
    person.open(f"{service.url}/")
    page.get_by_role("link", name="我的个人信息").click()
    page.fill("#name", YE.name)
    page.fill("#phone", YE.phone)
    assert violations(page) == []
    person.press("发验证码")
    expect(page.locator("h1")).to_have_text("填写验证码")
    page.fill("#code", "000000")
    person.press("查看我的个人信息")
    expect(page.get_by_role("alert")).to_contain_text("没有对上")
    assert violations(page) == []
    _until_right(page, person)
    expect(page.locator("h1")).to_have_text("我的个人信息")
    page.locator("input[value=copy]").check()
    page.fill("#words", "想要一份全部资料的副本")
    person.press("提出")
    expect(page.get_by_text("正在办理")).to_be_visible()
    expect(page.get_by_role("button", name="下载副本")).to_have_count(0)
    assert violations(page) == []

    officer = _officer(service, phones)
    desk = officer.browser.page
    officer.browser.open(f"{service.url}/console/requests")
    desk.get_by_role("link", name=YE.name).click()
    expect(desk.get_by_text("想要一份全部资料的副本")).to_be_visible()
    assert violations(desk) == []
    desk.fill("#words", "副本已经备好，请在这一页下载。")
    officer.browser.press("照办，副本可以下载")
    expect(desk.get_by_role("status")).to_contain_text("请求已答复")

    page.reload()
    expect(page.get_by_text("副本已经备好")).to_be_visible()
    with page.expect_download() as waiting:
        person.press("下载副本（ZIP）")
    path = waiting.value.path()
    with zipfile.ZipFile(io.BytesIO(Path(path).read_bytes())) as archive:
        assert json.loads(archive.read("1/person.json"))["name"] == YE.name
        assert YU.phone not in archive.read("held.json").decode()
    person.complaints[:] = [one for one in person.complaints if "422" not in one]  # the wrong codes
    person.press("离开")
    expect(page.locator("h1")).to_have_text("我的个人信息")
    expect(page.locator("#phone")).to_be_visible()


def _until_right(page: Page, person: Phone) -> None:
    """Enter the code until the worker has looked: a moment after the page asks for it."""
    for _ in range(4):
        page.wait_for_timeout(1500)
        page.fill("#code", "246810")
        person.press("查看我的个人信息")
        page.wait_for_load_state()
        if page.url.endswith("/mine"):
            return
    raise AssertionError("the code that was sent was never taken")


def _officer(service: RunningService, phones: Phones) -> Staff:
    """Return a compliance officer at a desk, with an authenticator."""
    begun = json.loads(
        service.operate(
            "staff", "init", "--login", "lin.qiushi", "--name", "林秋实", "--phone", "13800004026", "--json"
        )
    )
    invited = json.loads(
        service.operate(
            *("staff", "invite", "zhao.min", "--name", "赵敏", "--phone", "13800004027"),
            *("--institution", begun["institution"], "--role", "compliance", "--json"),
        )
    )
    officer = Staff(phones(viewport=DESK, is_mobile=False, has_touch=False), "zhao.min")
    officer.take_up(invited["link"])
    officer.bind()
    return officer
