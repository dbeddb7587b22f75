"""Paper goes its way through the pages: print operator with a hand scanner, clerk with scanner and with a telephone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from delivery.printing.parcels import label_of
from demo.phones import DESK, Phone
from tests.browser.menus import go_to
from tests.browser.paper_site import CLERK, HERE, PRINTER, PaperSite, paper_site
from tests.unit.delivery.printing.test_delivery_paper_pages import photographed

Phones = Callable[..., Phone]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PaperSite]:
    with paper_site(tmp_path_factory.mktemp("paper")) as opened:
        yield opened


def wedge(page: Page, code: str, title: str) -> None:
    """Type as a hand scanner does, wherever the focus is: the code, then Enter."""
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
