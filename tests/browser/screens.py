"""Pictures of every screen, in both languages, at three widths: `make screens` writes them into build/screens/.

A walk takes each picture where a person meets it, so no screen is staged that nobody could come to. Each is looked at
by axe, too: a rule of accessibility that is broken is told, and the exit status is 1.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import expect, sync_playwright

from delivery.room import ROOM as DELIVERY
from demo.phones import chromium, face_film
from demo.player import Platform, Signer
from tests.browser.afterwards_screens import AfterwardsAlbum, afterwards_site
from tests.browser.camera import WIDTHS, Camera
from tests.browser.claims_board_screens import ClaimsBoardAlbum, claims_board_site
from tests.browser.claims_desk_screens import ClaimsDeskAlbum, claims_desk_site
from tests.browser.claims_phone_screens import ClaimsPhoneAlbum
from tests.browser.claims_phone_site import claims_phone_site
from tests.browser.console_screens import ConsoleAlbum
from tests.browser.console_site import console_site
from tests.browser.delivery_screens import DeliveryAlbum, sow_deliveries
from tests.browser.export_screens import ExportAlbum
from tests.browser.paper_screens import PaperAlbum, sow_paper
from tests.browser.paper_site import paper_site
from tests.browser.policy_screens import PolicyAlbum
from tests.browser.policy_site import policy_site
from tests.browser.request_screens import RequestAlbum, request_site
from tests.browser.retention_screens import RetentionAlbum, retention_site
from tests.browser.verify_screens import VerifyAlbum
from tests.browser.walks import CHINESE, ENGLISH, YU, Buttons, Walk, address, order
from tests.faults.running_service import RunningService, running
from tests.signers import face_jpeg

MOTHER: Final = Signer("insured", "叶小禾", "13800000002", None, b"", b"")
NOTICE: Final = (
    "犹豫期与退保\n\n您签收保险合同的次日起，有 15 天犹豫期。期内退保，扣除不超过人民币 10.00 元工本费后，"
    "退还全部保险费。\n\n犹豫期过后退保，只退现金价值，可能少于您交的保险费。"
)
NOTICE_EN: Final = (
    "Cooling-off and surrender\n\nYou have 15 days from the day after you receive the policy. Within them you get back "
    "all premiums but a fee of at most CNY 10.00.\n\nAfterwards only the cash value is paid, which may be less than "
    "you paid."
)


class Album:
    """Takes the pictures of the signers' pages, in one language at one width."""

    def __init__(self, platform: Platform, camera: Camera) -> None:
        self._platform = platform
        self._camera = camera
        self._phone, self._look = camera.phone, camera.look
        self._locale = camera.locale
        self._buttons: Buttons = ENGLISH if camera.locale == "en" else CHINESE

    def take(self) -> None:
        """Walk all ways that there are."""
        for way in (self._whole, self._refused_camera, self._trouble, self._declined, self._looks):
            way()

    def _order(self, *people: Signer, **more: Any) -> dict[str, Any]:
        return order(self._platform, *(people or (YU,)), locale=self._locale, **more)

    def _whole(self) -> None:
        made = self._order(YU, MOTHER, minimum_reading_seconds=3)
        one = self._phone()
        look = self._look(one)
        walk = Walk(one, YU, self._buttons, look)
        link = address(self._platform, made)
        one.open(link + "/help")
        look("landing-help")
        walk.enter(link)
        walk.consent()
        walk.arrive(r"/pages/1")
        walk.see_picture()
        one.page.get_by_role("link", name="Text" if self._locale == "en" else "文字", exact=True).click()
        one.page.wait_for_url("**as=text")
        look("read-text")
        one.page.go_back()
        walk.see_picture()
        one.page.locator("#read [data-zoom]").click()
        look("read-zoomed")
        one.page.reload()
        walk.read()
        walk.sign()
        walk.consent_to_photo()
        one.page.click("#open")
        expect(one.page.locator("#video")).not_to_have_js_property("videoWidth", 0)
        look("camera")
        one.page.click("#shutter")
        expect(one.page.locator("#use")).to_be_visible()
        look("photo-taken")
        one.page.click("#use")
        walk.arrive(r"/confirm")
        look("confirm")
        home = one.page.url.rpartition("/")[0]
        one.open(home + "/help")
        look("help")
        one.open(home + "/confirm")
        one.press(self._buttons.confirm)
        walk.arrive(r"/done")
        if one.page.locator("svg.stamp").count() == 0:
            look("confirmed")
        expect(one.page.locator("svg.stamp")).to_be_visible()
        look("signed")
        one.close()
        self._afterwards(made)

    def _afterwards(self, made: dict[str, Any]) -> None:
        """The other person signs, and the sealed copy is had by a code."""
        other = self._phone()
        Walk(other, MOTHER, self._buttons, seed=6).all(address(self._platform, made, 1))
        self._platform.wait(made["id"], "completed")
        self._platform.certificate(made["id"])
        look = self._look(other)
        expect(other.page.locator("a[href$='sealed.pdf']")).to_be_visible()
        look("completed")
        other.close()
        later = self._phone()
        look = self._look(later)
        later.open(address(self._platform, made))
        look("copy")
        later.page.locator("form[action$='copy-code'] button").click()
        later.page.wait_for_url("**sent=1")
        look("copy-code")
        later.page.fill("#code", "246810")
        later.page.locator("[form=open]").click()
        later.page.wait_for_url("**/copy")
        look("copy-documents")
        later.close()

    def _refused_camera(self) -> None:
        text = NOTICE_EN if self._locale == "en" else NOTICE
        notice = {"id": "cooling-off", "version": "1", "text": text, "stage": "reading", "roles": ["applicant"]}
        made = self._order(consents=[notice])
        one = self._phone(camera=False)
        look = self._look(one)
        walk = Walk(one, YU, self._buttons)
        walk.enter(address(self._platform, made))
        walk.read()
        walk.arrive(r"/consents")
        look("notice")
        one.page.locator("[form=consents]").click()
        look("notice-wanting")
        one.page.locator("input[type=checkbox]").check()
        one.page.locator("[form=consents]").click()
        walk.arrive(r"/sign")
        box = one.page.locator("#ink").bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        one.stroke([[(x + step, y + step % 3, 0.5) for step in range(14)]])
        one.page.click("#use")
        expect(one.page.locator("#said")).to_be_visible()
        one.page.wait_for_timeout(600)
        look("sign-again")
        one.page.click("#clear")
        walk.sign()
        walk.arrive(r"/photo")
        for name in ("denied", "missing", "busy", "insecure", "inside"):
            one.page.evaluate(_SHOWN, name)
            look(f"camera-{name}")
        one.close()

    def _trouble(self) -> None:
        made = self._order(photo=False)
        one = self._phone()
        look = self._look(one)
        walk = Walk(one, YU, self._buttons)
        link = address(self._platform, made)
        walk.enter(link, code="111111")
        look("wrong-code")
        walk.identify()
        walk.arrive(r"/consents")
        one.page.locator("[form=consents]").click()
        look("consents-wanting")
        other = self._phone()
        Walk(other, YU, self._buttons).enter(link)
        one.page.reload()
        one.open(one.page.url)
        look("another-device")
        other.close()
        one.open(f"{self._platform.url}/s/x")
        look("unknown-link")
        one.open(f"{self._platform.url}/c/rcp_{'0' * 26}")
        look("no-session")
        later = self._order(YU, Signer("insured", "叶小禾", "13800000002", None, b"", b""), second_group=True)
        one.open(address(self._platform, later, 1))
        look("not-your-turn")
        self._platform.api.post(f"/v1/envelopes/{later['id']}/void", {"reason": "wrong-document"})
        one.open(address(self._platform, later))
        look("withdrawn")
        one.close()

    def _declined(self) -> None:
        made = self._order(photo=False)
        one = self._phone()
        look = self._look(one)
        walk = Walk(one, YU, self._buttons)
        walk.enter(address(self._platform, made))
        walk.arrive(r"/consents")
        one.page.locator("a[href$='/decline']").first.click()
        look("decline")
        one.page.locator("input[name=reason]").first.check()
        one.page.locator("[form=decline]").click()
        look("declined")
        one.close()

    def _looks(self) -> None:
        """Large type, and dark, at a few screens."""
        title = "A policy with a very long title " * 5 + "." if self._locale == "en" else "长" * 120
        for name, more in (("dark", {"color_scheme": "dark"}), ("large", {})):
            made = self._order(YU, title=title)
            one = self._phone(**more)
            look = self._look(one)
            one.open(address(self._platform, made))
            if name == "large":
                one.page.locator("button[name=letters]").click()
                one.page.wait_for_load_state()
            walk = Walk(one, YU, self._buttons, lambda screen, look=look, name=name: look(f"{name}-{screen}"))
            walk.enter(one.page.url)
            walk.consent()
            walk.arrive(r"/pages/1")
            walk.see_picture()
            look(f"{name}-read")
            one.close()


