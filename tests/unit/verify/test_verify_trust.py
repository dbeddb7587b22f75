"""Whom the configured roots make one believe, when, and for what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import x509
from signed_material import Desk, codes, judge

from ca.authority import EmbeddedAuthority
from ca.ports import RevocationReason
from ca.trust import Purpose, TrustAnchor, TrustStore
from esign.pades.typeface import Typeface
from esign.verify.trust.revocation import RevocationAnswer
from tests.authority import create_test_authority


def test_without_a_believed_root_a_valid_signature_is_not_recognised(signed: bytes) -> None:
    report = judge(signed, TrustStore())
    assert (report.conclusion, report.exit_status) == ("INDETERMINATE", 2)
    assert {s.sub_indication for s in report.signatures} == {"NO_CERTIFICATE_CHAIN_FOUND"}
    assert {s.integrity for s in report.signatures} == {"intact"}
    assert {s.best_signature_time for s in report.signatures} == {None}
    assert codes(report) == set()


def test_a_root_of_somebody_else_is_no_help(signed: bytes, tmp_path: Path) -> None:
    stranger = create_test_authority(tmp_path / "stranger")
    assert judge(signed, stranger.trust_store()).conclusion == "INDETERMINATE"


def believing(authority: EmbeddedAuthority, **limits: object) -> TrustStore:
    return TrustStore((TrustAnchor(authority.roots[0], **limits),))  # type: ignore[arg-type]


def test_a_root_believed_for_timestamps_alone_does_not_make_a_signer_known(
    signed: bytes, authority: EmbeddedAuthority
) -> None:
    report = judge(signed, believing(authority, purposes=frozenset({Purpose.TIMESTAMPING})))
    assert {s.sub_indication for s in report.signatures if s.kind == "signature"} == {"NO_CERTIFICATE_CHAIN_FOUND"}
    assert report.signatures[-1].indication == "TOTAL-PASSED"


def test_a_root_believed_for_signers_alone_leaves_the_time_unproven(
    signed: bytes, authority: EmbeddedAuthority
) -> None:
    later = datetime.now(UTC) + timedelta(days=3)
    report = judge(signed, believing(authority, purposes=frozenset({Purpose.SIGNING})), at=later)
    applicant = report.signatures[0]
    assert (applicant.best_signature_time, applicant.sub_indication) == (None, "OUT_OF_BOUNDS_NOT_REVOKED")


def test_a_root_that_was_believed_only_before_the_signing_is_no_root(
    signed: bytes, authority: EmbeddedAuthority
) -> None:
    report = judge(signed, believing(authority, until=datetime(2020, 1, 1, tzinfo=UTC)))
    assert report.conclusion == "INDETERMINATE"


@dataclass
class _SettableClock:
    moment: datetime

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> Iterator[_SettableClock]:
    yield _SettableClock(datetime.now(UTC).replace(microsecond=0))


def test_a_certificate_revoked_after_the_proven_time_still_counts(
    desk: Desk, authority: EmbeddedAuthority, trust: TrustStore
) -> None:
    signature = desk.sign("applicant")
    desk.add_validation_data()
    authority.issuer.revoke(signature.serial_number, RevocationReason.KEY_COMPROMISE)
    report = judge(desk.document, trust)
    assert report.signatures[0].indication == "TOTAL-PASSED"


def test_a_certificate_revoked_before_the_proven_time_fails_the_signature(
    contract: bytes, typeface: Typeface, tmp_path: Path, clock: _SettableClock
) -> None:
    authority = create_test_authority(tmp_path / "ca", now=clock)
    desk = Desk.open(contract, typeface, authority)
    first = desk.sign("applicant", timestamp=False)
    authority.issuer.revoke(first.serial_number, RevocationReason.CESSATION_OF_OPERATION)
    clock.moment += timedelta(minutes=3)
    issuing = first.chain[0]
    answer = authority.revocation.ocsp(first.certificate, issuing)
    assert answer is not None
    desk.sign("insured")
    desk.data = type(desk.data)(
        (*desk.data.certificates, *first.chain), (*desk.data.ocsp_responses, answer), desk.data.crls
    )
    desk.archive()
    report = judge(desk.document, authority.trust_store(), at=clock.moment + timedelta(minutes=1))
    applicant = report.signatures[0]
    assert (applicant.indication, applicant.sub_indication) == ("TOTAL-FAILED", "REVOKED")
    assert "revoked" in codes(report)


def at(hour: int) -> datetime:
    return datetime(2026, 5, 1, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("answer", "moment", "speaks"),
    [
        (RevocationAnswer(at(10), at(12), None), at(11), True),
        (RevocationAnswer(at(10), at(12), None), at(13), False),
        (RevocationAnswer(at(10), at(12), None), at(8), True),
        (RevocationAnswer(at(10), None, None), at(20), True),
        (RevocationAnswer(at(10), None, None), at(10) + timedelta(days=2), False),
        (RevocationAnswer(at(10), at(12), at(9)), at(23), True),
    ],
)
def test_an_answer_speaks_of_times_until_its_next_update(
    answer: RevocationAnswer, moment: datetime, speaks: bool
) -> None:
    assert answer.speaks_of(moment) is speaks


def test_the_event_certificate_lives_a_day(signed: bytes, trust: TrustStore) -> None:
    signer = judge(signed, trust).signatures[0].signer
    ends = datetime.fromisoformat(signer["not_after"]) - datetime.fromisoformat(signer["not_before"])
    assert ends <= timedelta(hours=24, minutes=5)
    assert x509.Name.build({"common_name": "张伟"}).native["common_name"] in signer["subject"]
