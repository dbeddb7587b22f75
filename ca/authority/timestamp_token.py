"""Timestamp tokens: TSTInfo in CMS SignedData (RFC 3161 clause 2.4.2, RFC 5652, RFC 5816; EN 319 422).

What is the same in every token is encoded once; a token then costs two hashes, one signature and some joins.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import core
from asn1crypto import x509 as asn1_x509

from ca.authority.der import NULL, constructed, integer, octet_string, sequence, set_of, tlv
from ca.encoding import encoding_of
from ca.ports import CertifiedKey, SignatureAlgorithm


def _oid(dotted: str) -> bytes:
    return bytes(core.ObjectIdentifier(dotted).dump())


_SIGNED_DATA = _oid("1.2.840.113549.1.7.2")
_TST_INFO = _oid("1.2.840.113549.1.9.16.1.4")
_CONTENT_TYPE = _oid("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST = _oid("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATE_V2 = _oid("1.2.840.113549.1.9.16.2.47")
_SHA256 = sequence(_oid("2.16.840.1.101.3.4.2.1"))
_SIGNATURE_ALGORITHM = {
    SignatureAlgorithm.ECDSA_SHA256: sequence(_oid("1.2.840.10045.4.3.2")),
    SignatureAlgorithm.RSA_PKCS1_SHA256: sequence(_oid("1.2.840.113549.1.1.11"), NULL),
}
# EN 319 422: accuracy of one second or better. genTime is the present second, its fraction cut off.
_ACCURACY = sequence(integer(1))

IMPRINT_ALGORITHMS = {
    "sha256": _SHA256,
    "sha384": sequence(_oid("2.16.840.1.101.3.4.2.2")),
    "sha512": sequence(_oid("2.16.840.1.101.3.4.2.3")),
}
"""The imprints that are stamped (EN 319 422: SHA-256 or better), with their AlgorithmIdentifier."""

MAX_SERIAL = 2**159 - 1
"""RFC 3161: clients must cope with 160 bits; one is the sign."""


@dataclass(frozen=True)
class Imprint:
    """A digest and the algorithm that made it, a key of `IMPRINT_ALGORITHMS`."""

    algorithm: str
    digest: bytes


class TokenSigner:
    """Makes tokens with one timestamping key and its certificate."""

    def __init__(self, key: CertifiedKey, policy: str) -> None:
        """`policy` is the dotted OID of the timestamp policy; the chain's root is left out of the tokens."""
        self._key = key.key
        self._policy = _oid(policy)
        certificate = asn1_x509.Certificate.load(key.certificate)
        issuer_der = encoding_of(certificate.issuer)
        serial = integer(certificate.serial_number)
        # ESSCertIDv2 (RFC 5035): SHA-256 is the default algorithm and therefore absent in DER.
        ess_cert_id = sequence(
            octet_string(hashlib.sha256(key.certificate).digest()),
            sequence(sequence(constructed(4, issuer_der)), serial),
        )
        self._content_type = sequence(_CONTENT_TYPE, set_of(_TST_INFO))
        self._signing_certificate = sequence(_SIGNING_CERTIFICATE_V2, set_of(sequence(sequence(ess_cert_id))))
        self._signer_id = sequence(issuer_der, serial)
        self._signature_algorithm = _SIGNATURE_ALGORITHM[self._key.algorithm]
        members = (key.certificate, *key.chain[:-1])
        self._certificates = tlv(0xA0, b"".join(sorted(members)))

    def token(
        self,
        imprint: Imprint,
        gen_time: datetime,
        serial: int,
        *,
        nonce: int | None = None,
        with_certificates: bool = True,
    ) -> bytes:
        """Return the DER TimeStampToken (a ContentInfo)."""
        info = self._tst_info(imprint, gen_time, serial, nonce)
        attributes = self._signed_attributes(info)
        return self._assemble(info, attributes, self._key.sign(attributes), with_certificates)

    def size_bound(self, largest_signature: int) -> int:
        """Return the length of the longest token over SHA-256 that has no nonce."""
        info = self._tst_info(Imprint("sha256", bytes(32)), datetime(9999, 12, 31, tzinfo=UTC), MAX_SERIAL, None)
        attributes = self._signed_attributes(info)
        return len(self._assemble(info, attributes, bytes(largest_signature), with_certificates=True))

    def _tst_info(self, imprint: Imprint, gen_time: datetime, serial: int, nonce: int | None) -> bytes:
        return sequence(
            integer(1),
            self._policy,
            sequence(IMPRINT_ALGORITHMS[imprint.algorithm], octet_string(imprint.digest)),
            integer(serial),
            tlv(0x18, gen_time.strftime("%Y%m%d%H%M%SZ").encode("ascii")),
            _ACCURACY,
            integer(nonce) if nonce is not None else b"",
        )

    def _signed_attributes(self, info: bytes) -> bytes:
        digest = sequence(_MESSAGE_DIGEST, set_of(octet_string(hashlib.sha256(info).digest())))
        return set_of(self._content_type, digest, self._signing_certificate)

    def _assemble(self, info: bytes, attributes: bytes, signature: bytes, with_certificates: bool) -> bytes:
        signer_info = sequence(
            integer(1),
            self._signer_id,
            _SHA256,
            b"\xa0" + attributes[1:],  # RFC 5652 clause 5.4: signed as SET OF, carried as [0] IMPLICIT
            self._signature_algorithm,
            octet_string(signature),
        )
        signed_data = sequence(
            integer(3),
            set_of(_SHA256),
            sequence(_TST_INFO, constructed(0, octet_string(info))),
            self._certificates if with_certificates else b"",
            set_of(signer_info),
        )
        return sequence(_SIGNED_DATA, constructed(0, signed_data))
