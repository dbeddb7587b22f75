"""Asking a third party for a timestamp: what is sent, and what may go wrong on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from asn1crypto import cms, tsp

from ca.authority import EmbeddedAuthority
from ca.errors import TokenRefused, TrustServiceError, TrustServiceUnavailable
from ca.ports import TimestampToken
from ca.remote import HttpAnswer, RemoteTimestampAuthority, TransportFailed, TransportFailure
from tests.authority import present_time

URL = "https://tsa.example/tsr"
DIGEST = hashlib.sha256(b"contract").digest()
REPLY = "application/timestamp-reply"


@dataclass
class Wire:
    """A transport that hands the request to a function and remembers what was sent."""

    answer: Callable[[bytes], bytes]
    status: int = 200
    content_type: str = REPLY
    sent: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)

    def post(
        self, url: str, *, body: bytes, headers: Mapping[str, str], timeout_seconds: float, max_bytes: int
    ) -> HttpAnswer:
        self.sent.append((url, headers, body))
        return HttpAnswer(self.status, self.content_type, self.answer(body))


def timestamp(authority: EmbeddedAuthority, wire: Wire, **options: Any) -> TimestampToken:
    trust = options.pop("trust", authority.trust_store())
    clock = options.pop("clock", present_time)
    return RemoteTimestampAuthority(URL, trust, clock, transport=wire, **options).timestamp(DIGEST)


def test_an_honest_answer_gives_a_token(authority: EmbeddedAuthority) -> None:
    wire = Wire(authority.timestamp_authority.respond)
    made = timestamp(authority, wire)
    info = cms.ContentInfo.load(made.der)["content"]["encap_content_info"]["content"].parse(tsp.TSTInfo)
    assert info["message_imprint"]["hashed_message"].native == DIGEST
    assert made.gen_time == info["gen_time"].native


def test_a_request_asks_for_certificates_with_a_fresh_nonce_each_time(authority: EmbeddedAuthority) -> None:
    wire = Wire(authority.timestamp_authority.respond)
    timestamp(authority, wire)
    timestamp(authority, wire)
    requests = [tsp.TimeStampReq.load(body, strict=True) for _, _, body in wire.sent]
    assert {url for url, _, _ in wire.sent} == {URL}
    assert wire.sent[0][1]["Content-Type"] == "application/timestamp-query"
    assert all(request["cert_req"].native for request in requests)
    nonces = {request["nonce"].native for request in requests}
    assert len(nonces) == 2
    assert max(nonces) > 2**64


def test_a_token_over_the_size_bound_is_refused(authority: EmbeddedAuthority) -> None:
    with pytest.raises(TokenRefused) as refused:
        timestamp(authority, Wire(authority.timestamp_authority.respond), token_size_bound=2000)
    assert refused.value.code == "tsa-token-too-large"


def test_the_default_bound_is_16384_bytes(authority: EmbeddedAuthority) -> None:
    remote = RemoteTimestampAuthority(URL, authority.trust_store(), present_time)
    assert remote.token_size_bound == 16384


@pytest.mark.parametrize(
    ("status", "error", "code"),
    [
        (500, TrustServiceUnavailable, "tsa-http-error"),
        (503, TrustServiceUnavailable, "tsa-http-error"),
        (429, TrustServiceUnavailable, "tsa-http-error"),
        (302, TokenRefused, "tsa-redirected"),
        (401, TokenRefused, "tsa-http-refused"),
        (404, TokenRefused, "tsa-http-refused"),
        (204, TokenRefused, "tsa-http-refused"),
    ],
)
def test_an_http_status_other_than_200_gives_no_token(
    authority: EmbeddedAuthority, status: int, error: type[TrustServiceError], code: str
) -> None:
    with pytest.raises(error) as failed:
        timestamp(authority, Wire(authority.timestamp_authority.respond, status=status))
    assert failed.value.code == code


def test_another_content_type_is_refused(authority: EmbeddedAuthority) -> None:
    with pytest.raises(TokenRefused) as refused:
        timestamp(authority, Wire(authority.timestamp_authority.respond, content_type="text/html"))
    assert refused.value.code == "tsa-wrong-content-type"


@pytest.mark.parametrize(
    ("failure", "error", "code"),
    [
        (TransportFailure.UNREACHABLE, TrustServiceUnavailable, "tsa-unreachable"),
        (TransportFailure.TIMEOUT, TrustServiceUnavailable, "tsa-timeout"),
        (TransportFailure.TOO_LARGE, TokenRefused, "tsa-answer-too-large"),
    ],
)
def test_each_way_in_which_no_answer_comes_has_its_code(
    authority: EmbeddedAuthority, failure: TransportFailure, error: type[TrustServiceError], code: str
) -> None:
    def fail(_: bytes) -> bytes:
        raise TransportFailed(failure, "in the test")

    with pytest.raises(error) as failed:
        timestamp(authority, Wire(fail))
    assert failed.value.code == code
    assert "tsa.example" in str(failed.value)


@pytest.mark.parametrize("size", [0, 20, 64])
def test_what_is_not_a_sha_256_digest_is_not_sent(authority: EmbeddedAuthority, size: int) -> None:
    wire = Wire(authority.timestamp_authority.respond)
    remote = RemoteTimestampAuthority(URL, authority.trust_store(), present_time, transport=wire)
    with pytest.raises(TokenRefused) as refused:
        remote.timestamp(bytes(size))
    assert refused.value.code == "tsa-bad-digest"
    assert wire.sent == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "tsa.example",
        "file:///etc/passwd",
        "http://",
        "http://user@tsa.example/",
        "http://tsa.example/#part",
        "http://tsa.example/a b",
        "http://tsa.example/\r\nHost: other",
        "http://tsa.example:99999/",
        "http://例子.example/",
    ],
)
def test_a_url_that_cannot_be_used_is_refused_at_once(authority: EmbeddedAuthority, url: str) -> None:
    with pytest.raises(TrustServiceError) as refused:
        RemoteTimestampAuthority(url, authority.trust_store(), present_time)
    assert refused.value.code == "tsa-url-unusable"


def test_credentials_are_sent_and_never_shown(authority: EmbeddedAuthority) -> None:
    wire = Wire(authority.timestamp_authority.respond, status=401)
    with pytest.raises(TokenRefused) as refused:
        timestamp(authority, wire, username="insurer", password="geheim")
    assert wire.sent[0][1]["Authorization"] == "Basic aW5zdXJlcjpnZWhlaW0="
    assert "geheim" not in str(refused.value)


def test_a_password_never_goes_over_plain_http(authority: EmbeddedAuthority) -> None:
    with pytest.raises(TrustServiceError) as refused:
        RemoteTimestampAuthority(
            "http://tsa.example/",
            authority.trust_store(),
            present_time,
            username="insurer",
            password="x",
        )
    assert refused.value.code == "tsa-password-in-clear"
