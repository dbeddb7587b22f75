"""Phones with people at them: Chromium in a phone's profile, a drawn face before its camera, strokes with pressure.

What a page writes to the console, and every answer that was refused, is kept and looked at by the test.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, Playwright

from esign.evidence.handwriting import Handwriting

CHROMIUM: Final = Path("/usr/bin/chromium")
WAIT: Final = 20_000
"""Milliseconds that a page may take on a busy machine."""
SMALL: Final = {"width": 360, "height": 740}
TABLET: Final = {"width": 768, "height": 1024}
DESK: Final = {"width": 1280, "height": 800}


def face_film(folder: Path, face: bytes, name: str = "face") -> Path:
    """Write a drawn face (JPEG, PNG) as what a camera sees (MJPEG), once."""
    film = folder / f"{name}.mjpeg"
    if not film.exists():
        picture = Image.open(io.BytesIO(face)).resize((480, 640))
        out = io.BytesIO()
        picture.convert("RGB").save(out, "JPEG", quality=92, subsampling=2)
        film.write_bytes(out.getvalue() * 4)
    return film


@contextmanager
def chromium(playwright: Playwright, film: Path, *more: str) -> Iterator[Browser]:
    """Start the browser with this film before its camera."""
    browser = playwright.chromium.launch(
        executable_path=str(CHROMIUM),
        args=[
            "--no-sandbox",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
            "--disable-dev-shm-usage",
            *more,
        ],
    )
    try:
        yield browser
    finally:
        browser.close()


@dataclass
class Phone:
    """One person's browser."""

    context: BrowserContext
    page: Page
    cdp: CDPSession
    complaints: list[str] = field(default_factory=list)

    def open(self, address: str) -> None:
        self.page.goto(address)

    def press(self, name: str) -> None:
        """Press the button or link of this name."""
        self.page.get_by_role("button", name=name, exact=True).or_(
            self.page.get_by_role("link", name=name, exact=True)
        ).first.click()

    def heading(self) -> str:
        return self.page.locator("h1").first.inner_text()

    def write(self, written: Handwriting) -> None:
        """Write a name on the pad, with pressure, as a finger does."""
        box = self.page.locator("#ink").bounding_box()
        if box is None:
            raise LookupError("there is no pad on this page")
        self.stroke(scaled(written, box))

    def stroke(self, strokes: Sequence[Sequence[tuple[float, float, float]]]) -> None:
        """Touch the screen along these strokes of x, y, pressure."""
        for points in strokes:
            for number, (x, y, force) in enumerate(points):
                kind = "touchStart" if number == 0 else "touchMove"
                self.cdp.send(
                    "Input.dispatchTouchEvent",
                    {"type": kind, "touchPoints": [{"x": x, "y": y, "force": force, "id": 1}]},
                )
            self.cdp.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def close(self) -> None:
        self.context.close()


def scaled(written: Handwriting, box: Any) -> list[list[tuple[float, float, float]]]:
    """Return every fifth point of the strokes, laid into the box on the screen."""
    scale = min(0.92 * box["width"] / written.pad_width, 0.92 * box["height"] / written.pad_height)
    left = box["x"] + (box["width"] - scale * written.pad_width) / 2
    top = box["y"] + (box["height"] - scale * written.pad_height) / 2
    return [
        [(left + point.x * scale, top + point.y * scale, point.pressure) for point in stroke.points[::5]]
        for stroke in written.strokes
    ]


def phone(
    browser: Browser,
    *,
    viewport: dict[str, int] | None = None,
    locale: str = "zh-CN",
    camera: bool = True,
    **more: Any,
) -> Phone:
    """Return a phone of its own: no cookie of another one's."""
    size: Any = viewport or SMALL
    given: dict[str, Any] = {
        "viewport": size,
        "locale": locale,
        "has_touch": True,
        "is_mobile": True,
        "device_scale_factor": 2,
        "timezone_id": "Asia/Shanghai",
        "permissions": ["camera"] if camera else [],
        **more,
    }
    context = browser.new_context(**given)
    context.set_default_timeout(WAIT)
    page = context.new_page()
    made = Phone(context, page, context.new_cdp_session(page))
    page.on("console", lambda told: made.complaints.append(told.text) if told.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: made.complaints.append(str(error)))
    return made
