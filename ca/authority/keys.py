"""The authority's key algorithms, and a private key that signs."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from ca.ports import SignatureAlgorithm

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_ECDSA_SHA256 = ec.ECDSA(hashes.SHA256())
_SHA256 = hashes.SHA256()


class KeyAlgorithm(StrEnum):
    """What every key of one authority is made of."""

    P256 = "p256"
    RSA2048 = "rsa-2048"
    RSA3072 = "rsa-3072"


def generate_key(algorithm: KeyAlgorithm) -> PrivateKey:
    """Return a fresh private key from the system's randomness."""
    if algorithm is KeyAlgorithm.P256:
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, 2048 if algorithm is KeyAlgorithm.RSA2048 else 3072)


@dataclass(frozen=True)
class SoftwareKey:
    """A private key held in this process's memory; a `ca.ports.SigningKey`."""

    private_key: PrivateKey = field(repr=False)

    @property
    def algorithm(self) -> SignatureAlgorithm:
        if isinstance(self.private_key, ec.EllipticCurvePrivateKey):
            return SignatureAlgorithm.ECDSA_SHA256
        return SignatureAlgorithm.RSA_PKCS1_SHA256

    def sign(self, data: bytes) -> bytes:
        """Return the raw signature value over SHA-256 of `data` (ECDSA: the DER `Ecdsa-Sig-Value`)."""
        if isinstance(self.private_key, ec.EllipticCurvePrivateKey):
            return self.private_key.sign(data, _ECDSA_SHA256)
        return self.private_key.sign(data, padding.PKCS1v15(), _SHA256)
