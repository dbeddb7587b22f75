"""The document security store (ISO 32000-2 clause 12.8.4.3): certificates and revocation data in a revision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from asn1crypto import x509

from esign.verify.errors import MALFORMED, LimitReached
from esign.verify.reading.objects import PdfValue, Stream
from esign.verify.reading.revision import Revision

_ITEMS_AT_MOST: Final = 5_000


@dataclass(frozen=True)
class SecurityStore:
    """What the store holds: certificates, OCSP responses and CRLs (DER). Absent: all empty."""

    certificates: tuple[x509.Certificate, ...] = ()
    ocsp_responses: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()


def read_security_store(revision: Revision) -> SecurityStore:
    """Read the revision's DSS. Items that cannot be read are left out: they prove nothing."""
    store = revision.dictionary(revision.catalog.get("DSS"))
    certificates = []
    for encoded in _streams(revision, store.get("Certs")):
        try:
            certificate = revision.file.certificates.read(encoded)
            if certificate.subject.hashable and certificate.serial_number:
                certificates.append(certificate)
        except MALFORMED:
            continue
    return SecurityStore(
        tuple(certificates),
        tuple(_streams(revision, store.get("OCSPs"))),
        tuple(_streams(revision, store.get("CRLs"))),
    )


def _streams(revision: Revision, value: PdfValue) -> list[bytes]:
    found: list[bytes] = []
    for item in revision.array(value)[:_ITEMS_AT_MOST]:
        stream = revision.resolve(item)
        if not isinstance(stream, Stream):
            continue
        key = (stream.start, stream.length)
        try:
            if key not in revision.file.decoded_streams:
                revision.file.decoded_streams[key] = revision.decoded(stream)
            found.append(revision.file.decoded_streams[key])
        except LimitReached:
            raise
        except MALFORMED:
            continue
    return found
