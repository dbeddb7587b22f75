"""After the sale: a damaged car is reported, photographed, assessed and paid on a phone, with no person in between.

Then one comes whose photographs are those of the first: it stops, and waits for people.
"""

from __future__ import annotations

import copy
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, expect, sync_playwright

from claims.api.bodies import MOTOR_POLICY_EXAMPLE
from demo.cars import photo
from demo.phones import Phone, chromium, phone
from demo.player import TEST_CODE, Platform
from demo.service import ServiceFailed
from demo.walking import SETTLED, NoBrowser
from esign.ceremony.signing_run import CHINA

SECONDS_AT_MOST: Final = 60
CODE_AFTER: Final = 2_000
"""Milliseconds within which the message with the code mostly comes."""
SHOTS: Final = ("whole-car", "plate", "close-up")
DAMAGE: Final = {"front-bumper": "broken", "left-headlamp": "broken"}
"""Enough that a payment is worth a claim: 1,430 yuan, beside 640 yuan more premium next year."""
HONEST, COPIED = 1, 2
"""The numbers of the two policies: of the second one the photographs are those of the first, and years old."""
_CLAIM: Final = re.compile(r"clm_[0-9a-z]+")


@dataclass(frozen=True)
class Claimed:
    """A claim as the API tells it in the end, and how long it took on the phone, in seconds."""

    claim: Mapping[str, Any]
    seconds: float


def pay_small_loss(platform: Platform, screens: Path) -> Claimed:
    """Report a broken headlamp and bumper, and be paid for them, in one go. Raises `ServiceFailed`, `NoBrowser`."""
    begun = time.monotonic()
    with sync_playwright() as playwright, chromium(playwright) as browser:
        one, look = _phone(browser, screens)
        claim, home = _report(platform, one, look, HONEST)
        _photograph(one, look, home, HONEST, [photo(number) for number in (21, 22, 23)])
        _until(one, home, "请选坏了的地方")
        one.open(f"{home}/damage")
        one.page.locator("summary").first.click()
        for part, degree in DAMAGE.items():
            one.page.select_option(f"#{part}", degree)
        look("damage")
        one.press("选好了，算赔款")
        _until(one, home, "赔付金额算好了")
        one.open(f"{home}/offer")
        one.page.select_option("#bank", "102100099996")
        one.page.fill("#account", "6222 0212 3456 7890")
        look("offer")
        one.page.locator(".btn.main").click()
        one.page.wait_for_selector("#agree")
        one.page.fill("#code", TEST_CODE)
        one.press("确认，同意赔付")
        _until(one, home, "赔款已付出")
        look("paid")
        seconds = time.monotonic() - begun
        one.press("很好")
        _close(one)
    return Claimed(_claim(platform, claim, "closed"), seconds)


def block_copied_loss(platform: Platform, screens: Path) -> Claimed:
    """Send photographs of the earlier claim with another one: it stops, pays nothing, and says why in plain words.

    Raises `ServiceFailed`, `NoBrowser`.
    """
    begun = time.monotonic()
    with sync_playwright() as playwright, chromium(playwright) as browser:
        one, look = _phone(browser, screens)
        claim, home = _report(platform, one, look, COPIED)
        taken = "2024:02:03 09:10:00"
        copied = [photo(number, light=1.03, size=(1200, 900), taken=taken) for number in (21, 22, 23)]
        _photograph(one, look, home, COPIED, copied)
        _until(one, home, "我们正在办")
        look("people")
        seconds = time.monotonic() - begun
        _close(one)
    found = _claim(platform, claim, "assessing")
    if found["lane"] != "blocked" or found["paid"] != "0.00":
        raise ServiceFailed(f"a claim with copied photographs is in the lane {found['lane']}")
    return Claimed(found, seconds)


