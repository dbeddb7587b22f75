"""Values whose header ends in 0x80, though their length is definite: what asn1crypto takes for indefinite."""

from __future__ import annotations

from collections.abc import Callable

from asn1crypto import cms, core
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from ca.authority.der import constructed, integer, octet_string, sequence, set_of
from ca.authority.keys import PrivateKey
from ca.encoding import content_of, encoding_of, seems_indefinite

FILLING = x509.ObjectIdentifier("2.25.3")


def _oid(dotted: str) -> bytes:
    return bytes(core.ObjectIdentifier(dotted).dump())


_SIGNED_DATA, _DATA = _oid("1.2.840.113549.1.7.2"), _oid("1.2.840.113549.1.7.1")
_SIGNATURE_TIMESTAMP, _SIGNING_CERTIFICATE = _oid("1.2.840.113549.1.9.16.2.14"), _oid("1.2.840.113549.1.9.16.2.47")
_SHA256, _ECDSA = sequence(_oid("2.16.840.1.101.3.4.2.1")), sequence(_oid("1.2.840.10045.4.3.2"))


def whole(der: bytes) -> bytes:
    return der


def body(der: bytes) -> bytes:
    """What is signed in a certificate or a CRL: its first member."""
    return content_of(der)


def ambiguous(make: Callable[[int], bytes], part: Callable[[bytes], bytes] = whole) -> bytes:
    """Return the first of `make(1)`, `make(2)` and so on in which that part's header ends in 0x80."""
    return next(made for made in map(make, range(1, 2048)) if seems_indefinite(part(made)))


def certify_ambiguously(
    builder: x509.CertificateBuilder, key: PrivateKey, part: Callable[[bytes], bytes]
) -> x509.Certificate:
    """Sign a certificate with an extension that is as long as it takes."""
    numbered = builder.serial_number(x509.random_serial_number())

    def make(size: int) -> bytes:
        filled = numbered.add_extension(x509.UnrecognizedExtension(FILLING, bytes(size)), critical=False)
        return filled.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)

    return x509.load_der_x509_certificate(ambiguous(make, part))


def timestamps_in_timestamps(depth: int) -> bytes:
    """A ContentInfo whose signer carries one as its timestamp, and so on, every header ending in 0x80.

    Their signing-certificate-v2 leaves a default out, which `dump()` fills in. Encoding three of them anew takes hours.
    """
    inner = b""
    for _ in range(depth):
        around = inner
        inner = ambiguous(lambda size: _content_info(around, size))  # noqa: B023
    return inner


def carrying_timestamps(content_info: bytes, *timestamps: bytes) -> bytes:
    """Return the CMS of one signer with these as its signature-time-stamps, which nothing signs."""
    signed_data = cms.ContentInfo.load(content_info)["content"]
    signer = content_of(encoding_of(signed_data["signer_infos"][0]))
    before = ("version", "digest_algorithms", "encap_content_info", "certificates")
    parts = [encoding_of(signed_data[name]) for name in before]
    signers = set_of(sequence(signer, constructed(1, _timestamp_attribute(*timestamps))))
    return sequence(_SIGNED_DATA, constructed(0, sequence(*parts, signers)))


def data_of(size: int) -> bytes:
    """A ContentInfo that signs nothing."""
    return bytes(cms.ContentInfo({"content_type": "data", "content": bytes(size)}).dump())


def _content_info(timestamp: bytes, size: int) -> bytes:
    named = sequence(sequence(sequence(octet_string(bytes(32)))))
    signer = sequence(
        integer(1),
        sequence(sequence(), integer(1)),
        _SHA256,
        constructed(0, sequence(_SIGNING_CERTIFICATE, set_of(named))),
        _ECDSA,
        octet_string(bytes(size)),
        constructed(1, _timestamp_attribute(timestamp)) if timestamp else b"",
    )
    return sequence(
        _SIGNED_DATA, constructed(0, sequence(integer(1), set_of(_SHA256), sequence(_DATA), set_of(signer)))
    )


def _timestamp_attribute(*tokens: bytes) -> bytes:
    return sequence(_SIGNATURE_TIMESTAMP, set_of(*tokens))
