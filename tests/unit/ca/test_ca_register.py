"""The register of serial numbers issued and revoked."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ca.authority.register import Register, first_lines
from ca.errors import AuthorityError
from ca.ports import RevocationReason

NOON = datetime(2025, 6, 1, 12, 0, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "register"
    path.write_bytes(first_lines({1: NOON + DAY}, NOON))
    return path


def test_what_was_recorded_is_there_after_opening_again(path: Path) -> None:
    register = Register(path)
    register.record_issued(2**158, NOON + DAY, NOON + timedelta(minutes=1))
    register.record_revoked(2**158, RevocationReason.KEY_COMPROMISE, NOON + timedelta(hours=1))
    again = Register(path)
    assert again.is_issued(1)
    assert again.is_issued(2**158)
    assert not again.is_issued(2)
    assert again.revocation(1) is None
    assert again.revocations() == register.revocations()
    assert again.latest == NOON + timedelta(hours=1)


def test_a_second_revocation_keeps_the_first_date_and_reason(path: Path) -> None:
    register = Register(path)
    first = register.record_revoked(1, RevocationReason.SUPERSEDED, NOON)
    size = path.stat().st_size
    assert register.record_revoked(1, RevocationReason.KEY_COMPROMISE, NOON + DAY) == first
    assert (first.at, first.reason) == (NOON, RevocationReason.SUPERSEDED)
    assert path.stat().st_size == size


def test_what_was_never_issued_cannot_be_revoked(path: Path) -> None:
    with pytest.raises(AuthorityError) as refused:
        Register(path).record_revoked(7, RevocationReason.UNSPECIFIED, NOON)
    assert refused.value.code == "serial-unknown"


def test_two_open_registers_see_each_other(path: Path) -> None:
    one, other = Register(path), Register(path)
    one.record_issued(5, NOON + DAY, NOON)
    assert other.is_issued(5)
    other.record_revoked(5, RevocationReason.UNSPECIFIED, NOON)
    assert one.revocation(5) is not None


def test_a_line_that_was_not_finished_never_counts_and_is_removed_by_the_next(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole + b"issued 9 2025-06-02T12:0")
    register = Register(path)
    assert not register.is_issued(9)
    register.record_issued(10, NOON + DAY, NOON)
    assert path.read_bytes() == whole + b"issued a 2025-06-02T12:00:00Z 2025-06-01T12:00:00Z\n"
    assert Register(path).is_issued(10)


@pytest.mark.parametrize(
    "line",
    [
        b"issued 1\n",
        b"issued zz 2025-06-02T12:00:00Z 2025-06-01T12:00:00Z\n",
        b"issued 2 tomorrow 2025-06-01T12:00:00Z\n",
        b"revoked 2 0 2025-06-01T12:00:00Z\n",
        b"revoked 1 99 2025-06-01T12:00:00Z\n",
        b"forgot 1 0 2025-06-01T12:00:00Z\n",
        b"\xff\n",
        b"\n",
    ],
)
def test_a_line_that_is_not_ours_stops_the_opening(path: Path, line: bytes) -> None:
    with path.open("ab") as file:
        file.write(line)
    with pytest.raises(AuthorityError) as refused:
        Register(path)
    assert refused.value.code == "register-damaged"


def test_a_register_that_lost_lines_is_not_answered_from(path: Path) -> None:
    register = Register(path)
    path.write_bytes(b"")
    with pytest.raises(AuthorityError) as refused:
        register.is_issued(1)
    assert refused.value.code == "register-damaged"


def test_a_full_disk_is_an_error_and_the_next_line_is_whole(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    register = Register(path)
    before = path.read_bytes()
    write = os.write

    def half_a_line(descriptor: int, data: bytes) -> int:
        if len(data) < 10:
            raise OSError(28, "No space left on device")
        return write(descriptor, data[: len(data) - 5])

    with monkeypatch.context() as full:
        full.setattr("os.write", half_a_line)
        with pytest.raises(AuthorityError) as refused:
            register.record_issued(3, NOON + DAY, NOON)
    assert refused.value.code == "register-unwritable"
    assert not register.is_issued(3)
    register.record_issued(4, NOON + DAY, NOON)
    assert path.read_bytes() == before + b"issued 4 2025-06-02T12:00:00Z 2025-06-01T12:00:00Z\n"
