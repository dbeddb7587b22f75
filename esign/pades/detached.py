"""A CAdES signature beside what it signs: detached CMS over any bytes, level B-T (EN 319 122-1, clauses 5 and 6).

Unlike a signature in a PDF it carries the claimed signing time and the media type of what was signed itself, as there
is no dictionary beside it that would.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Final

from ca.ports import CertifiedKey, TimestampAuthority
from esign.der import element, object_identifier, sequence
from esign.pades.act import require_fitting_timestamp
from esign.pades.cms import sign_digest

SIGNING_TIME: Final = object_identifier("1.2.840.113549.1.9.5")
MIME_TYPE: Final = object_identifier("0.4.0.1733.2.1")
_UTC_TIME, _GENERALIZED_TIME, _UTF8_STRING, _SET = 0x17, 0x18, 0x0C, 0x31
_LAST_YEAR_OF_UTC_TIME: Final = 2049


def sign_detached(
    content: bytes, certified: CertifiedKey, authority: TimestampAuthority, *, signing_time: datetime, media_type: str
) -> bytes:
    """Return the signature over the content with its timestamp, as DER. The chain is carried without its root.

    `signing_time` is timezone-aware. Raises `SigningError` (`key-not-of-certificate`, `clock-disagrees`,
    `timestamp-outside-certificate`), and what the key and the authority raise.
    """
    attributes = [
        sequence(SIGNING_TIME, element(_SET, _time(signing_time))),
        sequence(MIME_TYPE, element(_SET, element(_UTF8_STRING, media_type.encode("utf-8")))),
    ]
    signed = sign_digest(hashlib.sha256(content).digest(), certified, attributes)
    token = authority.timestamp(signed.timestamp_digest)
    require_fitting_timestamp(token, signing_time, certified.certificate)
    return signed.with_timestamp(token).der


def _time(moment: datetime) -> bytes:
    """Return a Time in whole seconds (RFC 5652, clause 11.3)."""
    moment = moment.astimezone(UTC)
    if moment.year <= _LAST_YEAR_OF_UTC_TIME:
        return element(_UTC_TIME, f"{moment:%y%m%d%H%M%SZ}".encode("ascii"))
    return element(_GENERALIZED_TIME, f"{moment:%Y%m%d%H%M%SZ}".encode("ascii"))
