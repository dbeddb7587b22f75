"""The gate before signing: reads a PDF once and says what it is, or refuses it with the reason."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import BinaryIO

from esign.pades.admission import refusals
from esign.pades.admission.actions import refuse_additional_actions
from esign.pades.admission.annotations import checked_annotations
from esign.pades.admission.catalog import is_tagged, pdfa_claim, refuse_forbidden_catalog, version_of
from esign.pades.admission.entry_kinds import refuse_unusable_catalog
from esign.pades.admission.fonts.verdict import refuse_unreadable_text
from esign.pades.admission.forms import read_form
from esign.pades.admission.limits import AdmissionLimits
from esign.pades.admission.pages import pages_of
from esign.pades.admission.parser_errors import refused_as_broken
from esign.pades.admission.resolved import resolved
from esign.pades.admission.sharing import ChangingObjects, DrawnObjects
from esign.pades.admission.source import PdfSource
from esign.pades.admission.text import TextReader
from esign.pades.admission.trailers import refuse_unusable_trailers


@dataclass(frozen=True)
class Admission:
    """What was found in a PDF that may be signed.

    `pages` counts from 1. `pdf_version` is like "1.7". `pdfa` is the claimed part and conformance in lower case,
    like "3a", or None. The tuples hold full field names in the order of the form; `foreign_fields` are those that
    `flatten_form` must make fixed before fields are placed.
    """

    pages: int
    pdf_version: str
    tagged: bool
    pdfa: str | None
    existing_signatures: tuple[str, ...]
    empty_signature_fields: tuple[str, ...]
    foreign_fields: tuple[str, ...]


def admit(document: BinaryIO, *, limits: AdmissionLimits | None = None) -> Admission:
    """Check the seekable file `document` and return what it is (SIGNING.md, Creation).

    Nothing is changed and images are not decoded; memory stays small against the file. Text is checked where it is
    visible, see `text.TextReader`; where a font leaves open which glyph a code means, the document is accepted.
    Raises `DocumentRefused`, whose code begins with "document-" and whose sentence names the first page or part
    that is at fault.
    """
    limits = limits or AdmissionLimits()
    size = document.seek(0, os.SEEK_END)
    if size > limits.file_bytes:
        raise refusals.too_large(f"it has more than {limits.file_bytes // 1024**2} MB")
    document.seek(0)
    if not document.read(5).startswith(b"%PDF-"):
        raise refusals.not_pdf()
    return _examine(PdfSource(document, limits))


def _examine(source: PdfSource) -> Admission:
    trailer = source.trailer
    if "Encrypt" in trailer:
        raise refusals.encrypted()
    refuse_unusable_trailers(source)
    catalog = source.dictionary(trailer.get("Root"))
    if not catalog:
        raise refusals.broken("its catalog is missing")
    _read_as_signing_will(source)
    refuse_unusable_catalog(source, catalog)
    refuse_forbidden_catalog(source, catalog)
    form = read_form(source, catalog)
    reader = TextReader(source)
    drawn = DrawnObjects(source)
    changing = ChangingObjects(source, catalog, form)
    count = 0
    for page in pages_of(source, catalog):
        count = page.number
        refuse_additional_actions(source, page.entries, f"page {page.number}")
        appearances = list(checked_annotations(source, page, form))
        reader.read_page(page, appearances)
        drawn.add_page(page, appearances)
        changing.add_page(page)
    refuse_unreadable_text(reader.uses.values())
    changing.refuse_shared(drawn)
    if form.signed and form.foreign:
        raise refusals.signed_form(form.foreign[0])
    return Admission(
        pages=count,
        pdf_version=version_of(source, catalog),
        tagged=is_tagged(source, catalog),
        pdfa=pdfa_claim(source, catalog),
        existing_signatures=tuple(form.signed),
        empty_signature_fields=tuple(form.empty_signatures),
        foreign_fields=tuple(form.foreign),
    )


def _read_as_signing_will(source: PdfSource) -> None:
    """Let pyHanko read catalog and form too: it is stricter in places, and better fails now than while signing."""
    with refused_as_broken("its structure cannot be read"):
        form = resolved(source.reader.root, "/AcroForm")
        if form is not None:
            fields = resolved(form, "/Fields") or ()
            for index in range(len(fields)):
                fields[index].get_object()
