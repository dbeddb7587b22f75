"""A clock that jumps."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from ca.authority import EmbeddedAuthority, open_authority
from ca.errors import TrustServiceUnavailable
from tests.authority import PASSPHRASE, SettableClock, create_test_authority, event_request

DIGEST = bytes(32)


def refusal() -> pytest.RaisesExc[TrustServiceUnavailable]:
    return pytest.RaisesExc(TrustServiceUnavailable, check=lambda error: error.code == "clock-went-back")


def test_no_token_is_made_after_the_clock_jumped_back(
    clocked_authority: EmbeddedAuthority, clock: SettableClock
) -> None:
    clocked_authority.timestamp_authority.timestamp(DIGEST)
    clock.move(minutes=-1)
    with refusal():
        clocked_authority.timestamp_authority.timestamp(DIGEST)
    clock.move(minutes=1)
    assert clocked_authority.timestamp_authority.timestamp(DIGEST).gen_time == clock().replace(microsecond=0)


def test_a_small_correction_of_the_clock_is_no_jump(clocked_authority: EmbeddedAuthority, clock: SettableClock) -> None:
    first = clocked_authority.timestamp_authority.timestamp(DIGEST)
    clock.move(seconds=-2)
    second = clocked_authority.timestamp_authority.timestamp(DIGEST)
    assert first.gen_time - second.gen_time == timedelta(seconds=2)


def test_nothing_is_dated_before_the_authority_existed(
    clocked_authority: EmbeddedAuthority, clock: SettableClock
) -> None:
    clock.move(days=-1)
    with refusal():
        clocked_authority.timestamp_authority.timestamp(DIGEST)
    with refusal():
        clocked_authority.issuer.issue_event_certificate(event_request())
    with refusal():
        clocked_authority.revocation.crl(clocked_authority.roots[0])


def test_a_jump_is_noticed_across_a_restart(tmp_path: Path, clock: SettableClock) -> None:
    folder = tmp_path / "ca"
    authority = create_test_authority(folder, now=clock)
    clock.move(hours=2)
    authority.issuer.issue_event_certificate(event_request())
    clock.move(hours=-1)
    reopened = open_authority(folder, passphrase=PASSPHRASE, clock=clock)
    with refusal():
        reopened.timestamp_authority.timestamp(DIGEST)
