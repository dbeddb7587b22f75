"""The signing act step by step: nothing is left standing when a step fails."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509 import ocsp

from ca.authority import EmbeddedAuthority
from ca.errors import TrustServiceError, TrustServiceUnavailable
from ca.ports import (
    IssuedCertificate,
    RevocationReason,
    TimestampAuthority,
    TimestampToken,
)
from esign.errors import EsignError, FieldError, SigningError
from esign.evidence.items import ItemKind, Placement
from esign.evidence.manifest import manifest_digest
from esign.pades.act import (
    Act,
    Signature,
    archive,
    opener_of,
    sign_for_recipient,
    timestamp_signature,
    validation_data_for,
)
from esign.pades.appearance import Appearance
from esign.pades.typeface import Typeface
from esign.pades.validation_data import ValidationData
from tests import acts
from tests.authority import SettableClock, create_test_authority


@pytest.fixture(scope="module")
def prepared(contract: bytes, typeface: Typeface) -> bytes:
    return acts.prepared(contract, typeface)


@pytest.fixture
def issuer(authority: EmbeddedAuthority) -> acts.RecordingIssuer:
    return acts.RecordingIssuer(authority.issuer)


@dataclass
class Shifted:
    """The authority's timestamps, said to be of another time; or none, if it is down."""

    inner: TimestampAuthority
    by: timedelta = timedelta()
    down: bool = False

    @property
    def token_size_bound(self) -> int:
        return self.inner.token_size_bound

    def timestamp(self, digest: bytes) -> TimestampToken:
        if self.down:
            raise TrustServiceUnavailable("tsa-down", "the timestamp authority does not answer", "try again")
        token = self.inner.timestamp(digest)
        return TimestampToken(token.der, token.gen_time + self.by)


def serial_of(issued: IssuedCertificate) -> int:
    return x509.load_der_x509_certificate(issued.certificate).serial_number


def sign(document: bytes, act: Act, issuer: acts.RecordingIssuer, *, token_size: int = 6000) -> Signature:
    return sign_for_recipient(opener_of(io.BytesIO(document)), act, issuer, token_size=token_size)


def test_the_certificate_is_bound_to_the_evidence(prepared: bytes, issuer: acts.RecordingIssuer) -> None:
    act = acts.act_of("applicant", placement=Placement.SEALED)
    signature = sign(prepared, act, issuer)
    (request,) = issuer.requests
    digests = {item.kind: item.digest for item in act.evidence.items}
    assert request.manifest_digest == manifest_digest(act.evidence.manifest)
    assert request.handwriting_digest == digests[ItemKind.HANDWRITING]
    assert request.photo_digest == digests[ItemKind.PHOTO]
    assert request.common_name == "张伟"
    assert signature.serial_number == serial_of(issuer.issued[0])
    assert issuer.revoked == []


def test_without_a_photo_none_is_certified(prepared: bytes, issuer: acts.RecordingIssuer) -> None:
    sign(prepared, acts.act_of("applicant"), issuer)
    certificate = x509.load_der_x509_certificate(issuer.issued[0].certificate)
    biometric = certificate.extensions.get_extension_for_oid(x509.ObjectIdentifier("1.3.6.1.5.5.7.1.2"))
    assert acts.evidence_of("applicant").items[0].digest in biometric.value.public_bytes()


def test_without_handwriting_no_certificate_is_asked_for(prepared: bytes, issuer: acts.RecordingIssuer) -> None:
    act = replace(acts.act_of("applicant"), evidence=acts.evidence_without_handwriting())
    with pytest.raises(SigningError) as caught:
        sign(prepared, act, issuer)
    assert caught.value.code == "handwriting-missing"
    assert issuer.issued == []


class _Boom(Exception):
    pass


def raising_at_making(_serial_number: int) -> Appearance:
    raise _Boom


def raising_at_drawing(_serial_number: int) -> Appearance:
    class Raising:
        photo = None

        def draw(self, _canvas: object, _width: float, _height: float) -> None:
            raise _Boom

    return Raising()


