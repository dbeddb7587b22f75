"""How long a signing takes, from the message to the signature: `make pace` plays a quick and an elderly person.

Both go through the real pages with the contract of the demo, and wait as long as such a person would: to read what a
screen says, to find and press what comes next, to type a code from a message, to write a name, to leaf through the
pages. The seconds come from the keystroke-level model (Card, Moran and Newell, 1983: a key 0.28 s, pointing 1.1 s, a
decision 1.35 s) and from how much of a screen people read (Nielsen, 2008: about a quarter of the words). The elderly
person takes twice as long for each, reads more and slower. Time until somebody sees the message is not counted: nobody
knows it. The page that people land on promises what the slower one needs (`esign.web.promise`).
"""

from __future__ import annotations

import io
import json
import math
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pypdfium2
from playwright.sync_api import sync_playwright

from demo.contract.data import sample_contract
from demo.contract.places import PLACES, anchor_of
from demo.contract.render import render_contract
from demo.phones import chromium, face_film, phone, scaled
from demo.player import TEST_CODE, Platform, Signer
from esign.web import promise
from tests.browser.walks import YE, YU, Walk, address
from tests.faults.running_service import RunningService, running
from tests.signers import face_jpeg

RESULT: Final = Path("build") / "pace.json"


@dataclass(frozen=True)
class Profile:
    """A person's pace. Times are in seconds, `reading` in characters a second of the first `glance` of a screen,
    `writing` a multiple of the time that the strokes were recorded with."""

    name: str
    glance: int
    reading: float
    decision: float
    pointing: float
    key: float
    page: float
    writing: float


QUICK: Final = Profile("quick", glance=50, reading=8, decision=1.35, pointing=1.1, key=0.28, page=2.5, writing=1.0)
ELDERLY: Final = Profile("elderly", glance=80, reading=5, decision=2.7, pointing=2.2, key=0.7, page=5.0, writing=2.5)


@dataclass
class Pace:
    """What a walk took, in seconds: from sending to the stored signature, and on each screen."""

    profile: str
    sent_to_signed: float = 0.0
    pages: int = 0
    screens: dict[str, float] = field(default_factory=dict)


@dataclass
class PacedWalk(Walk):
    """A walk at somebody's pace."""

    profile: Profile = QUICK
    pace: Pace = field(default_factory=lambda: Pace(""))

    def __post_init__(self) -> None:
        self.since = time.monotonic()
        self.look = self._read_screen

    def identify(self, code: str = TEST_CODE) -> None:
        page = self.phone.page
        tail = self.person.id_number[-4:].lower() if self.person.id_number else ""
        for place, typed in (("#code", code), ("#name", self.person.name), ("#tail", tail)):
            if typed:
                self._wait(self.profile.decision + self.profile.pointing)
                page.locator(place).press_sequentially(typed, delay=self.profile.key * 1000)
        self.phone.press(self.buttons.identify)
        page.wait_for_load_state()

    def see_picture(self) -> None:
        super().see_picture()
        self._wait(self.profile.page)

    def sign(self) -> None:
        self.arrive(r"/sign")
        self.look("sign")
        box = self.phone.page.locator("#ink").bounding_box()
        written = self.hand()
        begun = time.monotonic()
        first = written.strokes[0].points[0].t
        for stroke, points in zip(written.strokes, scaled(written, box), strict=True):
            due = begun + (stroke.points[0].t - first) / 1e6 * self.profile.writing
            self._wait(max(0.0, due - time.monotonic()))
            self.phone.stroke([points])
        self.look("written")
        self.phone.page.click("#use")

    def _read_screen(self, name: str) -> None:
        """Read what is there and decide, then find the place to press."""
        self.pace.screens[name] = round(time.monotonic() - self.since, 1)
        page = self.phone.page
        said = page.locator("main").inner_text() if page.locator("main").count() else ""
        boxes = page.locator("input[type=checkbox]").count()
        seconds = min(len(said), self.profile.glance) / self.profile.reading + self.profile.decision
        self._wait(seconds + (1 + boxes) * self.profile.pointing)

    def _wait(self, seconds: float) -> None:
        self.phone.page.wait_for_timeout(seconds * 1000)


def measure(service: RunningService, profile: Profile, signer: Signer, seed: int) -> Pace:
    """Play one person with a service that runs; return how long it took."""
    pdf = render_contract(sample_contract())
    platform = Platform(service.url, service.new_client())
    made = platform.create(
        "岁安终身寿险合同",
        pdf,
        [signer],
        places={role: {"anchor": anchor_of(place)} for role, place in PLACES.items()},
        photo={"roles": [signer.role], "placement": "visible"},
    )
    pace = Pace(profile.name)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        film = face_film(Path(folder), face_jpeg(seed, (480, 640)))
        with chromium(playwright, film) as browser:
            one = phone(browser)
            walk = PacedWalk(one, signer, seed=seed, profile=profile, pace=pace)
            pace.pages = len(pypdfium2.PdfDocument(io.BytesIO(pdf)))
            walk.all(address(platform, made), pages=pace.pages)
            one.close()
    done: dict[str, Any] = platform.api.json(f"/v1/envelopes/{made['id']}")
    signed = datetime.fromisoformat(done["recipients"][0]["signed_at"])
    pace.sent_to_signed = round((signed - datetime.fromisoformat(done["created_at"])).total_seconds(), 1)
    platform.api.close()
    return pace


def main() -> int:
    """Play both people at once, each in a browser; print and keep what it took."""
    with tempfile.TemporaryDirectory() as folder, running(RunningService(Path(folder))) as service:
        plays: list[Callable[[], Pace]] = [
            lambda: measure(service, QUICK, YU, 4),
            lambda: measure(service, ELDERLY, YE, 5),
        ]
        with ThreadPoolExecutor(len(plays)) as pool:
            paces = [done.result() for done in [pool.submit(play) for play in plays]]
    for pace in paces:
        sys.stdout.write(f"{pace.profile:8} from sending to the signature: {pace.sent_to_signed:.0f} s\n")
        for name, at in pace.screens.items():
            sys.stdout.write(f"         {at:6.1f} s  {name}\n")
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps([asdict(pace) for pace in paces], indent=1) + "\n", "utf-8")
    return 0 if all(_kept(pace) for pace in paces) else 1


def _kept(pace: Pace) -> bool:
    """Say whether the person was done within what the landing page promises."""
    promised = {QUICK.name: promise.QUICK, ELDERLY.name: promise.ELDERLY}[pace.profile].left(1, pace.pages)
    minutes = math.ceil(promised / 60)
    is_kept = pace.sent_to_signed <= minutes * 60
    said = "kept" if is_kept else "NOT KEPT: write what was measured into esign/web/promise.py"
    sys.stdout.write(f"{pace.profile:8} promised: {minutes} min for {pace.pages} pages, {said}\n")
    return is_kept


if __name__ == "__main__":
    sys.exit(main())
