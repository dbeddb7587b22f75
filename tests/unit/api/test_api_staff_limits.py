"""Tries at the staff's door by address, counted in the table that processes share."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from esign.api.rates import Allowance, Rates
from esign.api.staff_limits import STAFF_LOGINS, TriesAtTheDoor
from esign.infra.database import Database
from esign.infra.keystore import create_key_store

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
FEW = Allowance("staff-login", 3, minutes=15)


def test_so_many_tries_of_one_address_pass_whichever_process_they_come_to(database: Database, tmp_path: Path) -> None:
    keys = create_key_store(tmp_path / "keys")
    one, other = (TriesAtTheDoor(Rates(database, lambda: NOON), keys, FEW) for _ in range(2))
    passed = [limits.lets_pass("192.0.2.7") for limits in (one, other, one, other, one)]
    assert passed == [True, True, True, False, False]
    assert other.lets_pass("192.0.2.8")


def test_a_try_that_was_right_counts_for_nothing(database: Database, tmp_path: Path) -> None:
    limits = TriesAtTheDoor(Rates(database, lambda: NOON), create_key_store(tmp_path / "keys"), FEW)
    for _ in range(20):
        assert limits.lets_pass("192.0.2.7")
        limits.give_back("192.0.2.7")
    assert [limits.lets_pass("192.0.2.7") for _ in range(4)] == [True, True, True, False]


def test_a_browser_that_is_known_is_counted_for_its_member_and_not_for_the_address(
    database: Database, tmp_path: Path
) -> None:
    few = Allowance("staff-known", 2, minutes=15)
    limits = TriesAtTheDoor(Rates(database, lambda: NOON), create_key_store(tmp_path / "keys"), FEW, few)
    while limits.lets_pass("192.0.2.7"):
        pass
    assert [limits.lets_pass("192.0.2.7", "usr_sun") for _ in range(3)] == [True, True, False]
    assert limits.lets_pass("192.0.2.7", "usr_wu")


def test_an_address_is_in_the_table_as_a_keyed_digest(database: Database, tmp_path: Path) -> None:
    TriesAtTheDoor(Rates(database, lambda: NOON), create_key_store(tmp_path / "keys")).lets_pass("192.0.2.7")
    with database.reading() as session:
        (subject,) = session.scalars(text("SELECT subject FROM rate_leases"))
    assert subject.startswith(f"{STAFF_LOGINS.name}:")
    assert "192.0.2.7" not in subject
