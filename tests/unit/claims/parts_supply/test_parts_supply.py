"""Parts: shops are asked by links, quote without an account, are compared, one is chosen, and delivers in time."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select

from claims.domain import commands as c
from claims.domain import next_moves
from claims.parts_supply.models import QuoteRow, ShopRow
from claims.rules_in_force import deadlines_of
from esign.infra.models import Message
from esign.infra.room_links import RoomLinks
from tests.service import system_now
from tests.unit.claims.claim_play import CLOSED, VERIFIED, at
from tests.unit.claims.claims_office import DESK, HANDLER, LEAD, ClaimsOffice
from tests.unit.web.console_room import form_in

HERE, SHOPS = "/console/claims/parts", "/console/claims/shops"
WITH_PARTS = (("front-left-door", 1), ("paint-panel", 1))
_NUMBERS = count(1)


def shop(office: ClaimsOffice) -> str:
    """Register a shop by the page; return its id."""
    number = next(_NUMBERS)
    lead = office.staff[LEAD]
    told = lead.send(SHOPS, SHOPS, name=f"望潮配件{number}店", phone=f"1390000{number:04d}")
    assert told.status_code == 303, told.text
    with office.claims.house.database.reading() as session:
        return str(session.scalars(select(ShopRow.id).order_by(ShopRow.id.desc())).first())


def assessed(office: ClaimsOffice) -> str:
    claim = office.report()
    office.claims.advance(claim).survey(claim).assess(claim, WITH_PARTS)
    return claim


def asked(office: ClaimsOffice, shops: int = 2) -> tuple[str, list[str]]:
    """Return a claim whose parts some shops were asked for, and the quotes, in the order of the shops."""
    claim, agent = assessed(office), office.staff[HANDLER]
    here = f"{HERE}/{claim}"
    chosen = [shop(office) for _ in range(shops)]
    form = agent.form(here, f"{here}/ask")
    told = agent.post(f"{here}/ask", {**form.fields, "shop": chosen})
    assert told.status_code == 303, told.text
    quotes = office.claims.state(claim).supplies[-1].quotes
    return claim, [next(one.id for one in quotes if one.shop == which) for which in chosen]


def link(office: ClaimsOffice, quote: str) -> str:
    """Return the address of the shop's page, as its message has it."""
    with office.claims.house.database.reading() as session:
        row = session.get_one(QuoteRow, quote)
    links = RoomLinks(office.claims.house.process.service.ports.keys, "claims")
    return f"/r/claims/{links.link(quote, row.person)}"


def test_a_form_that_comes_twice_over_a_bad_connection_asks_the_shops_once(office: ClaimsOffice) -> None:
    claim, agent, chosen = assessed(office), office.staff[HANDLER], [shop(office), shop(office)]
    here = f"{HERE}/{claim}"
    fields = {**agent.form(here, f"{here}/ask").fields, "shop": chosen}
    for _ in range(2):
        told = agent.post(f"{here}/ask", fields, headers={"Accept": "application/json"})
        assert (told.status_code, told.get_json()["tone"]) == (200, "done"), told.text
    assert [len(one.quotes) for one in office.claims.state(claim).supplies] == [2]
    again = {**fields, **agent.form(here, f"{here}/cancel").fields, "reason": "none-of-ours"}
    wrong = agent.post(f"{here}/cancel", again, headers={"Accept": "application/json"})
    assert (wrong.status_code, wrong.get_json()["tone"]) == (409, "no")


def quote(office: ClaimsOffice, one: str, price: str, days: str) -> Any:
    address = link(office, one)
    form = form_in(office.claims.house.visit(address), f"{address}/quote")
    return office.claims.house.outside.post(
        f"{address}/quote",
        base_url="https://sign.example",
        data={**form.fields, "price": price, "days": days},
        headers={"Origin": "https://sign.example", "Sec-Fetch-Site": "same-origin"},
    )


