"""Detached signatures and tokens over a file: intact, by whom, since when; never an exception, whatever comes in."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ca.authority import EmbeddedAuthority
from ca.trust import TrustStore
from esign.pades.chains import timestamp_chain
from esign.pades.cms import sign_digest
from esign.pades.detached import sign_detached
from esign.pades.validation_data import collect_validation_data
from esign.verify import SecurityStore
from esign.verify.cms.certificates import load_certificate
from esign.verify.detached import Beside, verify_detached, verify_token
from esign.verify.report import Conclusion

CONTENT = b"<manifest/>\n"


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def signature(authority: EmbeddedAuthority) -> bytes:
    return sign_detached(
        CONTENT, authority.seal, authority.timestamp_authority, signing_time=now(), media_type="text/xml"
    )


@pytest.fixture(scope="module")
def token(authority: EmbeddedAuthority) -> bytes:
    return authority.timestamp_authority.timestamp(hashlib.sha256(CONTENT).digest()).der


@pytest.fixture(scope="module")
def store(authority: EmbeddedAuthority, signature: bytes, token: bytes) -> SecurityStore:
    """What was answered on the seal and on the timestamps after they were made."""
    del signature
    chains = [(authority.seal.certificate, *authority.seal.chain), timestamp_chain(token, authority.roots)]
    data = collect_validation_data(chains, authority.revocation)
    return SecurityStore(tuple(map(load_certificate, data.certificates)), data.ocsp_responses, data.crls)


@pytest.fixture
def beside(authority: EmbeddedAuthority, store: SecurityStore) -> Beside:
    return Beside(authority.trust_store(), now(), store=store)


def test_a_seal_over_a_file_passes_and_its_time_is_proven(signature: bytes, beside: Beside) -> None:
    found = verify_detached(signature, CONTENT, beside)
    assert (found.indication, found.sub_indication, found.reason) == (Conclusion.PASSED, None, None)
    assert found.timestamped
    assert found.proven_time is not None
    assert "示例保险" in found.signer["name"]


def test_another_content_fails(signature: bytes, beside: Beside) -> None:
    found = verify_detached(signature, CONTENT + b" ", beside)
    assert (found.indication, found.sub_indication) == (Conclusion.FAILED, "HASH_FAILURE")
    assert found.proven_time is None


def test_without_a_root_it_stays_open(signature: bytes, beside: Beside) -> None:
    found = verify_detached(signature, CONTENT, replace(beside, trust=TrustStore()))
    assert (found.indication, found.sub_indication) == (Conclusion.INDETERMINATE, "NO_CERTIFICATE_CHAIN_FOUND")
    assert found.timestamped
    assert found.proven_time is None


def test_without_answers_on_revocation_it_stays_open(signature: bytes, beside: Beside) -> None:
    found = verify_detached(signature, CONTENT, replace(beside, store=SecurityStore()))
    assert (found.indication, found.sub_indication) == (Conclusion.INDETERMINATE, "TRY_LATER")


def test_without_a_timestamp_no_time_is_proven(authority: EmbeddedAuthority, beside: Beside) -> None:
    bare = sign_digest(hashlib.sha256(CONTENT).digest(), authority.seal).der
    found = verify_detached(bare, CONTENT, beside)
    assert (found.timestamped, found.proven_time) == (False, None)


def test_a_token_over_a_file_passes(token: bytes, beside: Beside) -> None:
    found = verify_token(token, CONTENT, beside)
    assert (found.indication, found.reason) == (Conclusion.PASSED, None)
    assert found.gen_time is not None


def test_a_token_over_something_else_fails(token: bytes, beside: Beside) -> None:
    found = verify_token(token, CONTENT + b" ", beside)
    assert (found.indication, found.reason) == (Conclusion.FAILED, "the timestamp is of other data")


def test_a_token_whose_certificate_has_ended_holds_where_it_is_proven_older(token: bytes, beside: Beside) -> None:
    much_later = now() + timedelta(days=40 * 365)
    alone = verify_token(token, CONTENT, replace(beside, at=much_later))
    assert alone.indication is Conclusion.INDETERMINATE
    proven = verify_token(token, CONTENT, replace(beside, at=much_later, existed_since=now()))
    assert proven.indication is Conclusion.PASSED


@pytest.mark.parametrize("encoded", [b"", b"\x30\x80", b"hello", b"\x30\x03\x02\x01\x01", bytes(100)])
def test_what_is_no_message_fails_and_nothing_is_raised(encoded: bytes, beside: Beside) -> None:
    assert verify_detached(encoded, CONTENT, beside).indication is Conclusion.FAILED
    assert verify_token(encoded, CONTENT, beside).indication is Conclusion.FAILED


def test_a_token_is_no_signature_and_a_signature_no_token(signature: bytes, token: bytes, beside: Beside) -> None:
    assert verify_detached(token, CONTENT, beside).sub_indication == "FORMAT_FAILURE"
    assert verify_token(signature, CONTENT, beside).reason == "the token is not a timestamp"
