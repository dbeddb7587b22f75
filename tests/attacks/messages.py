"""Writes the CMS of a signature in every way, right and wrong (RFC 5652, RFC 5035)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from asn1crypto import cms, core, tsp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding

from ca.authority.der import constructed, integer, octet_string, sequence, set_of, tlv
from ca.encoding import encoding_of
from tests.attacks import people
from tests.attacks.people import Person

_HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1(),  # noqa: S303  # old files are made too
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
}
_DIGESTS: Final = {"sha1": "1.3.14.3.2.26", "sha256": "2.16.840.1.101.3.4.2.1", "sha384": "2.16.840.1.101.3.4.2.2"}
_ECDSA: Final = {"sha1": "1.2.840.10045.4.1", "sha256": "1.2.840.10045.4.3.2", "sha384": "1.2.840.10045.4.3.3"}
_RSA: Final = {"sha1": "1.2.840.113549.1.1.5", "sha256": "1.2.840.113549.1.1.11", "sha384": "1.2.840.113549.1.1.12"}
DATA: Final = "1.2.840.113549.1.7.1"
CONTENT_TYPE: Final = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST: Final = "1.2.840.113549.1.9.4"
SIGNING_CERTIFICATE_V2: Final = "1.2.840.113549.1.9.16.2.47"
SIGNATURE_TIMESTAMP: Final = "1.2.840.113549.1.9.16.2.14"
_SIGNED_DATA: Final = "1.2.840.113549.1.7.2"


def oid(dotted: str) -> bytes:
    return bytes(core.ObjectIdentifier(dotted).dump())


def attribute(kind: str, *values: bytes) -> bytes:
    """An attribute (DER) of these values, DER each."""
    return sequence(oid(kind), set_of(*values))


def names(person: Person) -> bytes:
    """The signing-certificate-v2 attribute that names this person's certificate, by SHA-256."""
    identifier = tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(person.der).digest()})
    return attribute(SIGNING_CERTIFICATE_V2, tsp.SigningCertificateV2({"certs": [identifier]}).dump())


def usual_attributes(content: bytes, person: Person, digest: str = "sha256") -> list[bytes]:
    """Content type, message digest and signing certificate: what level B-B asks for (EN 319 142-1 clause 6.3)."""
    return [
        attribute(CONTENT_TYPE, oid(DATA)),
        attribute(MESSAGE_DIGEST, octet_string(hashlib.new(digest, content).digest())),
        names(person),
    ]


def raw_signature(person: Person, data: bytes, digest: str = "sha256") -> bytes:
    """The signature value over data, ECDSA or RSA with PKCS #1 v1.5 as the person's key is."""
    if isinstance(person.key, ec.EllipticCurvePrivateKey):
        return person.key.sign(data, ec.ECDSA(_HASHES[digest]))
    return person.key.sign(data, padding.PKCS1v15(), _HASHES[digest])


@dataclass(frozen=True)
class SignerInfo:
    """How one signer signs. What is None is as it should be.

    `attributes` makes the signed ones from the content (empty: none, and the value is over the content itself);
    `value` makes the signature value from what is to be signed; `stored` puts the attributes in the order in which
    they are stored, `signed` in which they are signed; `claims` is whose issuer and serial number stand there.
    """

    person: Person
    digest: str = "sha256"
    attributes: Callable[[bytes], Sequence[bytes]] | None = None
    value: Callable[[bytes], bytes] | None = None
    stored: Callable[[Sequence[bytes]], Sequence[bytes]] = sorted
    signed: Callable[[Sequence[bytes]], Sequence[bytes]] = sorted
    claims: Person | None = None
    algorithm: bytes | None = None
    digest_named: str | None = None
    unsigned: Callable[[bytes], Sequence[bytes]] | None = None

    def der(self, content: bytes) -> bytes:
        made = self.attributes(content) if self.attributes else usual_attributes(content, self.person, self.digest)
        to_sign = tlv(0x31, b"".join(self.signed(made))) if made else content
        value = self.value(to_sign) if self.value else raw_signature(self.person, to_sign, self.digest)
        who = (self.claims or self.person).parsed
        is_ec = isinstance(self.person.key, ec.EllipticCurvePrivateKey)
        algorithm = self.algorithm or sequence(oid((_ECDSA if is_ec else _RSA)[self.digest]))
        unsigned = self.unsigned(value) if self.unsigned else ()
        return sequence(
            integer(1),
            sequence(encoding_of(who.issuer), integer(who.serial_number)),
            sequence(oid(_DIGESTS[self.digest_named or self.digest])),
            tlv(0xA0, b"".join(self.stored(made))) if made else b"",
            algorithm,
            octet_string(value),
            tlv(0xA1, b"".join(sorted(unsigned))) if unsigned else b"",
        )


def signed_data(
    *signer_infos: bytes,
    certificates: Sequence[bytes] | None = None,
    crls: Sequence[bytes] | None = None,
    content: bytes | None = None,
    content_type: str = DATA,
) -> bytes:
    """A ContentInfo with a SignedData of these signers; it carries the signer's certificate and the good CRL."""
    held = [people.signer().der] if certificates is None else certificates
    lists = [people.good_list()] if crls is None else crls
    encapsulated = constructed(0, octet_string(content)) if content is not None else b""
    body = sequence(
        integer(1),
        set_of(sequence(oid(_DIGESTS["sha256"]))),
        sequence(oid(content_type), encapsulated),
        tlv(0xA0, b"".join(held)) if held else b"",
        tlv(0xA1, b"".join(lists)) if lists else b"",
        set_of(*signer_infos),
    )
    return sequence(oid(_SIGNED_DATA), constructed(0, body))


def signature_of(person: Person) -> Callable[[bytes], bytes]:
    """What signs content as this person, plainly: with their certificate and the good CRL."""

    def sign(content: bytes) -> bytes:
        return signed_data(SignerInfo(person).der(content), certificates=[person.der])

    return sign


def signer_infos_of(encoded: bytes) -> list[bytes]:
    """The SignerInfos of a ContentInfo, DER each."""
    return [encoding_of(info) for info in cms.ContentInfo.load(encoded)["content"]["signer_infos"]]
