"""Reads OCSP answers (RFC 6960) and CRLs (RFC 5280 clause 5), and checks who signed them; each once for a file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from asn1crypto import core, crl, ocsp, x509

from ca.encoding import certificate_digest, encoding_of
from esign.verify.cms.algorithms import check_signature
from esign.verify.cms.certificates import CertificateReader
from esign.verify.errors import MALFORMED
from esign.verify.trust.algorithm_uses import scheme_of
from esign.verify.trust.revocation_scope import is_partial, is_understood, keeps_expired_since

_HOLD, _REMOVED = "certificate_hold", "remove_from_crl"


@dataclass(frozen=True)
class Revocation:
    """When a certificate was revoked; `is_held` where it was but suspended (RFC 5280 clause 5.3.1)."""

    at: datetime
    is_held: bool = False


@dataclass(frozen=True)
class ReadResponse:
    """An OCSP answer, and the DER that it was read from."""

    encoded: bytes
    basic: ocsp.BasicOCSPResponse


@dataclass(frozen=True)
class ReadList:
    """A CRL, the DER that it was read from, and its entries by serial number.

    `is_partial`: what is not on it may yet be revoked. `keeps_expired_since`: None where expired certificates leave it.
    """

    encoded: bytes
    listed: crl.CertificateList
    entries: dict[int, crl.RevokedCertificate]
    is_partial: bool
    keeps_expired_since: datetime | None

    def revocation(self, serial_number: int) -> Revocation | None:
        """Return the revocation that the list tells of, or None. Raises what asn1crypto raises."""
        entry = self.entries.get(serial_number)
        if entry is None:
            return None
        reason = None if entry.crl_reason_value is None else entry.crl_reason_value.native
        return None if reason == _REMOVED else Revocation(utc(entry["revocation_date"].native), reason == _HOLD)


@dataclass
class ReadAnswers:
    """What has been read so far, by its DER, and whose signatures were checked. What cannot be read is None."""

    reader: CertificateReader = field(default_factory=CertificateReader)
    _responses: dict[bytes, ReadResponse | None] = field(default_factory=dict)
    _lists: dict[bytes, ReadList | None] = field(default_factory=dict)
    _signed: dict[tuple[bytes, int], bool] = field(default_factory=dict)
    _enclosed: dict[int, list[x509.Certificate]] = field(default_factory=dict)

    def responses(self, encoded: Iterable[bytes]) -> list[ReadResponse]:
        """Return the readable ones of these OCSP responses, each once."""
        wanted = dict.fromkeys(encoded)
        for der in wanted:
            if der not in self._responses:
                basic = _read_response(der)
                self._responses[der] = None if basic is None else ReadResponse(der, basic)
        return [read for der in wanted if (read := self._responses[der]) is not None]

    def lists(self, encoded: Iterable[bytes]) -> list[ReadList]:
        """Return the readable ones of these CRLs, each once."""
        wanted = dict.fromkeys(encoded)
        for der in wanted:
            if der not in self._lists:
                self._lists[der] = _read_list(der)
        return [read for der in wanted if (read := self._lists[der]) is not None]

    def has_signed(self, signer: x509.Certificate, signed: ocsp.BasicOCSPResponse | crl.CertificateList) -> bool:
        """Whether the certificate's key made the signature of an answer that was read here."""
        pair = (certificate_digest(signer), id(signed))
        if pair not in self._signed:
            self._signed[pair] = _has_signed(signer, signed)
        return self._signed[pair]

    def enclosed_certificates(self, basic: ocsp.BasicOCSPResponse) -> list[x509.Certificate]:
        """Return the certificates inside an OCSP response that was read here."""
        if id(basic) not in self._enclosed:
            found = basic["certs"]
            carried = [] if isinstance(found, core.Void) else found
            self._enclosed[id(basic)] = [self.reader.read(encoding_of(one)) for one in carried]
        return self._enclosed[id(basic)]


def _read_response(encoded: bytes) -> ocsp.BasicOCSPResponse | None:
    try:
        response = ocsp.OCSPResponse.load(encoded)
        return response.basic_ocsp_response if response["response_status"].native == "successful" else None
    except MALFORMED:
        return _read_basic(encoded)


def _read_basic(encoded: bytes) -> ocsp.BasicOCSPResponse | None:
    """Some writers store the inner BasicOCSPResponse."""
    try:
        basic = ocsp.BasicOCSPResponse.load(encoded)
        return basic if basic["tbs_response_data"]["responses"].native is not None else None
    except MALFORMED:
        return None


def _read_list(encoded: bytes) -> ReadList | None:
    try:
        listed = crl.CertificateList.load(encoded)
        if not is_understood(listed):
            return None
        found = listed["tbs_cert_list"]["revoked_certificates"]
        entries = {} if isinstance(found, core.Void) else {entry["user_certificate"].native: entry for entry in found}
        return ReadList(encoded, listed, entries, is_partial(listed), keeps_expired_since(listed))
    except MALFORMED:
        return None


def _has_signed(signer: x509.Certificate, signed: ocsp.BasicOCSPResponse | crl.CertificateList) -> bool:
    body = signed["tbs_response_data"] if isinstance(signed, ocsp.BasicOCSPResponse) else signed["tbs_cert_list"]
    try:
        key, signature = encoding_of(signer.public_key), signed["signature"].native
        return check_signature(key, scheme_of(signed), signature, data=encoding_of(body))
    except MALFORMED:
        return False


def utc(moment: datetime) -> datetime:
    """Return the same moment, told in UTC."""
    return moment.astimezone(UTC)
