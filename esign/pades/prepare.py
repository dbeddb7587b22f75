"""The prepared revision: a document that was checked, with every field and all type in place, before anybody signs.

What people read is rendered from the prepared revision and nothing else (SIGNING.md, Creation).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import BinaryIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1

from esign.errors import DocumentRefused, FieldError
from esign.pades.admission import Admission, admit
from esign.pades.admission.flatten import flatten_form
from esign.pades.admission.parser_errors import refused_as_broken
from esign.pades.anchors import DocumentText
from esign.pades.appending import open_for_appending
from esign.pades.fields import (
    AtAnchor,
    DefaultPlace,
    FieldPlan,
    OnPage,
    place_fields,
    require_free,
    require_room,
    resolve,
)
from esign.pades.signature_page import TITLE, append_signature_pages
from esign.pades.typeface import RESOURCE_NAME, EmbeddedType, Typeface, find_embedded_type

SIGNATURES_EXIST, APPEND_ONLY = 1, 2


def prepare(document: BinaryIO, plans: Sequence[FieldPlan], *, typeface: Typeface, texts: Iterable[str]) -> bytes:
    """Check the document and return the increment that makes it the prepared revision.

    `texts` is everything appearances will draw later. Foreign form fields are flattened. Raises
    `DocumentRefused` (SIGNING.md, Creation) and `FieldError`; the document is never changed.
    """
    admission = admit(document)
    if admission.existing_signatures:
        raise DocumentRefused(
            "document-signed-already",
            f"the document is signed already ({'、'.join(admission.existing_signatures)})",
            "start from the unsigned original: all fields are placed before the first signature",
        )
    drawn = [*texts, *(plan.label for plan in plans), TITLE]
    # admission reads what pages show; what is left for pyHanko to stumble over is still the document's fault
    with refused_as_broken("its objects cannot be followed while it is prepared for signing"):
        return _write(document, plans, typeface, drawn, admission)


def _write(
    document: BinaryIO, plans: Sequence[FieldPlan], typeface: Typeface, texts: Sequence[str], admission: Admission
) -> bytes:
    stream, appended = open_for_appending(document)
    writer = IncrementalPdfFileWriter(stream, strict=False)
    if admission.foreign_fields:
        flatten_form(writer)
    embedded = _embed_type(writer, typeface, texts)
    with DocumentText(document) as text:
        place_fields(writer, text, _settle_default_places(writer, text, embedded, plans))
    form = writer.root["/AcroForm"]
    form[pdf_name("/SigFlags")] = generic.NumberObject(SIGNATURES_EXIST | APPEND_ONLY)
    writer.update_container(form)
    writer.register_extension(ESIC_EXTENSION_1)
    writer.write_in_place()
    stream.flush()
    return appended.appended


def _settle_default_places(
    writer: IncrementalPdfFileWriter, text: DocumentText, typeface: EmbeddedType, plans: Sequence[FieldPlan]
) -> list[FieldPlan]:
    """Give every plan without a place of its own one beside its anchor, or a row on an appended signature page.

    Beside its anchor only where the page is free: nothing is printed over the document's own words, and no two
    fields meet.
    """
    settled: list[FieldPlan] = []
    for plan in plans:
        taken = [other.place for other in settled if isinstance(other.place, OnPage)]
        settled.append(_beside_anchor(writer, text, plan, taken))
    homeless = [plan.label for plan in settled if isinstance(plan.place, DefaultPlace)]
    rows = iter(append_signature_pages(writer, typeface, homeless))
    return [replace(plan, place=next(rows)) if isinstance(plan.place, DefaultPlace) else plan for plan in settled]


def _beside_anchor(
    writer: IncrementalPdfFileWriter, text: DocumentText, plan: FieldPlan, taken: Sequence[OnPage]
) -> FieldPlan:
    if not isinstance(plan.place, DefaultPlace):
        return plan
    try:
        spot = resolve(writer, text, AtAnchor(plan.place.anchor))
        require_room(writer, spot, plan.name)
        require_free(spot, taken, plan.name)
    except FieldError as error:
        if error.code in {"anchor-not-found", "field-off-page", "fields-overlap"}:
            return plan
        raise
    return plan if text.has_words(spot.page, spot.box) else replace(plan, place=spot)


def _embed_type(writer: IncrementalPdfFileWriter, typeface: Typeface, texts: Iterable[str]) -> EmbeddedType:
    root = writer.root
    if "/AcroForm" not in root:
        root[pdf_name("/AcroForm")] = writer.add_object(
            generic.DictionaryObject({pdf_name("/Fields"): generic.ArrayObject()})
        )
        writer.update_root()
    form = root["/AcroForm"]
    resources = form["/DR"] if "/DR" in form else generic.DictionaryObject()
    fonts = resources["/Font"] if "/Font" in resources else generic.DictionaryObject()
    form[pdf_name("/DR")] = generic.DictionaryObject(
        {
            **resources,
            pdf_name("/Font"): generic.DictionaryObject(
                {**fonts, pdf_name(RESOURCE_NAME): typeface.subset(texts).embed(writer)}
            ),
        }
    )
    writer.update_container(form)
    return find_embedded_type(writer)
