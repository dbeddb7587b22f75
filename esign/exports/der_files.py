"""Certificates, revocation answers and timestamps as members of a bundle, each named by its digest."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from asn1crypto import core, ocsp, x509

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


@dataclass(frozen=True)
class Sorted:
    """Validation data (DER) by what it is."""

    certificates: tuple[bytes, ...] = field(default=(), repr=False)
    ocsp_responses: tuple[bytes, ...] = field(default=(), repr=False)
    crls: tuple[bytes, ...] = field(default=(), repr=False)


def sorted_values(values: Iterable[bytes]) -> Sorted:
    """Return certificates, OCSP responses and CRLs apart. What is none of them is among the CRLs: nothing reads it."""
    given = tuple(values)
    certificates = tuple(value for value in given if _is(x509.Certificate, value))
    responses = tuple(value for value in given if _is(ocsp.OCSPResponse, value))
    rest = tuple(value for value in given if value not in {*certificates, *responses})
    return Sorted(certificates, responses, rest)


def _is(kind: type[core.Asn1Value], value: bytes) -> bool:
    try:
        return kind.load(value, strict=True).native is not None
    except (ValueError, TypeError, KeyError):
        return False


def pem_of(certificate: bytes) -> bytes:
    """Return a certificate (DER) as PEM."""
    text = base64.b64encode(certificate).decode("ascii")
    lines = (text[start : start + _PEM_COLUMNS] for start in range(0, len(text), _PEM_COLUMNS))
    return "\n".join(("-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", "")).encode("ascii")


def _name(value: bytes) -> str:
    return hashlib.sha256(value).hexdigest()[:DIGITS]