def test_shops_quote_by_a_link_and_the_cheapest_is_ordered_and_delivers(office: ClaimsOffice) -> None:
    claim, (dear, cheap) = asked(office)
    assert quote(office, dear, "1,900.00", "1").status_code == 303
    assert quote(office, cheap, "1500", "3").status_code == 303
    agent, here = office.staff[HANDLER], f"{HERE}/{claim}"
    page = agent.get(here)
    assert page.text.index("1,500.00 元") < page.text.index("1,900.00 元")
    assert "最便宜" in page.text
    assert agent.fill(page, f"{here}/order").status_code == 303
    supply = office.claims.state(claim).supplies[-1]
    assert (supply.ordered, supply.days) == (cheap, 3)
    assert "已订您的配件，请在 3 天内送到" in office.claims.house.visit(link(office, cheap)).text
    assert "这次询价已结束" in office.claims.house.visit(link(office, dear)).text
    assert [one.clock for one in deadlines_of(office.claims.state(claim)) if one.clock.startswith("parts")] == [
        "parts-delivery"
    ]
    assert agent.send(here, f"{here}/delivered").status_code == 303
    assert office.claims.state(claim).supplies[-1].delivered
    assert claim not in agent.get(HERE).text
    assert [one.removeprefix("claim.") for one in office.claims.house.events(claim)][-4:] == [
        *("quote-received", "quote-received", "parts-ordered", "parts-delivered"),
    ]


def test_each_shop_is_told_once_by_a_message_with_its_link(office: ClaimsOffice) -> None:
    _, quotes = asked(office)
    with office.claims.house.database.reading() as session:
        told = session.scalars(select(Message).where(Message.kind == "claims-quote-asked")).all()
        about = [dict(one.facts)["subject"] for one in told]  # type: ignore[call-overload]
    assert [about.count(one) for one in quotes] == [1, 1]


def test_the_shops_page_tells_parts_and_nothing_of_the_customer_or_other_shops(office: ClaimsOffice) -> None:
    claim, (first, second) = asked(office)
    quote(office, second, "1234.00", "9")
    page = office.claims.house.visit(link(office, first)).text
    number = office.claims.state(claim).reported.policy
    assert "× 1" in page
    for secret in ("江一帆", number, claim, "1,234", "1234", f"栖B{number[-5:]}"):
        assert secret not in page, secret
    assert "望潮 S5" in page  # nobody prices a door without knowing of which car


def test_nobody_orders_parts_for_a_colleagues_claim(office: ClaimsOffice) -> None:
    claim, (first, _) = asked(office)
    quote(office, first, "1900", "1")
    agent, here = office.staff[HANDLER], f"{HERE}/{claim}"
    page = agent.get(here)
    office.claims.give(claim, lambda _state: c.Take(at=system_now(), by="usr_colleague"))
    assert agent.fill(page, f"{here}/order").status_code == 409
    assert office.claims.state(claim).supplies[-1].ordered is None


def test_parts_are_ordered_at_the_price_that_was_seen(office: ClaimsOffice) -> None:
    claim, (first, _) = asked(office)
    quote(office, first, "1900", "1")
    agent, here = office.staff[HANDLER], f"{HERE}/{claim}"
    page = agent.get(here)
    quote(office, first, "9900", "1")
    told = agent.fill(page, f"{here}/order")
    assert told.status_code == 409 and "供应商刚改了报价" in told.text
    assert office.claims.state(claim).supplies[-1].ordered is None
    assert agent.send(here, f"{here}/order").status_code == 303


def test_a_shop_changes_its_quote_a_few_times_a_day(office: ClaimsOffice) -> None:
    claim, (first, _) = asked(office)
    told = [quote(office, first, f"{1000 + number}", "1").status_code for number in range(21)]
    assert told == [303] * 20 + [429]
    assert office.claims.house.events(claim).count("claim.quote-received") == 20


def test_a_quote_is_changed_until_one_is_chosen(office: ClaimsOffice) -> None:
    claim, (first, second) = asked(office)
    quote(office, first, "1900", "1")
    quote(office, first, "1800", "2")
    late = office.claims.house.visit(link(office, second))
    known = {one.id: one.fen for one in office.claims.state(claim).supplies[-1].quotes}
    assert known == {first: 180_000, second: None}
    agent, here = office.staff[HANDLER], f"{HERE}/{claim}"
    agent.send(here, f"{here}/order")
    address = link(office, second)
    told = office.claims.house.outside.post(
        f"{address}/quote",
        base_url="https://sign.example",
        data={**form_in(late, f"{address}/quote").fields, "price": "1", "days": "1"},
        headers={"Origin": "https://sign.example", "Sec-Fetch-Site": "same-origin"},
    )
    assert told.status_code == 409
    assert "询价已结束" in told.text


