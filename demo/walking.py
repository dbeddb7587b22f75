"""Both recipients through the real pages, each with a phone of their own: headless, with a picture of every screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import sync_playwright

from demo.phones import CHROMIUM, chromium, face_film, phone
from demo.player import Platform, Signer
from demo.walks import Walk

Play = Callable[[Platform, Mapping[str, Any], Signer], None]
SETTLED: Final = 150
"""Milliseconds until a picture that was just loaded is drawn."""


class NoBrowser(Exception):
    """There is no Chromium to walk with; the message is what the person at the terminal reads."""


def walking(folder: Path, pages: int, *, seconds: int = 0) -> Play:
    """Return what takes a recipient through a contract of so many pages; pictures of the screens go into the folder.

    Nobody reads in less than so many `seconds`. Raises `NoBrowser`.
    """
    if not CHROMIUM.exists():
        raise NoBrowser(f"{CHROMIUM} is not there; run: apt-get install chromium")

    def play(platform: Platform, recipient: Mapping[str, Any], signer: Signer) -> None:
        own = folder / signer.role
        own.mkdir(parents=True, exist_ok=True)
        film = face_film(own, signer.photo)
        with sync_playwright() as playwright, chromium(playwright, film) as browser:
            one = phone(browser)
            taken: list[str] = []

            def look(name: str) -> None:
                one.page.wait_for_timeout(SETTLED)
                taken.append(name)
                one.page.screenshot(path=str(own / f"{len(taken):02}-{name}.png"))

            Walk(one, signer, look=look).all(f"{platform.url}/s/{recipient['token']}", pages=pages, seconds=seconds)
            if one.complaints:
                raise NoBrowser(f"the browser complains: {one.complaints[0]}")
            one.close()
        film.unlink()

    return play
