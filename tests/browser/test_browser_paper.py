"""Paper goes its way through the pages: print operator with a hand scanner, clerk with scanner and with a telephone."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, Route, expect

from delivery.domain import commands as c
from delivery.domain.values import RouteWay
from delivery.printing.parcels import label_of
from demo.phones import DESK, Phone, chromium, face_film, phone
from esign.public.typesetting import code39_widths
from tests.browser.menus import go_to
from tests.browser.paper_site import CLERK, HERE, PRINTER, PaperSite, paper_site
from tests.service import system_now
from tests.unit.delivery.printing.test_delivery_paper_pages import photographed

Phones = Callable[..., Phone]
DETECTOR = """
window.BarcodeDetector = class {
  async detect(video) {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    if (!canvas.width) return [];
    canvas.getContext("2d").drawImage(video, 0, 0);
    const found = await window.readFrame(canvas.toDataURL("image/png").split(",")[1]);
    return found ? [{ rawValue: found }] : [];
  }
};
"""
"""What Chromium has on telephones and not here: the frame is read by another reader of bar codes."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PaperSite]:
    with paper_site(tmp_path_factory.mktemp("paper")) as opened:
        yield opened


def wedge(page: Page, code: str, title: str) -> None:
    """Type as a hand scanner does, wherever the focus is: the code, then Enter; not before the page listens.

    What is typed while a page is on its way goes to the one before: whoever scans sees the page first.
    """
    expect(page.locator("#scan[data-listening]")).to_be_visible()
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    result = page.locator("#result")
    expect(result).to_contain_text(title)
    expect(page.locator("#code")).to_have_value("")
    expect(page.locator("#code")).to_be_focused()


def choose(page: Page, site: PaperSite, act: str) -> None:
    page.goto(f"{site.url}{HERE}/scan?act={act}")
    expect(page.locator("#code")).to_be_focused()


def test_a_run_of_three_goes_from_the_print_desk_to_the_outlet(site: PaperSite, phones: Phones, tmp_path: Path) -> None:
    numbers = [site.shop.issue() for _ in range(3)]
    desk, clerk = (phones(viewport=DESK, is_mobile=False, has_touch=False) for _ in range(2))
    site.log_in(desk, PRINTER)
    prints(desk, site, numbers)
    parcel = packs(desk, site, numbers)
    assert [site.shop.state(one) for one in numbers] == ["underway"] * 3
    assert site.shop.events(numbers[1]).count("delivery.packed") == 1
    site.log_in(clerk, CLERK)
    receives(clerk, parcel, numbers)
    hands(clerk, phones(), site, numbers, tmp_path)
    assert [site.shop.state(one) for one in numbers] == ["with-salesperson"] * 2 + ["to-print"]


def test_a_scan_is_whole_also_where_a_link_has_the_focus(site: PaperSite, phones: Phones) -> None:
    desk = phones(viewport=DESK, is_mobile=False, has_touch=False)
    site.log_in(desk, PRINTER)
    choose(desk.page, site, "bind")
    for one in (".states a", ".wedge button", ".camera summary"):
        desk.page.locator(one).first.focus()
        wedge(desk.page, "CY00000000", "没有登记")
        assert "/scan?act=bind" in desk.page.url


def test_two_tabs_that_send_what_was_kept_lose_no_scan(site: PaperSite, phones: Phones) -> None:
    first, second = (site.shop.issue() for _ in range(2))
    site.shop.runs.make(site.shop.runs.begin(site.shop.centre, by=site.shop.printer_id))
    desk = phones(viewport=DESK, is_mobile=False, has_touch=False)
    site.log_in(desk, PRINTER)
    one, held, lost = desk.page, list[Route](), list[Route]()
    context, address = one.context, f"{site.url}{HERE}/scan"

    def answer(route: Route) -> None:
        asked = held if first in (route.request.post_data or "") else lost
        asked.append(route)
        if asked is lost:
            route.abort()

    context.route(address, answer)
    choose(one, site, "bind")
    for code in (first, second):
        one.keyboard.type(code)
        one.keyboard.press("Enter")
    other = context.new_page()
    choose(other, site, "bind")
    for _ in range(100):
        if len(held) == 2:
            break
        one.wait_for_timeout(20)
    for route in held:
        route.continue_()
    for page in (one, other):
        expect(page.locator("[data-past] li")).to_have_count(1)
    assert lost, "the second was tried without a connection"
    context.unroute(address)
    other.close()
    one.evaluate("window.dispatchEvent(new Event('online'))")
    expect(one.locator("[data-past] li")).to_have_count(2)
    assert [site.shop.state(code) for code in (first, second)] == ["bound"] * 2
    assert all("ERR_FAILED" in one for one in desk.complaints), "of the connection that was cut, and of nothing else"
    desk.complaints.clear()


