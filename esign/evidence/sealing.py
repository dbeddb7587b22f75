"""Sealing of private evidence: CMS AuthEnvelopedData that `openssl cms -decrypt` opens, and the keys for it.

Every envelope has a key pair of its own (P-256). Items are sealed to its public half; its private half is
kept only as wrapped for the custodian, so that deleting the wrapped key erases the items wherever copies of
them are (SIGNING.md, Private evidence and erasure). Keys appear in no error and no repr.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field

from asn1crypto.cms import IssuerAndSerialNumber
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)

from esign import der
from esign.errors import EvidenceError
from esign.evidence import enveloped_cms as asn1
from esign.evidence import recipient_key

CMS_BYTES_AT_MOST = 17 * 1024 * 1024
_RSA_BITS_AT_LEAST = 2048
_NONCE_BYTES = 12
_TAG_BYTES = 16
_IMPLICIT_0 = 0x80
# What asn1crypto raises on DER that is not what the schema says, in parsing or in lazy access.
_BROKEN_DER = (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError)


@dataclass(frozen=True)
class EnvelopeKey:
    """An envelope's key pair: the private half as unencrypted PKCS#8, the public half as SPKI, both DER, P-256."""

    private_key_pkcs8: bytes = field(repr=False)
    public_key: bytes = field(repr=False)


def create_envelope_key() -> EnvelopeKey:
    """Draw a fresh P-256 key pair."""
    return _envelope_key(ec.generate_private_key(ec.SECP256R1()))


def seal(plaintext: bytes, public_key: bytes) -> bytes:
    """Return the plaintext as DER CMS AuthEnvelopedData for the holder of a P-256 key (DER SPKI).

    Each call draws its own content key, nonce and ephemeral key, so no two results are alike. The recipient
    is named by a key identifier: the leftmost 160 bits of SHA-256 of the public key (RFC 7093, method 1).
    Raises `EvidenceError` (`envelope-key-unusable`, `sealed-item-size`).
    """
    key = _public_key(public_key)
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    recipient = recipient_key.named_by_key(hashlib.sha256(point).digest()[:20])
    content_key = AESGCM.generate_key(8 * recipient_key.CONTENT_KEY_BYTES)
    return _encrypt(plaintext, content_key, recipient_key.agree(content_key, key, recipient))


def open_sealed(cms: bytes, private_key: bytes) -> bytes:
    """Return the plaintext of what `seal` made. `private_key` is unencrypted PKCS#8, DER.

    Raises `EvidenceError`: `sealed-item-unopenable` (another key's, or changed since),
    `private-key-unusable`.
    """
    return _decrypt(cms, _private_key(private_key))


def is_sealed_form(cms: bytes) -> bool:
    """Tell, without a key, whether these bytes are in the form that `seal` and `wrap_for_custodian` write."""
    try:
        _parse(cms)
    except EvidenceError:
        return False
    return True


def wrap_for_custodian(envelope_key: EnvelopeKey, custodian_certificate: bytes) -> bytes:
    """Return the envelope's private key (PKCS#8) sealed to the custodian's certificate (DER; EC or RSA).

    The certificate's dates are not looked at: there is no clock here. Raises `EvidenceError`
    (`custodian-certificate-unsuitable`).
    """
    try:
        certificate = x509.load_der_x509_certificate(custodian_certificate)
        key = certificate.public_key()
        usage = _key_usage(certificate)
        named = Certificate.load(custodian_certificate)
        issuer_and_serial = IssuerAndSerialNumber({"issuer": named.issuer, "serial_number": named.serial_number}).dump()
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _unsuitable("it cannot be read") from error
    content_key = AESGCM.generate_key(8 * recipient_key.CONTENT_KEY_BYTES)
    if isinstance(key, ec.EllipticCurvePublicKey):
        if not isinstance(key.curve, ec.SECP256R1 | ec.SECP384R1 | ec.SECP521R1):
            raise _unsuitable("its curve is not P-256, P-384 or P-521")
        if usage is not None and not usage.key_agreement:
            raise _unsuitable("its keyUsage lacks keyAgreement")
        info = recipient_key.agree(content_key, key, issuer_and_serial)
    elif isinstance(key, rsa.RSAPublicKey):
        if key.key_size < _RSA_BITS_AT_LEAST:
            raise _unsuitable(f"its RSA key has fewer than {_RSA_BITS_AT_LEAST} bits")
        if usage is not None and not usage.key_encipherment:
            raise _unsuitable("its keyUsage lacks keyEncipherment")
        info = recipient_key.transport(content_key, key, issuer_and_serial)
    else:
        raise _unsuitable("its key is neither EC nor RSA")
    return _encrypt(envelope_key.private_key_pkcs8, content_key, info)


