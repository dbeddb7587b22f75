"""Asking a vendor about an identity over real HTTP: what is sent, what is believed, and what may go wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from ca.ports import HttpAnswer, TransportFailed, TransportFailure
from ca.remote import DirectTransport
from esign.ceremony.errors import (
    IdentityServiceRefused,
    IdentityServiceUnavailable,
    VendorRefused,
    VendorUnavailable,
)
from esign.ceremony.identity import (
    HttpIdentityVerifier,
    IdentityClaim,
    IdentityFinding,
    IdentityOutcome,
    NoThirdParty,
)
from esign.errors import EsignError
from esign.infra.errors import ConfigurationError
from esign.infra.secret import Secret
from tests.unit.ceremony.vendor_server import KEY, SECRET, Question, Reply, VendorServer, serving, signature, signed

PERSON = IdentityClaim("于文山", "99010119900307889X", "+8613800000000")
MATCHED = {"outcome": "matched", "assurance": "three-factor", "reference": "chk-2026/0001"}
NOW = datetime(2026, 3, 1, 9, 30, 0, 900_000, tzinfo=UTC)


def matched(question: Question) -> Reply:
    return signed(question.request, MATCHED)


def verifier(server: VendorServer, **changed: Any) -> HttpIdentityVerifier:
    return HttpIdentityVerifier(server.vendor(**changed), DirectTransport(), lambda: NOW)


def refused(reply: Callable[[Question], Reply], error: type[EsignError], code: str, **changed: Any) -> VendorServer:
    """Ask once; the error must be this one, and name nothing of the person."""
    with serving(reply) as server:
        with pytest.raises(error) as told:
            verifier(server, **changed).verify(PERSON)
        assert told.value.code == code
        assert str(told.value).startswith("the identity service ")
        for private in (PERSON.name, PERSON.id_number, PERSON.phone, SECRET):
            assert str(private) not in str(told.value)
    return server


def test_without_a_third_party_nobody_verified_and_that_is_said() -> None:
    finding = NoThirdParty().verify(PERSON)
    assert finding == IdentityFinding("not-verified", "nobody", IdentityOutcome.NOT_CHECKED)
    assert finding.reference is None
    assert finding.matched


def test_what_the_vendor_matched_is_found_by_the_vendor() -> None:
    with serving(matched) as server:
        finding = verifier(server).verify(PERSON)
    assert finding == IdentityFinding("three-factor", "test-vendor", IdentityOutcome.MATCHED, "chk-2026/0001")
    assert finding.matched


def test_what_mismatched_is_not_verified_whatever_assurance_comes_with_it() -> None:
    with serving(lambda question: signed(question.request, {**MATCHED, "outcome": "mismatched"})) as server:
        finding = verifier(server).verify(PERSON)
    assert (finding.assurance, finding.by, finding.matched) == ("not-verified", "test-vendor", False)


def test_a_question_is_signed_with_its_time_and_its_own_number() -> None:
    with serving(matched) as server:
        for _ in range(2):
            verifier(server).verify(PERSON)
    first, second = server.questions
    assert json.loads(first.body) == {
        "schema": "esign-identity-claim/1",
        "name": PERSON.name,
        "id_number": PERSON.id_number,
        "phone": PERSON.phone,
    }
    assert first.path == "/check"
    assert first.headers["content-type"] == "application/json"
    assert first.headers["esign-key"] == KEY
    assert first.headers["esign-timestamp"] == "1772357400"
    assert first.headers["esign-signature"] == signature(f"question.{first.request}.1772357400.".encode() + first.body)
    assert len(first.request) == 32
    assert first.request != second.request


def test_a_person_without_an_id_number_is_asked_about_without_one() -> None:
    with serving(matched) as server:
        verifier(server).verify(IdentityClaim("于文山", None, "13800000000"))
    assert json.loads(server.questions[0].body)["id_number"] is None


def test_a_claim_does_not_show_itself() -> None:
    assert repr(PERSON) == "IdentityClaim()"


def test_a_slow_vendor_is_unavailable_after_two_attempts() -> None:
    def slow(question: Question) -> Reply:
        server.released.wait()
        return matched(question)

    with serving(slow) as server:
        with pytest.raises(IdentityServiceUnavailable) as told:
            verifier(server, timeout_seconds=0.15).verify(PERSON)
        assert told.value.code == "identity-timeout"
        assert len(server.questions) == 2


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_vendor_in_trouble_is_asked_the_same_once_more(status: int) -> None:
    def recovering(question: Question) -> Reply:
        return Reply(status, b"") if len(server.questions) == 1 else matched(question)

    with serving(recovering) as server:
        assert verifier(server).verify(PERSON).matched
    first, second = server.questions
    assert (first.request, first.body, first.headers) == (second.request, second.body, second.headers)


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_vendor_that_stays_in_trouble_is_unavailable(status: int) -> None:
    server = refused(lambda _: Reply(status, b"{}"), IdentityServiceUnavailable, "identity-http-error")
    assert len(server.questions) == 2


@pytest.mark.parametrize("status", [201, 204, 400, 401, 403, 404])
def test_another_status_is_a_refusal_and_is_not_tried_again(status: int) -> None:
    server = refused(lambda _: Reply(status, b""), IdentityServiceRefused, "identity-http-refused")
    assert len(server.questions) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    server = refused(lambda _: Reply(status, b"", location="/elsewhere"), IdentityServiceRefused, "identity-redirected")
    assert [question.path for question in server.questions] == ["/check"]


def test_nobody_at_the_address_is_unavailable() -> None:
    with serving(matched) as server:
        vendor = server.vendor()
    with pytest.raises(IdentityServiceUnavailable) as told:
        HttpIdentityVerifier(vendor, DirectTransport(), lambda: NOW).verify(PERSON)
    assert told.value.code == "identity-unreachable"


@pytest.mark.parametrize(
    ("size", "code"), [(16_385, "identity-answer-too-large"), (16_384, "identity-answer-malformed")]
)
def test_an_answer_over_the_limit_is_refused(size: int, code: str) -> None:
    server = refused(lambda _: Reply(200, b" " * size), IdentityServiceRefused, code)
    assert len(server.questions) == 1


class Forbidding:
    """A transport that our own rules keep from asking."""

    def post(self, url: str, **_: object) -> HttpAnswer:
        raise TransportFailed(TransportFailure.REFUSED, "the address is private")

    def get(self, url: str, **_: object) -> HttpAnswer:
        return self.post(url)


def test_an_address_that_the_guard_forbids_is_the_operators_to_allow() -> None:
    with serving(matched) as server:
        vendor = server.vendor()
    with pytest.raises(IdentityServiceRefused) as told:
        HttpIdentityVerifier(vendor, Forbidding(), lambda: NOW).verify(PERSON)
    assert told.value.code == "identity-address-forbidden"


FORGERIES: dict[str, Callable[[Question], Reply]] = {
    "another secret": lambda q: signed(q.request, MATCHED, secret="x" * 40),
    "for another question": lambda _: signed("0" * 32, MATCHED),
    "the question's own signature": lambda q: Reply(
        200, json.dumps({"answer": json.dumps(MATCHED), "signature": q.headers["esign-signature"]}).encode()
    ),
    "no signature": lambda _: Reply(200, json.dumps({"answer": json.dumps(MATCHED), "signature": ""}).encode()),
    "not in ASCII": lambda _: Reply(200, json.dumps({"answer": json.dumps(MATCHED), "signature": "v1=九"}).encode()),
    "a changed answer": lambda q: Reply(
        200, signed(q.request, {**MATCHED, "outcome": "mismatched"}).body.replace(b"mismatched", b"matched")
    ),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_an_answer_that_was_not_signed_for_this_question_is_not_believed(forgery: str) -> None:
    refused(FORGERIES[forgery], IdentityServiceRefused, "identity-answer-forged")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"[" * 16_000,
        b"\xff\xfe",
        b'{"answer": "{}"}',
        b'{"answer": {}, "signature": "v1="}',
        b'{"answer": "{}", "signature": 1}',
        b'{"answer": "\\ud800", "signature": "v1="}',
        b'{"answer": "{}", "signature": "\\ud800"}',
        b'{"answer": "{}", "answer": "{}", "signature": "v1="}',
        b'{"answer": "{}", "signature": "v1=", "more": 1}',
    ],
)
def test_an_answer_that_is_not_in_the_form_is_refused(body: bytes) -> None:
    refused(lambda _: Reply(200, body), IdentityServiceRefused, "identity-answer-malformed")


@pytest.mark.parametrize(
    "vouched",
    [
        "",
        "matched",
        "[]",
        "{}",
        {**MATCHED, "more": 1},
        {**MATCHED, "outcome": "perhaps"},
        {**MATCHED, "outcome": "not-checked"},
        {**MATCHED, "outcome": True},
        {**MATCHED, "assurance": "three factors"},
        {**MATCHED, "assurance": "于文山"},
        {**MATCHED, "assurance": None},
        {**MATCHED, "reference": ""},
        {**MATCHED, "reference": "two words"},
        {**MATCHED, "reference": "x" * 65},
        {**MATCHED, "reference": 12},
    ],
)
def test_a_signed_answer_of_another_content_is_refused(vouched: object) -> None:
    refused(lambda q: signed(q.request, vouched), IdentityServiceRefused, "identity-answer-malformed")


def test_an_answer_of_another_media_type_is_refused() -> None:
    def as_page(question: Question) -> Reply:
        return Reply(200, matched(question).body, media_type="text/html")

    refused(as_page, IdentityServiceRefused, "identity-answer-malformed")


def test_a_match_at_no_assurance_contradicts_itself() -> None:
    contradiction = {**MATCHED, "assurance": "not-verified"}
    refused(lambda q: signed(q.request, contradiction), IdentityServiceRefused, "identity-answer-malformed")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"by": "Test Vendor"}, "identity-vendor-code"),
        ({"url": "http://vendor.example/check"}, "identity-url-unusable"),
        ({"url": "https://name@vendor.example/check"}, "identity-url-unusable"),
        ({"url": "https://vendor.example/a b"}, "identity-url-unusable"),
        ({"url": "https://vendor.example:99999/"}, "identity-url-unusable"),
        ({"url": "ftp://vendor.example/"}, "identity-url-unusable"),
        ({"url": "https:///check"}, "identity-url-unusable"),
        ({"key": "two words"}, "identity-key-unusable"),
        ({"key": "a\r\nb"}, "identity-key-unusable"),
        ({"secret": Secret("short")}, "identity-secret-short"),
    ],
)
def test_a_vendor_that_cannot_be_asked_safely_is_refused_at_once(changed: dict[str, Any], code: str) -> None:
    with serving(matched) as server, pytest.raises(ConfigurationError) as told:
        verifier(server, **changed)
    assert told.value.code == code


def test_the_errors_of_all_vendors_can_be_caught_as_one() -> None:
    assert issubclass(IdentityServiceUnavailable, VendorUnavailable)
    assert issubclass(IdentityServiceRefused, VendorRefused)
