"""A delivery note that cannot be read hinders its own delivery alone; lists, page and doctor say that it is broken."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select, update

from delivery.domain.values import DeliveryState
from delivery.room import ROOM
from delivery.service.notes import UNREADABLE_TEXT
from esign.infra.models import PersonalRecord
from esign.public.errors import EsignError
from esign.public.people import ERASED_TEXT
from tests.unit.delivery.delivery_play import HANDED
from tests.unit.delivery.insured import Delivering

OPEN = "/console/delivery/open"


def note_of(sold: Delivering, delivery: str) -> str:
    issued = sold.state(delivery).issued
    assert issued is not None
    assert issued.note is not None
    return issued.note


@pytest.fixture(params=["altered", "another form"])
def broken(sold: Delivering, request: pytest.FixtureRequest) -> Iterator[str]:
    """A delivery in the salesperson's hands whose note was altered at rest, or is in a form that nobody knows."""
    delivery = sold.on_paper(*HANDED[1:])
    note, records = note_of(sold, delivery), sold.house.records
    with sold.house.database.transaction() as session:
        kept = session.scalars(select(PersonalRecord.sealed).where(PersonalRecord.id == note)).one()
        if request.param == "altered":
            session.execute(update(PersonalRecord).where(PersonalRecord.id == note).values(sealed=b"x" * 80))
        else:
            records.rewrite(session, note, b'{"schema":"policy-delivery-note/9"}')
    yield delivery
    with sold.house.database.transaction() as session:
        session.execute(update(PersonalRecord).where(PersonalRecord.id == note).values(sealed=kept))


def test_lists_and_its_page_say_that_it_cannot_be_read(sold: Delivering, broken: str) -> None:
    sound = sold.on_paper(*HANDED[1:])
    for member in (sold.seller, sold.supervisor, sold.clerk):
        told = member.get(OPEN).text
        assert UNREADABLE_TEXT in told
        assert sound in told, "another one is listed"
        one = member.get(f"{OPEN}/{broken}")
        assert one.status_code == 200
        assert UNREADABLE_TEXT in one.text


def test_what_was_erased_is_told_as_erased(sold: Delivering) -> None:
    delivery = sold.on_paper(*HANDED[1:])
    with sold.house.database.transaction() as session:
        sold.house.records.erase(session, note_of(sold, delivery), at=sold.house.clock())
    one = sold.seller.get(f"{OPEN}/{delivery}").text
    assert ERASED_TEXT in one
    assert UNREADABLE_TEXT not in one


def test_nobody_signs_by_it_and_the_page_says_whom_to_ask(sold: Delivering, broken: str) -> None:
    page = f"{OPEN}/{broken}"
    told = sold.seller.send(page, f"{page}/sign")
    assert told.status_code == 409
    assert "送达信息读不出来。请联系系统运维人员检查。" in told.text
    assert sold.state(broken).state is DeliveryState.WITH_SALESPERSON
    assert sold.envelopes(broken) == []


def test_doctor_names_it_until_it_can_be_read(sold: Delivering, broken: str) -> None:
    look = ROOM.looks["delivery notes"]
    with pytest.raises(EsignError) as told:
        look(sold.house.database, sold.house.records)
    assert told.value.code == "delivery-notes-unreadable"
    assert broken in told.value.cause


def test_doctor_says_that_all_are_read_and_passes_over_erased_ones(sold: Delivering) -> None:
    delivery = sold.on_paper(*HANDED[1:])
    with sold.house.database.transaction() as session:
        sold.house.records.erase(session, note_of(sold, delivery), at=sold.house.clock())
    assert "can be read" in ROOM.looks["delivery notes"](sold.house.database, sold.house.records)