def test_a_clerk_is_asked_about_another_parcel_and_sees_what_is_on_its_way(site: PaperSite, phones: Phones) -> None:
    shop = site.shop
    (parcel, numbers), (other, (strayed,)) = sent_off(site, 3), sent_off(site, 1)
    telephone = phones(camera=False)
    page = telephone.page
    page.add_init_script("window.BarcodeDetector = class {};")
    site.log_in(telephone, CLERK)
    page.goto(f"{site.url}{HERE}/scan?act=arrive&parcel={parcel}")
    wedge(page, strayed, "没有登记")
    expect(page.locator("[data-other-label]")).to_have_text(label_of(other))
    page.locator("#other button").click()
    expect(page.locator("#result")).to_contain_text("已到网点")
    expect(page.locator("[data-label]")).to_have_text(label_of(parcel))
    expect(page.locator("[data-missing] li")).to_have_text(numbers[:3])
    wedge(page, numbers[0].lower() + numbers[1], "已到网点")  # Enter came late
    expect(page.locator("[data-missing] li")).to_have_text(numbers[2:3])
    page.context.set_offline(True)
    page.keyboard.type(numbers[2])
    page.keyboard.press("Enter")
    expect(page.locator("#result")).to_contain_text("已存在本机")
    expect(page.locator("#result [data-code]")).to_have_text(numbers[2])
    page.context.set_offline(False)
    expect(page.locator("#result")).to_contain_text("已到网点", timeout=10_000)
    page.locator(".camera summary").click()
    telephone.press("打开相机连续扫描")
    expect(page.locator("[data-no-camera]")).to_be_visible()
    assert [shop.state(one) for one in (*numbers, strayed)] == ["at-outlet"] * 4
    telephone.complaints = [one for one in telephone.complaints if "ERR_INTERNET_DISCONNECTED" not in one]


def sent_off(site: PaperSite, count: int) -> tuple[str, list[str]]:
    """Have so many policies printed, packed and dispatched in one parcel; return it, and their numbers."""
    shop, by = site.shop, site.shop.printer_id
    numbers = [shop.issue() for _ in range(count)]
    shop.runs.make(shop.runs.begin(shop.centre, by=by))
    parcel = shop.parcels.open(shop.centre, shop.outlet, by=by, actor="tests")
    for number in numbers:
        with shop.house.database.transaction() as session:
            delivery, at = shop.deliveries.find(session, number), system_now()
            packed = c.Pack(at=at, parcel=parcel, outlet=shop.outlet, way=RouteWay.DIRECT, by=by)
            asked = (c.Bind(at=at, by=by), c.Check(at=at, passed=True, by=by), packed)
            shop.deliveries.execute(session, delivery, *asked, actor="tests")
    shop.parcels.close(parcel, by=by, actor="tests")
    shop.parcels.dispatch(parcel, by=by, actor="tests")
    return parcel, numbers


def test_a_telephone_reads_codes_by_its_live_camera(site: PaperSite, browser: Browser, tmp_path: Path) -> None:
    number = site.shop.issue()
    site.shop.runs.make(site.shop.runs.begin(site.shop.centre, by=site.shop.printer_id))
    film = face_film(tmp_path, before_the_camera(number), "code")
    playwright = cast(Playwright, SimpleNamespace(chromium=browser.browser_type))
    with chromium(playwright, film) as another:
        telephone = phone(another)
        telephone.page.expose_function("readFrame", read_frame)
        telephone.page.add_init_script(DETECTOR)
        site.log_in(telephone, PRINTER)
        telephone.open(f"{site.url}{HERE}/scan?act=bind")
        telephone.page.locator(".camera summary").click()
        telephone.press("打开相机连续扫描")
        expect(telephone.page.locator("#result")).to_contain_text("已装订")
        expect(telephone.page.locator("[data-past] li")).to_have_count(1)
        assert telephone.complaints == []
        telephone.close()
    assert site.shop.events(number).count("delivery.bound") == 1


