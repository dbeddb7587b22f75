"""Takes the pictures of one language at one width, and notes what is wrong with each screen while it is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser

from demo.phones import DESK, SMALL, TABLET, Phone, phone
from tests.browser.accessibility import violations

FOLDER: Final = Path("build") / "screens"
WIDTHS: Final = (SMALL, TABLET, DESK)
_WIDE: Final = "Math.max(document.documentElement.scrollWidth, window.innerWidth)"
"""A page that is wider than a phone makes the window of a phone wider, too."""


class Camera:
    """Whoever walks with it calls `look` at every screen. `violations` are of accessibility, and of width."""

    def __init__(self, browser: Browser, locale: str, width: dict[str, int], *, folder: Path = FOLDER) -> None:
        self.browser = browser
        self.locale = locale
        self.width = width
        self.folder = folder / locale / str(width["width"])
        self.folder.mkdir(parents=True, exist_ok=True)
        self.taken = 0
        self.violations: list[str] = []

    def phone(self, **more: Any) -> Phone:
        """Return a browser of this language and width."""
        small = self.width is SMALL
        usual = {"is_mobile": small, "device_scale_factor": 2 if small else 1}
        return phone(self.browser, viewport=self.width, locale=self.locale, **{**usual, **more})

    def look(self, one: Phone) -> Callable[..., None]:
        """Return what takes a picture of the browser's screen under a name, `full` of the whole page."""

        def look(name: str, *, full: bool = False) -> None:
            one.page.wait_for_load_state()
            one.page.wait_for_timeout(120)
            one.page.screenshot(path=str(self.folder / f"{name}.png"), full_page=full)
            self.taken += 1
            self.violations += [f"{name}: {broken}" for broken in violations(one.page)]
            wide = one.page.evaluate(_WIDE)
            if wide > self.width["width"]:
                self.violations.append(f"{name}: the page is {wide} px wide")

        return look
