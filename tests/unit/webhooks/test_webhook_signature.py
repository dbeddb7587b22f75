"""Signatures: as the published vector and openssl have them, and refused where anything is wrong."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign.infra.secret import Secret
from esign.webhooks.errors import SignatureRefused, WebhookError
from esign.webhooks.signature import TOLERANCE, new_secret, sign, verify
from tests.tools import run_tool

# The vector that the libraries of Standard Webhooks are tested with.
SECRET = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT = datetime.fromtimestamp(1614265330, UTC)
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

OTHER = new_secret(lambda size: b"\x05" * size)


def test_the_published_vector_is_signed_and_verified() -> None:
    headers = sign([SECRET], ID, AT, BODY)
    assert headers == {"webhook-id": ID, "webhook-timestamp": "1614265330", "webhook-signature": SIGNATURE}
    assert verify(SECRET, headers, BODY, now=AT) == ID


@given(st.binary(min_size=24, max_size=64), st.binary(max_size=300))
def test_what_is_signed_verifies_and_any_other_body_does_not(key: bytes, body: bytes) -> None:
    secret = Secret("whsec_" + base64.b64encode(key).decode())
    headers = sign([secret], "evt_1", AT, body)
    assert verify(secret, headers, body, now=AT) == "evt_1"
    with pytest.raises(SignatureRefused):
        verify(secret, headers, body + b" ", now=AT)


def test_openssl_computes_the_same_signature() -> None:
    secret = new_secret()
    body = b'{"type":"envelope.sent","data":{"n":1}}'
    key = base64.b64decode(secret.reveal().removeprefix("whsec_"))
    judged = run_tool(
        "openssl",
        *("dgst", "-sha256", "-binary", "-mac", "HMAC", "-macopt", f"hexkey:{key.hex()}"),
        stdin=b"evt_2.1614265330." + body,
    )
    expected = "v1," + base64.b64encode(judged.stdout).decode()
    assert sign([secret], "evt_2", AT, body)["webhook-signature"] == expected


def test_a_fresh_secret_has_32_bytes_and_is_never_the_same() -> None:
    first, second = new_secret(), new_secret()
    assert first != second
    assert first.reveal().startswith("whsec_")
    assert len(base64.b64decode(first.reveal().removeprefix("whsec_"))) == 32


def test_while_a_secret_is_replaced_both_verify() -> None:
    headers = sign([SECRET, OTHER], ID, AT, BODY)
    assert headers["webhook-signature"].split(" ")[0] == SIGNATURE
    for secret in (SECRET, OTHER):
        assert verify(secret, headers, BODY, now=AT) == ID
    with pytest.raises(SignatureRefused):
        verify(OTHER, sign([SECRET], ID, AT, BODY), BODY, now=AT)


def test_signatures_of_other_versions_are_passed_over() -> None:
    headers = sign([SECRET], ID, AT, BODY)
    given = {"Webhook-ID": ID, "Webhook-Timestamp": "1614265330", "Webhook-Signature": f"v1a,AAAA {SIGNATURE} v2,é"}
    assert verify(SECRET, given, BODY, now=AT) == ID
    with pytest.raises(SignatureRefused):
        verify(SECRET, headers | {"webhook-signature": SIGNATURE.replace("v1,", "v2,")}, BODY, now=AT)


@pytest.mark.parametrize("late", [TOLERANCE, -TOLERANCE])
def test_a_message_is_accepted_for_five_minutes_and_no_longer(late: timedelta) -> None:
    headers = sign([SECRET], ID, AT, BODY)
    assert verify(SECRET, headers, BODY, now=AT + late) == ID
    with pytest.raises(SignatureRefused) as refused:
        verify(SECRET, headers, BODY, now=AT + late * 1.01)
    assert refused.value.code == "webhook-stale"


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-id": "evt_2"},
        {"webhook-timestamp": "1614265331"},
        {"webhook-signature": SIGNATURE[:-2] + "A="},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
    ],
)
def test_a_changed_header_is_refused(changed: dict[str, str]) -> None:
    with pytest.raises(SignatureRefused) as refused:
        verify(SECRET, sign([SECRET], ID, AT, BODY) | changed, BODY, now=AT)
    assert refused.value.code == "webhook-signature"


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-id": ""},
        {"webhook-id": "a.b"},
        {"webhook-timestamp": "-1"},
        {"webhook-timestamp": "1614265330.5"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-signature": " ".join([SIGNATURE] * 11)},
    ],
)
def test_headers_in_another_form_are_refused(changed: dict[str, str]) -> None:
    with pytest.raises(SignatureRefused) as refused:
        verify(SECRET, sign([SECRET], ID, AT, BODY) | changed, BODY, now=AT)
    assert refused.value.code == "webhook-headers"


@pytest.mark.parametrize(
    "text",
    ["", "whsec_", "whsec_????", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_" + "QUFB" * 7, "whsec_" + "QUFB" * 22],
)
def test_a_secret_of_another_form_is_refused_and_not_quoted(text: str) -> None:
    with pytest.raises(WebhookError) as refused:
        sign([Secret(text)], ID, AT, BODY)
    assert refused.value.code == "webhook-secret"
    assert not text.removeprefix("whsec_") or text not in str(refused.value)


def test_a_message_without_secret_or_plain_id_is_a_mistake_of_the_caller() -> None:
    for secrets, message_id in (([], ID), ([SECRET], "a.b")):
        with pytest.raises(ValueError, match="signed with"):
            sign(secrets, message_id, AT, BODY)
