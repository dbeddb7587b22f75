"""A contract signed in one go, judged by our verifier and by others; and what is left when it fails: nothing."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from ca.authority import EmbeddedAuthority
from ca.errors import TrustServiceUnavailable
from ca.ports import RevocationReason, TimestampAuthority, TimestampToken
from ca.trust import TrustStore
from esign.ceremony.roles import ROLE_WORDS, SEAL_WORDS, Role
from esign.ceremony.signing_run import Order, Outcome, Recipient, Seal, sign_contract
from esign.ceremony.trust_services import TrustServices
from esign.errors import EsignError, LevelNotReached
from esign.evidence.items import Placement
from esign.pades.fields import DefaultPlace, InField
from esign.pades.level import Level
from esign.pades.typeface import Typeface
from tests import acts, documents
from tests.authority import present_time
from tests.signers import handwriting
from tests.tools import run_tool

ALL_LEVELS = [Level.B_B, Level.B_T, Level.B_LT, Level.B_LTA]


def recipient(role: Role, name: str, seed: int) -> Recipient:
    return Recipient(role, name, handwriting(seed), acts.photo_of(seed), DefaultPlace(ROLE_WORDS[role].anchor))


APPLICANT = recipient(Role.APPLICANT, "张伟", 1)
INSURED = recipient(Role.INSURED, "李秀英", 2)


@dataclass
class Failing:
    """A timestamp authority that answers so many times and is then down."""

    inner: TimestampAuthority
    answers: int

    @property
    def token_size_bound(self) -> int:
        return self.inner.token_size_bound

    def timestamp(self, digest: bytes) -> TimestampToken:
        if self.answers == 0:
            raise TrustServiceUnavailable("tsa-down", "the timestamp authority does not answer", "try again")
        self.answers -= 1
        return self.inner.timestamp(digest)


@pytest.fixture
def issuer(authority: EmbeddedAuthority) -> acts.RecordingIssuer:
    return acts.RecordingIssuer(authority.issuer)


@pytest.fixture
def services(authority: EmbeddedAuthority, issuer: acts.RecordingIssuer) -> TrustServices:
    return TrustServices(
        issuer=issuer,
        timestamp_authority=authority.timestamp_authority,
        revocation=authority.revocation,
        trust=authority.trust_store(),
        custodian_certificate=authority.custodian_certificate,
        clock=present_time,
        entropy=secrets.token_bytes,
        notice=acts.NOTICE,
    )


@pytest.fixture
def order(authority: EmbeddedAuthority, typeface: Typeface) -> Order:
    return Order(
        recipients=[APPLICANT, INSURED],
        seal=Seal(acts.ORGANISATION, authority.seal, DefaultPlace(SEAL_WORDS.anchor)),
        level=Level.B_LTA,
        photo_placement=Placement.SEALED,
        typeface=typeface,
        envelope_id="env_1",
    )


@pytest.fixture
def source(contract: bytes, tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    path = tmp_path / "in" / "contract.pdf"
    path.write_bytes(contract)
    return path


def run(source: Path, order: Order, services: TrustServices) -> tuple[Outcome, Path]:
    destination = source.parents[1] / "out" / "signed.pdf"
    return sign_contract(source, destination, order, services, lambda _step: None), destination


def left_behind(source: Path) -> set[str]:
    return {path.name for path in (source.parents[1] / "out").iterdir()}


def levels_of(outcome: Outcome) -> set[str]:
    return {s.level for s in outcome.report.signatures if s.kind == "signature"}


@pytest.mark.parametrize("reverse", [False, True], ids=["applicant first", "insured first"])
def test_recipients_sign_in_either_order(
    reverse: bool, source: Path, order: Order, services: TrustServices, issuer: acts.RecordingIssuer, contract: bytes
) -> None:
    recipients = [INSURED, APPLICANT] if reverse else [APPLICANT, INSURED]
    outcome, signed = run(source, replace(order, recipients=recipients), services)
    assert outcome.report.conclusion == "TOTAL-PASSED"
    assert [s.field for s in outcome.report.signatures if s.kind == "signature"] == [
        *(r.role.value for r in recipients),
        "seal",
    ]
    assert outcome.sha256 == hashlib.sha256(signed.read_bytes()).hexdigest()
    assert issuer.revoked == []
    assert source.read_bytes() == contract
    run_tool("qpdf", "--check", signed)
    assert run_tool("pdfsig", signed, accept=(0, 1)).stdout.count(b"Signature is Valid.") == 3


@pytest.mark.parametrize("level", ALL_LEVELS, ids=lambda level: level.value)
def test_every_level_is_reached_that_is_asked_for(
    level: Level, source: Path, order: Order, services: TrustServices
) -> None:
    outcome, signed = run(source, replace(order, level=level), services)
    assert levels_of(outcome) == {level.value}
    run_tool("qpdf", "--check", signed)


@pytest.mark.parametrize("placement", list(Placement))
def test_the_photo_is_where_it_was_asked_to_be(
    placement: Placement, source: Path, order: Order, services: TrustServices
) -> None:
    outcome, signed = run(source, replace(order, level=Level.B_T, photo_placement=placement), services)
    beside = {path.name for path in outcome.beside}
    photos = {"signed.applicant-photo.cms", "signed.insured-photo.cms"}
    assert beside == {"signed.envelope-key.cms"} | (photos if placement is Placement.DIGEST_ONLY else set())
    assert left_behind(source) == beside | {"signed.pdf"}
    pdf = signed.read_bytes()
    for photo in (APPLICANT.photo, INSURED.photo):
        assert photo is not None
        assert pdf.count(photo.jpeg) == (1 if placement is Placement.VISIBLE else 0)


def test_without_a_seal_the_recipients_signatures_stand_alone(
    source: Path, order: Order, services: TrustServices
) -> None:
    outcome, _signed = run(source, replace(order, seal=None, recipients=[APPLICANT]), services)
    assert [s.field for s in outcome.report.signatures if s.kind == "signature"] == ["applicant"]


def test_a_contract_without_anchors_is_signed_on_a_signature_page(
    source: Path, order: Order, services: TrustServices
) -> None:
    source.write_bytes(documents.plain_contract())
    outcome, _signed = run(source, order, services)
    assert outcome.report.conclusion == "TOTAL-PASSED"


def test_existing_fields_are_signed_where_they_stand(source: Path, order: Order, services: TrustServices) -> None:
    source.write_bytes(documents.contract_with_locked_field("甲方 签字"))
    changed = replace(order, recipients=[replace(APPLICANT, place=InField("甲方 签字")), INSURED])
    outcome, _signed = run(source, changed, services)
    assert outcome.report.signatures[0].field == "甲方 签字"


def test_an_existing_field_whose_name_is_no_file_name_is_signed_too(
    source: Path, order: Order, services: TrustServices
) -> None:
    source.write_bytes(documents.contract_with_field("a/b"))
    changed = replace(
        order, recipients=[replace(APPLICANT, place=InField("a/b"))], photo_placement=Placement.DIGEST_ONLY
    )
    outcome, signed = run(source, changed, services)
    assert signed.is_file()
    assert all(path.parent == signed.parent for path in outcome.beside)


def require_nothing_left(source: Path, issuer: acts.RecordingIssuer, issued: int) -> None:
    """Check that nothing was written and every certificate that was issued is revoked."""
    assert left_behind(source) == set()
    assert len(issuer.issued) == issued
    serials = {x509.load_der_x509_certificate(i.certificate).serial_number for i in issuer.issued}
    assert {serial for serial, _reason in issuer.revoked} == serials
    assert {reason for _serial, reason in issuer.revoked} <= {RevocationReason.CESSATION_OF_OPERATION}


@pytest.mark.parametrize(("answers", "issued"), [(0, 1), (1, 2), (2, 2), (3, 2)])
def test_a_timestamp_authority_that_goes_down_leaves_nothing(
    answers: int, issued: int, source: Path, order: Order, services: TrustServices, issuer: acts.RecordingIssuer
) -> None:
    down = replace(services, timestamp_authority=Failing(services.timestamp_authority, answers))
    with pytest.raises(TrustServiceUnavailable):
        run(source, order, down)
    require_nothing_left(source, issuer, issued)


def test_a_result_that_our_verifier_does_not_accept_is_not_released(
    source: Path, order: Order, services: TrustServices, issuer: acts.RecordingIssuer
) -> None:
    with pytest.raises(LevelNotReached) as caught:
        run(source, order, replace(services, trust=TrustStore()))
    assert caught.value.code == "result-not-verified"
    require_nothing_left(source, issuer, 2)


def test_a_destination_that_cannot_be_replaced_revokes_and_leaves_nothing(
    source: Path, order: Order, services: TrustServices, issuer: acts.RecordingIssuer
) -> None:
    (source.parents[1] / "out" / "signed.pdf").mkdir()
    with pytest.raises(EsignError) as caught:
        run(source, order, services)
    assert caught.value.code == "output-unwritable"
    assert left_behind(source) == {"signed.pdf"}
    assert len(issuer.revoked) == 2


def test_a_revocation_that_fails_does_not_keep_the_others_from_it(
    source: Path, order: Order, services: TrustServices, issuer: acts.RecordingIssuer
) -> None:
    tried: list[int] = []

    def failing(serial_number: int, reason: RevocationReason) -> None:
        tried.append(serial_number)
        assert reason is RevocationReason.CESSATION_OF_OPERATION
        raise TrustServiceUnavailable("ca-down", "the authority does not answer", "try again")

    issuer.revoke = failing  # type: ignore[method-assign]
    down = replace(services, timestamp_authority=Failing(services.timestamp_authority, 3))
    with pytest.raises(TrustServiceUnavailable):
        run(source, order, down)
    assert len(set(tried)) == 2
    assert left_behind(source) == set()


def test_a_name_without_a_glyph_is_refused_before_any_certificate(
    source: Path, order: Order, services: TrustServices, issuer: acts.RecordingIssuer
) -> None:
    with pytest.raises(EsignError) as caught:
        run(source, replace(order, recipients=[replace(APPLICANT, name="\U0001f600")]), services)
    assert caught.value.code == "font-glyph-missing"
    require_nothing_left(source, issuer, 0)


def test_a_clock_that_is_wrong_is_noticed(
    source: Path, order: Order, services: TrustServices, issuer: acts.RecordingIssuer
) -> None:
    wrong = replace(services, clock=lambda: present_time() + timedelta(minutes=10))
    with pytest.raises(EsignError) as caught:
        run(source, order, wrong)
    assert caught.value.code == "clock-disagrees"
    require_nothing_left(source, issuer, 1)
