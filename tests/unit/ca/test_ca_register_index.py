"""What the register's lines say, at hand in a temporary file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ca.authority.register_index import RegisterIndex, Revocation
from ca.ports import RevocationReason

NOON = datetime(2025, 6, 1, 12, 0, 0, tzinfo=UTC)
FIRST = Revocation(NOON, RevocationReason.SUPERSEDED)
LARGEST = 2**159 - 1
"""The largest serial number of twenty octets (RFC 5280 clause 4.1.2.2)."""


@pytest.fixture
def index() -> RegisterIndex:
    return RegisterIndex()


def test_serial_numbers_of_one_purpose_come_in_the_order_of_issuing(index: RegisterIndex) -> None:
    for serial in (LARGEST, 3, 7):
        index.add_issued(serial, NOON, b"act 1")
    index.add_issued(4, NOON, b"act 2")
    index.add_issued(5, NOON, None)
    assert index.issued_for(b"act 1") == (LARGEST, 3, 7)
    assert index.issued_for(b"act 3") == ()
    assert index.is_issued(5)
    assert not index.is_issued(6)


def test_the_first_revocation_stays_and_the_list_is_in_the_order_of_revoking(index: RegisterIndex) -> None:
    for serial in (9, 2):
        index.add_issued(serial, NOON + timedelta(days=serial), None)
        index.add_revoked(serial, FIRST)
    index.add_revoked(9, Revocation(NOON + timedelta(hours=1), RevocationReason.KEY_COMPROMISE))
    assert index.revocations() == [(9, NOON + timedelta(days=9), FIRST), (2, NOON + timedelta(days=2), FIRST)]
    assert index.revocation(9) == FIRST
    assert index.revocation(3) is None


def test_acts_that_cannot_all_be_taken_in_are_not_taken_in_at_all(index: RegisterIndex) -> None:
    with pytest.raises(ValueError, match="a line that nobody wrote"), index.taking_in():
        index.add_issued(1, NOON, b"act")
        raise ValueError("a line that nobody wrote")
    assert not index.is_issued(1)
    assert index.issued_for(b"act") == ()
