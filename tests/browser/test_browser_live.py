"""The live page beside a phone, and a signer at the salesperson's tablet, in a real browser against the service."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from demo.phones import Phone
from demo.player import Platform
from tests.browser.staffing import PIN, Salesperson, salesperson
from tests.browser.walks import YE, YU, Walk, address, order
from tests.faults.running_service import RunningService

Phones = Callable[..., Phone]
LYING = {"width": 1024, "height": 768}
DESK = {"width": 1280, "height": 900}
STEPS = {"identify": "正在核验身份", "read": "正在阅读", "sign": "正在签名", "photo": "正在拍照确认"}
PICTURES = os.environ.get("ESIGN_TEST_PICTURES")
"""A folder for pictures of what the test saw, for whoever looks at them."""


@pytest.fixture(scope="module")
def shen(service: RunningService) -> Salesperson:
    return salesperson(service)


def keep(one: Phone, name: str, *, full: bool = True) -> None:
    """Keep a picture, where a folder is named; nothing is wider than the screen in any case."""
    assert one.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
    if PICTURES:
        one.page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=full)


def in_all_sizes(one: Phone, name: str) -> None:
    one.page.wait_for_load_state()
    before = one.page.viewport_size
    for width in (360, 768, 1280) if PICTURES else (360,):
        one.page.set_viewport_size({"width": width, "height": 800})
        keep(one, f"{name}-{width}")
    assert before is not None
    one.page.set_viewport_size(before)


def test_a_salesperson_sends_and_sees_a_phone_go_through_all_steps(
    service: RunningService, platform: Platform, phones: Phones, shen: Salesperson
) -> None:
    made = order(platform, YU, YE, salesperson=shen.id, send=False, minimum_reading_seconds=3)
    desk = phones(viewport=DESK, is_mobile=False, device_scale_factor=1)
    shen.log_in(desk, service)
    desk.open(live_page(service, made))
    in_all_sizes(desk, "live-draft")
    desk.press("一键发送")
    expect(desk.page.locator("h1")).to_have_text("共 2 位签署人，0 位已签好")
    son = desk.page.locator("section", has_text=YU.name)
    expect(son.locator(".tag")).to_have_text("已发链接，还没打开")
    loads: list[str] = []
    desk.page.on("load", lambda page: loads.append(page.url))

    def look(name: str) -> None:
        if name in STEPS:
            expect(son.locator(".tag")).to_have_text(STEPS[name])
        if name == "read":
            expect(son).to_contain_text("读到第 1 页，共 2 页")
            expect(son).to_contain_text("至少还要读 3 秒")
            in_all_sizes(desk, "live-reading")
        elif name == "photo-consents":
            expect(son.locator("img[alt$=手写签名]")).to_be_visible()
        elif name == "confirm":
            expect(son.locator("figure.photo img")).to_be_visible()
            for picture in son.locator("img").all():
                expect(picture).not_to_have_js_property("naturalWidth", 0)
            in_all_sizes(desk, "live-photo")

    Walk(phones(), YU, look=look, seed=21).all(address(platform, made))
    expect(desk.page.locator("#arrived")).to_contain_text("照片已到")
    expect(son.locator(".tag")).to_have_text("已签")
    assert loads == []  # all of that without a reload
    look_alike(son)
    son.get_by_role("link", name="不是本人").click()
    in_all_sizes(desk, "live-not-customer")
    desk.press("再看一看，先不确认")
    son.get_by_role("button", name="是客户本人").click()
    expect(son).to_contain_text("业务员陈述：是客户本人")
    keep(desk, "live-stated")
    # Offline it says so, and goes on by itself.
    desk.context.set_offline(True)
    expect(desk.page.locator("#fresh")).to_contain_text("连不上服务")
    desk.context.set_offline(False)
    expect(desk.page.locator("#fresh")).to_contain_text("刚刚更新")
    desk.complaints = [told for told in desk.complaints if "ERR_INTERNET_DISCONNECTED" not in told]


def test_a_signer_at_the_tablet_sees_what_was_signed_before_and_nothing_of_the_console(
    service: RunningService, platform: Platform, phones: Phones, shen: Salesperson
) -> None:
    made = order(platform, YU, YE, salesperson=shen.id, minimum_reading_seconds=1)
    Walk(phones(), YU, seed=22).all(address(platform, made))
    prepared = platform.envelope(made["id"])["documents"][0]["prepared_sha256"]
    tablet = phones(viewport=LYING, device_scale_factor=1)
    hand_over(tablet, service, shen, made)
    nothing_of_the_console(tablet, service, live_page(service, made))

    def look(name: str) -> None:
        expect(tablet.page.get_by_role("link", name="交还平板").first).to_be_visible()
        keep(tablet, f"tablet-{name}", full=False)
        if name == "read":
            shown = str(tablet.page.locator("#paper img").get_attribute("src"))
            assert re.search(r"\?[0-9a-f]{64}$", shown)
            assert prepared not in shown  # the son's signature is on it
        if name == "confirm":
            assert prepared not in str(tablet.page.locator("svg.signed-page image").first.get_attribute("href"))

    walk = Walk(tablet, YE, look=look, seed=23)
    walk.enter(address(platform, made, 1))
    walk.consent()
    walk.read()
    walk.arrive(r"/sign")
    look("sign")
    tablet.write(walk.hand())
    tablet.context.set_offline(True)  # strokes outlive a lost connection here as well
    tablet.page.click("#use")
    expect(tablet.page.locator("#said")).to_contain_text("网络断了")
    tablet.context.set_offline(False)
    walk.photograph()
    walk.confirm()
    keep(tablet, "tablet-done")
    tablet.press("请把平板交还给业务员")
    take_back(tablet)
    expect(tablet.page).to_have_url(live_page(service, made))
    platform.wait(made["id"], "completed")
    told = platform.envelope(made["id"])
    assert [one["identity"]["presence"] for one in told["recipients"]] == ["remote", "in-person"]
    expect(tablet.page.get_by_role("link", name="下载签好的文件")).to_be_visible()
    keep(tablet, "live-back")
    # The signer's pages are closed in this browser.
    tablet.page.goto(f"{service.url}/c/{made['recipients'][1]['id']}/done")
    expect(tablet.page.locator("h1")).to_have_text("请从链接重新进入")
    tablet.complaints = [
        told for told in tablet.complaints if not re.search("ERR_INTERNET_DISCONNECTED|status of 4(01|22)", told)
    ]


@pytest.mark.full
def test_what_was_written_at_home_is_written_anew_on_the_tablet(
    service: RunningService, platform: Platform, phones: Phones, shen: Salesperson
) -> None:
    made = order(platform, YU, salesperson=shen.id)
    home = Walk(phones(), YU, seed=24)
    home.enter(address(platform, made))
    home.consent()
    home.read()
    home.sign()
    home.arrive("/consents")
    tablet = phones(viewport=LYING, device_scale_factor=1)
    hand_over(tablet, service, shen, made, told="要在平板上重新做一次")
    walk = Walk(tablet, YU, seed=25)
    walk.enter(address(platform, made))
    walk.arrive("/sign")
    said = tablet.page.locator("#said")
    expect(said).to_contain_text("您改在业务员的平板上当面签")
    in_all_sizes(tablet, "tablet-sign-again")
    walk.sign()
    walk.photograph()
    walk.confirm()
    assert [one["identity"]["presence"] for one in platform.envelope(made["id"])["recipients"]] == ["in-person"]


def live_page(service: RunningService, made: dict[str, Any]) -> str:
    return f"{service.url}/console/envelopes/{made['id']}/live"


def look_alike(son: Locator) -> None:
    """Both answers about the face are the same to the eye: none is a nudge."""
    answers = (son.get_by_role("button", name="是客户本人"), son.get_by_role("link", name="不是本人"))
    looks = [
        one.evaluate(
            "e => { const s = getComputedStyle(e), b = e.getBoundingClientRect();"
            " return [s.color, s.backgroundColor, s.fontWeight, s.borderColor, b.width, b.height, b.top]; }"
        )
        for one in answers
    ]
    assert looks[0] == looks[1]


def hand_over(
    tablet: Phone, service: RunningService, shen: Salesperson, made: dict[str, Any], told: str = "最长 30 分钟"
) -> None:
    shen.log_in(tablet, service)
    tablet.open(live_page(service, made))
    tablet.press("改在本机签")
    tablet.page.wait_for_url(re.compile("/hand-over"))
    expect(tablet.page.locator("main")).to_contain_text(told)
    in_all_sizes(tablet, "hand-over")
    if tablet.page.locator("#pin").is_visible():  # else they have one already
        tablet.page.fill("#pin", PIN)
        tablet.page.fill("#again", PIN)
    tablet.press("锁住控制台，交出平板")
    tablet.page.wait_for_url(re.compile("/s/"))
    tablet.page.wait_for_load_state()


def nothing_of_the_console(tablet: Phone, service: RunningService, live: str) -> None:
    """Neither a typed address nor the back button shows anything of it."""
    for _ in range(4):  # from the signer's page back through all that was looked at
        tablet.page.go_back()
        tablet.page.wait_for_load_state()
        expect(tablet.page.locator("body")).not_to_contain_text(YU.name)
        expect(tablet.page.locator("body")).not_to_contain_text("沈知秋")
        if "/console" in tablet.page.url:
            expect(tablet.page.locator("h1")).to_have_text("请业务员收回平板")
    for place in (live, f"{service.url}/console", f"{service.url}/console/login", f"{live}/void"):
        tablet.open(place)
        expect(tablet.page.locator("h1")).to_have_text("请业务员收回平板")
        assert YU.name not in tablet.page.content()
        assert "沈知秋" not in tablet.page.content()
    in_all_sizes(tablet, "tablet-locked")


def take_back(tablet: Phone) -> None:
    tablet.page.fill("#pin", "999999")
    tablet.press("收回平板")
    expect(tablet.page.get_by_role("alert")).to_contain_text("还可以试 4 次")
    tablet.page.fill("#pin", PIN)
    tablet.press("收回平板")


def test_without_scripts_the_live_page_works_by_reload(
    service: RunningService, platform: Platform, phones: Phones, shen: Salesperson
) -> None:
    made = order(platform, YU, salesperson=shen.id)
    desk = phones(viewport=DESK, is_mobile=False, device_scale_factor=1, java_script_enabled=False)
    shen.log_in(desk, service)
    desk.open(f"{service.url}/console/envelopes/{made['id']}/live")
    expect(desk.page.locator("#fresh")).to_contain_text("请刷新本页")
    desk.press("停止签署，撤回文件")
    desk.page.get_by_text("客户要求停止").click()
    desk.press("确认撤回")
    expect(desk.page.locator("h1")).to_have_text("已撤回")


def test_in_english_it_is_shown_in_english(
    service: RunningService, platform: Platform, phones: Phones, shen: Salesperson
) -> None:
    made = order(platform, YU, salesperson=shen.id)
    desk = phones(viewport=DESK, is_mobile=False, device_scale_factor=1, locale="en-GB")
    shen.log_in(desk, service)
    desk.open(f"{service.url}/console/envelopes/{made['id']}/live")
    expect(desk.page.locator("h1")).to_have_text("0 of 1 have signed")
    in_all_sizes(desk, "live-english")
    desk.press("Sign on this tablet")
    desk.page.wait_for_url(re.compile("/hand-over"))
    in_all_sizes(desk, "hand-over-english")
