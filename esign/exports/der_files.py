"""Certificates, revocation answers and timestamps as members of a bundle, each named by its digest."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

from esign.bundle.writing import Member, member

DIGITS: Final = 16
_PEM_COLUMNS: Final = 64


def der_members(folder: str, ending: str, values: Iterable[bytes]) -> Iterator[Member]:
    """Yield a member for each of the DER values, each once."""
    for value in dict.fromkeys(values):
        yield member(f"{folder}/{_name(value)}.{ending}", value)


def certificate_members(folder: str, certificates: Iterable[bytes]) -> Iterator[Member]:
    """Yield a member in PEM (RFC 7468) for each of the certificates (DER), each once."""
    for certificate in dict.fromkeys(certificates):
        yield member(f"{folder}/{_name(certificate)}.pem", pem_of(certificate))


def pem_of(certificate: bytes) -> bytes:
    """Return a certificate (DER) as PEM."""
    text = base64.b64encode(certificate).decode("ascii")
    lines = (text[start : start + _PEM_COLUMNS] for start in range(0, len(text), _PEM_COLUMNS))
    return "\n".join(("-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", "")).encode("ascii")


def _name(value: bytes) -> str:
    return hashlib.sha256(value).hexdigest()[:DIGITS]
