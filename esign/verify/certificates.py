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


def same_name(one: x509.Name, other: x509.Name) -> bool:
    """Whether two names are equal (RFC 5280 clause 7.1); equal encodings need no closer look."""
    return bool(one.dump() == other.dump() or one == other)


class CertificatePool:
    """Certificates by subject; the order of adding is the order of searching. Each is known by its SHA-256."""

    def __init__(self, certificates: Iterable[x509.Certificate] = ()) -> None:
        self._own: dict[bytes, x509.Certificate] = {}
        self._by_subject: dict[bytes, dict[bytes, x509.Certificate]] = {}
        self._issuers: dict[bytes, x509.Certificate | None] = {}
        self._issued: dict[tuple[bytes, bytes], bool] = {}
        self._keys: dict[bytes, bytes] = {}
        self.add(certificates)

    def add(self, certificates: Iterable[x509.Certificate]) -> None:
        for certificate in certificates:
            try:
                subject = self._key(certificate.subject)
            except MALFORMED:
                continue
            own = self._own.setdefault(certificate.sha256, certificate)
            self._by_subject.setdefault(subject, {})[certificate.sha256] = own
        self._issuers.clear()

    def _key(self, name: x509.Name) -> bytes:
        encoded = name.dump()
        if encoded not in self._keys:
            self._keys[encoded] = name.hashable.encode()
        return self._keys[encoded]

    def all(self) -> list[x509.Certificate]:
        return [found for named in self._by_subject.values() for found in named.values()]

    def under(self, roots: Iterable[x509.Certificate]) -> CertificatePool:
        """Return a pool of the roots and, after them, these certificates; what was worked out here is known there."""
        pool = CertificatePool()
        pool._keys, pool._issued = self._keys, self._issued
        pool.add([*roots, *self.all()])
        return pool

    def own(self, certificate: x509.Certificate) -> x509.Certificate:
        """Return the pool's own object for the certificate, of which much is parsed already; else the one given."""
        return self._own.get(certificate.sha256, certificate)

    def issuer_of(self, certificate: x509.Certificate) -> x509.Certificate | None:
        """Return the certificate whose key issued this one, or None; each answer is worked out once."""
        known = certificate.sha256
        if known not in self._issuers:
            candidates = self._by_subject.get(self._key(certificate.issuer), {})
            self._issuers[known] = next(
                (issuer for issuer in candidates.values() if self.is_issued_by(certificate, issuer)), None
            )
        return self._issuers[known]

    def same_name(self, one: x509.Name, other: x509.Name) -> bool:
        """What the function of this name says; names are prepared for comparison once."""
        if one.dump() == other.dump():
            return True
        return self._key(one) == self._key(other) and bool(one == other)

    def is_issued_by(self, certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
        """Whether the issuer's name and key are those that the certificate was issued by; worked out once."""
        pair = (certificate.sha256, issuer.sha256)
        if pair not in self._issued:
            try:
                self._issued[pair] = self._names_issuer(certificate, issuer) and _is_signed_by(certificate, issuer)
            except MALFORMED:
                self._issued[pair] = False
        return self._issued[pair]

    def _names_issuer(self, certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
        if not self.same_name(certificate.issuer, issuer.subject):
            return False
        wanted = certificate.authority_key_identifier
        return not (wanted and issuer.key_identifier and wanted != issuer.key_identifier)

    def is_self_signed(self, certificate: x509.Certificate) -> bool:
        """Whether subject and issuer are one and the certificate's own key made its signature."""
        return self.is_issued_by(certificate, certificate)

    def chain(self, certificate: x509.Certificate) -> list[x509.Certificate]:
        """Return the certificate and those above it, as far as the pool goes."""
        chain = [certificate]
        seen = {certificate.sha256}
        while len(chain) < _CHAIN_AT_MOST:
            issuer = self.issuer_of(chain[-1])
            if issuer is None or issuer.sha256 in seen:
                break
            seen.add(issuer.sha256)
            chain.append(issuer)
        return chain


def _is_signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    scheme = signature_scheme(certificate["signature_algorithm"], "sha256")
    signed = certificate["tbs_certificate"].dump()
    return check_signature(issuer.public_key.dump(), scheme, certificate["signature_value"].native, data=signed)
