"""Time-based one-time passwords as authenticator apps make them: RFC 6238 over RFC 4226, SHA-1, 30 seconds, 6 digits.

Pure: the secret and the time are arguments. That a step is accepted once is the caller's to keep.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlencode

STEP_SECONDS: Final = 30
DIGITS: Final = 6
WINDOW: Final = 1
"""How many steps a code may be early or late (RFC 6238 clause 5.2)."""
SECRET_BYTES: Final = 20
"""The length of the hash's output (RFC 4226 clause 4, R6)."""
RECOVERY_CODES: Final = 10

_CROCKFORD: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_RECOVERY_CHARACTERS: Final = 16
_READ_AS: Final = str.maketrans("oil", "011", "- ")


def new_secret() -> bytes:
    """Return a random secret."""
    return secrets.token_bytes(SECRET_BYTES)


def step_at(at: datetime) -> int:
    """Return the time step (RFC 6238 clause 4.2) of a timezone-aware moment."""
    return int(at.timestamp()) // STEP_SECONDS


def code_of(secret: bytes, step: int, *, digits: int = DIGITS) -> str:
    """Return the code of a step (RFC 4226 clause 5.3)."""
    mac = hmac.digest(secret, step.to_bytes(8, "big"), hashlib.sha1)
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**digits:0{digits}}"


def matching_step(secret: bytes, code: str, at: datetime) -> int | None:
    """Return the step that the code is of, among those in the window, or None. Takes as long whichever it is."""
    told = code.replace(" ", "").encode("utf-8", "surrogatepass")
    now, found = step_at(at), None
    for step in range(now - WINDOW, now + WINDOW + 1):
        if hmac.compare_digest(code_of(secret, step).encode(), told):
            found = step
    return found


def enrolment_uri(secret: bytes, *, issuer: str, account: str) -> str:
    """Return the `otpauth:` URI that authenticator apps read as a QR code."""
    label = f"{quote(issuer, safe='')}:{quote(account, safe='')}"
    return f"otpauth://totp/{label}?{urlencode({'secret': base32(secret), 'issuer': issuer}, quote_via=quote)}"


def base32(secret: bytes) -> str:
    """Return the secret as people type it into an app: RFC 4648 base 32 without padding."""
    return base64.b32encode(secret).rstrip(b"=").decode("ascii")


def new_recovery_codes() -> tuple[str, ...]:
    """Return ten recovery codes of 80 random bits each, such as `7k3m-0q9x-c2ta-5vbn`."""
    return tuple(
        _grouped(secrets.choice(_CROCKFORD) for _ in range(_RECOVERY_CHARACTERS)) for _ in range(RECOVERY_CODES)
    )


def plain_recovery_code(typed: str) -> str:
    """Return a recovery code in its one spelling: letters that look like digits are read as those."""
    return typed[:64].casefold().translate(_READ_AS)


def _grouped(characters: Iterable[str]) -> str:
    text = "".join(characters)
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))
