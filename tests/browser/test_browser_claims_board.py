"""Who leads claims, and the hotline: a board that updates itself, alarms that are answered, calls that count down."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from claims.domain import commands as c
from demo.phones import DESK as WIDE
from demo.phones import Phone
from tests.browser.accessibility import accessible
from tests.browser.claims_site import ClaimsSite, claims_site
from tests.browser.menus import go_to
from tests.service import system_now
from tests.unit.claims.claims_office import DESK, HANDLER, LEAD, MANAGER

Phones = Callable[..., Phone]
HERE = "/console/claims"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClaimsSite]:
    with claims_site(tmp_path_factory.mktemp("claims")) as opened:
        yield opened


def test_a_team_lead_sees_a_new_claim_come_in_and_gives_it_to_a_handler(site: ClaimsSite, phones: Phones) -> None:
    desk = phones(viewport=WIDE, is_mobile=False, has_touch=False)
    page, look = desk.page, accessible(desk.page)
    site.log_in(desk, LEAD)
    go_to(page, "理赔看板")
    look("board")
    survey = page.locator("#lane-survey")
    first = survey.locator(".case").first
    expect(first).to_have_class(re.compile("late"))
    first.focus()
    held = first.get_attribute("id")
    claim = site.office.report()
    expect(survey.locator(f"#case-{claim}")).to_be_visible(timeout=10_000)
    assert page.evaluate("document.activeElement.id") == held
    survey.locator(f"#case-{claim}").click()
    look("case")
    page.select_option("#to", site.office.id_of(HANDLER))
    page.select_option("#reason", "too-much")
    desk.press("改派")
    expect(page.get_by_role("status").first).to_contain_text("已改派")
    assert site.office.claims.state(claim).handler == site.office.id_of(HANDLER)


def test_the_menus_work_from_a_keyboard_and_without_any_module(site: ClaimsSite, phones: Phones) -> None:
    desk = phones(viewport=WIDE, is_mobile=False, has_touch=False)
    page = desk.page
    site.log_in(desk, LEAD)
    menu = page.locator(".top nav details").first
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(menu.locator("a").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu.locator("a").first).to_be_hidden()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    plain = phones(viewport=WIDE, is_mobile=False, has_touch=False, java_script_enabled=False)
    plain.context.add_cookies(desk.context.cookies())
    plain.page.goto(f"{site.url}/console")
    plain.page.locator(".top nav summary").first.click()
    expect(plain.page.locator(".top nav details a").first).to_be_visible()


def test_a_manager_answers_an_alarm_on_a_phone(site: ClaimsSite, phones: Phones) -> None:
    phone = phones()
    page, look = phone.page, accessible(phone.page)
    site.log_in(phone, MANAGER)
    phone.open(f"{site.url}{HERE}/alarms")
    look("alarms")
    alarms = page.locator("main section.case")
    before = alarms.count()
    assert before >= 2
    first = alarms.first
    first.locator("summary").click()
    look("alarm-open")
    first.locator("select").select_option("reassigned")
    first.locator("textarea").fill("已请顾岩改派。")
    first.get_by_role("button", name="确认").click()
    expect(page.get_by_role("status").first).to_contain_text("已记下")
    expect(alarms).to_have_count(before - 1)
    phone.open(f"{site.url}{HERE}/alarms?show=seen")
    expect(page.locator("main")).to_contain_text("已请顾岩改派。")
    expect(page.locator("main")).to_contain_text("秦岚")


def test_an_agent_sees_two_minutes_count_down_and_makes_the_call(site: ClaimsSite, phones: Phones) -> None:
    claim = site.office.report()
    site.office.claims.advance(claim)
    site.office.claims.give(claim, lambda _state: c.AskCallBack(at=system_now(), callback="cbk_1"))
    phone = phones()
    page, look = phone.page, accessible(phone.page)
    site.log_in(phone, HANDLER)
    phone.open(f"{site.url}{HERE}/hotline")
    look("hotline")
    page.locator(f"#call-{claim}").click()
    look("hotline-claim")
    left = page.locator(".countdown").first
    before = left.inner_text()
    assert re.fullmatch(r"还有 1:\d\d", before), before
    expect(left).not_to_have_text(before)
    phone.press("我来回电")
    expect(page.locator("a[href^='tel:']")).to_be_visible()
    phone.press("接通了")
    expect(page.get_by_role("status").first).to_contain_text("接通了")
    assert site.office.claims.state(claim).callbacks[0].done


def test_the_quotation_desk_finds_a_dispute_that_stalled_and_answers_it(site: ClaimsSite, phones: Phones) -> None:
    claim = site.known["disputed"]
    phone = phones()
    page, look = phone.page, accessible(phone.page)
    site.log_in(phone, DESK)
    go_to(page, "价格异议")
    look("quotations")
    page.locator(f"a[href='{HERE}/{claim}']").click()
    answer = page.locator("details.act-form").filter(has_text="答复异议")
    look("answer")
    answer.locator("input[name=changed][value=no]").check()
    answer.locator("textarea").fill("前保险杠按目录价，和三家 4S 店一致。")
    answer.get_by_role("button", name="答复", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("已答复客户的异议")
    assert "claim.dispute-answered" in site.office.claims.house.events(claim)
    assert page.url.partition("?")[0] == f"{site.url}{HERE}/quotations"  # the claim is out of the desk's sight
    expect(page.locator("main")).not_to_contain_text(claim[-6:])


def test_a_shop_answers_by_its_link_and_is_ordered_from(site: ClaimsSite, phones: Phones) -> None:
    claim, lead = site.known["verify"], site.office.staff[LEAD]
    lead.send(f"{HERE}/shops", f"{HERE}/shops", name="望潮配件行", phone="13900000101")
    agent, shop = phones(), phones()
    page = agent.page
    site.log_in(agent, HANDLER)
    agent.open(f"{site.url}{HERE}/parts/{claim}")
    page.get_by_label("望潮配件行").check()
    agent.press("发出询价")
    expect(page.locator("main")).to_contain_text("还没有报")
    [quote] = site.office.claims.state(claim).supplies[-1].quotes
    shop.open(f"{site.url}{link_of(site, quote.id)}")
    look = accessible(shop.page)
    look("quote")
    expect(shop.page.locator("main")).to_contain_text("望潮 S5")
    shop.page.fill("#price", "1480")
    shop.page.fill("#days", "2")
    shop.press("提交报价")
    expect(shop.page.locator("main")).to_contain_text("已收到您的报价")
    agent.page.reload()
    accessible(page)("quoted")
    page.locator("form[action$='/order'] button").click()
    expect(page.locator("main")).to_contain_text("已订购，2 天内送到")
    shop.page.reload()
    expect(shop.page.locator("main")).to_contain_text("已订您的配件，请在 2 天内送到")


def link_of(site: ClaimsSite, quote: str) -> str:
    """Return the address of a shop's page, as its message has it."""
    house = site.office.claims.house
    with house.database.reading() as session:
        texts = [one.composed.words.text for one in house.process.messages.outbox(session, about=quote) if one.composed]
    [found] = re.findall(r"/r/claims/\S+", texts[0])
    return str(found)
