"""How the key that encrypts a content reaches its one recipient: by EC key agreement or by RSA key transport.

RFC 5753 (ephemeral-static ECDH, X9.63 key derivation with SHA-256, AES-256 key wrap of RFC 3394) and
RSAES-OAEP with SHA-256 (RFC 8017).
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives import hashes, keywrap
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from esign import der
from esign.evidence import enveloped_cms as asn1

CONTENT_KEY_BYTES = 32
_WRAPPED_KEY_BYTES = CONTENT_KEY_BYTES + 8
_KEY_AGREEMENT_VERSION = 3
_KEY_TRANSPORT_VERSION = 0
_OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
_AES256_WRAP: Final = der.sequence(der.object_identifier(asn1.ID_AES256_WRAP))
_AGREEMENT: Final = der.sequence(der.object_identifier(asn1.ID_STD_DH_SHA256_KDF), _AES256_WRAP)
_EC_KEY: Final = der.sequence(der.object_identifier(asn1.ID_EC_PUBLIC_KEY))
_TRANSPORT: Final = der.sequence(der.object_identifier(asn1.ID_RSAES_OAEP), bytes(asn1.oaep_sha256_parameters().dump()))
_SHARED_INFO: Final = der.sequence(
    _AES256_WRAP, der.explicit(2, der.octet_string((8 * CONTENT_KEY_BYTES).to_bytes(4, "big")))
)
"""ECC-CMS-SharedInfo, RFC 5753: what the key derivation is bound to (no user keying material in use here)."""


class WrongRecipient(Exception):
    """The content key does not come out with this private key; the sealing turns it into its own error."""


def named_by_key(identifier: bytes) -> bytes:
    """Return the KeyAgreeRecipientIdentifier that names the recipient by its key's identifier."""
    return der.explicit(0, der.octet_string(identifier))


def agree(content_key: bytes, public_key: ec.EllipticCurvePublicKey, recipient: bytes) -> bytes:
    """Return the RecipientInfo that carries `content_key` (32 bytes) to the holder of an EC key.

    `recipient` is a KeyAgreeRecipientIdentifier. All that is returned or taken encoded here is DER.
    """
    ephemeral = ec.generate_private_key(public_key.curve)
    wrapped = keywrap.aes_key_wrap(_wrapping_key(ephemeral, public_key), content_key)
    point = ephemeral.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return _agreement_info(point, recipient, wrapped)


def transport(content_key: bytes, public_key: rsa.RSAPublicKey, recipient: bytes) -> bytes:
    """Return the RecipientInfo that carries `content_key` to the holder of an RSA key, an IssuerAndSerialNumber."""
    return _transport_info(recipient, public_key.encrypt(content_key, _OAEP))


def written_again(info: asn1.RecipientInfo) -> bytes:
    """Return what `agree` or `transport` would write of the same keys and recipient.

    A RecipientInfo has the expected form if it is that. Raises what asn1crypto raises where it does not parse.
    """
    chosen = info.chosen
    if info.name == "key_transport":
        return _transport_info(chosen["recipient"].dump(force=True), chosen["encrypted_key"].native)
    key = chosen["recipient_encrypted_keys"][0]
    recipient = key["recipient"]
    if recipient.name == "recipient_key_identifier":
        named = named_by_key(recipient.chosen["subject_key_identifier"].native)
    else:
        named = recipient.dump(force=True)
    return _agreement_info(chosen["originator"].chosen["public_key"].native, named, key["encrypted_key"].native)


def has_whole_key(info: asn1.RecipientInfo) -> bool:
    """Tell whether the RecipientInfo carries a key as long as the ones in use here, wrapped."""
    if info.name == "key_transport":
        return True  # as long as the recipient's modulus
    return len(info.chosen["recipient_encrypted_keys"][0]["encrypted_key"].native) == _WRAPPED_KEY_BYTES


def _agreement_info(point: bytes, recipient: bytes, wrapped: bytes) -> bytes:
    originator = der.explicit(1, _EC_KEY + der.bit_string(point))
    key = der.sequence(recipient, der.octet_string(wrapped))
    parts = (der.integer(_KEY_AGREEMENT_VERSION), der.explicit(0, originator), _AGREEMENT, der.sequence(key))
    return der.explicit(1, b"".join(parts))


def _transport_info(recipient: bytes, wrapped: bytes) -> bytes:
    return der.sequence(der.integer(_KEY_TRANSPORT_VERSION), recipient, _TRANSPORT, der.octet_string(wrapped))


def recover(info: asn1.RecipientInfo, private_key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    """Return the content key. Raises `WrongRecipient`; ValueError or TypeError where the ASN.1 is broken."""
    chosen = info.chosen
    if info.name == "key_agreement" and isinstance(private_key, ec.EllipticCurvePrivateKey):
        return _recover_agreed(chosen, private_key)
    if info.name == "key_transport" and isinstance(private_key, rsa.RSAPrivateKey):
        return _recover_transported(chosen, private_key)
    raise WrongRecipient


def _recover_agreed(info: asn1.KeyAgreeRecipientInfo, private_key: ec.EllipticCurvePrivateKey) -> bytes:
    point = info["originator"].chosen["public_key"].native
    ephemeral = ec.EllipticCurvePublicKey.from_encoded_point(private_key.curve, point)
    wrapped = info["recipient_encrypted_keys"][0]["encrypted_key"].native
    try:
        return keywrap.aes_key_unwrap(_wrapping_key(private_key, ephemeral), wrapped)
    except (keywrap.InvalidUnwrap, InvalidKey) as error:
        raise WrongRecipient from error


def _recover_transported(info: asn1.KeyTransRecipientInfo, private_key: rsa.RSAPrivateKey) -> bytes:
    try:
        content_key = private_key.decrypt(info["encrypted_key"].native, _OAEP)
    except ValueError as error:
        raise WrongRecipient from error
    if len(content_key) != CONTENT_KEY_BYTES:
        raise WrongRecipient
    return content_key


def _wrapping_key(private_key: ec.EllipticCurvePrivateKey, public_key: ec.EllipticCurvePublicKey) -> bytes:
    secret = private_key.exchange(ec.ECDH(), public_key)
    return X963KDF(hashes.SHA256(), CONTENT_KEY_BYTES, _SHARED_INFO).derive(secret)
