"""Signature algorithms by object identifier, and the check of one signature value."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from asn1crypto import algos
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from esign.verify.errors import Malformed

_HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "md5": hashes.MD5(),  # noqa: S303  # old files are judged, and then found weak
    "sha1": hashes.SHA1(),  # noqa: S303
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
    "sha3_224": hashes.SHA3_224(),
    "sha3_256": hashes.SHA3_256(),
    "sha3_384": hashes.SHA3_384(),
    "sha3_512": hashes.SHA3_512(),
}
_DIGEST_OIDS: Final = {
    "1.2.840.113549.2.5": "md5",
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.4": "sha224",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
    "2.16.840.1.101.3.4.2.7": "sha3_224",
    "2.16.840.1.101.3.4.2.8": "sha3_256",
    "2.16.840.1.101.3.4.2.9": "sha3_384",
    "2.16.840.1.101.3.4.2.10": "sha3_512",
}
_SCHEMES: Final[dict[str, tuple[str, str | None]]] = {
    "1.2.840.113549.1.1.1": ("rsa", None),
    "1.2.840.113549.1.1.4": ("rsa", "md5"),
    "1.2.840.113549.1.1.5": ("rsa", "sha1"),
    "1.3.14.3.2.29": ("rsa", "sha1"),
    "1.2.840.113549.1.1.14": ("rsa", "sha224"),
    "1.2.840.113549.1.1.11": ("rsa", "sha256"),
    "1.2.840.113549.1.1.12": ("rsa", "sha384"),
    "1.2.840.113549.1.1.13": ("rsa", "sha512"),
    "1.2.840.113549.1.1.10": ("rsa-pss", None),
    "2.16.840.1.101.3.4.3.13": ("rsa", "sha3_224"),
    "2.16.840.1.101.3.4.3.14": ("rsa", "sha3_256"),
    "2.16.840.1.101.3.4.3.15": ("rsa", "sha3_384"),
    "2.16.840.1.101.3.4.3.16": ("rsa", "sha3_512"),
    "1.2.840.10045.2.1": ("ecdsa", None),
    "1.2.840.10045.4.1": ("ecdsa", "sha1"),
    "1.2.840.10045.4.3.1": ("ecdsa", "sha224"),
    "1.2.840.10045.4.3.2": ("ecdsa", "sha256"),
    "1.2.840.10045.4.3.3": ("ecdsa", "sha384"),
    "1.2.840.10045.4.3.4": ("ecdsa", "sha512"),
    "2.16.840.1.101.3.4.3.9": ("ecdsa", "sha3_224"),
    "2.16.840.1.101.3.4.3.10": ("ecdsa", "sha3_256"),
    "2.16.840.1.101.3.4.3.11": ("ecdsa", "sha3_384"),
    "2.16.840.1.101.3.4.3.12": ("ecdsa", "sha3_512"),
    "0.4.0.127.0.7.1.1.4.1.1": ("plain-ecdsa", "sha1"),
    "0.4.0.127.0.7.1.1.4.1.2": ("plain-ecdsa", "sha224"),
    "0.4.0.127.0.7.1.1.4.1.3": ("plain-ecdsa", "sha256"),
    "0.4.0.127.0.7.1.1.4.1.4": ("plain-ecdsa", "sha384"),
    "0.4.0.127.0.7.1.1.4.1.5": ("plain-ecdsa", "sha512"),
    "1.2.840.10040.4.1": ("dsa", None),
    "1.2.840.10040.4.3": ("dsa", "sha1"),
    "2.16.840.1.101.3.4.3.1": ("dsa", "sha224"),
    "2.16.840.1.101.3.4.3.2": ("dsa", "sha256"),
    "1.3.101.112": ("ed25519", None),
    "1.3.101.113": ("ed448", None),
}
_WEAK_DIGESTS: Final = frozenset({"md5", "sha1"})


class UnsupportedScheme(Malformed):
    """The signature uses an algorithm that is not known here, so nothing can be said about it."""


@dataclass(frozen=True)
class SignatureScheme:
    """How a signature value is checked: `kind` (rsa, rsa-pss, ecdsa ...), digest, and for PSS the salt's length."""

    kind: str
    digest: str
    salt_length: int = 0
    mask_digest: str = ""

    @property
    def is_weak(self) -> bool:
        """Whether its digest is too weak to rely on. A mask's digest is no weakness: nothing rests on collisions."""
        return is_weak_digest(self.digest)


