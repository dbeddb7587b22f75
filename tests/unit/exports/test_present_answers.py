"""Answers on the seal and the timestamps of a bundle: of a moment ago, and asked once for many bundles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from cryptography.x509 import ocsp

from ca.authority import EmbeddedAuthority
from ca.ports import RevocationSource
from esign.errors import SigningError
from esign.exports.present_answers import PresentAnswers
from tests.authority import SettableClock
from tests.service import trust_services


@dataclass
class Counted:
    """A `RevocationSource` that counts what it is asked, and may be silent."""

    inner: RevocationSource
    silent: bool = False
    asked: list[bytes] = field(default_factory=list)

    def ocsp(self, certificate: bytes, issuer: bytes) -> bytes | None:
        self.asked.append(certificate)
        return None if self.silent else self.inner.ocsp(certificate, issuer)

    def crl(self, issuer: bytes, *, covering: bytes) -> bytes | None:
        return None if self.silent else self.inner.crl(issuer, covering=covering)


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def source(authority: EmbeddedAuthority) -> Counted:
    return Counted(authority.revocation)


@pytest.fixture
def answers(authority: EmbeddedAuthority, clock: SettableClock, source: Counted) -> Iterator[PresentAnswers]:
    yield PresentAnswers(replace(trust_services(authority), clock=clock, revocation=source), authority.seal)


def test_the_seal_and_a_timestamp_of_now_are_spoken_for(answers: PresentAnswers, authority: EmbeddedAuthority) -> None:
    present = answers.present()
    assert authority.seal.certificate in present.certificates
    assert authority.roots[0] in present.certificates
    serials = {ocsp.load_der_ocsp_response(one).serial_number for one in present.ocsp_responses}
    assert len(serials) == len(present.ocsp_responses) >= 2


def test_they_are_asked_once_for_the_bundles_of_two_minutes(
    answers: PresentAnswers, clock: SettableClock, source: Counted
) -> None:
    first = answers.present()
    asked = len(source.asked)
    clock.move(seconds=119)
    assert answers.present() is first
    assert len(source.asked) == asked
    clock.move(seconds=2)
    assert answers.present() is not first
    assert len(source.asked) == 2 * asked


def test_a_clock_that_was_set_back_makes_no_answer_last(
    answers: PresentAnswers, clock: SettableClock, source: Counted
) -> None:
    answers.present()
    asked = len(source.asked)
    clock.move(hours=-1)
    answers.present()
    assert len(source.asked) == 2 * asked


def test_where_nobody_answers_no_bundle_is_made_and_the_next_one_asks_again(
    answers: PresentAnswers, source: Counted
) -> None:
    source.silent = True
    with pytest.raises(SigningError) as error:
        answers.present()
    assert error.value.code == "revocation-data-missing"
    source.silent = False
    assert answers.present().ocsp_responses
