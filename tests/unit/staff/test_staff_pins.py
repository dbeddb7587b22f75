"""The PIN of a tablet: six digits that are not the first that anybody tries, hashed, set anew by their member alone."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from esign.infra.models import DataKey
from esign.infra.secret import Secret
from esign.staff.domain.roles import ApprovalKind, Role
from esign.staff.errors import StaffRefused
from esign.staff.models import StaffPin
from esign.staff.pins import require_good_pin
from tests.unit.staff.staff_office import Office

GOOD = Secret("402967")


def refused(pin: str) -> str:
    with pytest.raises(StaffRefused) as caught:
        require_good_pin(Secret(pin))
    return caught.value.code


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "４０２９６７", "40296a", "402 967"])
def test_a_pin_is_six_digits(pin: str) -> None:
    assert refused(pin) == "pin-form"


@pytest.mark.parametrize(
    "pin",
    ["000000", "111111", "123456", "654321", "890123", "246802", "112233", "123123", "121212", "123321", "112211"],
)
def test_what_anybody_would_try_first_is_refused(pin: str) -> None:
    assert refused(pin) == "pin-weak"


@pytest.mark.parametrize("pin", ["100000", "147258", "520520", "168168"])
def test_hands_and_tongues_choose_some_by_themselves(pin: str) -> None:
    assert refused(pin) == "pin-weak"


def test_most_pins_may_be_one() -> None:
    good = 0
    for number in range(0, 1_000_000, 997):
        try:
            require_good_pin(Secret(f"{number:06}"))
        except StaffRefused:
            continue
        good += 1
    assert good > 0.97 * 1_000_000 / 997


def test_a_pin_is_kept_as_a_hash_and_is_its_members_own(office: Office) -> None:
    lin, zhao = office.leadership()
    pins = office.door.pins
    assert not pins.has_pin(lin)
    assert not pins.is_own(lin, GOOD)
    pins.set_own(lin, GOOD, now=office.now)
    assert pins.has_pin(lin)
    assert pins.is_own(lin, GOOD)
    assert not pins.is_own(lin, Secret("402968"))
    assert not pins.is_own(zhao, GOOD)
    assert office.types(f"pins/{lin.member}") == ["pin.set"]
    with office.database.reading() as session:
        assert GOOD.reveal().encode() not in session.get_one(StaffPin, lin.member).sealed


def test_another_pin_takes_its_place_and_the_old_one_is_erased(office: Office) -> None:
    lin, _zhao = office.leadership()
    office.door.pins.set_own(lin, GOOD, now=office.now)
    with office.database.reading() as session:
        old = session.get_one(StaffPin, lin.member).record
    office.door.pins.set_own(lin, Secret("730518"), now=office.now)
    assert not office.door.pins.is_own(lin, GOOD)
    assert office.door.pins.is_own(lin, Secret("730518"))
    with office.database.reading() as session:
        assert session.scalar(select(DataKey).where(DataKey.record_id == old)) is None


def test_a_session_that_is_over_sets_no_pin(office: Office) -> None:
    lin, _zhao = office.leadership()
    office.room.sessions.end_own(lin, lin.session)
    with pytest.raises(StaffRefused) as caught:
        office.door.pins.set_own(lin, GOOD, now=office.now)
    assert caught.value.code == "session-over"


def test_with_a_member_their_pin_is_forgotten(office: Office) -> None:
    lin, zhao = office.leadership()
    sun = office.join("sun.xiaomei", lin.institution, Role.SALES)
    office.door.pins.set_own(sun, GOOD, now=office.now)
    office.room.accounts.suspend(lin, sun.member, reason="left-the-company", now=office.now)
    approval = office.approved(lin, zhao, ApprovalKind.ERASURE, sun.member)
    office.room.accounts.forget(lin, sun.member, approval=approval, now=office.now)
    with office.database.reading() as session:
        assert session.get(StaffPin, sun.member) is None
