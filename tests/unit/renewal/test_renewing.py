"""Renewing one document: when it is due, what stands in its way, what is appended."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from ca.authority import EmbeddedAuthority
from ca.errors import TrustServiceUnavailable
from ca.trust import Purpose, TrustAnchor, TrustStore
from esign.errors import SigningError
from esign.pades.revision import OpenRevision, open_timestamp_revision
from esign.pades.typeface import Typeface
from esign.pades.validation_data import ValidationData
from esign.renewal.renewing import Authorities, Judged, renew
from esign.verify import verify
from esign.verify.newest_timestamp import NewestTimestamp, read_newest_timestamp
from esign.verify.trust.algorithm_constraints import AlgorithmConstraints, default_constraints
from tests.unit.renewal.authorities import ALWAYS, Down, authorities
from tests.unit.verify.signed_material import signed_contract


@dataclass
class Document:
    """A `Held` in memory that remembers what it was asked to carry."""

    content: bytes
    data: list[ValidationData] = field(default_factory=list)

    def digest(self) -> bytes:
        return hashlib.sha256(self.content).digest()

    def newest_timestamp(self) -> NewestTimestamp | None:
        return read_newest_timestamp(io.BytesIO(self.content))

    def open_timestamp_revision(self, data: ValidationData, *, capacity: int) -> OpenRevision:
        self.data.append(data)
        return open_timestamp_revision(io.BytesIO(self.content), data, capacity=capacity)

    def judge(self, increment: bytes, *, trust: TrustStore, at: datetime) -> Judged:
        report = verify(io.BytesIO(self.content + increment), name="it.pdf", trust=trust, at=at)
        return Judged(report.conclusion.value, [one.code for one in report.findings], report)


@pytest.fixture(scope="module")
def sealed(contract: bytes, typeface: Typeface, old: EmbeddedAuthority) -> bytes:
    return signed_contract(contract, typeface, old, ("applicant",))


@pytest.fixture
def usual(old: EmbeddedAuthority, authority: EmbeddedAuthority) -> Authorities:
    return authorities(old, authority, default_constraints())


def test_both_authorities_answers_of_now_come_before_the_new_timestamp(sealed: bytes, usual: Authorities) -> None:
    document, begun = Document(sealed), datetime.now(UTC)
    renewal = renew(document, usual, before=ALWAYS)
    assert renewal is not None
    assert renewal.judged.conclusion == "TOTAL-PASSED"
    assert renewal.stamped_at >= begun.replace(microsecond=0)
    assert renewal.before.certificate != renewal.after.certificate
    (data,) = document.data
    assert {*renewal.before.chain, *renewal.after.chain} == set(data.certificates)
    assert len(data.ocsp_responses) == len(data.crls) == 2
    assert read_newest_timestamp(io.BytesIO(sealed + renewal.increment)) != document.newest_timestamp()


def test_what_holds_for_longer_is_left_alone(sealed: bytes, usual: Authorities) -> None:
    assert renew(Document(sealed), replace(usual, timestamps=Down())) is None


def test_an_algorithm_that_ends_makes_it_due(
    sealed: bytes, old: EmbeddedAuthority, authority: EmbeddedAuthority
) -> None:
    """The unit of the first has a key that is relied upon for a month yet; both have the same, so no renewal helps."""
    usual = default_constraints()
    soon = datetime.now(UTC) + timedelta(days=30)
    ending = AlgorithmConstraints(usual.digests, {**usual.signatures, "ecdsa": ((0, soon),)})
    with pytest.raises(SigningError) as caught:
        renew(Document(sealed), authorities(old, authority, ending))
    assert caught.value.code == "authority-ends-no-later"


def test_a_root_that_is_believed_no_more_makes_it_due(
    sealed: bytes, old: EmbeddedAuthority, usual: Authorities
) -> None:
    until = datetime.now(UTC) + timedelta(days=89)
    ending = TrustAnchor(old.roots[0], frozenset(Purpose), None, until)
    others = TrustStore(tuple(one for one in usual.trust.anchors if one.certificate != old.roots[0]))
    renewal = renew(Document(sealed), replace(usual, trust=others + TrustStore((ending,))))
    assert renewal is not None
    assert renewal.after.ends_at(usual.trust, usual.constraints) > until


def test_the_same_authority_brings_nothing(sealed: bytes, old: EmbeddedAuthority, usual: Authorities) -> None:
    with pytest.raises(SigningError) as caught:
        renew(Document(sealed), replace(usual, timestamps=old.timestamp_authority), before=ALWAYS)
    assert caught.value.code == "authority-ends-no-later"


def test_without_a_document_timestamp_there_is_nothing_to_renew(contract: bytes, usual: Authorities) -> None:
    with pytest.raises(SigningError) as caught:
        renew(Document(contract), usual, before=ALWAYS)
    assert caught.value.code == "no-document-timestamp"


def test_an_authority_that_is_down_is_told(sealed: bytes, usual: Authorities) -> None:
    with pytest.raises(TrustServiceUnavailable):
        renew(Document(sealed), replace(usual, timestamps=Down()), before=ALWAYS)


def test_what_our_verifier_does_not_accept_is_refused(
    sealed: bytes, old: EmbeddedAuthority, usual: Authorities
) -> None:
    with pytest.raises(SigningError) as caught:
        renew(Document(sealed), replace(usual, trust=old.trust_store()), before=ALWAYS)
    assert caught.value.code == "renewal-not-verified"
