"""The timestamp authority in process, and what it answers to requests from outside."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms, core, tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st

from ca.authority import EmbeddedAuthority, KeyAlgorithm, Role
from ca.authority.profiles import TIMESTAMP_POLICY
from ca.encoding import encoding_of
from ca.errors import TokenRefused
from tests.authority import SettableClock, create_test_authority

DIGEST = hashlib.sha256(b"contract").digest()


def request(**changes: Any) -> bytes:
    fields: dict[str, Any] = {
        "version": "v1",
        "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": DIGEST},
    }
    return bytes(tsp.TimeStampReq(fields | changes).dump())


class TimeStampResp(core.Sequence):  # type: ignore[misc]
    _fields = [  # noqa: RUF012
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


def answer(authority: EmbeddedAuthority, asked: bytes) -> TimeStampResp:
    response: TimeStampResp = TimeStampResp.load(authority.timestamp_authority.respond(asked), strict=True)
    return response


def tst_info(token: cms.ContentInfo) -> tsp.TSTInfo:
    return token["content"]["encap_content_info"]["content"].parse(tsp.TSTInfo)


def rejection(authority: EmbeddedAuthority, asked: bytes) -> set[str]:
    status = answer(authority, asked)["status"]
    assert status["status"].native == "rejection"
    assert len(status["status_string"].native) == 1
    failures: set[str] = status["fail_info"].native
    return failures


def test_a_token_has_the_form_of_the_etsi_profile(clocked_authority: EmbeddedAuthority, clock: SettableClock) -> None:
    made = clocked_authority.timestamp_authority.timestamp(DIGEST)
    signed_data = cms.ContentInfo.load(made.der, strict=True)["content"]
    info = tst_info(cms.ContentInfo.load(made.der))
    assert signed_data["version"].native == "v3"
    assert info["version"].native == "v1"
    assert info["policy"].native == TIMESTAMP_POLICY.dotted_string
    assert info["message_imprint"].native == {
        "hash_algorithm": {"algorithm": "sha256", "parameters": None},
        "hashed_message": DIGEST,
    }
    assert info["gen_time"].native == made.gen_time == clock().replace(microsecond=0)
    assert b"." not in info["gen_time"].contents
    assert info["accuracy"].native == {"seconds": 1, "millis": None, "micros": None}
    assert info["ordering"].native is False
    assert info["nonce"].native is None
    (signer_info,) = signed_data["signer_infos"]
    attributes = {a["type"].native: a["values"] for a in signer_info["signed_attrs"]}
    assert set(attributes) == {"content_type", "message_digest", "signing_certificate_v2"}
    (certificate_id,) = attributes["signing_certificate_v2"][0]["certs"]
    assert certificate_id["cert_hash"].native == hashlib.sha256(clocked_authority.certificate(Role.TSA)).digest()


def test_what_was_written_by_hand_is_the_der_that_a_library_writes(authority: EmbeddedAuthority) -> None:
    token = authority.timestamp_authority.timestamp(DIGEST).der
    assert cms.ContentInfo.load(token).copy().dump(force=True) == token


def test_the_signature_is_of_the_timestamping_certificate(authority: EmbeddedAuthority) -> None:
    token = cms.ContentInfo.load(authority.timestamp_authority.timestamp(DIGEST).der)
    (signer_info,) = token["content"]["signer_infos"]
    key = x509.load_der_x509_certificate(authority.certificate(Role.TSA)).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    signed = b"\x31" + encoding_of(signer_info["signed_attrs"])[1:]
    key.verify(signer_info["signature"].native, signed, ec.ECDSA(hashes.SHA256()))


def test_the_timestamping_certificate_is_for_timestamping_alone_and_says_so_critically(
    authority: EmbeddedAuthority,
) -> None:
    certificate = x509.load_der_x509_certificate(authority.certificate(Role.TSA))
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert usage.critical
    assert list(usage.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


@pytest.mark.parametrize("key_algorithm", [KeyAlgorithm.P256, KeyAlgorithm.RSA2048])
def test_no_token_is_longer_than_the_bound_and_the_bound_is_not_generous(
    tmp_path: Path, key_algorithm: KeyAlgorithm
) -> None:
    authority = create_test_authority(tmp_path / "ca", key_algorithm=key_algorithm)
    tsa = authority.timestamp_authority
    sizes = {len(tsa.timestamp(hashlib.sha256(bytes([n])).digest()).der) for n in range(100)}
    assert max(sizes) <= tsa.token_size_bound <= max(sizes) + 8


def test_serial_numbers_of_tokens_differ(authority: EmbeddedAuthority) -> None:
    tokens = [authority.timestamp_authority.timestamp(DIGEST).der for _ in range(20)]
    assert len({tst_info(cms.ContentInfo.load(token))["serial_number"].native for token in tokens}) == 20


@pytest.mark.parametrize("size", [0, 20, 31, 33, 64])
def test_what_is_not_a_sha_256_digest_gets_no_token(authority: EmbeddedAuthority, size: int) -> None:
    with pytest.raises(TokenRefused) as refused:
        authority.timestamp_authority.timestamp(bytes(size))
    assert refused.value.code == "tsa-bad-digest"


@pytest.mark.parametrize("nonce", [0, 1, 127, 128, 2**64 - 1, 2**128, -5])
def test_the_nonce_comes_back(authority: EmbeddedAuthority, nonce: int) -> None:
    granted = answer(authority, request(nonce=nonce))
    assert granted["status"]["status"].native == "granted"
    assert tst_info(granted["time_stamp_token"])["nonce"].native == nonce


def test_certificates_are_in_the_token_only_if_asked_for(authority: EmbeddedAuthority) -> None:
    without = answer(authority, request())["time_stamp_token"]["content"]
    asked = answer(authority, request(cert_req=True))["time_stamp_token"]["content"]
    assert len(without["certificates"]) == 0
    assert set(map(encoding_of, asked["certificates"])) == {
        authority.certificate(Role.TSA),
        authority.certificate(Role.ISSUING),
    }


@pytest.mark.parametrize(("algorithm", "size"), [("sha256", 32), ("sha384", 48), ("sha512", 64)])
def test_sha_2_imprints_are_stamped(authority: EmbeddedAuthority, algorithm: str, size: int) -> None:
    imprint = {"hash_algorithm": {"algorithm": algorithm}, "hashed_message": bytes(range(size))}
    granted = answer(authority, request(message_imprint=imprint))
    stamped = tst_info(granted["time_stamp_token"])["message_imprint"]
    assert stamped["hash_algorithm"]["algorithm"].native == algorithm
    assert stamped["hashed_message"].native == bytes(range(size))


def test_our_own_policy_may_be_asked_for(authority: EmbeddedAuthority) -> None:
    granted = answer(authority, request(req_policy=TIMESTAMP_POLICY.dotted_string))
    assert granted["status"]["status"].native == "granted"


@pytest.mark.parametrize(
    ("changes", "failure"),
    [
        (
            {"message_imprint": {"hash_algorithm": {"algorithm": "sha1"}, "hashed_message": bytes(20)}},
            "bad_alg",
        ),
        (
            {"message_imprint": {"hash_algorithm": {"algorithm": "1.2.3.4"}, "hashed_message": bytes(32)}},
            "bad_alg",
        ),
        (
            {"message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": bytes(20)}},
            "bad_data_format",
        ),
        ({"req_policy": "1.2.3.4"}, "unaccepted_policy"),
        (
            {"extensions": [{"extn_id": "1.2.3.4", "critical": True, "extn_value": b"\x05\x00"}]},
            "unaccepted_extensions",
        ),
        ({"nonce": 2**300}, "bad_request"),
    ],
)
def test_what_is_not_granted_is_rejected_with_its_reason(
    authority: EmbeddedAuthority, changes: dict[str, Any], failure: str
) -> None:
    assert rejection(authority, request(**changes)) == {failure}


@pytest.mark.parametrize(
    "garbage", [b"", b"\x30\x00", b"\x30\x80", b"hello", request() + b"\x00", b"\x30\x82\x20\x00" + bytes(0x2000)]
)
def test_garbage_is_rejected_as_bad_data_format(authority: EmbeddedAuthority, garbage: bytes) -> None:
    assert rejection(authority, garbage) == {"bad_data_format"}


def test_a_clock_that_went_back_is_time_not_available(
    clocked_authority: EmbeddedAuthority, clock: SettableClock
) -> None:
    clock.time -= timedelta(days=1)
    assert rejection(clocked_authority, request()) == {"time_not_available"}


@settings(deadline=None)
@given(
    position=st.integers(0, len(request(nonce=7, cert_req=True)) - 1),
    replacement=st.binary(max_size=6),
    removed=st.integers(0, 6),
)
def test_every_request_gets_a_well_formed_response(
    authority: EmbeddedAuthority, position: int, replacement: bytes, removed: int
) -> None:
    good = request(nonce=7, cert_req=True)
    mangled = good[:position] + replacement + good[position + removed :]
    status = answer(authority, mangled)["status"]["status"].native
    assert status in {"granted", "rejection"}