def unwrap_envelope_key(cms: bytes, custodian_private_key: bytes) -> EnvelopeKey:
    """Return the envelope key that `wrap_for_custodian` wrapped. The custodian's key is unencrypted PKCS#8,
    DER.

    Raises `EvidenceError`: `sealed-item-unopenable`, `private-key-unusable`.
    """
    key = _private_key(_decrypt(cms, _private_key(custodian_private_key)))
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise EvidenceError(
            "private-key-unusable",
            "what was wrapped is not a P-256 key",
            "use the envelope's own wrapped key",
        )
    return _envelope_key(key)


def _encrypt(plaintext: bytes, content_key: bytes, info: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(content_key).encrypt(nonce, plaintext, None)
    cms = _form(info, nonce, sealed[:-_TAG_BYTES], sealed[-_TAG_BYTES:])
    if len(cms) > CMS_BYTES_AT_MOST:
        raise EvidenceError("sealed-item-size", f"{len(plaintext)} bytes are too many to seal", "seal less")
    return cms


def _form(info: bytes, nonce: bytes, ciphertext: bytes, mac: bytes) -> bytes:
    """Return the ContentInfo with its parts; `info` is the RecipientInfo (DER)."""
    parameters = der.sequence(der.octet_string(nonce), der.integer(_TAG_BYTES))
    encrypted = der.sequence(
        der.object_identifier(asn1.ID_DATA),
        der.sequence(der.object_identifier(asn1.ID_AES256_GCM), parameters),
        der.element(_IMPLICIT_0, ciphertext),
    )
    data = der.sequence(der.integer(0), der.set_of([info]), encrypted, der.octet_string(mac))
    return der.sequence(der.object_identifier(asn1.ID_AUTH_ENVELOPED_DATA), der.explicit(0, data))


@dataclass(frozen=True)
class _Sealed:
    recipient: asn1.RecipientInfo
    nonce: bytes
    ciphertext: bytes = field(repr=False)


def _parse(cms: bytes) -> _Sealed:
    if len(cms) > CMS_BYTES_AT_MOST:
        raise _unopenable(f"it has more than {CMS_BYTES_AT_MOST} bytes")
    try:
        outer = asn1.ContentInfo.load(cms, strict=True)
        content, encrypted = outer["content"], outer["content"]["encrypted"]
        infos, algorithm = content["recipient_infos"], encrypted["algorithm"]
        gcm = algorithm["parameters"].parse(asn1.GcmParameters)
        nonce, mac = gcm["nonce"].native, content["mac"].native
        ciphertext = encrypted["encrypted_content"].native
        # asn1crypto reads lazily and takes BER: only what is written the same again, byte for byte, is accepted.
        expected = (
            len(nonce) == _NONCE_BYTES
            and len(mac) == _TAG_BYTES
            and len(infos) == 1
            and recipient_key.has_whole_key(infos[0])
            and _form(recipient_key.written_again(infos[0]), nonce, ciphertext, mac) == cms
        )
        sealed = _Sealed(infos[0], nonce, ciphertext + mac)
    except _BROKEN_DER as error:
        raise _unopenable("it is not CMS AuthEnvelopedData") from error
    if not expected:
        raise _unopenable("its CMS is of another form than the one written here")
    return sealed


def _decrypt(cms: bytes, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    sealed = _parse(cms)
    try:
        content_key = recipient_key.recover(sealed.recipient, key)
        return AESGCM(content_key).decrypt(sealed.nonce, sealed.ciphertext, None)
    except (recipient_key.WrongRecipient, InvalidTag, *_BROKEN_DER) as error:
        raise _unopenable("it was sealed to another key, or changed since") from error


def _public_key(der: bytes) -> ec.EllipticCurvePublicKey:
    try:
        key = load_der_public_key(der)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _unusable_envelope_key() from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise _unusable_envelope_key()
    return key


def _private_key(der: bytes) -> ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey:
    unusable = EvidenceError(
        "private-key-unusable",
        "the private key is not an unencrypted EC or RSA key in PKCS#8 DER",
        "convert it with openssl pkcs8 -topk8 -nocrypt -outform DER",
    )
    try:
        key = load_der_private_key(der, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise unusable from None  # the parser's own words may quote the key
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise unusable
    return key


def _envelope_key(key: ec.EllipticCurvePrivateKey) -> EnvelopeKey:
    return EnvelopeKey(
        key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    )


def _key_usage(certificate: x509.Certificate) -> x509.KeyUsage | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return None


def _unopenable(cause: str) -> EvidenceError:
    return EvidenceError(
        "sealed-item-unopenable",
        f"the sealed item cannot be opened: {cause}",
        "use the item as it was handed out, with its envelope's own key",
    )


def _unsuitable(cause: str) -> EvidenceError:
    return EvidenceError(
        "custodian-certificate-unsuitable",
        f"the custodian's certificate cannot be used: {cause}",
        "name an encryption certificate, EC (P-256, P-384, P-521) or RSA from 2048 bits",
    )


def _unusable_envelope_key() -> EvidenceError:
    return EvidenceError(
        "envelope-key-unusable",
        "the envelope's public key is not a P-256 key",
        "make it with create_envelope_key",
    )
