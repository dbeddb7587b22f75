"""How the key that encrypts a content reaches its one recipient: by EC key agreement or by RSA key transport.

RFC 5753 (ephemeral-static ECDH, X9.63 key derivation with SHA-256, AES-256 key wrap of RFC 3394) and
RSAES-OAEP with SHA-256 (RFC 8017).
"""

from __future__ import annotations

from typing import Final

from asn1crypto.cms import IssuerAndSerialNumber
from asn1crypto.core import Any
from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives import hashes, keywrap
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ca.encoding import encoding_of
from esign.evidence import enveloped_cms as asn1

CONTENT_KEY_BYTES = 32
_WRAPPED_KEY_BYTES = CONTENT_KEY_BYTES + 8
_KEY_AGREEMENT_VERSION = 3
_KEY_TRANSPORT_VERSION = 0
_OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
_AES256_WRAP: Final = bytes(asn1.AlgorithmIdentifier({"algorithm": asn1.ID_AES256_WRAP}).dump())
_SHARED_INFO: Final = bytes(
    asn1.EccCmsSharedInfo(
        {
            "key_info": asn1.AlgorithmIdentifier.load(_AES256_WRAP),
            "supp_pub_info": (8 * CONTENT_KEY_BYTES).to_bytes(4, "big"),
        }
    ).dump()
)


class WrongRecipient(Exception):
    """The content key does not come out with this private key; the sealing turns it into its own error."""


def agree(
    content_key: bytes, public_key: ec.EllipticCurvePublicKey, recipient: asn1.KeyAgreeRecipientIdentifier
) -> asn1.RecipientInfo:
    """Return the RecipientInfo that carries `content_key` (32 bytes) to the holder of an EC key."""
    ephemeral = ec.generate_private_key(public_key.curve)
    wrapped = keywrap.aes_key_wrap(_wrapping_key(ephemeral, public_key), content_key)
    point = ephemeral.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    info = asn1.KeyAgreeRecipientInfo(
        {
            "version": _KEY_AGREEMENT_VERSION,
            "originator": asn1.Originator(
                "originator_key", {"algorithm": {"algorithm": asn1.ID_EC_PUBLIC_KEY}, "public_key": point}
            ),
            "algorithm": {"algorithm": asn1.ID_STD_DH_SHA256_KDF, "parameters": Any.load(_AES256_WRAP)},
            "recipient_encrypted_keys": [{"recipient": recipient, "encrypted_key": wrapped}],
        }
    )
    return asn1.RecipientInfo("key_agreement", info)


def transport(content_key: bytes, public_key: rsa.RSAPublicKey, recipient: IssuerAndSerialNumber) -> asn1.RecipientInfo:
    """Return the RecipientInfo that carries `content_key` (32 bytes) to the holder of an RSA key."""
    info = asn1.KeyTransRecipientInfo(
        {
            "version": _KEY_TRANSPORT_VERSION,
            "recipient": recipient,
            "algorithm": {
                "algorithm": asn1.ID_RSAES_OAEP,
                "parameters": Any(asn1.oaep_sha256_parameters()),
            },
            "encrypted_key": public_key.encrypt(content_key, _OAEP),
        }
    )
    return asn1.RecipientInfo("key_transport", info)


def recover(info: asn1.RecipientInfo, private_key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    """Return the content key. Raises `WrongRecipient`; ValueError or TypeError where the ASN.1 is broken."""
    chosen = info.chosen
    if info.name == "key_agreement" and isinstance(private_key, ec.EllipticCurvePrivateKey):
        return _recover_agreed(chosen, private_key)
    if info.name == "key_transport" and isinstance(private_key, rsa.RSAPrivateKey):
        return _recover_transported(chosen, private_key)
    raise WrongRecipient


def has_expected_form(info: asn1.RecipientInfo) -> bool:
    """Tell whether the RecipientInfo names exactly the algorithms in use here."""
    chosen = info.chosen
    algorithm = chosen["algorithm"]
    name, version = algorithm["algorithm"].dotted, chosen["version"].native
    if info.name == "key_transport":
        parameters = asn1.oaep_sha256_parameters().dump()
        return (
            version == _KEY_TRANSPORT_VERSION
            and name == asn1.ID_RSAES_OAEP
            and encoding_of(algorithm["parameters"]) == parameters
            and isinstance(chosen["encrypted_key"].native, bytes)
        )
    keys = chosen["recipient_encrypted_keys"]
    originator = chosen["originator"].chosen
    return (
        version == _KEY_AGREEMENT_VERSION
        and name == asn1.ID_STD_DH_SHA256_KDF
        and encoding_of(algorithm["parameters"]) == _AES256_WRAP
        and originator["algorithm"]["algorithm"].dotted == asn1.ID_EC_PUBLIC_KEY
        and len(keys) == 1
        and len(keys[0]["encrypted_key"].native) == _WRAPPED_KEY_BYTES
    )


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
