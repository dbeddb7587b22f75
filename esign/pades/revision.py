"""Signed revisions: a signature dictionary with room for its CMS, the digest to sign, and the closing of it.

A revision is made in two steps, so that the bytes can be stored between them: `open_revision` appends everything
but the CMS and returns the digest over the ByteRange; `OpenRevision.close` puts the CMS in. The document is read
through a seekable stream and never changed.
"""

from __future__ import annotations

import binascii
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.sign.fields import FieldMDPSpec, MDPPerm, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp, PdfSignedData, SignatureObject

from esign.errors import FieldError, SigningError
from esign.pades.appearance import Appearance
from esign.pades.appending import AppendingStream, open_for_appending
from esign.pades.associated_files import AssociatedFile
from esign.pades.drawing import draw_appearance
from esign.pades.fields import already_signed
from esign.pades.typeface import Typeface
from esign.pades.validation_data import ValidationData, write_security_store


@dataclass(frozen=True)
class OpenRevision:
    """A revision waiting for its CMS.

    `increment` is what is appended to the document, with zeros where the CMS will stand. `contents_at` is the
    offset of those hexadecimal digits in the increment and `capacity` how many bytes of CMS fit. `digest` is the
    SHA-256 over the ByteRange. All plain values: it may be stored and closed later.
    """

    increment: bytes
    contents_at: int
    capacity: int
    digest: bytes

    def close(self, cms: bytes) -> bytes:
        """Return the increment with the CMS (DER) in place. Raises `SigningError` if it does not fit."""
        if len(cms) > self.capacity:
            raise SigningError(
                "contents-too-small",
                f"the signature has {len(cms)} bytes and {self.capacity} were reserved",
                "sign again with more room for the timestamp",
            )
        digits = binascii.hexlify(cms)
        end = self.contents_at + len(digits)
        return self.increment[: self.contents_at] + digits + self.increment[end:]


@dataclass(frozen=True)
class SignatureContent:
    """What a signed revision adds: the field, who signs and when (claimed, with offset), what is seen, the files."""

    field: str
    signer_name: str
    claimed_time: datetime
    appearance: Appearance | None = None
    files: Mapping[str, AssociatedFile] | None = None


def open_revision(
    document: BinaryIO, content: SignatureContent, *, capacity: int, typeface: Typeface | None = None
) -> OpenRevision:
    """Append a signature to an existing, empty field, with its appearance and evidence files.

    `capacity` is the room for the CMS in bytes; `typeface` draws what the document was not prepared for. Raises
    `FieldError` (`field-missing`, `field-already-signed`, `document-not-prepared`, `font-text-not-prepared`,
    `font-glyph-missing`).
    """
    stream, appended = open_for_appending(document)
    writer = IncrementalPdfFileWriter(stream, strict=False)
    reference = _empty_field(writer, content.field)
    field = reference.get_object()
    if content.appearance is not None or content.files:
        drawn = draw_appearance(writer, field, content.appearance, content.files or {}, typeface=typeface)
        field[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): drawn})
    placeholder = SignatureObject(
        timestamp=content.claimed_time,
        subfilter=SigSeedSubFilter.PADES,
        name=content.signer_name,
        bytes_reserved=capacity * 2,
    )
    prepared = _write(writer, content.field, placeholder, _lock_setup(field))
    return _opened(stream, appended, document, prepared, capacity)


def open_timestamp_revision(document: BinaryIO, data: ValidationData, *, capacity: int) -> OpenRevision:
    """Append validation data and a document timestamp over everything (PAdES B-LTA), in one revision."""
    stream, appended = open_for_appending(document)
    writer = IncrementalPdfFileWriter(stream, strict=False)
    write_security_store(writer, data)
    names = {name for name, _value, _reference in enumerate_sig_fields(writer)}
    number = 1
    while (name := f"timestamp-{number}") in names:
        number += 1
    prepared = _write(writer, name, DocumentTimestamp(bytes_reserved=capacity * 2), None, existing=False)
    return _opened(stream, appended, document, prepared, capacity)


def add_validation_data(document: BinaryIO, data: ValidationData) -> bytes:
    """Append validation data alone (PAdES B-LT) and return the increment."""
    stream, appended = open_for_appending(document)
    writer = IncrementalPdfFileWriter(stream, strict=False)
    write_security_store(writer, data)
    writer.write_in_place()
    stream.flush()
    return appended.appended


def _empty_field(writer: IncrementalPdfFileWriter, name: str) -> generic.IndirectObject:
    try:
        found = next(enumerate_sig_fields(writer, with_name=name), None)
    except PdfReadError as error:
        raise FieldError(
            "field-unreadable", f"the form of the document is damaged at {name}", "prepare it anew"
        ) from error
    if found is None:
        raise FieldError("field-missing", f"the document has no signature field {name}", "prepare the document first")
    if found[1] is not None:
        raise already_signed(name)
    reference: generic.IndirectObject = found[2]
    return reference


def _lock_setup(field: generic.DictionaryObject) -> SigMDPSetup | None:
    if "/Lock" not in field:
        return None
    lock = field["/Lock"]
    permission = MDPPerm(int(lock["/P"])) if "/P" in lock else None
    return SigMDPSetup(md_algorithm="sha256", field_lock=FieldMDPSpec.from_pdf_object(lock), docmdp_perms=permission)


def _write(
    writer: IncrementalPdfFileWriter,
    field: str,
    placeholder: PdfSignedData,
    lock: SigMDPSetup | None,
    *,
    existing: bool = True,
) -> tuple[int, int, bytes]:
    """Write the revision with an empty CMS; return where the Contents begin and end, and the digest."""
    embedder = PdfCMSEmbedder().write_cms(field, writer, existing_fields_only=existing)
    next(embedder)
    embedder.send(SigObjSetup(sig_placeholder=placeholder, mdp_setup=lock))
    prepared, _output = embedder.send(SigIOSetup(md_algorithm="sha256", in_place=True))
    return prepared.reserved_region_start, prepared.reserved_region_end, prepared.document_digest


def _opened(
    stream: BinaryIO,
    appended: AppendingStream,
    document: BinaryIO,
    prepared: tuple[int, int, bytes],
    capacity: int,
) -> OpenRevision:
    stream.flush()
    start, _end, digest = prepared
    length = document.seek(0, io.SEEK_END)
    return OpenRevision(appended.appended, start + 1 - length, capacity, digest)
