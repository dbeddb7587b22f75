"""The document timestamp that a file rests on now: the one that covers most of it. Taken out unjudged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import BinaryIO

from ca.encoding import encoding_of
from esign.verify.cms.signed_data import without_padding
from esign.verify.errors import LimitReached, Malformed, UnreadableDocument
from esign.verify.limits import Limits
from esign.verify.material import token_certificates
from esign.verify.reading.document import PdfFile
from esign.verify.reading.signature_fields import signature_fields
from esign.verify.trust.validation_data import read_security_store


@dataclass(frozen=True)
class NewestTimestamp:
    """The token (RFC 3161, DER) and the certificates (DER) that it and the file's security store carry."""

    token: bytes = field(repr=False)
    certificates: tuple[bytes, ...] = field(repr=False)


def read_newest_timestamp(document: BinaryIO) -> NewestTimestamp | None:
    """Return the document timestamp that covers most, or None where there is none. Raises `UnreadableDocument`."""
    try:
        file = PdfFile(document, Limits(), None)
        stamps = [one for one in signature_fields(file) if one.kind == "document-timestamp" and one.present]
        newest = max(stamps, key=lambda one: one.end or 0, default=None)
        if newest is None:
            return None
        token = without_padding(newest.contents)
        stored = map(encoding_of, read_security_store(file.present).certificates)
        return NewestTimestamp(token, tuple(dict.fromkeys((*token_certificates(token), *stored))))
    except LimitReached as error:
        raise UnreadableDocument("limit-reached", str(error), "take a smaller file") from error
    except Malformed as error:
        raise UnreadableDocument("timestamp-unreadable", "its newest timestamp cannot be read", "judge it") from error
