"""From a timestamping certificate up to a believed root (RFC 5280, clause 6, for what timestamping needs).

Built for tokens checked within minutes of their making: every certificate of the path must be valid at
genTime. Revocation is not judged here; it is judged where the evidence is collected and verified.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa

MAX_DEPTH = 6
_MAX_SIGNATURE_CHECKS = 50
_HASHES = (hashes.SHA256, hashes.SHA384, hashes.SHA512)
_UNDERSTOOD_WHEN_CRITICAL = {
    x509.BasicConstraints.oid,
    x509.KeyUsage.oid,
    x509.ExtendedKeyUsage.oid,
    x509.CertificatePolicies.oid,
}


def leads_to_root(
    leaf: x509.Certificate,
    others: Sequence[x509.Certificate],
    roots: Sequence[x509.Certificate],
    at: datetime,
) -> bool:
    """Return whether a path of valid CA certificates leads from the leaf to one of the roots at `at`.

    `others` are the certificates that came with the token, in any order, believed in nothing.
    """
    return _Search(others, roots, at).reaches_root(leaf, depth=0, seen=frozenset())


class _Search:
    def __init__(self, others: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], at: datetime) -> None:
        self._others = others
        self._roots = roots
        self._at = at
        # A hostile token may hold many certificates of one name; checking them all must stay cheap.
        self._checks_left = _MAX_SIGNATURE_CHECKS

    def reaches_root(self, certificate: x509.Certificate, depth: int, seen: frozenset[x509.Certificate]) -> bool:
        """`depth` is the number of CA certificates below `certificate`'s issuer."""
        if depth > MAX_DEPTH or not self._acceptable(certificate):
            return False
        if any(self._issued(root, certificate, depth) for root in self._roots):
            return True
        path = seen | {certificate}
        return any(
            self._issued(issuer, certificate, depth) and self.reaches_root(issuer, depth + 1, path)
            for issuer in self._others
            if issuer not in path
        )

    def _acceptable(self, certificate: x509.Certificate) -> bool:
        if not certificate.not_valid_before_utc <= self._at <= certificate.not_valid_after_utc:
            return False
        if not isinstance(certificate.signature_hash_algorithm, _HASHES):
            return False
        return all(
            extension.oid in _UNDERSTOOD_WHEN_CRITICAL for extension in certificate.extensions if extension.critical
        )

    def _issued(self, issuer: x509.Certificate, certificate: x509.Certificate, ca_below: int) -> bool:
        if issuer.subject != certificate.issuer or self._checks_left == 0:
            return False
        if not issuer.not_valid_before_utc <= self._at <= issuer.not_valid_after_utc:
            return False
        if not _may_issue(issuer, ca_below):
            return False
        self._checks_left -= 1
        try:
            certificate.verify_directly_issued_by(issuer)
        except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
            return False
        return True


def _may_issue(issuer: x509.Certificate, ca_below: int) -> bool:
    """Basic constraints, path length, key usage (a usage that is absent allows, clause 4.2.1.3), key size."""
    try:
        basic = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        return False
    if not basic.ca or (basic.path_length is not None and ca_below > basic.path_length):
        return False
    try:
        if not issuer.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign:
            return False
    except x509.ExtensionNotFound:
        pass
    return strong_enough(issuer)


def strong_enough(certificate: x509.Certificate) -> bool:
    """Return whether the key is RSA of at least 2048 bits or on a NIST curve of at least 256."""
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return False
    if isinstance(key, rsa.RSAPublicKey):
        return 2048 <= key.key_size <= 8192
    return isinstance(key, ec.EllipticCurvePublicKey) and isinstance(
        key.curve, ec.SECP256R1 | ec.SECP384R1 | ec.SECP521R1
    )