_SHOWN: Final = """(name) => {
  for (const id of ["primer", "look"]) document.getElementById(id).hidden = true;
  for (const one of document.querySelectorAll("[data-trouble]")) one.hidden = one.dataset.trouble !== name;
  const barred = ["insecure", "inside", "missing"].indexOf(name) >= 0;
  document.getElementById("open").hidden = barred;
  document.getElementById("open").querySelector("span").textContent = document.getElementById("open").dataset.again;
  document.getElementById("picker").hidden = !barred;
  document.getElementById("second").hidden = barred;
}"""


def _film(folder: Path) -> Path:
    return face_film(folder, face_jpeg(3, (480, 640)))


@contextmanager
def _ceremony(folder: Path) -> Iterator[Callable[[Camera], None]]:
    """What takes the pictures of the signers' pages, at a running service."""
    with running(RunningService(folder)) as service:
        platform = Platform(service.url, service.new_client())
        yield lambda camera: Album(platform, camera).take()
        platform.api.close()


@contextmanager
def _console(folder: Path) -> Iterator[Callable[[Camera], None]]:
    """What takes the pictures of the console."""
    with console_site(folder) as site:
        yield lambda camera: ConsoleAlbum(site, camera).take()


@contextmanager
def _verify(folder: Path) -> Iterator[Callable[[Camera], None]]:
    """What takes the pictures of verification."""
    with console_site(folder) as site:
        yield lambda camera: VerifyAlbum(site, camera).take()