def is_weak_digest(name: str | None) -> bool:
    """Whether collisions of the digest can be made today; None is no digest, and not weak."""
    return name in _WEAK_DIGESTS


def digest_name(algorithm: algos.DigestAlgorithm) -> str:
    """Return the digest's name as hashlib knows it. Raises `UnsupportedScheme`."""
    name = _DIGEST_OIDS.get(algorithm["algorithm"].dotted)
    if name is None:
        raise UnsupportedScheme("the digest algorithm is not supported")
    return name


def signature_scheme(algorithm: algos.SignedDigestAlgorithm, digest: str) -> SignatureScheme:
    """Return the scheme; `digest` holds where the identifier names none. Raises `UnsupportedScheme`."""
    known = _SCHEMES.get(algorithm["algorithm"].dotted)
    if known is None:
        raise UnsupportedScheme("the signature algorithm is not supported")
    kind, own_digest = known
    if kind == "rsa-pss":
        parameters = algorithm["parameters"]
        mask = parameters["mask_gen_algorithm"]["parameters"]
        return SignatureScheme(
            kind, digest_name(parameters["hash_algorithm"]), int(parameters["salt_length"].native), digest_name(mask)
        )
    return SignatureScheme(kind, own_digest or digest)


def check_signature(
    public_key_info: bytes,
    scheme: SignatureScheme,
    signature: bytes,
    *,
    data: bytes | None,
    digest: bytes | None = None,
) -> bool:
    """Return whether `signature` is over `data`, or over something with this `digest` (of the scheme's algorithm).

    `public_key_info` is a DER SubjectPublicKeyInfo. Raises `UnsupportedScheme` for keys that are not known here.
    """
    try:
        key = load_der_public_key(public_key_info)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UnsupportedScheme("the signer's public key is of a kind that is not supported") from error
    if isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        if data is None:
            raise UnsupportedScheme("this signature algorithm needs signed attributes")
        return _succeeds(lambda: key.verify(signature, data))
    if digest is None:
        digest = hashlib.new(scheme.digest, data or b"").digest()
    prehashed = Prehashed(_HASHES[scheme.digest])
    if isinstance(key, rsa.RSAPublicKey):
        if scheme.kind == "rsa-pss":
            mask = padding.MGF1(_HASHES[scheme.mask_digest])
            return _succeeds(lambda: key.verify(signature, digest, padding.PSS(mask, scheme.salt_length), prehashed))
        return _succeeds(lambda: key.verify(signature, digest, padding.PKCS1v15(), prehashed))
    if isinstance(key, ec.EllipticCurvePublicKey):
        if scheme.kind == "plain-ecdsa":
            half = len(signature) // 2
            signature = encode_dss_signature(
                int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
            )
        return _succeeds(lambda: key.verify(signature, digest, ec.ECDSA(prehashed)))
    if isinstance(key, dsa.DSAPublicKey):
        return _succeeds(lambda: key.verify(signature, digest, prehashed))
    raise UnsupportedScheme("the signer's public key is of a kind that is not supported")


def _succeeds(check: object) -> bool:
    if not callable(check):
        raise TypeError("a check is called")
    try:
        check()
    except InvalidSignature:
        return False
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UnsupportedScheme("the signature's algorithm and key do not fit together") from error
    return True


def key_description(public_key_info: bytes) -> str:
    """Return the key's kind and size for people, such as `RSA 2048` or `EC secp256r1`."""
    try:
        key = load_der_public_key(public_key_info)
    except (ValueError, UnsupportedAlgorithm):
        return "unknown"
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {key.curve.name}"
    return type(key).__name__.removesuffix("PublicKey").removeprefix("_")