def before_the_camera(number: str) -> bytes:
    """Return a drawn picture of the bar code of a number, as wide as the camera sees."""
    picture, at = Image.new("L", (480, 640), 225), 16
    for index, width in enumerate(code39_widths(number)):
        if index % 2 == 0:
            picture.paste(20, (at, 250, at + round(width) * 2, 390))
        at += round(width) * 2
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


def read_frame(picture: str) -> str | None:
    """Return the code in a picture from the browser's camera, in base64: what a telephone's own reader would find."""
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(base64.b64decode(picture))))
    return found[0].text if found else None


def prints(desk: Phone, site: PaperSite, numbers: list[str]) -> None:
    """Print a run, bind and check it."""
    page = desk.page
    go_to(page, "印制")
    desk.press("打印等待的 3 份")
    expect(page.get_by_role("status").first).to_contain_text("打印批次已建立")
    site.insurer.work()
    page.reload()
    with page.expect_download() as download:
        desk.press("下载打印")
    assert download.value.path().read_bytes().startswith(b"%PDF-")

    for act, title in (("bind", "已装订"), ("pass", "质检通过")):
        choose(page, site, act)
        for one in numbers:
            wedge(page, one, title)
            expect(page.locator("[data-code]").first).to_have_text(one)
    wedge(page, numbers[0], "已经扫过了")
    wedge(page, "CY00000000", "没有登记")
    expect(page.locator("[data-text]")).to_contain_text("请核对保单号或条码")


def packs(desk: Phone, site: PaperSite, numbers: list[str]) -> str:
    """Pack a parcel, while the connection is lost in between, and dispatch it; return it."""
    page = desk.page
    page.goto(f"{site.url}{HERE}/printing")
    desk.press("开一个包裹")
    parcel = re.search(r"pcl_[0-9a-z]+", page.url)
    assert parcel is not None
    choose(page, site, "pack")
    wedge(page, label_of(parcel[0]), "已选包裹")
    page.context.set_offline(True)  # the scans are kept, and sent later, once
    for one in numbers:
        page.keyboard.type(one)
        page.keyboard.press("Enter")
    expect(page.locator("[data-buffer]")).to_contain_text("有 3 次扫描还没有上传")
    page.context.set_offline(False)
    expect(page.locator("[data-past] li")).to_have_count(4, timeout=10_000)
    expect(page.locator("[data-buffer]")).to_be_hidden()
    desk.complaints = [one for one in desk.complaints if "ERR_INTERNET_DISCONNECTED" not in one]
    page.goto(f"{site.url}{HERE}/parcels/{parcel[0]}")
    desk.press("封口，共 3 份")
    choose(page, site, "dispatch")
    wedge(page, label_of(parcel[0]), "包裹已发出")
    return parcel[0]


def receives(clerk: Phone, parcel: str, numbers: list[str]) -> None:
    """Scan a parcel in; one policy is not in it."""
    counter = clerk.page
    go_to(counter, "网点收发")
    counter.locator(".work a", has_text="收包裹").click()
    counter.wait_for_url("**/scan?act=arrive")
    wedge(counter, label_of(parcel), "已选包裹")
    expect(counter.locator("[data-missing] li")).to_have_count(3)
    wedge(counter, numbers[0], "已到网点")
    expect(counter.locator("[data-missing] li")).to_have_text(numbers[1:])
    wedge(counter, numbers[1], "已到网点")
    counter.locator("[data-parcel]").click()
    clerk.press("包裹里没有，报遗失重印")
    expect(counter.locator("#result")).to_contain_text("已登记遗失")


def hands(clerk: Phone, telephone: Phone, site: PaperSite, numbers: list[str], folder: Path) -> None:
    """Hand two policies to their salesperson: one by the scanner, one by a telephone that takes a picture."""
    counter = clerk.page
    choose(counter, site, "hand")
    counter.select_option("#salesperson", label="周明 · 2 份")
    counter.wait_for_url("**salesperson=**")
    wedge(counter, numbers[0], "已交业务员")

    site.log_in(telephone, CLERK)
    telephone.open(counter.url)
    telephone.page.locator(".camera summary").click()
    picture = folder / "code.jpg"
    picture.write_bytes(photographed(numbers[1]))
    telephone.page.set_input_files("#shot", picture)
    telephone.press("读出并登记")
    expect(telephone.page.locator("#result")).to_contain_text("已交业务员")
