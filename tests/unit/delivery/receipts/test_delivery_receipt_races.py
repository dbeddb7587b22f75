"""What is done about a delivery in the very moment in which its receipt is heard, or its picture comes twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from delivery.domain import commands as c
from delivery.domain.clocks import day_of
from delivery.domain.values import DeliveryState
from delivery.paper.receipts import PaperReceipts
from delivery.receipts.ceremony import ReceiptCeremony
from delivery.receipts.hearing import ReceiptHearing
from esign.public.console import Caller, Role
from esign.public.documents import WrittenBlob
from esign.public.events import LoggedEvent, read_stream
from esign.staff.actors import Factor
from tests.service import system_now
from tests.unit.delivery.delivery_play import HANDED
from tests.unit.delivery.insured import Delivering
from tests.unit.delivery.pictures import receipt_photo


def test_a_receipt_is_heard_although_somebody_logs_a_call_meanwhile(
    sold: Delivering, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = sold.sell()
    ReceiptCeremony(sold.deliveries).begin(delivery)
    desk = sold.insurer.house.desk
    envelope = desk.envelope(sold.envelopes(delivery)[-1])
    desk.play(envelope, 0, sold.applicant)
    with monkeypatch.context() as patch:
        patch.setattr(ReceiptHearing, "_sign", lambda *_given: None)  # it is heard below, in a moment of our choice
        sold.insurer.work()
    streams, came = sold.deliveries.streams, list[str]()
    hold = streams._hold

    def held(session: Session, wanted: Sequence[str]) -> object:
        """Hold it once somebody else has let go of it: their call is later than the end of the envelope."""
        found = hold(session, wanted)
        if not came:
            came.append(delivery)
            at = sold.state(delivery).last_at + timedelta(hours=3)
            streams.execute(
                session, delivery, c.LogCall(at=at, call="cal_1", outcome="no-answer", by="usr_a"), actor="x"
            )
        return found

    monkeypatch.setattr(streams, "_hold", held)
    with sold.house.database.transaction() as session:
        story = read_stream(session, envelope.id)
        completed = next(one for one in story if one.type == "envelope.completed")
        ReceiptHearing(sold.deliveries).hear(session, LoggedEvent(1, completed))
    assert came
    assert sold.state(delivery).state is DeliveryState.RETURNED


def test_a_picture_that_comes_twice_at_once_is_one(sold: Delivering, monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = sold.on_paper(*HANDED[1:])
    issued = sold.state(delivery).issued
    assert issued is not None
    picture, today = receipt_photo(issued.policy), day_of(system_now())
    seller = sold.insurer.console.id_of("zhou.ming")
    who = Caller(seller, sold.insurer.institution, frozenset({Role.SALES}), "ses_tests", Factor.TOTP)
    paper, write = PaperReceipts(sold.deliveries), sold.house.documents.write
    pressed: list[bool] = []

    def written(content: bytes) -> WrittenBlob:
        """Write it once the same form, pressed a second time, has been taken."""
        if not pressed:
            pressed.append(True)
            paper.photograph(who, delivery, picture, today)
        return write(content)

    monkeypatch.setattr(sold.house.documents, "write", written)
    paper.photograph(who, delivery, picture, today)
    assert pressed
    assert sold.insurer.house.events(delivery).count("delivery.photographed") == 1
