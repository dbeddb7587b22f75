"""A receipt that was signed and does not count has an owner and a next step, until somebody talked to the customer."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from delivery.domain import commands as c
from delivery.domain.clocks import day_of
from delivery.domain.values import DeliveryState, ReceiptWay
from delivery.models import StrayReceiptRow
from delivery.receipts.ceremony import ReceiptCeremony
from delivery.receipts.hearing import ReceiptHearing
from delivery.receipts.strays import stray_of
from esign.public.events import LoggedEvent, read_stream
from tests.unit.delivery.insured import Delivering
from tests.unit.web.console_room import Member

OPEN = "/console/delivery/open"


def signed_while_it_goes_to_print(sold: Delivering) -> str:
    """Have a receipt signed after the customer asked for paper; return the delivery."""
    delivery = sold.sell()
    ReceiptCeremony(sold.deliveries).begin(delivery)
    page = f"{OPEN}/{delivery}"
    assert sold.seller.send(page, f"{page}/switch").status_code == 303
    sold.sign(delivery)
    return delivery


@pytest.fixture(scope="module")
def strayed(sold: Delivering) -> str:
    return signed_while_it_goes_to_print(sold)


def settle(sold: Delivering, who: Member, delivery: str, outcome: str) -> int:
    page = f"{OPEN}/{delivery}"
    (envelope,) = sold.envelopes(delivery)
    action = f"{page}/strays/{stray_of(envelope)}"
    fields = who.form(page, "/console/logout").fields
    return who.post(action, {**fields, "outcome": outcome}).status_code


def test_whoever_sees_to_the_delivery_is_told_what_to_do(sold: Delivering, strayed: str) -> None:
    assert sold.state(strayed).state is DeliveryState.TO_PRINT
    assert sold.state(strayed).receipt is None
    told = sold.seller.get(f"{OPEN}/{strayed}").text
    assert "告诉客户那次签收不算，请本人再签一次" in told
    assert "保单等待打印，此前的纸质件已作废" in told
    listed = sold.seller.get(f"{OPEN}?show=stray").text
    assert strayed in listed
    assert "签了不算，要告知客户 <b>1</b>" in re.sub(r"\s+", " ", listed)
    assert strayed not in sold.insurer.staff["xu.an"].get(f"{OPEN}?show=stray").text


def test_the_customer_reads_that_it_does_not_count(sold: Delivering, strayed: str) -> None:
    told = sold.get(sold.link(strayed)).text
    assert "那次签收不算" in told


def test_what_is_heard_twice_strays_once(sold: Delivering, strayed: str) -> None:
    (envelope,) = sold.envelopes(strayed)
    with sold.house.database.transaction() as session:
        done = next(one for one in read_stream(session, envelope) if one.type == "envelope.completed")
        ReceiptHearing(sold.deliveries).hear(session, LoggedEvent(0, done))
        rows = session.scalars(select(StrayReceiptRow.id).where(StrayReceiptRow.delivery == strayed)).all()
        story = [one.type for one in read_stream(session, stray_of(envelope))]
    assert (len(rows), story) == (1, ["stray-receipt.found"])


def test_it_is_seen_to_once_and_stands_in_the_story(sold: Delivering) -> None:
    delivery = signed_while_it_goes_to_print(sold)
    assert settle(sold, sold.seller, delivery, "no-such-outcome") == 422
    assert settle(sold, sold.seller, delivery, "told-signs-again") == 303
    assert settle(sold, sold.seller, delivery, "told-signs-again") == 303, "sent twice is one"
    assert settle(sold, sold.supervisor, delivery, "handed-on") == 409
    told = sold.seller.get(f"{OPEN}/{delivery}").text
    assert "已告知客户，本人会再签一次" in told
    assert f"{OPEN}/{delivery}" not in sold.seller.get(f"{OPEN}?show=stray").text


def test_a_second_receipt_after_the_one_that_counts_is_for_operations(sold: Delivering) -> None:
    delivery = sold.sell()
    ReceiptCeremony(sold.deliveries).begin(delivery)
    now = sold.state(delivery).last_at
    signed = c.Sign(at=now, receipt="a" * 64, record="env_1", received_on=day_of(now), way=ReceiptWay.SELF)
    with sold.house.database.transaction() as session:
        sold.deliveries.execute(session, delivery, signed, c.Return(at=now), actor="tests")
    sold.sign(delivery)
    assert "客户又签了一次，核对以哪一份为准" in sold.seller.get(f"{OPEN}/{delivery}").text
    assert settle(sold, sold.insurer.operations, delivery, "earlier-receipt-holds") == 303
