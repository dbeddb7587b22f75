"""A third party's timestamp is verified before use: every way in which it may be wrong is refused."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from ca.authority import EmbeddedAuthority, KeyAlgorithm, Role, SoftwareKey
from ca.authority.der import sequence
from ca.authority.key_files import KeyCipher
from ca.authority.timestamp_token import Imprint, TokenSigner
from ca.authority.timestamping import rejection
from ca.errors import TokenRefused, TrustServiceError, TrustServiceUnavailable
from ca.ports import CertifiedKey, Clock, TimestampToken
from ca.remote.token_verification import MAX_STORED_SIZE, Expected, verified_stored_token, verified_token
from ca.trust import Purpose, TrustAnchor, TrustStore
from tests.ambiguous import (
    ambiguous,
    body,
    carrying_timestamps,
    certify_ambiguously,
    data_of,
    timestamps_in_timestamps,
    whole,
)
from tests.authority import PASSPHRASE, SettableClock, create_test_authority, present_time

DIGEST = hashlib.sha256(b"contract").digest()


def altered(request: bytes, **changes: Any) -> bytes:
    parsed = tsp.TimeStampReq.load(request)
    for name, value in changes.items():
        parsed[name] = value
    return bytes(parsed.dump(force=True))


def verify(
    authority: EmbeddedAuthority,
    answer: Callable[[bytes], bytes],
    *,
    trust: TrustStore | None = None,
    clock: Clock = present_time,
    tolerance: timedelta = timedelta(minutes=5),
) -> TimestampToken:
    """Ask the function for a timestamp on DIGEST and verify what it answers."""
    nonce = secrets.randbits(64)
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": DIGEST}
    request = tsp.TimeStampReq({"version": "v1", "message_imprint": imprint, "nonce": nonce, "cert_req": True}).dump()
    store = authority.trust_store() if trust is None else trust
    expected = Expected(DIGEST, nonce, clock(), tolerance, store, max_token_size=16384)
    return verified_token(answer(request), expected)


def refusal(authority: EmbeddedAuthority, answer: Callable[[bytes], bytes], **options: Any) -> str:
    with pytest.raises(TokenRefused) as refused:
        verify(authority, answer, **options)
    return refused.value.code


def signer(folder: Path, authority: EmbeddedAuthority, role: str = "tsa") -> CertifiedKey:
    key = KeyCipher(PASSPHRASE).open((folder / "keys" / f"{role}.pem").read_bytes())
    return CertifiedKey(SoftwareKey(key), authority.certificate(Role(role)), authority.seal.chain)


def granted(token: bytes) -> bytes:
    return sequence(tsp.PKIStatusInfo({"status": "granted"}).dump(), token)


def honest_token(key: CertifiedKey, request: bytes) -> bytes:
    nonce = tsp.TimeStampReq.load(request)["nonce"].native
    gen_time = present_time().replace(microsecond=0)
    return TokenSigner(key, "2.25.1").token(Imprint("sha256", DIGEST), gen_time, 1, nonce=nonce)


def rebuilt(
    key: CertifiedKey, token: bytes, change: Callable[[cms.SignedData], None], *, sign_again: bool = True
) -> bytes:
    """Change a token and, as its own authority could, sign the attributes again."""
    content_info = cms.ContentInfo.load(token)
    signed_data = content_info["content"]
    change(signed_data)
    if sign_again:
        for signer_info in signed_data["signer_infos"]:
            signer_info["signature"] = key.key.sign(signer_info["signed_attrs"].untag().dump(force=True))
    return bytes(content_info.dump(force=True))


def changing(
    key: CertifiedKey, change: Callable[[cms.SignedData], None], *, sign_again: bool = True
) -> Callable[[bytes], bytes]:
    """Return what answers with an honest token that was then changed."""
    return lambda body: granted(rebuilt(key, honest_token(key, body), change, sign_again=sign_again))


def test_a_wrong_nonce_is_refused(authority: EmbeddedAuthority) -> None:
    respond = authority.timestamp_authority.respond
    assert refusal(authority, lambda body: respond(altered(body, nonce=1))) == "tsa-wrong-nonce"


def test_a_token_without_nonce_is_refused(authority: EmbeddedAuthority) -> None:
    token = authority.timestamp_authority.timestamp(DIGEST).der
    assert refusal(authority, lambda _: granted(token)) == "tsa-wrong-nonce"


@pytest.mark.parametrize(("algorithm", "size"), [("sha256", 32), ("sha512", 64)])
def test_a_token_about_something_else_is_refused(authority: EmbeddedAuthority, algorithm: str, size: int) -> None:
    imprint = {"hash_algorithm": {"algorithm": algorithm}, "hashed_message": bytes(size)}
    respond = authority.timestamp_authority.respond
    assert refusal(authority, lambda body: respond(altered(body, message_imprint=imprint))) == "tsa-wrong-imprint"


def test_an_authority_that_nobody_believes_is_refused(authority: EmbeddedAuthority, tmp_path: Path) -> None:
    stranger = create_test_authority(tmp_path / "ca")
    respond = authority.timestamp_authority.respond
    assert refusal(authority, respond, trust=stranger.trust_store()) == "tsa-untrusted"
    assert refusal(authority, respond, trust=TrustStore()) == "tsa-untrusted"


def test_a_root_believed_for_signing_only_is_not_believed_for_time(authority: EmbeddedAuthority) -> None:
    trust = TrustStore((TrustAnchor(authority.roots[0], frozenset({Purpose.SIGNING})),))
    assert refusal(authority, authority.timestamp_authority.respond, trust=trust) == "tsa-untrusted"


def test_a_changed_signature_is_refused(authority: EmbeddedAuthority) -> None:
    def flip(body: bytes) -> bytes:
        response = authority.timestamp_authority.respond(body)
        return response[:-1] + bytes([response[-1] ^ 1])

    assert refusal(authority, flip) == "tsa-bad-signature"


def test_changed_content_is_refused(authority: EmbeddedAuthority) -> None:
    def other_second(body: bytes) -> bytes:
        response = authority.timestamp_authority.respond(body)
        at = response.index(b"\x18\x0f20") + 15
        return response[:at] + bytes([response[at] ^ 1]) + response[at + 1 :]

    assert refusal(authority, other_second) == "tsa-bad-signature"


def test_a_token_without_its_certificate_is_refused(authority: EmbeddedAuthority) -> None:
    respond = authority.timestamp_authority.respond
    assert refusal(authority, lambda body: respond(altered(body, cert_req=False))) == "tsa-wrong-certificate"


@pytest.mark.parametrize("role", ["seal", "ocsp", "issuing"])
def test_a_certificate_that_is_not_for_timestamping_is_refused(
    authority: EmbeddedAuthority, folder: Path, role: str
) -> None:
    key = signer(folder, authority, role)
    assert refusal(authority, lambda body: granted(honest_token(key, body))) == "tsa-wrong-usage"


def test_a_token_that_names_no_signing_certificate_is_refused(authority: EmbeddedAuthority, folder: Path) -> None:
    key = signer(folder, authority)

    def forget(signed_data: cms.SignedData) -> None:
        (signer_info,) = signed_data["signer_infos"]
        kept = [a for a in signer_info["signed_attrs"] if a["type"].native != "signing_certificate_v2"]
        signer_info["signed_attrs"] = cms.CMSAttributes(kept)

    assert refusal(authority, changing(key, forget)) == "tsa-bad-attributes"


def test_a_token_whose_signer_and_named_certificate_differ_is_refused(
    authority: EmbeddedAuthority, folder: Path
) -> None:
    key = signer(folder, authority)

    def other_signer(signed_data: cms.SignedData) -> None:
        (signer_info,) = signed_data["signer_infos"]
        signer_info["sid"].chosen["serial_number"] = 7

    assert refusal(authority, changing(key, other_signer)) == "tsa-wrong-certificate"


def test_two_signers_are_refused(authority: EmbeddedAuthority, folder: Path) -> None:
    key = signer(folder, authority)

    def twice(signed_data: cms.SignedData) -> None:
        (only,) = signed_data["signer_infos"]
        signed_data["signer_infos"] = [only, only.copy()]

    assert refusal(authority, changing(key, twice)) == "tsa-not-a-token"


def test_a_signature_over_other_content_is_no_token(authority: EmbeddedAuthority, folder: Path) -> None:
    key = signer(folder, authority)

    def relabel(signed_data: cms.SignedData) -> None:
        signed_data["encap_content_info"]["content_type"] = "data"

    assert refusal(authority, changing(key, relabel, sign_again=False)) == "tsa-not-a-token"


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_time_far_from_our_clock_is_refused(
    clocked_authority: EmbeddedAuthority, clock: SettableClock, minutes: int
) -> None:
    ours = SettableClock(clock.time + timedelta(minutes=minutes))
    respond = clocked_authority.timestamp_authority.respond
    assert refusal(clocked_authority, respond, clock=ours) == "tsa-wrong-time"
    assert verify(clocked_authority, respond, clock=ours, tolerance=timedelta(minutes=7)).der


def test_an_expired_timestamping_certificate_is_refused(
    clocked_authority: EmbeddedAuthority, clock: SettableClock
) -> None:
    clock.move(days=21 * 365)
    respond = clocked_authority.timestamp_authority.respond
    assert refusal(clocked_authority, respond, clock=clock) == "tsa-untrusted"


@pytest.mark.parametrize("failure", ["bad_alg", "bad_request", "bad_data_format", "unaccepted_policy"])
def test_a_rejection_is_refused_with_its_reason(authority: EmbeddedAuthority, failure: str) -> None:
    with pytest.raises(TokenRefused, match=failure) as refused:
        verify(authority, lambda _: rejection(failure, "secret of the stranger"))
    assert refused.value.code == "tsa-rejected"
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("failure", ["time_not_available", "system_failure"])
def test_an_authority_in_trouble_may_be_asked_again_later(authority: EmbeddedAuthority, failure: str) -> None:
    with pytest.raises(TrustServiceUnavailable) as unavailable:
        verify(authority, lambda _: rejection(failure, "wait"))
    assert unavailable.value.code == "tsa-busy"


@pytest.mark.parametrize("garbage", [b"", b"\x30\x00", b"<html>", b"\x30\x80" * 500, bytes(1000)])
def test_garbage_is_refused(authority: EmbeddedAuthority, garbage: bytes) -> None:
    assert refusal(authority, lambda _: garbage) == "tsa-unreadable"


def test_a_grant_without_token_is_refused(authority: EmbeddedAuthority) -> None:
    assert refusal(authority, lambda _: granted(b"")) == "tsa-unreadable"


@settings(deadline=None)
@given(position=st.integers(0, 2380), replacement=st.binary(max_size=3), removed=st.integers(0, 3))
def test_a_mangled_answer_is_refused_or_still_says_the_same(
    authority: EmbeddedAuthority, position: int, replacement: bytes, removed: int
) -> None:
    def mangle(body: bytes) -> bytes:
        good = authority.timestamp_authority.respond(body)
        return good[:position] + replacement + good[position + removed :]

    try:
        made = verify(authority, mangle)
    except TrustServiceError as refused:
        assert refused.code.startswith("tsa-")
    else:
        info = cms.ContentInfo.load(made.der)["content"]["encap_content_info"]["content"].parse(tsp.TSTInfo)
        assert info["message_imprint"]["hashed_message"].native == DIGEST


def test_the_token_of_an_rsa_authority_is_verified_too(tmp_path: Path) -> None:
    authority = create_test_authority(tmp_path / "ca", key_algorithm=KeyAlgorithm.RSA2048)
    made = verify(authority, authority.timestamp_authority.respond)
    (signer_info,) = cms.ContentInfo.load(made.der)["content"]["signer_infos"]
    assert signer_info["signature_algorithm"]["algorithm"].native == "sha256_rsa"


def test_a_token_that_was_had_earlier_is_judged_without_its_question(authority: EmbeddedAuthority) -> None:
    token = authority.timestamp_authority.timestamp(DIGEST)
    assert verified_stored_token(token.der, DIGEST, authority.trust_store()).gen_time == token.gen_time


@pytest.mark.parametrize(
    ("token", "digest", "trusted", "code"),
    [
        (None, bytes(32), True, "tsa-wrong-imprint"),
        (None, DIGEST, False, "tsa-untrusted"),
        (b"no token", DIGEST, True, "tsa-unreadable"),
        (bytes(MAX_STORED_SIZE + 1), DIGEST, True, "tsa-token-too-large"),
    ],
)
def test_a_token_that_was_had_earlier_is_refused_where_it_does_not_hold(
    authority: EmbeddedAuthority, token: bytes | None, digest: bytes, trusted: bool, code: str
) -> None:
    der = authority.timestamp_authority.timestamp(DIGEST).der if token is None else token
    with pytest.raises(TokenRefused) as refused:
        verified_stored_token(der, digest, authority.trust_store() if trusted else TrustStore())
    assert refused.value.code == code


# Encodings that asn1crypto takes for what they are not.


def test_a_token_inside_which_tokens_are_nested_is_checked_without_writing_them(
    folder: Path, authority: EmbeddedAuthority
) -> None:
    """Each header ends in 0x80: to encode three of these anew takes hours."""
    nested = timestamps_in_timestamps(6)

    def answer(body: bytes) -> bytes:
        honest = honest_token(signer(folder, authority), body)
        return granted(ambiguous(lambda size: carrying_timestamps(honest, nested, data_of(size))))

    token = verify(authority, answer).der
    assert nested in token
    stored = verified_stored_token(token, DIGEST, authority.trust_store())
    assert stored.der == token
    with pytest.raises(TokenRefused) as refused:
        verified_stored_token(nested, DIGEST, authority.trust_store())
    assert refused.value.code == "tsa-not-a-token"


@pytest.mark.parametrize("part", [whole, body])
def test_a_token_by_a_certificate_that_looks_indefinite_is_believed(
    part: Callable[[bytes], bytes], folder: Path, authority: EmbeddedAuthority
) -> None:
    own = signer(folder, authority)
    cipher = KeyCipher(PASSPHRASE)
    issuing = cipher.open((folder / "keys" / "issuing.pem").read_bytes())
    like = x509.load_der_x509_certificate(own.certificate)
    builder = x509.CertificateBuilder().subject_name(like.subject).issuer_name(like.issuer)
    builder = builder.public_key(like.public_key()).not_valid_before(like.not_valid_before_utc)
    builder = builder.not_valid_after(like.not_valid_after_utc)
    for extension in like.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    name = x509.SubjectAlternativeName([x509.UniformResourceIdentifier("ni:///sha-256;abc")])
    made = certify_ambiguously(builder.add_extension(name, critical=False), issuing, part)
    key = CertifiedKey(own.key, made.public_bytes(Encoding.DER), own.chain)
    assert verify(authority, lambda body: granted(honest_token(key, body))).der
