"""Which algorithms a signature, a certificate, a timestamp or a revocation answer rests on."""

from __future__ import annotations

from typing import Final, TypeAlias

from asn1crypto import crl, keys, ocsp, x509

from esign.verify.cms.algorithms import SignatureScheme, signature_scheme
from esign.verify.cms.signed_data import Cms
from esign.verify.cms.timestamps import Timestamp
from esign.verify.errors import MALFORMED
from esign.verify.trust.algorithm_constraints import AlgorithmUse

Signed: TypeAlias = ocsp.BasicOCSPResponse | crl.CertificateList | x509.Certificate
_UNKNOWN: Final = AlgorithmUse("unknown")
_EDWARDS: Final = {"ed25519": 256, "ed448": 448}
_UNCOMPRESSED: Final = 4
"""The first octet of a curve's point that is told by both coordinates (SEC 1 clause 2.3.3)."""


def scheme_of(signed: Signed) -> SignatureScheme:
    """Return how an answer or a certificate was signed. Raises `UnsupportedScheme`."""
    return signature_scheme(signed["signature_algorithm"], "sha256")


def use_in(signed: Signed, signer: x509.Certificate) -> AlgorithmUse:
    """Return what the signature in an answer or a certificate rests on; `signer` made it."""
    try:
        scheme = scheme_of(signed)
    except MALFORMED:
        return _UNKNOWN
    return AlgorithmUse(scheme.digest, scheme.kind, key_bits(signer.public_key))


def uses_of_signers(cms: Cms | None) -> tuple[AlgorithmUse, ...]:
    """Return what the signers of a SignedData rest on: the digest of the content and the signature value."""
    if cms is None:
        return ()
    uses: list[AlgorithmUse] = []
    for signer in cms.signers:
        bits = 0 if signer.certificate is None else key_bits(signer.certificate.public_key)
        uses.append(AlgorithmUse(signer.digest or "unknown"))
        if signer.scheme is not None:
            uses.append(AlgorithmUse(signer.scheme.digest, signer.scheme.kind, bits))
    return tuple(dict.fromkeys(uses))


def uses_of_timestamp(timestamp: Timestamp) -> tuple[AlgorithmUse, ...]:
    """Return what a timestamp rests on: the digest of what it stamps, and its signers."""
    return (AlgorithmUse(timestamp.digest or "unknown"), *uses_of_signers(timestamp.cms))


def key_bits(key: keys.PublicKeyInfo) -> int:
    """Return the length that makes a key strong: of the modulus, or of the curve's field; 0 if it is not known."""
    try:
        kind = key.algorithm
        if kind in _EDWARDS:
            return _EDWARDS[kind]
        if kind == "ec":
            point = bytes(key["public_key"])
            return (len(point) - 1) * 8 // (2 if point[0] == _UNCOMPRESSED else 1)
        if kind == "dsa":
            return int(key["algorithm"]["parameters"]["p"].native).bit_length()
        return int(key["public_key"].parsed["modulus"].native).bit_length()
    except MALFORMED:
        return 0