@pytest.mark.parametrize(
    ("price", "days"), [("", "2"), ("0", "2"), ("-5", "2"), ("680", "0"), ("680", "400"), ("x", "y")]
)
def test_a_quote_that_is_none_is_said_at_once(office: ClaimsOffice, one_asked: str, price: str, days: str) -> None:
    told = quote(office, one_asked, price, days)
    assert told.status_code == 422
    assert "例如 680.00 和 2" in told.text


@pytest.fixture(scope="module")
def one_asked(office: ClaimsOffice) -> str:
    return asked(office, 1)[1][0]


def test_a_link_with_another_proof_opens_nothing(office: ClaimsOffice) -> None:
    _, (first, second) = asked(office)
    proof = link(office, first).rpartition(".")[2]
    forged = re.sub(r"\.[^.]+$", f".{proof}", link(office, second))
    assert office.claims.house.visit(forged).status_code == 404


def test_a_shop_that_has_not_all_of_them_says_so(office: ClaimsOffice) -> None:
    claim, (first, _) = asked(office)
    address = link(office, first)
    assert office.claims.house.send(address, f"{address}/no-quote").status_code == 303
    assert next(one for one in office.claims.state(claim).supplies[-1].quotes if one.id == first).declined
    assert "没有货" in office.staff[HANDLER].get(f"{HERE}/{claim}").text


def test_parts_that_are_cancelled_can_be_asked_for_again(office: ClaimsOffice) -> None:
    claim, quotes = asked(office)
    agent, here = office.staff[HANDLER], f"{HERE}/{claim}"
    page = agent.get(here)
    assert f"{here}/ask" not in page.text
    assert agent.fill(page, f"{here}/cancel", reason="").status_code == 409
    assert agent.fill(page, f"{here}/cancel", reason="too-dear").status_code == 303
    assert f"{here}/ask" in agent.get(here).text
    assert "这次询价已结束" in office.claims.house.visit(link(office, quotes[0])).text


def test_a_closed_shop_is_asked_no_more(office: ClaimsOffice) -> None:
    one, claim, agent = shop(office), assessed(office), office.staff[HANDLER]
    here = f"{HERE}/{claim}"
    form = agent.form(here, f"{here}/ask")
    assert office.staff[LEAD].send(SHOPS, f"{SHOPS}/{one}/close").status_code == 303
    assert agent.post(f"{here}/ask", {**form.fields, "shop": [one]}).status_code == 409


def test_a_shop_needs_a_name_and_a_phone(office: ClaimsOffice) -> None:
    lead = office.staff[LEAD]
    assert lead.send(SHOPS, SHOPS, name="", phone="13900000000").status_code == 409
    assert lead.send(SHOPS, SHOPS, name="望潮", phone="电话").status_code == 409


def test_the_register_is_kept_by_those_who_lead(office: ClaimsOffice) -> None:
    assert office.staff[HANDLER].get(SHOPS).status_code == 403
    assert office.staff[DESK].get(HERE).status_code == 403


def test_quotes_have_a_clock_and_what_was_ordered_the_days_that_were_promised() -> None:
    play = at(*VERIFIED, c.AskQuotes)
    assert {one.clock for one in deadlines_of(play.claim)} >= {"parts-order"}
    assert [move.act for move in next_moves(play.claim) if "parts" in move.act] == ["order-parts"]
    play.go(c.RecordQuote, days=5).later(hours=1).go(c.OrderParts)
    due = next(one.due for one in deadlines_of(play.claim) if one.clock == "parts-delivery")
    assert due == play.now + timedelta(days=5)


def test_parts_come_also_after_the_claim_is_closed() -> None:
    play = at(*VERIFIED, c.AskQuotes, c.RecordQuote, c.OrderParts)
    play.go(*CLOSED[len(VERIFIED) :])
    assert play.claim.ended
    assert "receive-parts" in {move.act for move in next_moves(play.claim)}
    play.go(c.RecordPartsDelivered)
    assert "receive-parts" not in {move.act for move in next_moves(play.claim)}
