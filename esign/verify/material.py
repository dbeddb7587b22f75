"""What a signed PDF carries to be judged by: certificates, OCSP responses, CRLs, timestamp tokens, each once.

Taken out as it lies there; whether any of it is good is for `verify` to say.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import BinaryIO

from ca.encoding import encoding_of
from esign.verify.cms.certificates import CertificateReader
from esign.verify.cms.signed_data import SIGNATURE_TIMESTAMP, Cms, read_cms, without_padding
from esign.verify.errors import LimitReached, Malformed, UnreadableDocument
from esign.verify.limits import Limits
from esign.verify.reading.document import PdfFile
from esign.verify.reading.signature_fields import SignatureField, signature_fields
from esign.verify.trust.validation_data import read_security_store


@dataclass
class Material:
    """DER values, each once, in the order in which they were found."""

    certificates: dict[bytes, None] = field(default_factory=dict, repr=False)
    ocsp_responses: dict[bytes, None] = field(default_factory=dict, repr=False)
    crls: dict[bytes, None] = field(default_factory=dict, repr=False)
    timestamps: dict[bytes, None] = field(default_factory=dict, repr=False)


def read_material(document: BinaryIO) -> Material:
    """Return what the document carries; a signature that cannot be read has nothing. Raises `UnreadableDocument`."""
    found = Material()
    try:
        file = PdfFile(document, Limits(), None)
        store = read_security_store(file.present)
        found.certificates.update(dict.fromkeys(map(encoding_of, store.certificates)))
        found.ocsp_responses.update(dict.fromkeys(store.ocsp_responses))
        found.crls.update(dict.fromkeys(store.crls))
        for signature in signature_fields(file):
            _add_signature(found, signature, file.certificates)
    except LimitReached as error:
        raise UnreadableDocument("limit-reached", str(error), "take a smaller file") from error
    return found


def token_certificates(token: bytes) -> tuple[bytes, ...]:
    """Return the certificates (DER) that a timestamp token carries; none where it cannot be read."""
    cms = _read(token, CertificateReader())
    return () if cms is None else tuple(map(encoding_of, cms.certificates))


def _add_signature(found: Material, signature: SignatureField, reader: CertificateReader) -> None:
    try:
        encoded = without_padding(signature.contents)
    except Malformed:
        return
    cms = _read(encoded, reader)
    if cms is None:
        return
    tokens = [
        value
        for signer in cms.signers
        for attribute in signer.unsigned_attributes
        if attribute.kind == SIGNATURE_TIMESTAMP
        for value in attribute.values
    ]
    if signature.kind == "document-timestamp":
        tokens.append(encoded)
    for one in (cms, *(_read(token, reader) for token in tokens)):
        if one is not None:
            found.certificates.update(dict.fromkeys(map(encoding_of, one.certificates)))
            found.ocsp_responses.update(dict.fromkeys(one.ocsp_responses))
            found.crls.update(dict.fromkeys(one.crls))
    found.timestamps.update(dict.fromkeys(tokens))


def _read(encoded: bytes, reader: CertificateReader) -> Cms | None:
    """Read a CMS for what it carries; its content is not at hand, and not judged."""
    try:
        return read_cms(encoded, lambda name: hashlib.new(name, b"").digest(), reader)
    except Malformed:
        return None
