"""A policy is sold through the pages: salesperson, applicant, insured or guardian, underwriter, each at a browser.

The documents are read in a second here: how long a product asks for is its data.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from playwright.sync_api import expect

from demo.phones import DESK, Phone
from demo.player import Signer
from esign.public.people import Person
from policy.products.catalogue import Catalogue
from policy.products.files import load_catalogue
from policy.proposal import Gender
from tests.browser.drafting import fill, go_on, write
from tests.browser.menus import go_to
from tests.browser.policy_site import SELLER, UNDERWRITER, PolicySite, policy_site
from tests.browser.walks import Walk
from tests.unit.policy.policy_people import CHILD, MOTHER, SON, party
from tests.unit.policy.sales_room import COVER, HEIRS, LICENCE, PAYMENT, healthy, person, screens

Phones = Callable[..., Phone]
SUGAR = "2021 年确诊 2 型糖尿病，口服二甲双胍"
WIFE = party("林知夏", SON.born.replace(year=1992, month=2, day=3), Gender.FEMALE, phone="13900137731")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PolicySite]:
    """An insurer whose products are read quickly."""
    quick = Catalogue(tuple(replace(one, reading_seconds=1) for one in load_catalogue().products))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("policy.room.load_catalogue", lambda: quick)
        with policy_site(tmp_path_factory.mktemp("policies"), sow=False) as opened:
            yield opened


@dataclass
class Customer(Walk):
    """Somebody who signs on a phone while the service does its work behind the pages."""

    work: Callable[[], None] = lambda: None

    def confirm(self) -> None:
        self.arrive(r"/confirm")
        self.phone.press(self.buttons.confirm)
        self.arrive(r"/done")
        self.work()
        expect(self.phone.page.locator("svg.stamp")).to_be_visible()


def sell(seller: Phone, screens: Mapping[str, Mapping[str, str]], site: PolicySite) -> None:
    """Type a proposal from the first screen on."""
    seller.open(f"{site.url}/console/policy/proposals")
    seller.press("新投保单")
    write(seller, screens)


def sent(seller: Phone) -> str:
    """Send it, and return its id."""
    fill(seller, {"sales.licence": LICENCE})
    seller.press("发给客户签署")
    expect(seller.page.get_by_role("status")).to_contain_text("已发给客户签署")
    found = re.search(r"prp_[0-9a-z]+", seller.page.url)
    assert found is not None
    return found[0]


def signs(site: PolicySite, phone: Phone, proposal: str, number: int, who: Any, role: str, seed: int) -> None:
    """Have a recipient go the whole way on a phone."""
    desk = site.insurer.house.desk
    envelope = desk.envelope(_envelope(site, proposal))
    with site.insurer.office.house.database.reading() as session:
        link = site.insurer.office.house.envelopes.link(session, envelope.id, envelope.recipients[number].id)
    signer = Signer(role, who.name, who.phone, who.id_number, b"", b"")
    Customer(phone, signer, seed=seed, work=site.insurer.work).all(
        link, pages=envelope.documents[0].plan.pages, seconds=1
    )
    phone.close()


def _envelope(site: PolicySite, proposal: str) -> str:
    with site.insurer.office.house.database.reading() as session:
        envelope = site.insurer.office.get(session, proposal).envelope
    assert envelope is not None
    return envelope


@pytest.mark.parametrize("mother", ["at the desk", pytest.param("on a phone", marks=pytest.mark.full)])
def test_a_son_insures_his_mother_both_sign_and_an_underwriter_decides(
    site: PolicySite, phones: Phones, mother: str
) -> None:
    """The son signs on a phone; what his mother would see on hers are the same pages, seen in `make test-all`."""
    seller = phones()
    site.log_in(seller, SELLER)
    typed = screens()
    wrong = {**typed["applicant"], "applicant.id_number": SON.id_number[:-1] + "0"}
    sick = {**healthy(), "health.answers.diabetes": "yes", "health.answers.diabetes.words": SUGAR}
    seller.open(f"{site.url}/console/policy/proposals")
    seller.press("新投保单")
    fill(seller, typed["cover"])
    expect(seller.page.locator("main")).to_contain_text("8,040.00")  # the quote comes as the fields are left
    go_on(seller)
    fill(seller, wrong)
    go_on(seller)
    expect(seller.page.locator("main")).to_contain_text("公民身份号码不正确，校验码不符")
    seller.complaints = [told for told in seller.complaints if "422" not in told]  # what is wrong is told with it
    fill(seller, {"applicant.id_number": SON.id_number})
    go_on(seller)
    write(seller, {step: typed[step] for step in ("insured", "beneficiaries", "payment")} | {"health": sick})
    proposal = sent(seller)

    signs(site, phones(), proposal, 0, SON, "applicant", seed=31)
    seller.page.reload()
    expect(seller.page.locator("main")).to_contain_text("已签")
    if mother == "on a phone":
        signs(site, phones(), proposal, 1, MOTHER, "insured", seed=32)
    else:
        desk = site.insurer.house.desk
        desk.play(desk.envelope(_envelope(site, proposal)), 1, Person(MOTHER.name, MOTHER.phone, MOTHER.id_number))
        site.insurer.work()
    seller.page.reload()
    expect(seller.page.locator("main")).to_contain_text("人工核保")

    underwriter = phones(viewport=DESK, is_mobile=False, has_touch=False)
    site.log_in(underwriter, UNDERWRITER)
    go_to(underwriter.page, "核保")
    underwriter.press(MOTHER.name)
    expect(underwriter.page.locator("main")).to_contain_text(SUGAR)
    underwriter.page.get_by_label("标准承保").check()
    underwriter.page.get_by_label("理由").fill("血糖控制平稳，无并发症")
    underwriter.press("作出结论")
    expect(underwriter.page.get_by_role("status")).to_contain_text("结论已记录")
    site.insurer.work()

    seller.page.reload()
    expect(seller.page.locator("main")).to_contain_text("已承保")
    with seller.page.expect_download() as download:
        seller.press("下载保险合同")
    contract = download.value.path().read_bytes()
    assert contract.startswith(b"%PDF-")
    assert len(site.insurer.house.events(proposal)) > 8


@pytest.mark.full
def test_a_child_is_insured_and_the_guardian_signs(site: PolicySite, phones: Phones) -> None:
    seller = phones()
    site.log_in(seller, SELLER)
    cover = {**COVER, "applicant_is": "parent", "insured.born": CHILD.born.isoformat(), "sum_insured": "200000"}
    heirs = {**HEIRS, "beneficiaries[0].name": WIFE.name, "beneficiaries[0].id_number": WIFE.id_number}
    child = {**person("insured", CHILD, phone=""), **person("guardian.party", WIFE), "guardian.is_insureds": "parent"}
    sell(
        seller,
        {
            "cover": cover,
            "applicant": person("applicant"),
            "insured": child,
            "beneficiaries": {**heirs, "beneficiaries[0].is_insureds": "parent"},
            "payment": PAYMENT,
            "health": {**healthy(), "health.height_cm": "122", "health.weight_kg": "24"},
        },
        site,
    )
    proposal = sent(seller)
    desk = site.insurer.house.desk
    desk.play(desk.envelope(_envelope(site, proposal)), 0, Person(SON.name, SON.phone, SON.id_number))
    site.insurer.work()
    signs(site, phones(), proposal, 1, WIFE, "guardian", seed=33)
    seller.page.reload()
    expect(seller.page.locator("main")).to_contain_text("已承保")
    assert site.insurer.house.events(proposal)[-1] == "policy.issued"
