"""Reads the CMS of a signature (RFC 5652) and checks its signers: digest, signed attributes, signature value."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from asn1crypto import cms, core, parser, tsp, x509

from ca.encoding import encoding_of
from esign.verify.cms.algorithms import (
    SignatureScheme,
    UnsupportedScheme,
    check_signature,
    digest_name,
    is_weak_digest,
    signature_scheme,
)
from esign.verify.cms.ber import as_der, require_plain_integers
from esign.verify.cms.certificates import CertificateReader, same_name
from esign.verify.cms.embedded_revocation import Attribute, embedded_revocation
from esign.verify.errors import MALFORMED, Malformed

SIGNERS_AT_MOST: Final = 64
SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
DATA: Final = "1.2.840.113549.1.7.1"
TST_INFO: Final = "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE: Final = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST: Final = "1.2.840.113549.1.9.4"
SIGNING_TIME: Final = "1.2.840.113549.1.9.5"
SIGNING_CERTIFICATE: Final = "1.2.840.113549.1.9.16.2.12"
SIGNING_CERTIFICATE_V2: Final = "1.2.840.113549.1.9.16.2.47"
CONTENT_TIMESTAMP: Final = "1.2.840.113549.1.9.16.2.20"
SIGNATURE_TIMESTAMP: Final = "1.2.840.113549.1.9.16.2.14"
COMMITMENT_TYPE: Final = "1.2.840.113549.1.9.16.2.16"
SIGNATURE_POLICY: Final = "1.2.840.113549.1.9.16.2.15"


class Integrity(StrEnum):
    """Whether the signed bytes are the ones that were signed."""

    INTACT = "intact"
    BROKEN = "broken"
    UNVERIFIABLE = "unverifiable"


@dataclass(frozen=True)
class Signer:
    """One SignerInfo: who, how, and what the checks said. `sub_indication` is of EN 319 102-1, or None."""

    certificate: x509.Certificate | None
    integrity: Integrity
    sub_indication: str | None
    reason: str | None
    digest: str | None
    scheme: SignatureScheme | None
    signature: bytes
    signed_attributes: tuple[Attribute, ...]
    unsigned_attributes: tuple[Attribute, ...]
    names_its_certificate: bool

    @property
    def is_weak(self) -> bool:
        """Whether the digest of the content or of the signature value is too weak to rely on."""
        return is_weak_digest(self.digest) or (self.scheme is not None and self.scheme.is_weak)

    def attributes(self, kind: str) -> list[Attribute]:
        return [attribute for attribute in self.signed_attributes if attribute.kind == kind]


@dataclass(frozen=True)
class Cms:
    """A SignedData: its signers, the certificates and revocation data it carries (DER), and its content."""

    signers: tuple[Signer, ...]
    certificates: tuple[x509.Certificate, ...]
    crls: tuple[bytes, ...]
    ocsp_responses: tuple[bytes, ...]
    content_type: str
    content: bytes | None
    is_der: bool

    @property
    def integrity(self) -> Integrity:
        """Intact if every signer is; broken if one is."""
        found = {signer.integrity for signer in self.signers}
        if Integrity.BROKEN in found:
            return Integrity.BROKEN
        return Integrity.UNVERIFIABLE if Integrity.UNVERIFIABLE in found or not found else Integrity.INTACT

    @property
    def is_weak(self) -> bool:
        """Whether any of its signers used a digest that is too weak to rely on."""
        return any(signer.is_weak for signer in self.signers)


ContentDigest = Callable[[str], bytes]
"""Returns the digest of the signed content for the name of a digest algorithm."""


def without_padding(contents: bytes) -> bytes:
    """Return the first BER value of `contents`, which is followed by padding. Raises `Malformed`."""
    try:
        *_, header, content, trailer = parser.parse(contents, strict=False)
    except ValueError as error:
        raise Malformed("the signature value is not a CMS structure") from error
    value: bytes = header + content + trailer
    return value


def encapsulated_type(contents: bytes) -> str | None:
    """Return the eContentType (dotted) of the SignedData that `contents` begins with, or None if there is none."""
    try:
        info = cms.ContentInfo.load(without_padding(contents))
        if info["content_type"].dotted != SIGNED_DATA:
            return None
        kind: str = info["content"]["encap_content_info"]["content_type"].dotted
    except MALFORMED:
        return None
    return kind


def read_cms(
    encoded: bytes,
    digest_of_content: ContentDigest,
    reader: CertificateReader,
    extra: tuple[x509.Certificate, ...] = (),
) -> Cms:
    """Read a SignedData and check every signer against the content.

    `digest_of_content` gives digests of the detached content; where the CMS encapsulates its content, that
    content is checked instead and the caller judges what it says. `reader` reads the certificates; `extra` ones are
    searched for the signer's after those in the CMS. Raises `Malformed`.
    """
    try:
        require_plain_integers(encoded)
        info = cms.ContentInfo.load(encoded)
        if info["content_type"].dotted != SIGNED_DATA:
            raise Malformed("the signature value is not a CMS SignedData")  # noqa: TRY301
        signed_data = info["content"]
        certificates = _certificates(signed_data, reader)
        encapsulated = signed_data["encap_content_info"]
        content = _content(encapsulated)
        digest_of = digest_of_content if content is None else _digest_of(content)
        content_type = encapsulated["content_type"].dotted
        infos = list(signed_data["signer_infos"])
        if len(infos) > SIGNERS_AT_MOST:
            raise Malformed(f"the signature value has more than {SIGNERS_AT_MOST} signers")  # noqa: TRY301
        signers = tuple(_check_signer(info, content_type, digest_of, certificates + extra) for info in infos)
        attributes = [found for signer in signers for found in (*signer.signed_attributes, *signer.unsigned_attributes)]
        crls, responses = embedded_revocation(signed_data, attributes)
    except Malformed:
        raise
    except MALFORMED as error:
        raise Malformed("the signature value is not a CMS structure") from error
    return Cms(signers, certificates, crls, responses, content_type, content, encoded[1:2] != b"\x80")


def _digest_of(content: bytes) -> ContentDigest:
    return lambda name: hashlib.new(name, content).digest()


def _certificates(signed_data: cms.SignedData, reader: CertificateReader) -> tuple[x509.Certificate, ...]:
    found = signed_data["certificates"]
    if isinstance(found, core.Void):
        return ()
    carried = [choice.chosen for choice in found if choice.name == "certificate"][:256]
    return tuple(reader.read(encoding_of(certificate)) for certificate in carried)


def _content(encapsulated: cms.EncapsulatedContentInfo) -> bytes | None:
    content = encapsulated["content"]
    if content.native is None and isinstance(content, core.Void):
        return None
    if isinstance(content, core.ParsableOctetString | core.OctetString):
        data: bytes = content.contents if isinstance(content.contents, bytes) else content.native
        return bytes(content) if content.method == 1 else data
    return bytes(content.contents)


def _attributes(found: object) -> tuple[Attribute, ...]:
    if not isinstance(found, core.SetOf):
        return ()
    result = []
    for attribute in found:
        values = attribute["values"]
        encoded = tuple(map(encoding_of, values)) if not isinstance(values, core.Void) else ()
        result.append(Attribute(attribute["type"].dotted, encoded))
    return tuple(result)


def _check_signer(
    info: cms.SignerInfo, content_type: str, digest_of: ContentDigest, certificates: tuple[x509.Certificate, ...]
) -> Signer:
    signed = _attributes(info["signed_attrs"])
    unsigned = _attributes(info["unsigned_attrs"])
    signature: bytes = info["signature"].native
    certificate = _signer_certificate(info["sid"], certificates)
    digest: str | None = None
    scheme: SignatureScheme | None = None
    integrity, sub_indication, reason = Integrity.INTACT, None, None
    try:
        digest = digest_name(info["digest_algorithm"])
        scheme = signature_scheme(info["signature_algorithm"], digest)
        if certificate is None:
            integrity, sub_indication = Integrity.UNVERIFIABLE, "NO_SIGNING_CERTIFICATE_FOUND"
            reason = "the signer's certificate is not in the file"
        else:
            key = encoding_of(certificate.public_key)
            sub_indication, reason = _check_value(info, key, scheme, digest, digest_of, signed, content_type)
            integrity = Integrity.BROKEN if sub_indication else Integrity.INTACT
    except UnsupportedScheme as error:
        integrity, sub_indication, reason = Integrity.UNVERIFIABLE, "CRYPTO_CONSTRAINTS_FAILURE", str(error)
    return Signer(
        certificate, integrity, sub_indication, reason, digest, scheme, signature, signed, unsigned,
        certificate is not None and names_certificate(signed, certificate),
    )  # fmt: skip


def _check_value(
    info: cms.SignerInfo,
    key: bytes,
    scheme: SignatureScheme,
    digest: str,
    digest_of: ContentDigest,
    signed: tuple[Attribute, ...],
    content_type: str,
) -> tuple[str | None, str | None]:
    """Return the sub-indication and the reason, or two None if digest and signature are right."""
    signature: bytes = info["signature"].native
    if not signed:
        intact = check_signature(key, scheme, signature, data=None, digest=digest_of(scheme.digest))
        return (None, None) if intact else ("SIG_CRYPTO_FAILURE", "the signature does not belong to the document")
    digests = _values(signed, MESSAGE_DIGEST)
    expected = core.OctetString.load(digests[0]).native if len(digests) == 1 else None
    if expected is None:
        return "FORMAT_FAILURE", "the signature does not say once what it signs"
    # RFC 5652 clause 5.4: signed as a SET OF in DER; some signers sign it in the order in which they store it
    as_found = b"\x31" + encoding_of(info["signed_attrs"])[1:]
    if not check_signature(key, scheme, signature, data=as_found) and not check_signature(
        key, scheme, signature, data=as_der(as_found)
    ):
        return "SIG_CRYPTO_FAILURE", "the signature value does not belong to the signer's certificate and attributes"
    if digest_of(digest) != expected:
        return "HASH_FAILURE", "the signed bytes were changed after signing"
    named = _values(signed, CONTENT_TYPE)
    if len(named) > 1 or any(core.ObjectIdentifier.load(value).dotted != content_type for value in named):
        return "SIG_CRYPTO_FAILURE", "the signature says it signs another type of content"
    return None, None


def _values(signed: tuple[Attribute, ...], kind: str) -> list[bytes]:
    """Every value of every attribute of a kind; of those that may be there once there must be one (clause 11)."""
    return [value for attribute in signed if attribute.kind == kind for value in attribute.values]


def _signer_certificate(
    sid: cms.SignerIdentifier, certificates: tuple[x509.Certificate, ...]
) -> x509.Certificate | None:
    for certificate in certificates:
        if sid.name == "issuer_and_serial_number":
            named = sid.chosen
            if certificate.serial_number == named["serial_number"].native and same_name(
                certificate.issuer, named["issuer"]
            ):
                return certificate
        elif certificate.key_identifier == sid.chosen.native:
            return certificate
    return None


def names_certificate(signed: tuple[Attribute, ...], certificate: x509.Certificate) -> bool:
    """Return whether signing-certificate(-v2), RFC 5035, names this certificate; True if there is none."""
    for attribute in signed:
        if attribute.kind not in {SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2} or not attribute.values:
            continue
        try:
            if attribute.kind == SIGNING_CERTIFICATE_V2:
                named = tsp.SigningCertificateV2.load(attribute.values[0])["certs"][0]
                algorithm = digest_name(named["hash_algorithm"])
            else:
                named = tsp.SigningCertificate.load(attribute.values[0])["certs"][0]
                algorithm = "sha1"
            if named["cert_hash"].native != hashlib.new(algorithm, encoding_of(certificate)).digest():
                return False
        except MALFORMED:
            return False
    return True
