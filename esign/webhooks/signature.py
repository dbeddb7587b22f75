"""Signatures of messages as Standard Webhooks describes them (https://www.standardwebhooks.com), symmetric, `v1`.

HMAC-SHA-256 over "id.timestamp.body" with the secret that sender and receiver share. Several signatures, separated by
spaces, stand side by side while a secret is being replaced: a receiver accepts a message of which one is right.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from esign.infra.secret import Secret
from esign.webhooks.errors import SignatureRefused, WebhookError

ID_HEADER: Final = "webhook-id"
TIMESTAMP_HEADER: Final = "webhook-timestamp"
SIGNATURE_HEADER: Final = "webhook-signature"
TOLERANCE: Final = timedelta(minutes=5)

_PREFIX: Final = "whsec_"
_SECRET_BYTES: Final = 32
_SECRET_SIZES: Final = range(24, 65)
_SIGNATURES_AT_MOST: Final = 10
_TIMESTAMP: Final = re.compile(r"[0-9]{1,12}")
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,128}")  # no dot: it separates what is signed


def new_secret(entropy: Callable[[int], bytes] = secrets.token_bytes) -> Secret:
    """Return a fresh secret: `whsec_` and the base64 of 32 random bytes."""
    return Secret(_PREFIX + base64.b64encode(entropy(_SECRET_BYTES)).decode("ascii"))


def sign(shared: Sequence[Secret], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the three headers of a message that is sent `at` (aware), with one signature for each secret.

    Raises `WebhookError` (`webhook-secret`) for a secret in another form, `ValueError` for an odd id or no secret.
    """
    if not shared or not _ID.fullmatch(message_id):
        raise ValueError("a message is signed with at least one secret, under an id of letters, digits, _ and -")
    timestamp = str(int(at.timestamp()))
    return {
        ID_HEADER: message_id,
        TIMESTAMP_HEADER: timestamp,
        SIGNATURE_HEADER: " ".join(_signature(secret, message_id, timestamp, body) for secret in shared),
    }


def verify(
    shared: Secret, headers: Mapping[str, str], body: bytes, *, now: datetime, tolerance: timedelta = TOLERANCE
) -> str:
    """Return the id of a message that was signed with this secret, at most `tolerance` away from `now`.

    `headers` are found by their names in any case; `body` is the bytes as they came. Raises `SignatureRefused`
    (`webhook-headers`, `webhook-stale`, `webhook-signature`) and `WebhookError` (`webhook-secret`).
    """
    given = {name.lower(): value for name, value in headers.items()}
    message_id, timestamp = given.get(ID_HEADER, ""), given.get(TIMESTAMP_HEADER, "")
    signatures = given.get(SIGNATURE_HEADER, "").split(" ")
    if not (_ID.fullmatch(message_id) and _TIMESTAMP.fullmatch(timestamp)) or len(signatures) > _SIGNATURES_AT_MOST:
        raise SignatureRefused(
            "webhook-headers",
            f"{ID_HEADER}, {TIMESTAMP_HEADER} or {SIGNATURE_HEADER} is missing or has another form",
            "hand over the headers as they came",
        )
    if abs(now.timestamp() - int(timestamp)) > tolerance.total_seconds():
        raise SignatureRefused(
            "webhook-stale", "the message was not sent in these minutes", "compare the clocks; do not act on it"
        )
    expected = _signature(shared, message_id, timestamp, body).encode("ascii")
    # Every one is compared, in constant time: how long it takes tells nothing of which is how wrong.
    right = [hmac.compare_digest(expected, signature.encode("utf-8", "replace")) for signature in signatures]
    if not any(right):
        raise SignatureRefused(
            "webhook-signature",
            "no signature of the message is right",
            "verify the exact bytes of the body with the secret of this endpoint; do not act on it",
        )
    return message_id


def _signature(shared: Secret, message_id: str, timestamp: str, body: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode("ascii") + body
    return "v1," + base64.b64encode(hmac.digest(_key(shared), signed, hashlib.sha256)).decode("ascii")


def _key(shared: Secret) -> bytes:
    prefix, text = shared.reveal()[: len(_PREFIX)], shared.reveal()[len(_PREFIX) :]
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if prefix != _PREFIX or len(key) not in _SECRET_SIZES:
        raise WebhookError(
            "webhook-secret",
            "the secret is not whsec_ and the base64 of 24 to 64 bytes",
            "take it as it was shown when the endpoint was registered",
        )
    return key
