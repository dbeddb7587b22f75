"""The key of one signing act: made in memory, used once, dropped; it is never written anywhere."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from ca.ports import SignatureAlgorithm
from esign.errors import SigningError


class EventKey:
    """A fresh P-256 key that signs one document and then forgets itself."""

    algorithm = SignatureAlgorithm.ECDSA_SHA256

    def __init__(self) -> None:
        self._key: ec.EllipticCurvePrivateKey | None = ec.generate_private_key(ec.SECP256R1())

    def certification_request(self, common_name: str) -> bytes:
        """Return a PKCS#10 request (RFC 2986, DER) that proves possession of the key.

        Raises `SigningError` with code `signer-name-unusable` for a name that no certificate can hold.
        """
        try:
            name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
        except ValueError as error:
            raise SigningError(
                "signer-name-unusable",
                "the signer's name is empty or longer than the 64 bytes of UTF-8 that a certificate holds",
                "give the name as it is to be printed, shortened if need be",
            ) from error
        request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(self._live(), hashes.SHA256())
        return request.public_bytes(Encoding.DER)

    def sign(self, data: bytes) -> bytes:
        """Sign once and drop the key. Raises `SigningError` with code `event-key-used` the second time."""
        key = self._live()
        self._key = None
        return key.sign(data, ec.ECDSA(hashes.SHA256()))

    def _live(self) -> ec.EllipticCurvePrivateKey:
        if self._key is None:
            raise SigningError(
                "event-key-used",
                "this key has signed and is gone",
                "begin a new signing act with a fresh key",
            )
        return self._key
