"""What else comes of a receipt's ceremony: declined, signed by a stranger, assisted; and reminders of links."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from delivery.documents.receipt import Receipt
from delivery.domain.values import DeliveryState, ReceiptWay
from delivery.receipts import ceremony
from delivery.receipts.ceremony import ReceiptCeremony
from delivery.receipts.inviting import AGAIN, REMINDED_AT_MOST, Inviting
from delivery.service.deliveries import Deliveries
from esign.ceremony.domain.commands import ReplaceRecipient
from esign.ceremony.entrance import Answer
from esign.public.people import Person, keep_person
from esign.public.rows import new_id
from esign.public.typesetting import Typeface
from tests.delivery_shell import showing
from tests.service import TEST_CODE, system_now
from tests.unit.delivery.insured import Delivering

STRANGER = Person("方木兰", "13800007777", "11010519491231002X")


@pytest.fixture
def delivery(sold: Delivering) -> str:
    """A policy whose link was opened, with an envelope for its receipt."""
    found = sold.sell()
    ReceiptCeremony(sold.deliveries).begin(found)
    return found


def test_two_who_begin_at_once_have_one_envelope(sold: Delivering, monkeypatch: pytest.MonkeyPatch) -> None:
    delivery, made = sold.sell(), ceremony.receipt_pdf
    quicker: list[str] = []

    def meanwhile(receipt: Receipt, typeface: Typeface) -> bytes:
        monkeypatch.setattr(ceremony, "receipt_pdf", made)
        quicker.append(ReceiptCeremony(sold.deliveries).begin(delivery))
        return made(receipt, typeface)

    monkeypatch.setattr(ceremony, "receipt_pdf", meanwhile)
    assert ReceiptCeremony(sold.deliveries).begin(delivery) == quicker[0]
    assert sold.envelopes(delivery) == quicker


def test_who_declines_has_refused_and_a_supervisor_talks_to_them(sold: Delivering, delivery: str) -> None:
    desk = sold.insurer.house.desk
    envelope = desk.envelope(sold.envelopes(delivery)[-1])
    desk.service.ceremony.decline(desk.enter(envelope, 0, sold.applicant), "changed-mind", None)
    sold.insurer.work()
    assert sold.state(delivery).state is DeliveryState.REFUSED
    page = f"/console/delivery/open/{delivery}"
    assert sold.supervisor.send(page, f"{page}/resume").status_code == 303
    assert ReceiptCeremony(sold.deliveries).begin(delivery) != envelope.id, "what ended is not signed any more"


def test_a_receipt_that_a_stranger_signed_does_not_count(sold: Delivering, delivery: str) -> None:
    envelope = signed_by_stranger(sold, delivery)
    state = sold.state(delivery)
    assert state.state is DeliveryState.SIGNED_BY_OTHER
    assert state.receipt is None
    assert len(state.strays) == 1
    assert ReceiptCeremony(sold.deliveries).begin(delivery) != envelope, "the applicant has a receipt to sign"


def signed_by_stranger(sold: Delivering, delivery: str) -> str:
    """Have somebody put in the applicant's place, who signs; return the envelope."""
    desk = sold.insurer.house.desk
    envelope = desk.envelope(sold.envelopes(delivery)[-1])
    now = system_now()
    with sold.house.database.transaction() as session:
        person = keep_person(sold.house.records, session, STRANGER, now=now)
    asked = ReplaceRecipient(
        at=now,
        recipient=envelope.recipients[0].id,
        replacement=new_id("rcp", now),
        person=person,
        by="usr_shen",
        approved_by="usr_qi",
    )
    desk.service.envelopes.change(envelope.id, lambda _session, _state: asked, actor="system:worker")
    desk.play(desk.envelope(envelope.id), 1, STRANGER)
    sold.insurer.work()
    return envelope.id


def test_on_the_salespersons_tablet_the_receipt_is_told_apart_as_assisted(sold: Delivering, delivery: str) -> None:
    seller, page, desk = sold.seller, f"/console/delivery/open/{delivery}", sold.insurer.house.desk
    live = seller.send(page, f"{page}/sign").location
    envelope = desk.envelope(sold.envelopes(delivery)[-1])
    handing = f"{live}/{envelope.recipients[0].id}/hand-over"
    seller.send(handing, handing, pin="402967", again="402967")
    tablet = seller.client.get_cookie("__Host-handover", domain="sign.example")
    assert tablet is not None
    link = desk.link(envelope, 0)
    entrance, tokens = desk.service.entrance, desk.service.tokens
    entrance.open(link)
    entrance.send_code(link)
    answer = Answer(TEST_CODE, sold.applicant.name, sold.tail, handover=tablet.value, device={"user_agent": "test"})
    begun = entrance.identify(link, answer)
    with sold.house.database.reading() as session:
        place = entrance._handovers.place_of(session, envelope.recipients[0].id, tablet.value)
    assert place is not None
    token = tokens.presented(str(begun), tokens.browser(None, place.id))
    desk.read(token)
    desk.draw(token)
    desk.service.ceremony.confirm(token)
    sold.insurer.work()
    seller.send("/console/tablet", "/console/tablet", pin="402967")
    receipt = sold.state(delivery).receipt
    assert receipt is not None
    assert receipt.way is ReceiptWay.ASSISTED


@pytest.mark.parametrize("days", [2, 3])
def test_a_customer_is_reminded_of_the_link_after_three_days_and_not_before(sold: Delivering, days: int) -> None:
    delivery = sold.sell()
    before = len(sold.state(delivery).links)
    reminding(sold, system_now() + timedelta(days=days, hours=12))
    assert len(sold.state(delivery).links) - before == (days == 3)


def test_nobody_is_sent_more_links_than_are_bearable(sold: Delivering) -> None:
    delivery, told = sold.sell(), sold.told(AGAIN)
    for number in range(1, REMINDED_AT_MOST + 3):
        for _ in range(2):  # two beats at once
            reminding(sold, system_now() + timedelta(days=4 * number))
    assert len(sold.state(delivery).links) == REMINDED_AT_MOST
    assert sold.told(AGAIN) > told


def reminding(sold: Delivering, moment: datetime) -> None:
    """Remind as the beat does at that moment."""
    own = replace(sold.house, clock=lambda: moment, clocks=showing(sold.house, moment))
    Inviting(Deliveries(own)).remind()
