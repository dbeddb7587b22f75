"""The rest of what happens to people on phones: lost connections, turned phones, old browsers, no scripts, keyboards.

`make test-all` runs these; the walks that every `make test` takes are in test_browser_ceremony.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from demo.phones import SMALL, Phone
from demo.player import Platform
from tests.browser.camera import Camera
from tests.browser.console_screens import ConsoleAlbum
from tests.browser.console_site import console_site
from tests.browser.screens import Album
from tests.browser.walks import YE, YU, Walk, address, order
from tests.signers import face_jpeg, handwriting

pytestmark = pytest.mark.full
Phones = Callable[..., Phone]

MISSING = {
    "coalesced events": "delete PointerEvent.prototype.getCoalescedEvents",
    "pointer capture": "delete Element.prototype.setPointerCapture",
    "session storage": "Object.defineProperty(window, 'sessionStorage', { get() { throw new Error('closed') } })",
    "beacons": "delete Navigator.prototype.sendBeacon",
    "time zones": "delete window.Intl",
    "the camera": "Object.defineProperty(Navigator.prototype, 'mediaDevices', { get() { return undefined } })",
}


def to_the_pad(one: Phone, platform: Platform, made: dict[str, Any], *, seed: int = 8) -> Walk:
    walk = Walk(one, YE, seed=seed)
    walk.enter(address(platform, made))
    walk.consent()
    walk.read()
    walk.arrive(r"/sign")
    return walk


def box_of(page: Page, selector: str) -> dict[str, float]:
    box: Any = page.locator(selector).bounding_box()
    assert box is not None
    return dict(box)


def test_a_lost_connection_keeps_the_strokes_and_sends_them_again(platform: Platform, phones: Phones) -> None:
    one = phones()
    walk = to_the_pad(one, platform, order(platform, YE, photo=False))
    one.write(handwriting(8))
    one.context.set_offline(True)
    one.page.click("#use")
    expect(one.page.locator("#said")).to_contain_text("网络断了")
    one.context.set_offline(False)
    walk.arrive(r"/confirm")
    one.complaints = [told for told in one.complaints if "ERR_INTERNET_DISCONNECTED" not in told]


def test_strokes_outlive_a_reload_and_a_turned_phone(platform: Platform, phones: Phones) -> None:
    one = phones()
    walk = to_the_pad(one, platform, order(platform, YE, photo=False))
    one.write(handwriting(8))
    one.page.reload()
    expect(one.page.locator("#said")).to_contain_text("上次写的还在")
    sent: list[Any] = []
    one.page.on("request", lambda asked: sent.append(asked.post_data) if asked.url.endswith("/handwriting") else None)
    one.page.set_viewport_size({"width": 740, "height": 360})
    expect(one.page.locator("#said")).to_contain_text("已写的都保留着")
    box = box_of(one.page, "#ink")
    assert box["width"] > box["height"]
    assert box["height"] > 180
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    one.stroke([[(middle[0] + step, middle[1] + 2 * step, 0.7) for step in range(20)]])
    one.page.click("#use")
    walk.arrive(r"/confirm")
    capture = json.loads(sent[0])
    assert capture["pad"]["height"] > capture["pad"]["width"] * 1.2  # the units are those of the first stroke
    times = [point[2] for stroke in capture["strokes"] for point in stroke["points"]]
    assert times[0] == 0
    assert times == sorted(times)
    pressures = {point[3] for stroke in capture["strokes"] for point in stroke["points"]}
    assert len(pressures) > 10


def test_a_hand_that_lies_on_the_pad_writes_nothing(platform: Platform, phones: Phones) -> None:
    one = phones()
    to_the_pad(one, platform, order(platform, YE, photo=False))
    box = box_of(one.page, "#ink")
    palm = {"x": box["x"] + 0.8 * box["width"], "y": box["y"] + 0.9 * box["height"], "force": 0.3, "id": 7}

    def touch(kind: str, *fingers: dict[str, float]) -> None:
        one.cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(fingers)})

    touch("touchStart", palm)
    finger = {"x": box["x"] + 40, "y": box["y"] + 40, "force": 0.6, "id": 1}
    touch("touchStart", palm, finger)
    for step in range(1, 20):
        touch("touchMove", palm, {**finger, "x": finger["x"] + 4 * step})
    touch("touchEnd", palm)
    touch("touchEnd")
    kept = json.loads(one.page.evaluate("Object.values(sessionStorage)[0]"))
    assert len(kept["strokes"]) == 1
    assert len(kept["strokes"][0]["points"]) > 15


def test_undo_clear_and_preview(platform: Platform, phones: Phones) -> None:
    one = phones()
    to_the_pad(one, platform, order(platform, YE, photo=False))
    use = one.page.locator("#use")
    expect(use).to_have_attribute("aria-disabled", "true")
    box = box_of(one.page, "#ink")
    one.stroke([[(box["x"] + 60 + step, box["y"] + 90, 0.5) for step in range(40)] for _ in range(2)])
    expect(use).to_have_attribute("aria-disabled", "false")
    one.page.click("#preview")
    expect(one.page.locator(".pad figcaption")).to_be_hidden()
    one.page.click("#preview")
    one.page.click("#undo")
    expect(use).to_have_attribute("aria-disabled", "false")
    one.page.click("#undo")
    expect(use).to_have_attribute("aria-disabled", "true")
    one.write(handwriting(8))
    one.page.click("#clear")
    expect(use).to_have_attribute("aria-disabled", "true")


@pytest.mark.parametrize("missing", MISSING)
def test_what_an_old_browser_lacks_stops_nobody(platform: Platform, phones: Phones, missing: str) -> None:
    one = phones()
    one.context.add_init_script(MISSING[missing])
    made = order(platform, YE)
    walk = to_the_pad(one, platform, made)
    walk.sign()
    walk.consent_to_photo()
    if missing == "the camera":
        expect(one.page.locator("#picker")).to_be_visible()
        picture = {"name": "face.jpg", "mimeType": "image/jpeg", "buffer": face_jpeg(3)}
        one.page.set_input_files("#pick", files=[picture])
    else:
        one.page.click("#open")
        expect(one.page.locator("#video")).not_to_have_js_property("videoWidth", 0)
        one.page.click("#shutter")
    one.page.click("#use")
    walk.arrive(r"/confirm")


def test_a_camera_that_is_busy_or_not_there_is_told_apart(platform: Platform, phones: Phones) -> None:
    made = order(platform, YE)
    one = phones()
    walk = to_the_pad(one, platform, made)
    walk.sign()
    walk.consent_to_photo()
    for name, trouble in (("NotReadableError", "busy"), ("NotFoundError", "missing"), ("NotAllowedError", "denied")):
        one.page.evaluate(
            "(name) => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', name)) }", name
        )
        one.page.locator("#open").click()
        expect(one.page.locator(f"[data-trouble={trouble}]")).to_be_visible()
        if trouble == "missing":
            one.page.reload()


def test_inside_a_chat_app_the_words_are_its_own(platform: Platform, phones: Phones) -> None:
    made = order(platform, YE)
    agent = "Mozilla/5.0 (Linux; Android 8.0) AppleWebKit/537.36 Chrome/80 Mobile Safari/537.36 MicroMessenger/8.0"
    one = phones(user_agent=agent, camera=False)
    walk = to_the_pad(one, platform, made)
    walk.sign()
    walk.consent_to_photo()
    one.page.click("#open")
    expect(one.page.locator("[data-trouble=inside]")).to_contain_text("聊天软件")
    expect(one.page.locator("#picker")).to_be_visible()


def test_without_scripts_everything_but_the_pad_works_and_the_pad_says_so(platform: Platform, phones: Phones) -> None:
    made = order(platform, YU, photo=False)
    one = phones(java_script_enabled=False)
    walk = Walk(one, YU)
    walk.enter(address(platform, made))
    walk.consent()
    walk.arrive(r"/pages/1")
    one.press("下一页")
    walk.arrive(r"/pages/2")
    one.press("读完了，继续")
    walk.arrive(r"/sign")
    expect(one.page.get_by_text("这个浏览器写不了字")).to_be_visible()
    one.press("写不了，请人协助")
    expect(one.page.get_by_role("heading", name="请人协助签")).to_be_visible()


def test_by_keyboard_alone_one_comes_to_the_pad_and_finds_help(platform: Platform, phones: Phones) -> None:
    made = order(platform, YU, photo=False)
    one = phones(has_touch=False, is_mobile=False, viewport={"width": 1280, "height": 800})
    one.open(address(platform, made))
    _tab_to(one.page, "开始签署，收验证码")
    one.page.keyboard.press("Enter")
    one.page.wait_for_url("**/identify")
    for selector, text in (("code", "246810"), ("name", YU.name), ("tail", "002X")):
        _tab_to(one.page, None, selector)
        one.page.keyboard.type(text)
    one.page.keyboard.press("Enter")
    one.page.wait_for_url("**/consents")
    for _ in range(2):
        _tab_to(one.page, None, None, "checkbox")
        one.page.keyboard.press("Space")
    _tab_to(one.page, "同意所勾选的，去阅读")
    one.page.keyboard.press("Enter")
    for place, label in ((r"/pages/1$", "下一页"), (r"/pages/2$", "读完了，继续")):
        one.page.wait_for_url(re.compile(place))
        one.page.wait_for_load_state()
        _tab_to(one.page, label)
        one.page.keyboard.press("Enter")
    one.page.wait_for_url("**/sign")
    _tab_to(one.page, "写不了，请人协助")
    one.page.keyboard.press("Enter")
    expect(one.page.get_by_role("heading", name="请人协助签")).to_be_visible()


@pytest.mark.parametrize("size", [{"width": 360, "height": 640}, {"width": 180, "height": 320}])
def test_nothing_is_wider_than_the_screen(platform: Platform, phones: Phones, size: dict[str, int]) -> None:
    """180 px is the 360 px phone at 200 % zoom."""
    made = order(platform, YU, title="W" * 199, photo=False)
    one = phones(viewport=size)

    def fits(name: str) -> None:
        wide: Any = one.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1] + 1, (name, wide)

    walk = Walk(one, YU, look=fits)
    walk.enter(address(platform, made))
    walk.consent()
    walk.read()
    walk.arrive(r"/sign")
    fits("sign")
    home = one.page.url.rpartition("/")[0]
    for name in ("help", "decline"):
        one.open(f"{home}/{name}")
        fits(name)


def test_reading_is_timed_only_while_the_page_is_seen(platform: Platform, phones: Phones) -> None:
    made = order(platform, YU, photo=False, minimum_reading_seconds=3)
    one = phones()
    walk = Walk(one, YU)
    walk.enter(address(platform, made))
    walk.consent()
    walk.arrive(r"/pages/1")
    told: list[str] = []

    def record(route: Route) -> None:
        told.append(route.request.post_data or "")
        route.continue_()

    one.page.route(re.compile(r"/pages/[0-9]+$"), record)
    walk.see_picture()
    one.press("下一页")
    walk.arrive(r"/pages/2")
    button = one.page.locator("#read button.main")
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_contain_text("再读")
    expect(button).to_have_text("读完了，继续", timeout=10_000)
    one.press("读完了，继续")
    walk.arrive(r"/sign")
    assert any("stays=%5B%5B" in one or 'name="stays"' in one for one in told)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_dark_and_reduced_motion_complain_of_nothing(platform: Platform, phones: Phones, scheme: str) -> None:
    made = order(platform, YU, photo=False)
    one = phones(color_scheme=scheme, reduced_motion="reduce")
    one.open(address(platform, made))
    ground = one.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(239, 243, 245)") == (scheme == "light")
    paper = one.page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--paper').trim()")
    assert paper in {"#ffffff", "#efede8"}


def _tab_to(page: Page, text: str | None, element: str | None = None, kind: str | None = None) -> None:
    """Press Tab until this element has the focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        focused: Any = page.evaluate(
            "[document.activeElement.textContent.trim(), document.activeElement.id, document.activeElement.type || '']"
        )
        if (text is None or focused[0] == text) and element in {None, focused[1]} and kind in {None, focused[2]}:
            return
    raise AssertionError(f"the keyboard does not come to {text or element or kind}")


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_no_screen_breaks_a_rule_of_accessibility(
    platform: Platform, browser: Browser, tmp_path: Path, locale: str
) -> None:
    camera = Camera(browser, locale, SMALL, folder=tmp_path)
    Album(platform, camera).take()
    assert camera.taken > 40
    assert camera.violations == []


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_no_page_of_the_console_breaks_a_rule_of_accessibility_or_is_wider_than_a_phone(
    browser: Browser, tmp_path: Path, locale: str
) -> None:
    camera = Camera(browser, locale, SMALL, folder=tmp_path)
    with console_site(tmp_path / "site") as site:
        ConsoleAlbum(site, camera).take()
    assert camera.taken > 60
    assert camera.violations == []
