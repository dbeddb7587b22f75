"""Signing certificates so that the verifiers in use read them as they are."""

from __future__ import annotations

import itertools
import secrets

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from ca.authority.keys import PrivateKey
from ca.encoding import seems_indefinite

_SERIAL_OCTETS = (20, 19, 18)
"""RFC 5280 clause 4.1.2.2 allows 20. One of three lengths always does where the signature's length is fixed."""


def certify(builder: x509.CertificateBuilder, key: PrivateKey) -> x509.Certificate:
    """Give the certificate a random serial number and sign it with SHA-256.

    Verifiers on asn1crypto encode a certificate anew where its header, or that of its TBSCertificate, ends in 0x80,
    and then find its signature broken. Such a certificate is made again, with a serial number of another length.
    """
    lengths = itertools.cycle(_SERIAL_OCTETS)
    while True:
        certificate = builder.serial_number(_random_serial_number(next(lengths))).sign(key, hashes.SHA256())
        if not any(map(seems_indefinite, (certificate.public_bytes(Encoding.DER), certificate.tbs_certificate_bytes))):
            return certificate


def _random_serial_number(octets: int) -> int:
    """Return a positive number that is encoded in exactly so many octets."""
    least = 1 << (8 * octets - 9)
    return least + secrets.randbelow((1 << (8 * octets - 1)) - least)
