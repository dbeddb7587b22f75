"""CAdES signatures as PAdES wants them: detached CMS SignedData, no signing-time, one signer.

RFC 5652 (CMS), RFC 5035 (signing-certificate-v2), EN 319 122-1 and EN 319 142-1 for the attributes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from asn1crypto import cms as asn1_cms
from asn1crypto import x509 as asn1_x509

from ca.encoding import content_of, encoding_of
from ca.ports import CertifiedKey, SignatureAlgorithm, TimestampToken
from esign.der import (
    NULL,
    element,
    explicit,
    integer,
    object_identifier,
    octet_string,
    sequence,
    set_of,
)
from esign.errors import SigningError

ID_DATA = object_identifier("1.2.840.113549.1.7.1")
ID_SIGNED_DATA = object_identifier("1.2.840.113549.1.7.2")
CONTENT_TYPE = object_identifier("1.2.840.113549.1.9.3")
MESSAGE_DIGEST = object_identifier("1.2.840.113549.1.9.4")
SIGNING_CERTIFICATE_V2 = object_identifier("1.2.840.113549.1.9.16.2.47")
SIGNATURE_TIME_STAMP = object_identifier("1.2.840.113549.1.9.16.2.14")
SHA256 = sequence(object_identifier("2.16.840.1.101.3.4.2.1"))
SIGNATURE_ALGORITHMS = {
    SignatureAlgorithm.ECDSA_SHA256: sequence(object_identifier("1.2.840.10045.4.3.2")),
    SignatureAlgorithm.RSA_PKCS1_SHA256: sequence(object_identifier("1.2.840.113549.1.1.11"), NULL),
}

KEY_ALGORITHMS = {SignatureAlgorithm.ECDSA_SHA256: "ec", SignatureAlgorithm.RSA_PKCS1_SHA256: "rsa"}


@dataclass(frozen=True)
class SignedData:
    """The parts of a SignedData with one signer; `der` joins them.

    `signature` is the signature value, whose SHA-256 the signature timestamp covers. All fields are DER but
    `signature`, which is the raw value, and `timestamp`, which is a TimeStampToken or None.
    """

    certificates: bytes
    signer_identifier: bytes
    signed_attributes: bytes
    signature_algorithm: bytes
    signature: bytes
    timestamp: bytes | None = None

    @property
    def der(self) -> bytes:
        """The ContentInfo, ready for a signature dictionary's Contents."""
        unsigned = explicit(1, sequence(SIGNATURE_TIME_STAMP, element(0x31, self.timestamp))) if self.timestamp else b""
        signer_info = sequence(
            integer(1),
            self.signer_identifier,
            SHA256,
            explicit(0, self.signed_attributes),
            self.signature_algorithm,
            octet_string(self.signature),
            unsigned,
        )
        signed_data = sequence(
            integer(1),
            set_of([SHA256]),
            sequence(ID_DATA),
            explicit(0, self.certificates),
            element(0x31, signer_info),
        )
        return sequence(ID_SIGNED_DATA, explicit(0, signed_data))

    @property
    def timestamp_digest(self) -> bytes:
        """SHA-256 of the signature value: what a signature-time-stamp covers (RFC 3161, appendix A)."""
        return hashlib.sha256(self.signature).digest()

    def with_timestamp(self, token: TimestampToken) -> SignedData:
        """Return the same signature with the token as its signature-time-stamp (level B-T)."""
        return replace(self, timestamp=token.der)


def sign_digest(digest: bytes, certified_key: CertifiedKey, further_attributes: Sequence[bytes] = ()) -> SignedData:
    """Sign a document digest (SHA-256, 32 bytes) as PAdES B-B. The chain is carried without its root.

    `further_attributes` (DER) are signed as well: what CAdES outside of a PDF asks for (`esign.pades.detached`). Raises
    `SigningError` with code `key-not-of-certificate` if the key signs with another algorithm than the certificate's,
    and what the key raises.
    """
    certificate = certified_key.certificate
    _require_same_algorithm(certificate, certified_key.key.algorithm)
    attributes = [
        sequence(CONTENT_TYPE, element(0x31, ID_DATA)),
        sequence(MESSAGE_DIGEST, element(0x31, octet_string(digest))),
        sequence(SIGNING_CERTIFICATE_V2, element(0x31, _signing_certificate_v2(certificate))),
    ]
    ordered = b"".join(sorted((*attributes, *further_attributes)))
    signature = certified_key.key.sign(element(0x31, ordered))
    return SignedData(
        certificates=b"".join(sorted((certificate, *certified_key.chain[:-1]))),
        signer_identifier=_issuer_and_serial_number(certificate),
        signed_attributes=ordered,
        signature_algorithm=SIGNATURE_ALGORITHMS[certified_key.key.algorithm],
        signature=signature,
    )


def _require_same_algorithm(certificate: bytes, algorithm: SignatureAlgorithm) -> None:
    if asn1_x509.Certificate.load(certificate).public_key.algorithm != KEY_ALGORITHMS[algorithm]:
        raise SigningError(
            "key-not-of-certificate",
            f"the key signs with {algorithm.value} and its certificate is for another kind of key",
            "check which key belongs to the certificate",
        )


def parse_signed_data(der: bytes) -> SignedData:
    """Read back what `SignedData.der` wrote, so that a stored CMS can be timestamped after a restart.

    Raises `SigningError` with code `stored-cms-unreadable` if it is something else.
    """
    try:
        signed_data = asn1_cms.ContentInfo.load(der, strict=True)["content"]
        (signer,) = signed_data["signer_infos"]
        tokens = [
            encoding_of(attribute["values"][0])
            for attribute in signer["unsigned_attrs"]
            if attribute["type"].native == "signature_time_stamp_token"
        ]
        found = SignedData(
            certificates=b"".join(map(encoding_of, signed_data["certificates"])),
            signer_identifier=encoding_of(signer["sid"]),
            signed_attributes=content_of(encoding_of(signer["signed_attrs"])),
            signature_algorithm=encoding_of(signer["signature_algorithm"]),
            signature=signer["signature"].native,
            timestamp=tokens[0] if tokens else None,
        )
    except (ValueError, TypeError, KeyError) as error:
        raise _unreadable() from error
    if found.der != der:
        raise _unreadable()
    return found


def _unreadable() -> SigningError:
    return SigningError(
        "stored-cms-unreadable",
        "the stored signature is not one of ours",
        "discard it and let the recipient sign anew",
    )


def _signing_certificate_v2(certificate: bytes) -> bytes:
    """ESSCertIDv2 with the default digest, SHA-256 (RFC 5035, clause 3)."""
    identifier = sequence(octet_string(hashlib.sha256(certificate).digest()))
    return sequence(sequence(identifier))


def _issuer_and_serial_number(certificate: bytes) -> bytes:
    parsed = asn1_x509.Certificate.load(certificate)
    return sequence(encoding_of(parsed.issuer), encoding_of(parsed["tbs_certificate"]["serial_number"]))
