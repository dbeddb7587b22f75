"""The bytes that a value was read from, whatever asn1crypto would make of it (X.690).

asn1crypto 1.5.1 takes every header that ends in 0x80 for one of indefinite length, so also `30 82 05 80`: one length
in 256. `dump()` then encodes the value anew, with URIs and absent defaults rewritten, and where such values lie in one
another it takes exponential time. Signatures are over what was read. `dump()` is for values that were made here.
"""

from __future__ import annotations

import hashlib

from asn1crypto import core, parser, x509


def encoding_of(value: core.Asn1Value) -> bytes:
    """Return the encoding that the value was read from, BER or DER; that of a value that was made, in DER.

    A value that was changed after it was read is returned as it was before. Raises what asn1crypto raises where an
    alternative does not parse.
    """
    if isinstance(value, core.Choice):
        if value._header is None:
            return bytes(value.dump())
        chosen = encoding_of(value.chosen)
        # asn1crypto keeps the explicit tag, if there is one, with the choice and all else with what was chosen
        return bytes(value._header + chosen + value._trailer)
    if value._header is None:
        return bytes(value.dump())
    # the property `contents` of these two encodes their members anew where a default was filled in
    content = value._contents if isinstance(value, core.Sequence | core.SequenceOf) else value.contents
    return bytes(value._header + content + value._trailer)


def content_of(encoded: bytes) -> bytes:
    """Return the content octets of the first value in `encoded`. Raises `ValueError` if there is none."""
    content: bytes = parser.parse(encoded)[4]
    return content


def certificate_digest(certificate: x509.Certificate) -> bytes:
    """Return the SHA-256 of the certificate as it was read; asn1crypto's own `sha256` is the same from then on."""
    if certificate._sha256 is None:
        certificate._sha256 = hashlib.sha256(encoding_of(certificate)).digest()
    digest: bytes = certificate._sha256
    return digest


def seems_indefinite(der: bytes) -> bool:
    """Return whether asn1crypto would take the DER value for one of indefinite length: its header ends in 0x80."""
    return bool(parser.parse(der)[3][-1] == 0x80)
