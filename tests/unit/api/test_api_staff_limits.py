"""Tries at the staff's door by address, counted in the table that processes share."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from esign.api.rates import Allowance, Rates
from esign.api.staff_limits import STAFF_LOGINS, AddressLimits
from esign.infra.database import Database
from esign.infra.keystore import create_key_store

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
FEW = Allowance("staff-login", 3, minutes=15)


def test_so_many_tries_of_one_address_pass_whichever_process_they_come_to(database: Database, tmp_path: Path) -> None:
    keys = create_key_store(tmp_path / "keys")
    one, other = (AddressLimits(Rates(database, lambda: NOON), keys, FEW) for _ in range(2))
    passed = [limits.lets_pass("192.0.2.7") for limits in (one, other, one, other, one)]
    assert passed == [True, True, True, False, False]
    assert other.lets_pass("192.0.2.8")


def test_an_address_is_in_the_table_as_a_keyed_digest(database: Database, tmp_path: Path) -> None:
    AddressLimits(Rates(database, lambda: NOON), create_key_store(tmp_path / "keys")).lets_pass("192.0.2.7")
    with database.reading() as session:
        (subject,) = session.scalars(text("SELECT subject FROM rate_leases"))
    assert subject.startswith(f"{STAFF_LOGINS.name}:")
    assert "192.0.2.7" not in subject