@contextmanager
def _retention(folder: Path) -> Iterator[Callable[[Camera], None]]:
    """What takes the pictures of what is kept of people."""
    with retention_site(folder) as site:
        yield lambda camera: RetentionAlbum(site, camera).take()


@contextmanager
def _requests(folder: Path) -> Iterator[Callable[[Camera], None]]:
    """What takes the pictures of service requests about policies."""
    with request_site(folder) as site:
        yield lambda camera: RequestAlbum(site, camera).take()


@contextmanager
def _exports(folder: Path) -> Iterator[Callable[[Camera], None]]:
    """What takes the pictures of exports and stories."""
    with console_site(folder) as site:
        yield lambda camera: ExportAlbum(site, camera).take()


@contextmanager
def _afterwards(folder: Path) -> Iterator[Callable[[Camera], None]]:
    """What takes the pictures of what comes long after signing."""
    with afterwards_site(folder) as site:
        yield lambda camera: AfterwardsAlbum(site, camera).take()


@contextmanager
def _claims_desk(folder: Path) -> Iterator[Callable[[Camera], None]]:
    """The pages on which claims are handled and surveyed."""
    with claims_desk_site(folder) as site:
        yield lambda camera: ClaimsDeskAlbum(site, camera).take()


@contextmanager
def _paper(folder: Path) -> Iterator[Callable[[Camera], None]]:
    """The pages of the print centre and the outlet."""
    with paper_site(folder) as site:
        sow_paper(site)
        yield lambda camera: PaperAlbum(site, camera).take()


@contextmanager
def _delivery(folder: Path) -> Iterator[Callable[[Camera], None]]:
    """What takes the pictures of the pages of deliveries, and of their customers'."""
    with policy_site(folder, DELIVERY, sow=False) as site:
        deliverers = sow_deliveries(site)
        yield lambda camera: DeliveryAlbum(deliverers, camera).take()


@contextmanager
def _claims_board(folder: Path) -> Iterator[Callable[[Camera], None]]:
    """The board, alarms, hotline, dispatch and parts of claims."""
    with claims_board_site(folder) as site:
        yield lambda camera: ClaimsBoardAlbum(site, camera).take()


@contextmanager
def _claims_phone(folder: Path) -> Iterator[Callable[[Camera], None]]:
    """What takes the pictures of the pages on which customers report and settle their claims."""
    with claims_phone_site(folder) as site:
        yield lambda camera: ClaimsPhoneAlbum(site, camera).take()


@contextmanager
def _policy(folder: Path) -> Iterator[Callable[[Camera], None]]:
    """What takes the pictures of the pages on which policies are sold."""
    with policy_site(folder) as site:
        yield lambda camera: PolicyAlbum(site, camera).take()


PARTS: Final = {
    "afterwards": _afterwards,
    "ceremony": _ceremony,
    "claims-desk": _claims_desk,
    "claims-phone": _claims_phone,
    "console": _console,
    "delivery": _delivery,
    "exports": _exports,
    "policy": _policy,
    "paper": _paper,
    "requests": _requests,
    "verify": _verify,
    "retention": _retention,
    "claims-board": _claims_board,
}
LOCALES: Final = {"zh": "zh-CN", "zh-CN": "zh-CN", "en": "en"}


def main() -> int:
    """Take all pictures, or those of the parts, languages and widths that are named; return the exit status."""
    named = sys.argv[1:]
    parts = [name for name in named if name in PARTS] or [*PARTS]
    locales = dict.fromkeys(LOCALES[name] for name in named if name in LOCALES) or ["zh-CN", "en"]
    widths = [width for width in WIDTHS if str(width["width"]) in named]
    if unknown := set(named) - {*PARTS, *LOCALES, *(str(width["width"]) for width in WIDTHS)}:
        sys.stderr.write(f"unknown: {', '.join(sorted(unknown))}\n")
        return 2
    broken_rules = 0
    for part in parts:
        with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
            folder = Path(name)
            with PARTS[part](folder / "service") as take, chromium(playwright, _film(folder)) as browser:
                for locale in locales:
                    for width in widths or WIDTHS:
                        camera = Camera(browser, locale, width)
                        take(camera)
                        sys.stdout.write(f"{camera.folder}: {camera.taken} screens of the {part}\n")
                        sys.stdout.writelines(f"  {broken}\n" for broken in camera.violations)
                        sys.stdout.flush()
                        broken_rules += len(camera.violations)
    return 1 if broken_rules else 0


if __name__ == "__main__":
    sys.exit(main())
