"""The certificates that a file carries, and the chains they form, without regard to trust."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from asn1crypto import core, x509

from ca.encoding import certificate_digest, encoding_of
from esign.verify.cms.algorithms import check_signature, signature_scheme
from esign.verify.errors import MALFORMED

_CHAIN_AT_MOST: Final = 12
_SHORT_NAME: Final = 1024
"""In bytes: longer names are prepared anew each time, so that no file fills the memory of what judges the next."""


class _AsRead(core.Asn1Value):  # type: ignore[misc]
    """A value whose `dump()`, which the path validator calls, is what was read: signatures are over nothing else."""

    def dump(self, force: bool = False) -> bytes:
        if force or self._header is None:
            return bytes(super().dump(force=force))
        return encoding_of(self)


class _Name(x509.Name):  # type: ignore[misc]  # noqa: PLW1641  # like its base, it has no hash
    """A name that is prepared for comparison (RFC 5280 clause 7.1) once, and not at all where encodings are equal."""

    _hashable: str | None = None

    @property
    def hashable(self) -> str:
        if self._hashable is None:
            encoded = encoding_of(self)
            self._hashable = _prepared(encoded) if len(encoded) <= _SHORT_NAME else str(super().hashable)
        return self._hashable

    def __eq__(self, other: object) -> bool:
        if isinstance(other, x509.Name) and encoding_of(self) == encoding_of(other):
            return True
        return bool(super().__eq__(other))


@lru_cache(maxsize=256)
def _prepared(encoded: bytes) -> str:
    """Return a name prepared for comparison: the same few names stand in most certificates."""
    return str(x509.Name.load(encoded).hashable)


class _TbsCertificate(_AsRead, x509.TbsCertificate):  # type: ignore[misc]
    _fields = [  # noqa: RUF012
        (field[0], _Name, *field[2:]) if field[1] is x509.Name else field for field in x509.TbsCertificate._fields
    ]


class _Certificate(_AsRead, x509.Certificate):  # type: ignore[misc]
    _fields = [("tbs_certificate", _TbsCertificate), *x509.Certificate._fields[1:]]  # noqa: RUF012


def load_certificate(encoded: bytes) -> x509.Certificate:
    """Read a certificate whose encoding stays as it is, also in the path validator's hands. Raises `ValueError`."""
    return _Certificate.load(encoded)


class CertificateReader:
    """Reads the certificates of one file: what lies in many places of it is parsed once."""

    def __init__(self) -> None:
        self._known: dict[bytes, x509.Certificate] = {}

    def read(self, encoded: bytes) -> x509.Certificate:
        """Return the certificate. Raises `ValueError`."""
        if encoded not in self._known:
            self._known[encoded] = load_certificate(encoded)
        return self._known[encoded]


@dataclass(frozen=True)
class CertificateFacts:
    """What a report says of a certificate; times are timezone-aware UTC, serial and SHA-256 lower-case hex.

    `policies` are the object identifiers of its certificate policies (RFC 5280 clause 4.2.1.4).
    """

    subject: str
    issuer: str
    serial: str
    not_before: datetime
    not_after: datetime
    digest: str
    policies: tuple[str, ...]


def certificate_facts(certificate: x509.Certificate) -> CertificateFacts:
    """Read the facts. Raises `ValueError` where the certificate's fields do not parse."""
    return CertificateFacts(
        certificate.subject.human_friendly,
        certificate.issuer.human_friendly,
        f"{certificate.serial_number:x}",
        certificate.not_valid_before.astimezone(UTC),
        certificate.not_valid_after.astimezone(UTC),
        certificate_digest(certificate).hex(),
        _policies(certificate),
    )


def _policies(certificate: x509.Certificate) -> tuple[str, ...]:
    """Return the certificate policies; a certificate whose policies do not parse names none."""
    try:
        return tuple(one["policy_identifier"].dotted for one in certificate.certificate_policies_value or ())
    except MALFORMED:
        return ()


def same_name(one: x509.Name, other: x509.Name) -> bool:
    """Whether two names are equal (RFC 5280 clause 7.1); equal encodings need no closer look."""
    return bool(encoding_of(one) == encoding_of(other) or one == other)


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
            digest = certificate_digest(certificate)
            own = self._own.setdefault(digest, certificate)
            self._by_subject.setdefault(subject, {})[digest] = own
        self._issuers.clear()

    def _key(self, name: x509.Name) -> bytes:
        encoded = encoding_of(name)
        if encoded not in self._keys:
            self._keys[encoded] = name.hashable.encode()
        return self._keys[encoded]

    def all(self) -> list[x509.Certificate]:
        return [found for named in self._by_subject.values() for found in named.values()]

    def named(self, name: x509.Name) -> list[x509.Certificate]:
        """Return the certificates whose subject this is."""
        return list(self._by_subject.get(self._key(name), {}).values())

    def under(self, roots: Iterable[x509.Certificate]) -> CertificatePool:
        """Return a pool of the roots and, after them, these certificates; what was worked out here is known there."""
        pool = CertificatePool()
        pool._keys, pool._issued = self._keys, self._issued
        pool.add([*roots, *self.all()])
        return pool

    def own(self, certificate: x509.Certificate) -> x509.Certificate:
        """Return the pool's own object for the certificate, of which much is parsed already; else the one given."""
        return self._own.get(certificate_digest(certificate), certificate)

    def issuer_of(self, certificate: x509.Certificate) -> x509.Certificate | None:
        """Return the certificate whose key issued this one, or None; each answer is worked out once."""
        known = certificate_digest(certificate)
        if known not in self._issuers:
            candidates = self._by_subject.get(self._key(certificate.issuer), {})
            self._issuers[known] = next(
                (issuer for issuer in candidates.values() if self.is_issued_by(certificate, issuer)), None
            )
        return self._issuers[known]

    def same_name(self, one: x509.Name, other: x509.Name) -> bool:
        """What the function of this name says; names are prepared for comparison once."""
        if encoding_of(one) == encoding_of(other):
            return True
        return self._key(one) == self._key(other) and bool(one == other)

    def is_issued_by(self, certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
        """Whether the issuer's name and key are those that the certificate was issued by; worked out once."""
        pair = (certificate_digest(certificate), certificate_digest(issuer))
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
        seen = {certificate_digest(certificate)}
        while len(chain) < _CHAIN_AT_MOST:
            issuer = self.issuer_of(chain[-1])
            if issuer is None or certificate_digest(issuer) in seen:
                break
            seen.add(certificate_digest(issuer))
            chain.append(issuer)
        return chain


def _is_signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    scheme = signature_scheme(certificate["signature_algorithm"], "sha256")
    signed = encoding_of(certificate["tbs_certificate"])
    return check_signature(encoding_of(issuer.public_key), scheme, certificate["signature_value"].native, data=signed)
