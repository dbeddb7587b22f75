"""What a person was shown, as it is looked at afterwards: a sequence of pictures that needs no server."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser

from demo.phones import Phone
from demo.player import Platform
from tests.browser.walks import YE, Walk, address, order
from tests.faults.running_service import RunningService

Phones = Callable[..., Phone]


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
