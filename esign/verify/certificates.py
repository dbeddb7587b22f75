"""The certificates that a file carries, and the chains they form, without regard to trust."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from asn1crypto import x509

from esign.verify.algorithms import check_signature, signature_scheme
from esign.verify.errors import MALFORMED

_CHAIN_AT_MOST: Final = 12


@dataclass(frozen=True)
class CertificateFacts:
    """What a report says of a certificate; times are timezone-aware UTC, the serial is lower-case hex."""

    subject: str
    issuer: str
    serial: str
    not_before: datetime
    not_after: datetime


def certificate_facts(certificate: x509.Certificate) -> CertificateFacts:
    """Read the facts. Raises `ValueError` where the certificate's fields do not parse."""
    return CertificateFacts(
        certificate.subject.human_friendly,
        certificate.issuer.human_friendly,
        f"{certificate.serial_number:x}",
        certificate.not_valid_before.astimezone(UTC),
        certificate.not_valid_after.astimezone(UTC),
    )


def is_self_signed(certificate: x509.Certificate) -> bool:
    """Whether subject and issuer are one and the certificate's own key made its signature."""
    return same_name(certificate.subject, certificate.issuer) and is_issued_by(certificate, certificate)


def same_name(one: x509.Name, other: x509.Name) -> bool:
    """Whether two names are equal (RFC 5280 clause 7.1); equal encodings need no closer look."""
    return bool(one.dump() == other.dump() or one == other)


def is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether the issuer's name and key are those that the certificate was issued by."""
    try:
        if not same_name(certificate.issuer, issuer.subject):
            return False
        wanted = certificate.authority_key_identifier
        if wanted and issuer.key_identifier and wanted != issuer.key_identifier:
            return False
        scheme = signature_scheme(certificate["signature_algorithm"], "sha256")
        signed = certificate["tbs_certificate"].dump()
        return check_signature(issuer.public_key.dump(), scheme, certificate["signature_value"].native, data=signed)
    except MALFORMED:
        return False


class CertificatePool:
    """Certificates by subject; the order of adding is the order of searching."""

    def __init__(self, certificates: Iterable[x509.Certificate] = ()) -> None:
        self._by_subject: dict[bytes, dict[bytes, x509.Certificate]] = {}
        self._issuers: dict[bytes, x509.Certificate | None] = {}
        self._keys: dict[bytes, bytes] = {}
        self.add(certificates)

    def add(self, certificates: Iterable[x509.Certificate]) -> None:
        for certificate in certificates:
            try:
                subject = self._key(certificate.subject)
            except MALFORMED:
                continue
            self._by_subject.setdefault(subject, {}).setdefault(certificate.dump(), certificate)
        self._issuers.clear()

    def _key(self, name: x509.Name) -> bytes:
        encoded = name.dump()
        if encoded not in self._keys:
            self._keys[encoded] = name.hashable.encode()
        return self._keys[encoded]

    def all(self) -> list[x509.Certificate]:
        return [found for named in self._by_subject.values() for found in named.values()]

    def issuer_of(self, certificate: x509.Certificate) -> x509.Certificate | None:
        """Return the certificate whose key issued this one, or None; each answer is worked out once."""
        known = certificate.dump()
        if known not in self._issuers:
            candidates = self._by_subject.get(self._key(certificate.issuer), {})
            self._issuers[known] = next(
                (issuer for issuer in candidates.values() if is_issued_by(certificate, issuer)), None
            )
        return self._issuers[known]

    def chain(self, certificate: x509.Certificate) -> list[x509.Certificate]:
        """Return the certificate and those above it, as far as the pool goes."""
        chain = [certificate]
        seen = {certificate.dump()}
        while len(chain) < _CHAIN_AT_MOST:
            issuer = self.issuer_of(chain[-1])
            if issuer is None or issuer.dump() in seen:
                break
            seen.add(issuer.dump())
            chain.append(issuer)
        return chain