def _report(platform: Platform, one: Phone, look: Callable[[str], None], number: int) -> tuple[str, str]:
    """Report a scratch by the number of a policy and a code; return the claim, and its page."""
    policy, page = _register(platform, number), one.page
    one.open(f"{platform.url}/r/claims/report")
    page.fill("#policy", policy)
    look("policy")
    one.press("发验证码")
    page.wait_for_url("**/report/code")
    page.fill("#code", TEST_CODE)
    page.wait_for_timeout(CODE_AFTER)
    for _ in range(3):
        one.press("继续报案")
        page.wait_for_load_state()
        if page.locator("#report").count():
            break
        page.wait_for_timeout(CODE_AFTER)
        page.fill("#code", TEST_CODE)
    expect(page.locator("#report")).to_be_visible()
    page.check("input[name=cause][value=scratch]")
    page.fill("#place", "栖霞路地下车库 B2")
    page.check("input[name=estimate][value=little]")
    look("report")
    one.press("报案")
    page.wait_for_url("**/clm_*")
    found = _CLAIM.search(page.url)
    if found is None:
        raise ServiceFailed("the report led to no claim")
    home = page.url.partition("?")[0]
    _until(one, home, "请给车拍几张照片")
    return found.group(), home


def _photograph(one: Phone, look: Callable[[str], None], home: str, number: int, pictures: list[bytes]) -> None:
    page = one.page
    one.open(f"{home}/shots")
    look("photograph")
    for slot, picture in zip(SHOTS, pictures, strict=True):
        page.wait_for_selector(f"#plain[data-key={slot}]", state="attached")
        page.set_input_files("#pick", {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": picture})
        told = page.locator("#go-on:not([hidden])").or_(page.locator(".shots .got").nth(SHOTS.index(slot)))
        expect(told.or_(page.locator(".album")).first).to_be_visible()
        if page.locator("#go-on:not([hidden])").count():
            look(f"told-{slot}")
            page.locator("#go-on").click()
    expect(page.locator(".album")).to_be_visible()
    page.fill("#plate", _plate(number))
    look("photographs")
    one.press("交照片，开始定损")
    page.wait_for_url(home)


def _until(one: Phone, home: str, heading: str) -> None:
    """Look at the claim's page until it says this. Raises `ServiceFailed`."""
    end = time.monotonic() + SECONDS_AT_MOST
    while True:
        one.open(home)
        if one.heading() == heading:
            return
        if time.monotonic() > end:
            raise ServiceFailed(f"the claim's page says {one.heading()!r} after {SECONDS_AT_MOST} s")
        one.page.wait_for_timeout(300)


def _register(platform: Platform, number: int) -> str:
    """Register the motor policy of this number; nobody has two."""
    body, today = copy.deepcopy(MOTOR_POLICY_EXAMPLE), datetime.now(CHINA).date()
    policy = f"CX33012611270{number}"
    body["insured"] |= {"id_number": f"99010619880715{number}213", "phone": f"1380000881{number}"}
    body["car"] |= {"plate": _plate(number), "vin": f"LZ0AB1CD2EF00010{number}"}
    body |= {"starts_on": f"{today - timedelta(days=200)}", "ends_on": f"{today + timedelta(days=160)}"}
    platform.api.put(f"/v1/motor-policies/{policy}", body)
    return policy


def _plate(number: int) -> str:
    return f"栖B0812{number}"


def _claim(platform: Platform, claim: str, state: str) -> dict[str, Any]:
    """Return a claim once it is in this state. Raises `ServiceFailed`."""
    end = time.monotonic() + SECONDS_AT_MOST
    while (found := platform.api.json(f"/v1/claims/{claim}"))["state"] != state:
        if time.monotonic() > end:
            raise ServiceFailed(f"the claim is {found['state']} after {SECONDS_AT_MOST} s")
        time.sleep(0.2)
    told: dict[str, Any] = found
    return told


def _phone(browser: Browser, folder: Path) -> tuple[Phone, Callable[[str], None]]:
    """Return a phone, and what keeps numbered pictures of its screen in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    one, taken = phone(browser), list[str]()

    def look(name: str) -> None:
        one.page.wait_for_timeout(SETTLED)
        taken.append(name)
        one.page.screenshot(path=str(folder / f"{len(taken):02}-{name}.png"), full_page=True)

    return one, look


def _close(one: Phone) -> None:
    complaints = one.complaints
    one.close()
    if complaints:
        raise NoBrowser(f"the browser complains: {complaints[0]}")
