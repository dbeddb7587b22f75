"""A person's way through the pages, step by step, in either language, as a thumb takes it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from playwright.sync_api import expect

from demo.phones import Phone
from demo.player import TEST_CODE, Platform, Signer
from esign.evidence.handwriting import Handwriting, parse_handwriting


@dataclass(frozen=True)
class Buttons:
    """What is pressed on the way, in one language."""

    identify: str
    consent: str
    next_page: str
    read: str
    notice: str
    photo_consent: str
    confirm: str


CHINESE: Final = Buttons(
    "确认身份，继续",
    "同意所勾选的，去阅读",
    "下一页",
    "读完了，继续",
    "确认本提示",
    "同意，去拍照",
    "确认签署",
)
ENGLISH: Final = Buttons(
    "Confirm and go on",
    "Agree and read on",
    "Next page",
    "I have read it, go on",
    "Confirm this note",
    "Agree and take the photo",
    "Confirm and sign",
)


def nothing(_name: str) -> None:
    """Look at no screen."""


def address(platform: Platform, made: Mapping[str, Any], number: int = 0) -> str:
    """Return the address in the message to a recipient."""
    return f"{platform.url}/s/{made['recipients'][number]['token']}"


@dataclass
class Walk:
    """One person with their phone, on their way; `look` is called at every screen with its name."""

    phone: Phone
    person: Signer
    buttons: Buttons = CHINESE
    look: Callable[[str], None] = nothing

    def hand(self) -> Handwriting:
        """Return what the person writes on the pad."""
        return parse_handwriting(self.person.handwriting)

    def enter(self, link: str, *, code: str = TEST_CODE) -> None:
        """From the link into the session."""
        self.phone.open(link)
        self.look("landing")
        self.phone.page.locator("form[action$='/open'] button").click()
        self.arrive(r"/identify")
        self.look("identify")
        self.identify(code)

    def identify(self, code: str = TEST_CODE) -> None:
        page = self.phone.page
        page.fill("#code", code)
        page.fill("#name", self.person.name)
        if self.person.id_number:
            page.fill("#tail", self.person.id_number[-4:].lower())
        self.phone.press(self.buttons.identify)
        page.wait_for_load_state()

    def consent(self) -> None:
        """The consents that come before reading."""
        self.arrive(r"/consents")
        self.look("consents")
        for box in self.phone.page.locator("input[type=checkbox]").all():
            expect(box).not_to_be_checked()
            box.check()
        self.phone.press(self.buttons.consent)

    def read(self, pages: int = 2, *, seconds: int = 0) -> None:
        """Every page of the contract, the last until so many seconds of reading are over."""
        begun = time.monotonic()
        for number in range(1, pages + 1):
            self.arrive(rf"/pages/{number}")
            self.see_picture()
            if number == 1:
                self.look("read")
            if number == pages and (left := seconds - (time.monotonic() - begun)) > 0:
                self.phone.page.wait_for_timeout((left + 1) * 1000)
            self.phone.press(self.buttons.next_page if number < pages else self.buttons.read)

    def note(self) -> None:
        """Every notice that has a page of its own."""
        page = self.phone.page
        page.wait_for_load_state()
        number = 0
        while page.locator(".legal.notice").count():
            number += 1
            self.look(f"notice-{number}")
            page.locator("input[type=checkbox]").check()
            self.phone.press(self.buttons.notice)
            page.wait_for_load_state()

    def sign(self) -> None:
        self.arrive(r"/sign")
        self.look("sign")
        self.phone.write(self.hand())
        self.look("written")
        self.phone.page.click("#use")

    def photograph(self) -> None:
        """The consents about the photo, and the photo by the browser's camera."""
        self.consent_to_photo()
        page = self.phone.page
        page.click("#open")
        expect(page.locator("#video")).not_to_have_js_property("videoWidth", 0)
        self.look("camera")
        page.click("#shutter")
        expect(page.locator("#use")).to_be_visible()
        self.look("photo-taken")
        page.click("#use")

    def consent_to_photo(self) -> None:
        self.arrive(r"/consents")
        self.look("photo-consents")
        for box in self.phone.page.locator("input[type=checkbox]").all():
            expect(box).not_to_be_checked()
            box.check()
        self.phone.press(self.buttons.photo_consent)
        self.arrive(r"/photo")
        self.look("photo")

    def confirm(self) -> None:
        """Confirm, and wait until it is signed."""
        self.arrive(r"/confirm")
        self.look("confirm")
        self.phone.press(self.buttons.confirm)
        expect(self.phone.page.locator("svg.stamp")).to_be_visible()
        self.look("signed")

    def all(self, link: str, *, pages: int = 2, seconds: int = 0) -> None:
        """The whole way, with a contract of so many pages that is read for so many seconds at least."""
        self.enter(link)
        self.consent()
        self.note()
        self.read(pages, seconds=seconds)
        self.note()
        self.sign()
        self.photograph()
        self.confirm()

    def arrive(self, place: str) -> None:
        """Wait for the page at this address."""
        self.phone.page.wait_for_url(re.compile(rf"{place}(\?.*)?$"))
        self.phone.page.wait_for_load_state()

    def see_picture(self) -> None:
        expect(self.phone.page.locator("#paper img")).not_to_have_js_property("naturalWidth", 0)
