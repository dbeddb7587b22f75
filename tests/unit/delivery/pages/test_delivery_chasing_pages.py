"""Who works on open deliveries at the console: what they see, and what they do about each trouble."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from delivery.domain import commands as c
from delivery.domain.clocks import day_of
from delivery.domain.values import DeliveryState
from delivery.receipts.addressees import addressee_of
from esign.public.envelopes import whoever_signs
from esign.public.people import parse_person
from tests.service import system_now
from tests.unit.delivery.delivery_play import HANDED, PHOTOGRAPHED
from tests.unit.delivery.insured import Delivering
from tests.unit.web.console_room import Member

OPEN = "/console/delivery/open"
TODAY = day_of(system_now())


def act(member: Member, delivery: str, name: str, **typed: str) -> int:
    page = f"{OPEN}/{delivery}"
    return member.send(page, f"{page}/{name}", **typed).status_code


@pytest.fixture
def delivery(sold: Delivering) -> str:
    return sold.on_paper(*HANDED[1:])


def test_the_most_urgent_is_first_and_names_no_other_sellers_customers(sold: Delivering, delivery: str) -> None:
    late = sold.on_paper(*HANDED[1:], days_ago=17)
    told = sold.seller.get(OPEN).text
    assert told.index(late) < told.index(delivery)
    other = sold.insurer.staff["xu.an"]
    assert delivery not in other.get(OPEN).text
    assert other.get(f"{OPEN}/{delivery}").status_code == 404


def test_a_call_is_logged_with_its_outcome_and_words(sold: Delivering, delivery: str) -> None:
    assert act(sold.seller, delivery, "call", outcome="no-answer", words="响了很久") == 303
    assert "响了很久" in sold.seller.get(f"{OPEN}/{delivery}").text
    assert "响了很久" not in str(sold.state(delivery))


def test_the_story_says_what_was_waited_for_before_the_policy_was_issued(sold: Delivering) -> None:
    told = sold.seller.get(f"{OPEN}/{sold.sell()}").text
    waited = re.findall(r"等待出单</b><small>[^<]+ · ([^<]+)</small>", told)
    assert waited == ["出具保单", "扣保险费"], "the last first"


def test_a_call_that_is_sent_twice_is_logged_once(sold: Delivering, delivery: str) -> None:
    page = f"{OPEN}/{delivery}"
    fields = {**sold.seller.form(page, f"{page}/call").fields, "outcome": "no-answer", "words": "没有人接"}
    for _ in range(2):
        assert sold.seller.post(f"{page}/call", fields).status_code == 303
    assert sold.insurer.house.events(delivery).count("delivery.called") == 1
    assert act(sold.seller, delivery, "call", outcome="no-answer") == 303, "the page gives the next one another id"
    assert sold.insurer.house.events(delivery).count("delivery.called") == 2


def test_lateness_is_told_in_advance_and_only_for_a_day_after_the_fifteenth(sold: Delivering, delivery: str) -> None:
    due = sold.state(delivery).due_on
    assert act(sold.seller, delivery, "foretell", reason="customer-abroad", day=due.isoformat()) == 409
    later = (due + timedelta(days=3)).isoformat()
    assert act(sold.seller, delivery, "foretell", reason="customer-abroad", day=later) == 303


def test_a_day_that_no_calendar_has_is_refused_beside_its_form(sold: Delivering, delivery: str) -> None:
    for day in ("9999-12-31", "0001-01-01", "yesterday", ""):
        assert act(sold.seller, delivery, "away", day=day) in (409, 422), day
        assert act(sold.seller, delivery, "foretell", reason="customer-abroad", day=day) in (409, 422), day


def test_each_trouble_has_a_next_step(sold: Delivering, delivery: str) -> None:
    seller, lead = sold.seller, sold.supervisor
    assert act(seller, delivery, "away", day=(TODAY + timedelta(days=2)).isoformat()) == 303
    assert sold.state(delivery).state is DeliveryState.CUSTOMER_AWAY
    assert act(seller, delivery, "address-wrong") == 303
    assert act(seller, delivery, "correct", phone="1", address="新地址") == 422
    assert act(seller, delivery, "correct", phone="13900004321", address="栖川市新港路 9 号") == 303
    assert "栖川市新港路 9 号" in seller.get(f"{OPEN}/{delivery}").text
    assert act(seller, delivery, "refused", reason="changed-mind") == 303
    assert sold.state(delivery).state is DeliveryState.REFUSED
    assert act(lead, delivery, "resume") == 303
    assert act(seller, delivery, "reprint", reason="lost") == 303
    assert sold.state(delivery).state is DeliveryState.TO_PRINT


def test_a_supervisor_hands_over_what_somebody_left(sold: Delivering, delivery: str) -> None:
    successor = sold.insurer.console.id_of("xu.an")
    assert act(sold.supervisor, delivery, "reassign", salesperson="usr_nobody") == 422
    assert act(sold.supervisor, delivery, "reassign", salesperson=successor) == 303
    assert sold.state(delivery).salesperson == successor
    assert sold.seller.get(f"{OPEN}/{delivery}").status_code == 404


def test_the_receipt_is_signed_on_the_tablet_in_the_same_ceremony(sold: Delivering) -> None:
    delivery = sold.sell()
    page = f"{OPEN}/{delivery}"
    told = sold.seller.send(page, f"{page}/sign")
    (envelope,) = sold.envelopes(delivery)
    assert told.location.endswith(f"/console/envelopes/{envelope}/live")
    assert sold.seller.get(told.location).status_code == 200


def test_a_receipt_that_waits_at_a_wrong_phone_is_withdrawn_with_the_correction(sold: Delivering) -> None:
    delivery = sold.sell()
    page = f"{OPEN}/{delivery}"
    sold.seller.send(page, f"{page}/sign")
    assert act(sold.seller, delivery, "address-wrong") == 303
    assert act(sold.seller, delivery, "correct", phone="13900005678", address="栖川市新港路 9 号") == 303
    (old,) = sold.envelopes(delivery)
    assert sold.insurer.house.desk.envelope(old).ended, "nobody is reminded at the wrong phone"
    sold.seller.send(page, f"{page}/sign")
    sold.seller.send(page, f"{page}/sign")
    (_, new) = sold.envelopes(delivery)
    with sold.house.database.reading() as session:
        signer = whoever_signs(sold.house.envelopes.get(session, new))
        assert parse_person(sold.house.records.read(session, signer.plan.person)).phone == "13900005678"


def test_the_code_on_the_cover_opens_the_receipt_also_after_the_phone_was_corrected(sold: Delivering) -> None:
    delivery = sold.on_paper(*HANDED[1:])
    with sold.house.database.transaction() as session:
        addressee_of(session, sold.house, delivery, sold.deliveries.get(session, delivery))
    printed = sold.link(delivery)
    assert act(sold.seller, delivery, "address-wrong") == 303
    assert act(sold.seller, delivery, "correct", phone="13900008765", address="栖川市新港路 9 号") == 303
    sold.insurer.work()
    assert "身份证号码" in sold.get(printed).text


def test_who_takes_a_delivery_over_has_the_receipt_signed_on_their_own_tablet(sold: Delivering) -> None:
    delivery, successor = sold.sell(), sold.insurer.console.id_of("xu.an")
    page = f"{OPEN}/{delivery}"
    sold.seller.send(page, f"{page}/sign")
    assert act(sold.supervisor, delivery, "reassign", salesperson=successor) == 303
    told = sold.insurer.staff["xu.an"].send(page, f"{page}/sign")
    old, new = sold.envelopes(delivery)
    assert told.location.endswith(f"/console/envelopes/{new}/live")
    desk = sold.insurer.house.desk
    assert (desk.envelope(old).ended, desk.envelope(new).salesperson) == (True, successor)


def test_the_link_is_sent_again_once_though_the_button_is_pressed_twice(sold: Delivering, delivery: str) -> None:
    electronic = sold.sell()
    page = f"{OPEN}/{electronic}"
    fields = sold.seller.form(page, f"{page}/link").fields
    for _ in range(2):
        assert sold.seller.post(f"{page}/link", fields).status_code == 303
    assert len(sold.state(electronic).links) == 2
    assert act(sold.seller, electronic, "link") == 303
    assert len(sold.state(electronic).links) == 3
    for nonsense in ("-1", "9" * 5000, "\u0663"):
        assert sold.seller.post(f"{page}/link", {**fields, "seen": nonsense}).status_code == 303
    assert len(sold.state(electronic).links) == 3
    told = sold.seller.post(f"{OPEN}/{delivery}/link", {**fields, "seen": "0"})
    assert told.status_code == 409, "there is no link to a policy on paper"


def test_operations_settle_what_was_signed_after_the_end(sold: Delivering) -> None:
    delivery = sold.on_paper(*HANDED[1:], c.RecordEnded, c.Photograph)
    assert sold.state(delivery).state is DeliveryState.SIGNED_AFTER_END
    operations = sold.insurer.operations
    assert act(operations, delivery, "settle", outcome="customer-told") == 303
    assert sold.state(delivery).state is DeliveryState.ENDED


def test_a_supervisor_says_why_it_was_late(sold: Delivering) -> None:
    delivery = sold.on_paper(*HANDED[1:], days_ago=20)
    with sold.house.database.transaction() as session:
        sold.deliveries.execute(session, delivery, c.FallLate(at=system_now()), actor="tests")
    assert act(sold.supervisor, delivery, "explain", reason="customer-ill") == 303
    assert sold.state(delivery).late_reason == "customer-ill"


def test_every_state_and_act_has_words_at_the_pages() -> None:
    from delivery.domain.next_actor import WAITS  # noqa: PLC0415
    from delivery.domain.table import TABLE, Owner  # noqa: PLC0415
    from delivery.pages.words import ACTS, OWNERS, STATES  # noqa: PLC0415

    assert {one.value for one in DeliveryState} == set(STATES)
    assert {row.act for row in TABLE.values()} | {name for _, name in WAITS.values()} <= set(ACTS)
    assert {one.value for one in Owner} == set(OWNERS)


def test_whoever_works_through_a_list_finds_their_place_again(sold: Delivering, delivery: str) -> None:
    listed = f"{OPEN}?show=paper&by={sold.insurer.console.id_of('zhou.ming')}"
    query = listed.partition("?")[2].replace("&", "&amp;")
    assert f'href="{OPEN}/{delivery}?{query}"' in sold.supervisor.get(listed).text
    page = f"{OPEN}/{delivery}?{listed.partition('?')[2]}"
    assert f'href="{OPEN}?{query}"' in sold.seller.get(page).text
    told = sold.seller.send(page, page.replace("?", "/call?"), outcome="no-answer")
    assert told.location.startswith(page)
    assert "通话已记录" in sold.seller.get(told.location).text
    odd = sold.seller.get(f"{OPEN}/{delivery}?show=%22%3E&by=%3Cscript&from=-1").text
    assert f'href="{OPEN}"' in odd


def test_the_next_step_is_a_button_for_whoever_acts_next_and_words_for_all_others(sold: Delivering) -> None:
    handed, photographed = sold.on_paper(*HANDED[1:]), sold.on_paper(*PHOTOGRAPHED[1:])
    assert f'href="{OPEN}/{handed}">送达并请客户签收<' in sold.seller.get(OPEN).text
    assert f'href="{OPEN}/{photographed}/compare"' not in sold.seller.get(OPEN).text
    clerks = sold.clerk.get(f"{OPEN}?show=compare").text
    assert f'href="{OPEN}/{photographed}/compare">核对回执照片<' in clerks
    assert f'href="{OPEN}/{handed}">送达并请客户签收<' not in sold.supervisor.get(OPEN).text
