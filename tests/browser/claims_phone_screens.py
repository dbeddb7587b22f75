"""Pictures of the customer's pages of a claim, from the report to the money; `make screens` has them taken."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from demo.cars import photo
from demo.phones import Phone
from esign.public.codes import TEST_CODE
from tests.browser.camera import Camera
from tests.browser.claims_phone_site import ClaimsPhoneSite

Look = Callable[..., None]
MAIN = ".btn.main:visible"
_NUMBERS = count(9000)


@dataclass
class ClaimsPhoneAlbum:
    """The pages in one language at one width."""

    site: ClaimsPhoneSite
    camera: Camera

    def take(self) -> None:
        one = self.camera.phone()
        look = self.camera.look(one)

        def whole(name: str) -> None:
            look(f"claim-{name}", full=True)

        policy = self.site.claims.register()
        claim, home = self._report(one, whole, policy)
        self._photograph(one, whole, home, policy)
        self._settle(one, whole, home, claim)
        one.close()

    def _report(self, one: Phone, look: Look, policy: str) -> tuple[str, str]:
        page = one.page
        one.open(f"{self.site.url}/r/claims/report")
        look("number")
        page.fill("#policy", policy)
        page.click(MAIN)
        page.wait_for_url("**/report/code")
        look("code")
        self.site.send_codes()
        page.fill("#code", TEST_CODE)
        page.click(MAIN)
        page.wait_for_selector("#report")
        self._speak(one)
        look("report")
        page.click(MAIN)
        page.wait_for_selector("#cause-e:not([hidden])")
        look("report-wrong")
        page.check("input[value=scratch]")
        page.fill("#place", "栖霞路地下车库 B2")
        page.check("input[name=estimate][value=little]")
        page.click(MAIN)
        page.wait_for_url("**/clm_*")
        self._speak(one)
        look("sorting")
        claim = re.findall(r"clm_[0-9a-z]+", page.url)[0]
        self.site.claims.advance(claim)
        return claim, page.url.partition("?")[0]

    def _photograph(self, one: Phone, look: Look, home: str, policy: str) -> None:
        page = one.page
        one.open(home)
        look("photograph")
        one.open(f"{home}/shots")
        look("shot")
        self._choose(one, photo(next(_NUMBERS), light=0.08))
        page.wait_for_selector("#said:not([hidden])")
        look("shot-dark")
        page.click("#open")
        page.wait_for_selector("#camera:not([hidden])")
        look("camera")
        page.click("#stop")
        self._choose(one, photo(next(_NUMBERS), taken="2020:01:01 08:00:00"))
        page.wait_for_selector("#go-on:not([hidden])")
        look("shot-marked")
        page.click("#go-on")
        for slot in ("plate", "close-up"):
            page.wait_for_selector(f"#plain[data-key={slot}]", state="attached")
            self._choose(one, photo(next(_NUMBERS)))
        page.wait_for_selector(".album")
        look("album")
        page.fill("#plate", f"栖B{policy[-5:]}")
        page.click(MAIN)
        page.wait_for_url(home)

    def _settle(self, one: Phone, look: Look, home: str, claim: str) -> None:
        page, advance = one.page, self.site.claims.advance
        advance(claim)
        one.open(f"{home}/damage")
        page.locator("summary").first.click()
        look("damage")
        page.select_option("#front-bumper", "dented")
        page.click(MAIN)
        page.wait_for_url(home)
        look("wait")
        advance(claim)
        one.open(f"{home}/offer")
        look("offer")
        page.locator("summary").first.click()
        page.click(MAIN)
        page.wait_for_selector(".error")
        look("offer-wrong")
        page.select_option("#bank", "102100099996")
        page.fill("#account", "6222 0212 3456 7890")
        page.click(MAIN)
        page.wait_for_selector("#agree")
        look("confirm")
        page.fill("#code", TEST_CODE)
        page.click(MAIN)
        page.wait_for_url(home)
        look("paying")
        advance(claim)
        one.open(home)
        look("paid")

    def _speak(self, one: Phone) -> None:
        """Switch to the language of the pictures: a person's record speaks Chinese until they do."""
        button = one.page.locator("button[name=language][value=en]")
        if self.camera.locale == "en" and button.count():
            button.click()
            one.page.wait_for_load_state()

    @staticmethod
    def _choose(one: Phone, picture: bytes) -> None:
        one.page.set_input_files("#pick", {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": picture})
