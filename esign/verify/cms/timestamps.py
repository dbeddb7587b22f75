"""RFC 3161 timestamp tokens: in a signature's unsigned attributes, and as document timestamps."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import tsp, x509

from esign.verify.cms.algorithms import digest_name, is_weak_digest
from esign.verify.cms.certificates import CertificateReader
from esign.verify.cms.signed_data import (
    CONTENT_TIMESTAMP,
    SIGNATURE_TIMESTAMP,
    TST_INFO,
    Cms,
    Integrity,
    Signer,
    read_cms,
)
from esign.verify.errors import MALFORMED, LimitReached, Malformed


@dataclass(frozen=True)
class Timestamp:
    """A token: when it says it was made, by whom, and whether it is whole and of the data it stands beside."""

    gen_time: datetime | None
    certificate: x509.Certificate | None
    cms: Cms | None
    integrity: Integrity
    reason: str | None = None
    digest: str | None = None

    @property
    def is_intact(self) -> bool:
        return self.integrity is Integrity.INTACT

    @property
    def is_weak(self) -> bool:
        """Whether a digest in it is too weak to rely on: the imprint's, the signer's or the signature value's."""
        return is_weak_digest(self.digest) or (self.cms is not None and self.cms.is_weak)


def read_timestamp(encoded: bytes, digest_of_data: Callable[[str], bytes], reader: CertificateReader) -> Timestamp:
    """Read a TimeStampToken and check it against the data's digest. Never raises but `LimitReached`."""
    try:
        cms = read_cms(encoded, digest_of_data, reader)
        if cms.content_type != TST_INFO or cms.content is None:
            return Timestamp(None, None, cms, Integrity.UNVERIFIABLE, "the token is not a timestamp")
        info = tsp.TSTInfo.load(cms.content)
        gen_time = info["gen_time"].native.astimezone(UTC)
        imprint = info["message_imprint"]
        digest = digest_name(imprint["hash_algorithm"])
        signer = cms.signers[0]
        expected: bytes = imprint["hashed_message"].native
    except LimitReached:
        raise
    except Malformed as error:
        return Timestamp(None, None, None, Integrity.UNVERIFIABLE, str(error))
    except MALFORMED:
        return Timestamp(None, None, None, Integrity.UNVERIFIABLE, "the token is not a timestamp")
    integrity, reason = cms.integrity, signer.reason
    if expected != digest_of_data(digest):
        integrity, reason = Integrity.BROKEN, "the timestamp is of other data"
    elif integrity is Integrity.INTACT and not signer.names_its_certificate:
        integrity = Integrity.BROKEN
        reason = "the timestamp names another certificate than the one it was made with"
    return Timestamp(gen_time, signer.certificate, cms, integrity, reason, digest)


def signature_timestamps(signer: Signer, reader: CertificateReader) -> list[Timestamp]:
    """Read the signature-time-stamp attributes (RFC 5126 clause 6.1.1): tokens over the signature value."""
    return [
        read_timestamp(token, lambda name: hashlib.new(name, signer.signature).digest(), reader)
        for attribute in signer.unsigned_attributes
        if attribute.kind == SIGNATURE_TIMESTAMP
        for token in attribute.values
    ][:32]


def content_timestamps(
    signer: Signer, digest_of_content: Callable[[str], bytes], reader: CertificateReader
) -> list[Timestamp]:
    """Read the content-time-stamp attributes (RFC 5126 clause 5.11.4): tokens over the content, made before signing."""
    return [
        read_timestamp(token, digest_of_content, reader)
        for attribute in signer.signed_attributes
        if attribute.kind == CONTENT_TIMESTAMP
        for token in attribute.values
    ][:32]


def may_timestamp(certificate: x509.Certificate) -> bool:
    """Whether the certificate is for timestamping (RFC 3161 clause 2.3)."""
    usage = certificate.extended_key_usage_value
    return usage is not None and "time_stamping" in usage.native