def interrupted(_serial_number: int) -> Appearance:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"appearance": raising_at_making}, _Boom),
        ({"appearance": raising_at_drawing}, _Boom),
        ({"appearance": interrupted}, KeyboardInterrupt),
        ({"field": "witness"}, FieldError),
    ],
    ids=["appearance not made", "appearance not drawn", "interrupted", "field missing"],
)
def test_whatever_fails_after_the_certificate_was_issued_it_is_revoked(
    change: dict[str, object], error: type[BaseException], prepared: bytes, issuer: acts.RecordingIssuer
) -> None:
    stream = io.BytesIO(prepared)
    act = replace(acts.act_of("applicant"), **change)  # type: ignore[arg-type]
    with pytest.raises(error):
        sign_for_recipient(opener_of(stream), act, issuer, token_size=0)
    (issued,) = issuer.issued
    assert issuer.revoked == [(serial_of(issued), RevocationReason.CESSATION_OF_OPERATION)]
    assert stream.getvalue() == prepared


def test_a_document_that_cannot_be_read_revokes_too(prepared: bytes, issuer: acts.RecordingIssuer) -> None:
    class Unreadable(io.BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input/output"):
        sign_for_recipient(opener_of(Unreadable(prepared)), acts.act_of("applicant"), issuer, token_size=0)
    assert [serial for serial, _reason in issuer.revoked] == [serial_of(issuer.issued[0])]


@pytest.mark.parametrize("name", ["", "长" * 22])
def test_a_name_that_no_certificate_can_hold_is_refused(
    name: str, prepared: bytes, issuer: acts.RecordingIssuer
) -> None:
    with pytest.raises(SigningError) as caught:
        sign(prepared, replace(acts.act_of("applicant"), signer_name=name), issuer)
    assert caught.value.code == "signer-name-unusable"
    assert issuer.issued == []


def test_an_issuer_that_refuses_leaves_nothing_to_revoke(prepared: bytes, issuer: acts.RecordingIssuer) -> None:
    act = replace(acts.act_of("applicant"), signer_name="张\u200b伟")
    with pytest.raises(TrustServiceError) as caught:
        sign(prepared, act, issuer)
    assert caught.value.code == "certificate-request-refused"
    assert (issuer.issued, issuer.revoked) == ([], [])


def test_every_act_has_a_key_and_a_certificate_of_its_own(prepared: bytes, issuer: acts.RecordingIssuer) -> None:
    for _ in range(2):
        sign(prepared, acts.act_of("applicant"), issuer)
    keys = {x509.load_der_x509_certificate(i.certificate).public_key().public_numbers() for i in issuer.issued}  # type: ignore[union-attr]
    assert len(keys) == 2


def test_without_room_for_a_timestamp_the_timestamped_signature_does_not_fit(
    prepared: bytes, issuer: acts.RecordingIssuer, authority: EmbeddedAuthority
) -> None:
    signature = sign(prepared, acts.act_of("applicant"), issuer, token_size=0)
    assert len(signature.increment) == len(signature.revision.increment)
    with pytest.raises(SigningError) as caught:
        _ = timestamp_signature(signature, authority.timestamp_authority).increment
    assert caught.value.code == "contents-too-small"


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_clock_that_disagrees_with_the_timestamp_is_an_error(
    minutes: int, prepared: bytes, issuer: acts.RecordingIssuer, authority: EmbeddedAuthority
) -> None:
    signature = sign(prepared, acts.act_of("applicant"), issuer)
    with pytest.raises(SigningError) as caught:
        timestamp_signature(signature, Shifted(authority.timestamp_authority, timedelta(minutes=minutes)))
    assert caught.value.code == "clock-disagrees"


@pytest.mark.parametrize("minutes", [-4, 4])
def test_a_small_difference_is_accepted(
    minutes: int, prepared: bytes, issuer: acts.RecordingIssuer, authority: EmbeddedAuthority
) -> None:
    signature = sign(prepared, acts.act_of("applicant"), issuer)
    shifted = timestamp_signature(signature, Shifted(authority.timestamp_authority, timedelta(minutes=minutes)))
    assert shifted.timestamped_at is not None


@pytest.mark.parametrize("hours", [-1, 25])
def test_a_timestamp_outside_the_certificates_time_is_an_error(
    hours: int, prepared: bytes, issuer: acts.RecordingIssuer, authority: EmbeddedAuthority
) -> None:
    signature = sign(prepared, acts.act_of("applicant"), issuer)
    late = replace(signature, claimed_time=signature.claimed_time + timedelta(hours=hours))
    with pytest.raises(SigningError) as caught:
        timestamp_signature(late, Shifted(authority.timestamp_authority, timedelta(hours=hours)))
    assert caught.value.code == "timestamp-outside-certificate"


def test_a_timestamp_authority_that_is_down_leaves_the_signature_to_be_stamped_later(
    prepared: bytes, issuer: acts.RecordingIssuer, authority: EmbeddedAuthority
) -> None:
    stream = io.BytesIO(prepared)
    signature = sign_for_recipient(opener_of(stream), acts.act_of("applicant"), issuer, token_size=6000)
    with pytest.raises(TrustServiceUnavailable):
        timestamp_signature(signature, Shifted(authority.timestamp_authority, down=True))
    assert stream.getvalue() == prepared
    assert (signature.timestamped_at, signature.cms.timestamp) == (None, None)
    assert issuer.revoked == []
    later = timestamp_signature(signature, authority.timestamp_authority)
    assert later.cms.timestamp is not None
    assert later.revision == signature.revision


def test_an_archive_that_gets_no_timestamp_leaves_the_document(prepared: bytes, authority: EmbeddedAuthority) -> None:
    stream = io.BytesIO(prepared)
    with pytest.raises(TrustServiceUnavailable):
        archive(stream, ValidationData(), Shifted(authority.timestamp_authority, down=True))
    assert stream.getvalue() == prepared


def test_the_validation_data_has_both_chains_and_fresh_answers(prepared: bytes, authority: EmbeddedAuthority) -> None:
    signature = acts.sign(prepared, "applicant", authority)
    data = validation_data_for(signature, authority.revocation)
    assert set(data.certificates) >= {signature.certificate, *signature.chain}
    assert len(data.certificates) == 4
    assert signature.timestamped_at is not None
    for answer in map(ocsp.load_der_ocsp_response, data.ocsp_responses):
        assert answer.this_update_utc is not None
        assert answer.this_update_utc >= signature.timestamped_at.replace(microsecond=0)
    assert len(data.ocsp_responses) == 2


def test_for_b_b_the_answers_follow_the_claimed_time(prepared: bytes, authority: EmbeddedAuthority) -> None:
    signature = acts.sign(prepared, "applicant", authority, timestamp=False)
    assert len(validation_data_for(signature, authority.revocation).ocsp_responses) == 1


def test_an_answer_from_before_the_timestamp_is_stale(prepared: bytes, authority: EmbeddedAuthority) -> None:
    signature = acts.sign(prepared, "applicant", authority)
    later = replace(signature, timestamped_at=datetime.now(UTC) + timedelta(seconds=60))
    with pytest.raises(SigningError) as caught:
        validation_data_for(later, authority.revocation)
    assert caught.value.code == "revocation-answer-stale"


def test_a_certificate_that_was_revoked_meanwhile_is_an_error(prepared: bytes, tmp_path: Path) -> None:
    authority = create_test_authority(tmp_path / "ca", now=SettableClock())
    signature = acts.sign(prepared, "applicant", authority)
    authority.issuer.revoke(signature.serial_number, RevocationReason.KEY_COMPROMISE)
    with pytest.raises(EsignError) as caught:
        validation_data_for(signature, authority.revocation)
    assert caught.value.code == "certificate-revoked"


def test_the_seal_is_the_organisations_and_no_certificate_is_issued(
    prepared: bytes, authority: EmbeddedAuthority
) -> None:
    signature = acts.put_seal(prepared, authority)
    assert signature.certificate == authority.seal.certificate
    assert signature.cms.timestamp is not None


def test_a_token_bound_is_enough_for_every_signature(prepared: bytes, authority: EmbeddedAuthority) -> None:
    """What is reserved is used nearly in full, and never exceeded."""
    for signature in (acts.sign(prepared, "applicant", authority), acts.put_seal(prepared, authority)):
        free = signature.revision.capacity - len(signature.cms.der)
        assert 0 <= free < 4096
