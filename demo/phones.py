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
_LEFT_OUT: Final = (
    # The list of suggestions below the address, three pages of the browser's own that each window would load.
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"),
    # What Playwright leaves out as well: of several such lists Chromium heeds the last alone.
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *(
        "HttpsFirstBalancedModeAutoEnable",
        "LensOverlay",
        "MediaRouter",
        "PaintHolding",
        "ThirdPartyStoragePartitioning",
    ),
    *("AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled"),
    "PreconnectToSearch",
)
"""Features of Chromium that no page of ours needs."""
SMALL: Final = {"width": 360, "height": 740}
TABLET: Final = {"width": 768, "height": 1024}
DESK: Final = {"width": 1280, "height": 800}
FILM_RATE: Final = 10
"""Pictures a second: every one of them is drawn by the processor."""


def face_film(folder: Path, face: bytes, name: str = "face") -> Path:
    """Write a drawn face (JPEG, PNG) as what a camera sees, once: a YUV4MPEG2 film of one picture, of few a second.

    Its values are those of video (ITU-R BT.601: 16 to 235 and 16 to 240), with colours at half the resolution.
    """
    film = folder / f"{name}.y4m"
    if not film.exists():
        seen = Image.open(io.BytesIO(face)).resize((480, 640)).convert("YCbCr")
        brightness, *colours = seen.split()
        planes = [brightness.point(lambda value: 16 + value * 219 // 255)]
        planes += [
            colour.resize((240, 320), Image.Resampling.BOX).point(lambda value: 16 + value * 224 // 255)
            for colour in colours
        ]
        picture = b"FRAME\n" + b"".join(plane.tobytes() for plane in planes)
        film.write_bytes(b"YUV4MPEG2 W480 H640 F%d:1 Ip A1:1 C420\n" % FILM_RATE + picture * 2)
    return film


@contextmanager
def chromium(playwright: Playwright, film: Path | None = None, *more: str) -> Iterator[Browser]:
    """Start the browser with this film before its camera, or with the browser's own test picture."""
    seen = () if film is None else (f"--use-file-for-fake-video-capture={film}",)
    browser = playwright.chromium.launch(
        executable_path=str(CHROMIUM),
        args=[
            "--no-sandbox",
            "--use-fake-device-for-media-stream",
            *seen,
            "--disable-dev-shm-usage",
            "--disable-gpu",  # there is none: imitating one costs a tenth more than drawing without
            f"--disable-features={','.join(_LEFT_OUT)}",
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
