"""After the issue: the customer signs the receipt on their phone, and the insurer looks at the figures of deliveries.

The link comes from the message that the customer was sent. Operations read the rate at the console; an auditor counts
it again from the exported trail, with nothing but the log's key.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, sync_playwright

from demo.phones import DESK, Phone, chromium, face_film, phone
from demo.player import Platform, Signer
from demo.service import ServiceFailed, run_esign
from demo.staffing import Staff
from demo.walking import SETTLED, NoBrowser
from demo.walks import Walk

SECONDS_AT_MOST: Final = 60
LINK: Final = "delivery-link"
RECEIVED: Final = "returned"
"""The state of a delivery whose receipt the customer signed: the electronic one needs nobody to bring it back."""
LOGIN, NAME, PHONE = "tao.ran", "陶然", "13800000012"
_ADDRESS: Final = re.compile(r"https?://\S+/r/delivery/\S+")


@dataclass(frozen=True)
class Delivered:
    """The delivery as the API tells it, and the sealed receipt."""

    delivery: Mapping[str, Any]
    receipt: Path


@dataclass(frozen=True)
class Rate:
    """The 15-day rate as the page shows it, as the exported trail gives it, and that trail."""

    page: str
    trail: str
    export: Path


def sign_receipt(
    platform: Platform, policy: str, envelope: str, signer: Signer, file: Path, screens: Path
) -> Delivered:
    """Let the customer read the policy and sign its receipt by the link in their message; keep it in the file.

    `envelope` is the one in which the application was signed: the message is among its own.

    Raises `ServiceFailed`, `NoBrowser`, `Refused`, `TimeoutError`.
    """
    link = _link(platform, envelope)
    film = face_film(screens.parent, signer.photo)
    with sync_playwright() as playwright, chromium(playwright, film) as browser:
        one = phone(browser)
        look = _looking(one, screens)
        one.open(link)
        look("landing")
        one.page.fill("#tail", (signer.id_number or "")[-4:])
        one.press("查看合同")
        one.page.wait_for_url("**/r/delivery/*admitted*")
        look("contract")
        one.press("看过了，去签收")
        one.page.wait_for_url("**/s/**")
        walk = Walk(one, signer, look=look)
        walk.enter(one.page.url)
        walk.consent()
        walk.read(1)
        walk.sign()
        walk.confirm()
        _close(one)
    film.unlink()
    found = _delivery(platform, policy)
    signed = platform.api.json(f"/v1/envelopes?external_id=delivery:{found['id']}-1")["items"][0]
    done = platform.wait(signed["id"], "completed", "seal_failed")
    if done["state"] != "completed":
        raise ServiceFailed(f"the receipt is {done['state']}: {done['seal']}")
    file.write_bytes(platform.api.get(f"/v1/documents/{done['documents'][0]['id']}/sealed"))
    return Delivered(_delivery(platform, policy, RECEIVED), file)


def compare_rates(
    url: str, environment: Mapping[str, str], institution: str, export: Path, screens: Path, log_key: str
) -> Rate:
    """Return the 15-day rate as operations read it at the console, and as it is counted again from the exported trail.

    Raises `ServiceFailed` where they differ, `NoBrowser`.
    """
    who = ("--name", NAME, "--phone", PHONE, "--role", "operations", "--institution", institution)
    invited = json.loads(run_esign(environment, "staff", "invite", LOGIN, *who, "--json"))
    with sync_playwright() as playwright, chromium(playwright) as browser:
        desk = _desk(browser)
        look = _looking(desk, screens)
        member = Staff(desk, LOGIN)
        member.take_up(str(invited["link"]))
        desk.page.wait_for_url(f"{url}/console")
        desk.open(f"{url}/console/delivery/figures")
        look("figures")
        shown = desk.page.locator(".figure b").first.inner_text().strip()
        _close(desk)
    run_esign(environment, "trail", "export", str(export))
    counted = run_esign(environment, "delivery", "figures", "--trail", str(export), "--log-key", log_key, "--json")
    rows = json.loads(counted)["rows"]
    again = f"{next(one['value'] for one in rows if (one['by'], one['figure']) == ('all', 'rate-percent'))}%"
    if again != shown:
        raise ServiceFailed(f"the page says a rate of {shown}, the exported trail {again}")
    return Rate(shown, again, export)


def _link(platform: Platform, envelope: str) -> str:
    """Return the link in the customer's message, as soon as it is there. Raises `ServiceFailed`."""
    end = time.monotonic() + SECONDS_AT_MOST
    while time.monotonic() < end:
        for one in platform.api.json(f"/v1/test/outbox?envelope={envelope}&limit=100")["items"]:
            if one["kind"] == LINK and (found := _ADDRESS.search(one["text"])) is not None:
                return found[0]
        time.sleep(0.2)
    raise ServiceFailed(f"no message with the link to the policy came within {SECONDS_AT_MOST} s")


def _delivery(platform: Platform, policy: str, *states: str) -> dict[str, Any]:
    """Return the delivery of a policy, once it is in one of the states. Raises `ServiceFailed`."""
    end = time.monotonic() + SECONDS_AT_MOST
    while True:
        found: dict[str, Any] = platform.api.json(f"/v1/deliveries?policy={policy}")["items"][0]
        if not states or found["state"] in states:
            return found
        if time.monotonic() > end:
            raise ServiceFailed(f"the delivery is {found['state']} after {SECONDS_AT_MOST} s")
        time.sleep(0.2)


def _desk(browser: Browser) -> Phone:
    return phone(browser, viewport=DESK, is_mobile=False, has_touch=False, camera=False, device_scale_factor=1)


def _looking(one: Phone, folder: Path) -> Callable[[str], None]:
    """Return what keeps a picture of the screen, numbered, in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    taken: list[str] = []

    def look(name: str) -> None:
        one.page.wait_for_timeout(SETTLED)
        taken.append(name)
        one.page.screenshot(path=str(folder / f"{len(taken):02}-{name}.png"), full_page=True)

    return look


def _close(one: Phone) -> None:
    complaints = one.complaints
    one.close()
    if complaints:
        raise NoBrowser(f"the browser complains: {complaints[0]}")
