"""The whole ceremony in a real browser, against the running service: two people, two phones, one sealed contract."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from demo.phones import Phone
from demo.player import Platform
from tests.browser.accessibility import violations
from tests.browser.walks import ENGLISH, YE, YU, Walk, address, order
from tests.faults.running_service import RunningService
from tests.signers import face_jpeg, handwriting_json

Phones = Callable[..., Phone]
HAN = re.compile(r"[㐀-鿿]")
LATIN = re.compile(r"[A-Za-z]{2,}")
OWN_NAMES = re.compile(r"English|中文|UTC|JPEG|PNG|\bX\b")


def words_on(phone: Phone) -> str:
    """Return what is read on the page, without the texts that are what they are: titles, names, legal texts."""
    text: str = phone.page.evaluate(
        """() => {
          const copy = document.body.cloneNode(true);
          for (const one of copy.querySelectorAll("bdi, .legal, svg, .seal, noscript, [hidden]")) one.remove();
          return copy.textContent;
        }"""
    )
    return OWN_NAMES.sub("", text)


@pytest.mark.parametrize("other", ["by the API", pytest.param("on a second phone", marks=pytest.mark.full)])
def test_two_people_sign_and_the_sealed_contract_verifies(
    service: RunningService, platform: Platform, phones: Phones, tmp_path: Path, other: str
) -> None:
    """The second sees the same pages as the first, in `make test-all`; who signs by the API reads in no time."""
    by_phone = other == "on a second phone"
    made = order(platform, YU, YE, minimum_reading_seconds=2 if by_phone else 0)
    first = phones()
    seen: list[str] = []

    def look(name: str) -> None:
        seen.append(name)
        assert not LATIN.search(words_on(first)), f"{name} has a word that is not Chinese"
        assert violations(first.page) == [], name

    Walk(first, YU, look=look, seed=4).all(address(platform, made))
    assert seen[0] == "landing"
    assert seen[-1] == "signed"
    seeing = [first]
    if by_phone:
        seeing.append(phones(viewport={"width": 412, "height": 915}))
        Walk(seeing[-1], YE, seed=5).all(address(platform, made, 1))
    else:
        writing = replace(YE, handwriting=handwriting_json(5), photo=face_jpeg(3, (480, 640)))
        platform.play(made["recipients"][1], writing)
    assert platform.wait(made["id"], "completed")["state"] == "completed"
    for one in seeing:
        expect(one.page.get_by_role("link", name="下载我签的文件")).to_be_visible()
    with first.page.expect_download() as saved:
        first.press("下载我签的文件")
    sealed = tmp_path / "sealed.pdf"
    saved.value.save_as(sealed)
    verdict = service.command("verify", str(sealed), "--ca", str(service.settings.authority.folder))
    assert "TOTAL-PASSED" in verdict


def test_in_english_no_page_has_a_chinese_word(platform: Platform, phones: Phones) -> None:
    made = order(platform, YE)
    one = phones(locale="en-GB")  # the person reads Chinese, says the order

    def look(name: str) -> None:
        assert not HAN.search(words_on(one)), f"{name} has a word that is not English"

    one.open(address(platform, made))
    one.press("English")
    walk = Walk(one, YE, ENGLISH, look, seed=5)
    walk.all(address(platform, made))
    platform.wait(made["id"], "completed")
    expect(one.page.get_by_role("link", name="Download what I signed")).to_be_visible()
    # The next day, on another device: the same link and a fresh code.
    other = phones(locale="en-GB")
    other.open(address(platform, made))
    other.press("English")
    other.press("Send the code")
    other.page.fill("#code", "246810")
    other.press("Open the document")
    with other.page.expect_download() as saved:
        other.page.get_by_role("link", name="合同.pdf").click()
    assert Path(saved.value.path()).read_bytes().startswith(b"%PDF")


def test_where_the_camera_is_refused_the_phones_own_takes_the_photo(platform: Platform, phones: Phones) -> None:
    made = order(platform, YE)
    one = phones(camera=False)
    walk = Walk(one, YE, seed=6)
    walk.enter(address(platform, made))
    walk.consent()
    walk.read()
    walk.sign()
    walk.consent_to_photo()
    one.page.click("#open")
    expect(one.page.locator("[data-trouble=denied]")).to_be_visible()
    expect(one.page.locator("[data-trouble=denied] .safe")).to_contain_text("什么都没丢")
    one.page.set_input_files("#pick-second", files=[_file("small.jpg", face_jpeg(3, (60, 75)))])
    one.page.click("#use")
    expect(one.page.locator("#said")).to_contain_text("照片太小")
    one.page.set_input_files("#pick-second", files=[_file("face.jpg", face_jpeg(3, (2400, 3000)))])
    one.page.click("#use")
    walk.confirm()
    one.complaints = [told for told in one.complaints if "422" not in told]


def test_reloaded_at_every_step_it_goes_on_where_it_was(platform: Platform, phones: Phones) -> None:
    made = order(platform, YU)
    one = phones()

    def reload(name: str) -> None:
        if name in {"camera", "photo-taken"}:
            return  # what was not sent yet is taken again
        place = one.page.url
        one.page.reload()
        assert one.page.url == place, name

    walk = Walk(one, YU, look=reload, seed=7)
    walk.all(address(platform, made))
    # The back button leads to nothing that could be done twice.
    one.page.go_back()
    one.page.wait_for_load_state()
    one.page.goto(one.page.url.rpartition("/")[0] + "/sign")
    expect(one.page.locator("svg.stamp")).to_be_visible()


def test_a_wrong_code_is_told_and_the_right_one_opens(platform: Platform, phones: Phones) -> None:
    made = order(platform, YU, photo=False)
    one = phones()
    walk = Walk(one, YU)
    walk.enter(address(platform, made), code="111111")
    alert = one.page.get_by_role("alert")
    expect(alert).to_contain_text("还可以试 4 次")
    assert one.page.input_value("#name") == YU.name
    for left in (3, 2, 1):
        walk.identify("111111")
        expect(alert).to_contain_text(f"还可以试 {left} 次")
    walk.identify("111111")
    expect(alert).to_contain_text("重新发送验证码")
    assert _refusals(one) == 5


def test_declining_ends_it_for_everybody(platform: Platform, phones: Phones) -> None:
    made = order(platform, YU, YE, photo=False)
    one = phones()
    walk = Walk(one, YU)
    walk.enter(address(platform, made))
    walk.consent()
    walk.arrive(r"/pages/1")
    one.press("我不想签")
    one.press("确认不签")
    expect(one.page.get_by_role("alert")).to_contain_text("还没有选原因")
    one.page.get_by_label("对条款或金额有疑问").check()
    one.page.fill("#words", "先不买了 👋 <script>alert(1)</script>")
    one.press("确认不签")
    expect(one.page.get_by_role("heading", name="您已经选择不签")).to_be_visible()
    assert platform.envelope(made["id"])["state"] == "declined"
    other = phones()
    other.open(address(platform, made, 1))
    expect(other.page.get_by_role("heading", name="签署已经停止")).to_be_visible()
    for each in (one, other):
        assert _refusals(each) >= 1


def test_another_device_takes_over_and_this_one_is_told(platform: Platform, phones: Phones) -> None:
    made = order(platform, YU, photo=False, title="长" * 199)
    here, there = phones(), phones()
    walk = Walk(here, YU)
    walk.enter(address(platform, made))
    walk.consent()
    walk.arrive(r"/pages/1")
    assert here.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    there.open(address(platform, made))
    there.press("收验证码，接着签")
    Walk(there, YU).identify()
    expect(there.page.locator("#paper")).to_be_visible()
    here.page.reload()
    expect(here.page.get_by_role("heading", name="签署已在另一台设备上继续")).to_be_visible()
    here.press("收新的验证码，在这里签")
    Walk(here, YU).identify()
    expect(here.page.locator("#paper")).to_be_visible()
    assert _refusals(here) >= 1


def test_every_screen_of_a_ceremony_is_there_to_be_looked_at_again(
    service: RunningService, platform: Platform, phones: Phones, browser: Browser, tmp_path: Path
) -> None:
    made = order(platform, YE, photo=False)
    one = phones()
    walk = Walk(one, YE, seed=8)
    walk.enter(address(platform, made))
    for step in (walk.consent, walk.read, walk.sign, walk.confirm):
        step()
    platform.wait(made["id"], "completed")
    one.page.goto("about:blank")
    folder = tmp_path / "screens"
    said = service.command("evidence", "screens", made["id"], "--out", str(folder), "--reason", "complaint")
    assert "insured" in said
    (index,) = folder.glob("*/index.html")
    shown = [re.sub(r"^\d+-|\.html$", "", path.name) for path in sorted(index.parent.glob("[0-9]*.html"))]
    assert [*dict.fromkeys(shown)] == [
        "landing",
        "identify-form",
        "consents",
        "reading",
        "signing",
        "confirmation",
        "done",
    ]
    page = browser.new_context(java_script_enabled=False).new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("request", lambda request: told.append(request.url) if not request.url.startswith("file:") else None)
    page.goto(index.as_uri())
    rows = page.locator("li.sheet")
    assert rows.count() == len(shown)
    signing = rows.nth(shown.index("signing"))
    assert re.search(r"\d+\.\d 秒", signing.inner_text())
    assert "use" in signing.inner_text()
    page.set_viewport_size({"width": 1280, "height": 3000})
    page.wait_for_load_state("networkidle")
    page.screenshot(path=tmp_path / "index.png", full_page=True)
    page.goto((index.parent / f"{shown.index('reading') + 1:03}-reading.html").as_uri())
    assert page.locator("#paper img").evaluate("image => image.naturalWidth") > 500
    assert page.locator(".btn.primary").evaluate("button => getComputedStyle(button).borderRadius") == "8px"
    page.screenshot(path=tmp_path / "reading.png")
    assert told == []


def _file(name: str, content: bytes) -> dict[str, object]:
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}


def _refusals(phone: Phone) -> int:
    """Take refused answers off the phone's complaints; return how many there were."""
    refused = [told for told in phone.complaints if re.search(r"status of 4\d\d", told)]
    phone.complaints = [told for told in phone.complaints if told not in refused]
    return len(refused)
