"""Reads OCSP answers (RFC 6960) and CRLs (RFC 5280 clause 5), and checks who signed them; each once for a file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from asn1crypto import core, crl, ocsp, x509

from ca.encoding import certificate_digest, encoding_of
from esign.verify.cms.algorithms import SignatureScheme, check_signature, signature_scheme
from esign.verify.cms.certificates import CertificateReader
from esign.verify.errors import MALFORMED
from esign.verify.trust.revocation_scope import is_understood

RevocationList = tuple[crl.CertificateList, dict[int, datetime]]
"""A CRL, and when each serial number on it was revoked."""


@dataclass
class ReadAnswers:
    """What has been read so far, by its DER, and whose signatures were checked. What cannot be read is None."""

    reader: CertificateReader = field(default_factory=CertificateReader)
    _responses: dict[bytes, ocsp.BasicOCSPResponse | None] = field(default_factory=dict)
    _lists: dict[bytes, RevocationList | None] = field(default_factory=dict)
    _signed: dict[tuple[bytes, int], bool] = field(default_factory=dict)
    _enclosed: dict[int, list[x509.Certificate]] = field(default_factory=dict)

    def responses(self, encoded: Iterable[bytes]) -> list[ocsp.BasicOCSPResponse]:
        """Return the readable ones of these OCSP responses, each once."""
        wanted = dict.fromkeys(encoded)
        for der in wanted:
            if der not in self._responses:
                self._responses[der] = _read_response(der)
        return [basic for der in wanted if (basic := self._responses[der]) is not None]

    def lists(self, encoded: Iterable[bytes]) -> list[RevocationList]:
        """Return the readable ones of these CRLs, each once."""
        wanted = dict.fromkeys(encoded)
        for der in wanted:
            if der not in self._lists:
                self._lists[der] = _read_list(der)
        return [listed for der in wanted if (listed := self._lists[der]) is not None]

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


def _read_list(encoded: bytes) -> RevocationList | None:
    try:
        listed = crl.CertificateList.load(encoded)
        if not is_understood(listed):
            return None
        entries = listed["tbs_cert_list"]["revoked_certificates"]
        if isinstance(entries, core.Void):
            return listed, {}
        return listed, {entry["user_certificate"].native: utc(entry["revocation_date"].native) for entry in entries}
    except MALFORMED:
        return None


def _has_signed(signer: x509.Certificate, signed: ocsp.BasicOCSPResponse | crl.CertificateList) -> bool:
    body = signed["tbs_response_data"] if isinstance(signed, ocsp.BasicOCSPResponse) else signed["tbs_cert_list"]
    try:
        key, signature = encoding_of(signer.public_key), signed["signature"].native
        return check_signature(key, scheme_of(signed), signature, data=encoding_of(body))
    except MALFORMED:
        return False


def scheme_of(signed: ocsp.BasicOCSPResponse | crl.CertificateList | x509.Certificate) -> SignatureScheme:
    """Return how an answer or a certificate was signed. Raises `UnsupportedScheme`."""
    return signature_scheme(signed["signature_algorithm"], "sha256")


def utc(moment: datetime) -> datetime:
    """Return the same moment, told in UTC."""
    return moment.astimezone(UTC)
