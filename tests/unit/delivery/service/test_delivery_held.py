"""What is kept on an applicant: in the copy that they ask for, theirs alone, and erased with the application."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from delivery.domain import commands as c
from delivery.domain.clocks import day_of
from delivery.domain.values import DeliveryState, RouteWay
from delivery.models import Addressee
from delivery.receipts.ceremony import ReceiptCeremony
from delivery.room import ROOM
from delivery.service.deliveries import signed_in
from delivery.service.held import Held
from delivery.service.keeping import records_about
from esign.public.people import HeldFile
from tests.service import system_now
from tests.unit.delivery.delivery_play import HANDED, ISSUED, Play
from tests.unit.delivery.insured import Delivering
from tests.unit.delivery.pictures import receipt_photo

OPEN = "/console/delivery/open"


def held(sold: Delivering, envelope: str, number: int = 0) -> dict[str, bytes | None]:
    """Return what the copy holds for a recipient, by the files' names."""
    with sold.house.database.reading() as session:
        recipient = sold.house.envelopes.get(session, envelope).recipients[number].id
        files: list[HeldFile] = list(Held(sold.house).held(session, envelope, recipient))
    return {one.name: one.content for one in files}


def application(sold: Delivering, delivery: str) -> str:
    with sold.house.database.reading() as session:
        found = signed_in(session, delivery)
    assert found is not None
    return found


def about(sold: Delivering, *envelopes: str) -> set[str]:
    with sold.house.database.reading() as session:
        return set(records_about(session, envelopes))


def to_the_salesperson(sold: Delivering, delivery: str) -> None:
    """Have an electronic policy printed and brought to the salesperson."""
    sold.insurer.console.office.wait(minutes=1)
    page = f"{OPEN}/{delivery}"
    assert sold.seller.send(page, f"{page}/switch").status_code == 303
    play = Play()
    play.state = sold.state(delivery)
    play.now = max(system_now(), play.state.last_at)
    outlet = sold.insurer.institution
    changes = {c.Pack: {"outlet": outlet, "stops": (), "way": RouteWay.DIRECT}, c.Arrive: {"outlet": outlet}}
    asked = []
    for kind in (one for one in HANDED[len(ISSUED) :] if one not in (c.Reach, c.Forward)):
        command = play.command(kind, **changes.get(kind, {}))
        play.do(command)
        asked.append(command)
    with sold.house.database.transaction() as session:
        sold.deliveries.execute(session, delivery, *asked, actor="tests")


@pytest.fixture(scope="module")
def received(sold: Delivering) -> str:
    """A policy about which was called, whose address was corrected, and whose paper receipt was accepted."""
    delivery = sold.sell()
    page = f"{OPEN}/{delivery}"
    seller, clerk = sold.seller, sold.clerk
    assert seller.send(page, f"{page}/call", outcome="no-answer", words="晚上再打").status_code == 303
    envelope = ReceiptCeremony(sold.deliveries).begin(delivery)
    assert about(sold, application(sold, delivery), envelope) == set(), "a receipt is awaited"
    to_the_salesperson(sold, delivery)
    assert seller.send(page, f"{page}/address-wrong").status_code == 303
    assert seller.send(page, f"{page}/correct", phone="13900004321", address="栖川市新港路 9 号").status_code == 303
    day = day_of(system_now()).isoformat()
    photo = (io.BytesIO(receipt_photo(None)), "receipt.jpg")
    assert seller.send(f"{page}/photo", f"{page}/photo", day=day, picture=photo).status_code == 303
    state = sold.state(delivery)
    assert state.photo is not None
    compare = f"{page}/compare"
    fields = clerk.form(compare, compare).fields
    assert clerk.post(compare, {**fields, "verdict": "accept", "picture": state.photo.id}).status_code == 303
    assert sold.state(delivery).state is DeliveryState.RETURNED
    return delivery


def test_the_applicants_copy_holds_words_addresses_and_pictures(sold: Delivering, received: str) -> None:
    files = held(sold, application(sold, received))
    assert set(files) == {"delivery.json", "call-1.txt", "address-1.json", "receipt-1.jpg"}
    told = json.loads(files["delivery.json"] or b"")
    assert (told["state"], told["way"]) == ("returned", "paper")
    assert (files["call-1.txt"] or b"").decode() == "晚上再打"
    assert "栖川市新港路 9 号" in (files["address-1.json"] or b"").decode()
    assert (files["receipt-1.jpg"] or b"").startswith(b"\xff\xd8\xff")
    assert set(held(sold, sold.envelopes(received)[-1])) == {"receipt.json"}


def test_nobody_else_has_anything_of_it_in_their_copy(sold: Delivering, received: str) -> None:
    envelope = application(sold, received)
    with sold.house.database.reading() as session:
        others = len(sold.house.envelopes.get(session, envelope).recipients)
    assert [held(sold, envelope, number) for number in range(1, others)] == [{}] * (others - 1)
    with sold.house.database.reading() as session:
        assert list(Held(sold.house).held(session, "env_none", "rcp_none")) == []


def test_the_records_go_with_the_application_and_not_with_a_receipt_that_expired(
    sold: Delivering, received: str
) -> None:
    envelope, receipt = application(sold, received), sold.envelopes(received)[-1]
    assert about(sold, receipt) == set()
    named = about(sold, envelope)
    with sold.house.database.reading() as session:
        person = session.scalars(select(Addressee.person).where(Addressee.delivery == received)).one()
    assert person in named
    assert len(named) == 4  # words, address, picture, whom it reaches
    assert ROOM.records_about is records_about
    with sold.house.database.transaction() as session:
        for record in named:
            sold.house.records.erase(session, record, at=system_now() + timedelta(seconds=1))
    files = held(sold, envelope)
    assert files == {}, "whose it was is not known any more"
