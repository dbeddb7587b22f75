"""Claims staff with a phone: a survey without a connection, a form that is too late, a picture that comes in live."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from claims.domain import commands as c
from claims.pictures.store import Pictures
from demo.cars import photo
from demo.phones import Phone
from tests.browser.accessibility import accessible
from tests.browser.claims_site import ClaimsSite, claims_site
from tests.service import system_now
from tests.unit.claims.claims_office import HANDLER, LEAD, SURVEYOR

Phones = Callable[..., Phone]
HERE = "/console/claims"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClaimsSite]:
    with claims_site(tmp_path_factory.mktemp("claims"), sow=False) as opened:
        yield opened


def reported(site: ClaimsSite, **changes: object) -> str:
    claim = site.office.report(**changes)
    site.office.claims.advance(claim)
    return claim


def events(site: ClaimsSite, claim: str) -> list[str]:
    return [one.removeprefix("claim.") for one in site.office.claims.house.events(claim)]


def lost_connection(phone: Phone) -> None:
    """Take off what the browser says of a connection that is not there: it is what the test is about."""
    phone.complaints[:] = [one for one in phone.complaints if "ERR_INTERNET_DISCONNECTED" not in one]


def test_a_survey_that_is_filled_in_without_a_connection_is_sent_once_when_it_is_back(
    site: ClaimsSite, phones: Phones
) -> None:
    claim = reported(site, estimate="26000.00")
    phone = phones()
    page, look = phone.page, accessible(phone.page)
    site.log_in(phone, SURVEYOR)
    phone.open(f"{site.url}{HERE}?show=free")
    look("list")
    page.locator(f"a[href='{HERE}/{claim}']").click()
    phone.press("我去查勘")
    expect(page.get_by_role("status").first).to_contain_text("查勘由您去")
    look("claim")
    phone.press("现场查勘")
    page.select_option("[name=fault]", "100")
    page.check("[name=zones][value=front]")
    page.fill("[name=driver]", "江一帆")
    look("survey")
    page.wait_for_timeout(400)
    page.reload()  # the battery is changed: what was typed is there again
    expect(page.locator("[name=driver]")).to_have_value("江一帆")
    expect(page.locator("[name=zones][value=front]")).to_be_checked()
    phone.context.set_offline(True)
    phone.press("提交")
    expect(page.locator("[data-said-here]")).to_contain_text("已存在这部手机上")
    phone.press("提交")  # pressed again, since nothing seemed to happen
    expect(page.locator("[data-outbox]")).to_contain_text("有 1 张表单")
    assert "surveyed" not in events(site, claim)
    phone.context.set_offline(False)
    page.wait_for_url(f"**{HERE}/{claim}?done=*")
    expect(page.get_by_role("status").first).to_contain_text("查勘表已提交")
    assert events(site, claim).count("form-filed") == events(site, claim).count("surveyed") == 1
    assert page.evaluate("Object.keys(localStorage).filter((key) => /江一帆/.test(localStorage[key]))") == []
    lost_connection(phone)


def test_a_surveyor_who_cannot_go_says_so_without_a_connection_and_it_counts_once(
    site: ClaimsSite, phones: Phones
) -> None:
    claim, office = reported(site, estimate="26000.00"), site.office
    surveyor, agent = office.id_of(SURVEYOR), office.id_of(HANDLER)
    task = office.claims.state(claim).survey
    assert task is not None
    send = c.SendSurveyor(at=system_now(), survey=task.id, to=surveyor, metres=None, by=agent)
    office.claims.give(claim, lambda _state: send)
    phone = phones()
    page, look = phone.page, accessible(phone.page)
    site.log_in(phone, SURVEYOR)
    phone.open(f"{site.url}{HERE}/dispatch/mine")
    sheet = page.locator(".case").filter(has_text=claim[-6:])
    sheet.locator("summary").click()
    sheet.locator("select").select_option("car-trouble")
    phone.context.set_offline(True)
    for _ in range(2):
        sheet.locator("form[action$='/decline'] button").click()
        expect(page.locator("[data-said-here]")).to_contain_text("已存在这部手机上")
    expect(page.locator("[data-outbox]")).to_contain_text("有 1 张表单")
    look("kept")
    phone.context.set_offline(False)
    page.wait_for_url(f"**{HERE}/dispatch/mine?done=*")
    expect(page.get_by_role("status").first).to_contain_text("会另派别人")
    assert events(site, claim).count("survey-declined") == 1
    lost_connection(phone)


def test_a_form_that_comes_too_late_says_why_and_changes_nothing(site: ClaimsSite, phones: Phones) -> None:
    claim, office = reported(site), site.office
    handler, lead = office.id_of(HANDLER), office.id_of(LEAD)
    office.claims.give(claim, lambda _state: c.Take(at=system_now(), by=handler)).survey(claim)
    phone = phones()
    site.log_in(phone, HANDLER)
    phone.open(f"{site.url}{HERE}/{claim}/loss-assessment")
    page, look = phone.page, accessible(phone.page)
    page.fill("[data-search]", "保险杠 喷漆")
    expect(page.locator("[data-item]:visible")).to_have_count(1)
    page.locator("[data-item]:visible [data-step='1']").click()
    expect(page.locator("[data-sum]")).to_have_text("300.00 元")
    look("assessment")
    phone.context.set_offline(True)
    phone.press("提交定损")
    expect(page.locator("[data-outbox]")).to_contain_text("有 1 张表单")
    office.claims.give(claim, lambda _state: c.HandOver(at=system_now(), to=lead, reason="away", by=lead))
    phone.context.set_offline(False)
    expect(page.locator("[data-outbox]")).to_contain_text("没有被接受：此案不是您在办理")
    look("refused")
    phone.press("不再提交，从本机删除")
    expect(page.locator("[data-outbox]")).to_be_hidden()
    assert "assessed" not in events(site, claim)
    phone.complaints[:] = [one for one in phone.complaints if "409" not in one]
    lost_connection(phone)


def test_pictures_come_in_while_the_handler_is_on_the_phone_with_the_customer(site: ClaimsSite, phones: Phones) -> None:
    claim, office = reported(site), site.office
    handler = office.id_of(HANDLER)
    office.claims.give(claim, lambda _state: c.Take(at=system_now(), by=handler))
    phone = phones()
    site.log_in(phone, HANDLER)
    phone.open(f"{site.url}{HERE}/{claim}")
    page = phone.page
    page.get_by_text("改派", exact=True).first.click()
    Pictures(office.claims.office).take(claim, "plate", photo(31), actor="tests")
    expect(page.locator("[data-live=pictures] figure")).to_have_count(1)
    expect(page.locator("[data-live=pictures] img")).to_have_js_property("complete", True)
    expect(page.locator("[data-follow]")).to_be_visible()
    expect(page.locator("details.act-form[open]").filter(has_text="改派")).to_have_count(1)
    accessible(page)("with a picture")


def test_a_handler_settles_live_and_sees_the_tables_sentences_as_they_type(site: ClaimsSite, phones: Phones) -> None:
    claim, office = reported(site, estimate="26000.00"), site.office
    handler, lead = office.id_of(HANDLER), office.id_of(LEAD)
    claims = office.claims.give(claim, lambda _state: c.Take(at=system_now(), by=handler))
    claims.survey(claim).assess(claim, (("front-left-door", 6), ("bonnet", 4))).advance(claim)
    assessment = office.claims.state(claim).assessment
    assert assessment is not None
    verify = c.Verify(at=system_now(), assessment=assessment.id, passed=True, by=lead)
    claims.give(claim, lambda _state: verify)
    phone = phones()
    page, look = phone.page, accessible(phone.page)
    site.log_in(phone, HANDLER)
    phone.open(f"{site.url}{HERE}/{claim}")
    phone.press("理算")
    steps = page.locator("[data-steps]")
    expect(steps).to_contain_text("责任比例 100%")
    page.fill("#fault", "70")
    expect(steps).to_contain_text("责任比例 70%")
    look("settlement")
    sum_shown = page.locator("[data-fen]").inner_text()
    phone.press("按此理算")
    page.wait_for_url(f"**{HERE}/{claim}?done=*")
    expect(page.locator("section[aria-labelledby=settlement]")).to_contain_text(sum_shown)
    settlement = office.claims.state(claim).settlement
    assert settlement is not None and f"{settlement.fen / 100:,.2f}" in sum_shown
    look("settled")
