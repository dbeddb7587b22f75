"""Receipts at browsers: signed by the link, photographed and compared; a delivery is handed to somebody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from delivery.domain.clocks import day_of
from delivery.domain.values import DeliveryState, ReceiptWay
from delivery.room import ROOM
from demo.phones import DESK, Phone
from demo.player import Signer
from tests.browser.policy_site import SELLER, PolicySite, policy_site
from tests.browser.test_browser_policy import Customer
from tests.service import system_now
from tests.unit.delivery.delivery_play import HANDED
from tests.unit.delivery.insured import Delivering
from tests.unit.delivery.pictures import receipt_photo

Phones = Callable[..., Phone]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PolicySite]:
    with policy_site(tmp_path_factory.mktemp("deliveries"), ROOM, sow=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def sold(site: PolicySite) -> Delivering:
    made = Delivering(site.insurer)
    assert made.clerk and made.supervisor
    site.console.office.now = site.insurer.console.office.now
    return made


def test_the_customer_signs_the_electronic_receipt_by_the_link(
    site: PolicySite, sold: Delivering, phones: Phones
) -> None:
    delivery = sold.sell()
    phone = phones()
    phone.open(site.url + sold.link(delivery))
    phone.page.fill("#tail", sold.tail)
    phone.press("查看合同")
    expect(phone.page.locator("h1")).to_have_text("先看合同，再签收")
    phone.press("看过了，去签收")
    phone.page.wait_for_url("**/s/**")
    who = sold.applicant
    signer = Signer("applicant", who.name, who.phone, who.id_number, b"", b"")
    walk = Customer(phone, signer, seed=41, work=site.insurer.work)
    walk.enter(phone.page.url)
    walk.consent()
    walk.read(1)
    walk.sign()
    walk.confirm()  # and no photo in between
    phone.open(site.url + sold.link(delivery))
    expect(phone.page.locator("h1")).to_have_text("已经签收，谢谢您")
    receipt = sold.state(delivery).receipt
    assert receipt is not None
    assert receipt.way is ReceiptWay.SELF


def test_a_call_is_logged_a_paper_receipt_photographed_and_a_clerk_accepts_it(
    site: PolicySite, sold: Delivering, phones: Phones, tmp_path: Path
) -> None:
    delivery = sold.on_paper(*HANDED[1:])
    issued = sold.state(delivery).issued
    assert issued is not None
    picture = tmp_path / "receipt.jpg"
    picture.write_bytes(receipt_photo(issued.policy))
    seller = phones()
    site.log_in(seller, SELLER)
    seller.open(f"{site.url}/console/delivery/open/{delivery}")
    seller.page.select_option("#call-outcome", "no-answer")
    seller.page.fill("#call-words", "约在晚上再打")
    seller.press("记录")
    expect(seller.page.get_by_role("status").first).to_contain_text("通话已记录")
    seller.press("拍纸质回执")
    seller.page.set_input_files("#picture", picture)
    seller.page.fill("#day", day_of(system_now()).isoformat())
    seller.press("交给内勤核对")
    expect(seller.page.locator("main")).to_contain_text("回执已拍照")

    clerk = phones(viewport=DESK)
    site.log_in(clerk, "fang.min")
    clerk.open(f"{site.url}/console/delivery/open/{delivery}/compare")
    expect(clerk.page.locator("main")).to_contain_text("条码相符")
    clerk.press("通过")
    expect(clerk.page.get_by_role("status").first).to_contain_text("回执已通过")
    assert sold.state(delivery).state is DeliveryState.RETURNED


def test_a_supervisor_hands_a_delivery_to_somebody_else(site: PolicySite, sold: Delivering, phones: Phones) -> None:
    delivery = sold.on_paper(*HANDED[1:], days_ago=13)
    lead = phones(viewport=DESK)
    site.log_in(lead, "qi.lan")
    lead.open(f"{site.url}/console/delivery/open/{delivery}")
    lead.page.get_by_text("改派业务员").click()
    lead.page.select_option("#salesperson", label="许安")
    lead.press("改派")
    expect(lead.page.get_by_role("status").first).to_contain_text("已改派")
    assert sold.state(delivery).salesperson == site.insurer.console.id_of("xu.an")
