"""What the document as a whole must not have: scripts, opening actions, layers, XFA, a P=1 certification."""

from __future__ import annotations

import re

from esign.pades.admission import refusals
from esign.pades.admission.actions import refuse_additional_actions, refuse_forbidden_action
from esign.pades.admission.decoding import StreamUndecodable
from esign.pades.admission.parser_errors import refused_as_broken
from esign.pades.admission.source import PdfSource
from esign.pades.admission.syntax import PdfValue, Ref

_MAX_OUTLINE_ITEMS = 50_000
_MAX_XMP_BYTES = 2 * 1024 * 1024
_PDFA_PART = re.compile(rb"pdfaid:part\s*(?:=\s*[\"']|>)\s*(\d)")
_PDFA_CONFORMANCE = re.compile(rb"pdfaid:conformance\s*(?:=\s*[\"']|>)\s*([A-Za-z])")


def refuse_forbidden_catalog(source: PdfSource, catalog: dict[str, PdfValue]) -> None:
    """Raise `DocumentRefused` for what SIGNING.md forbids in the catalog, its form, names and bookmarks."""
    form = source.dictionary(catalog.get("AcroForm"))
    if source.get(form.get("XFA")) is not None or source.get(catalog.get("NeedsRendering")) is True:
        raise refusals.xfa()
    names = source.dictionary(catalog.get("Names"))
    if source.dictionary(names.get("JavaScript")):
        raise refusals.javascript("the document")
    refuse_forbidden_action(source, catalog.get("OpenAction"), "opening the document", links=False)
    refuse_additional_actions(source, catalog, "the document")
    layers = source.dictionary(catalog.get("OCProperties"))
    if source.array(layers.get("OCGs")):
        raise refusals.optional_content("the document")
    _refuse_forbidden_outline(source, catalog)


def _refuse_forbidden_outline(source: PdfSource, catalog: dict[str, PdfValue]) -> None:
    waiting = [source.dictionary(catalog.get("Outlines")).get("First")]
    visited: set[Ref] = set()
    while waiting:
        item = waiting.pop()
        if isinstance(item, Ref):
            if item in visited:
                continue
            visited.add(item)
        entries = source.dictionary(item)
        if not entries:
            continue
        if len(visited) > _MAX_OUTLINE_ITEMS:
            raise refusals.too_complex("it has too many bookmarks")
        refuse_forbidden_action(source, entries.get("A"), "a bookmark")
        waiting += [entries.get("Next"), entries.get("First")]


def is_tagged(source: PdfSource, catalog: dict[str, PdfValue]) -> bool:
    """Return whether the document says it is tagged and has a structure tree (ISO 32000-2, 14.7, 14.8)."""
    marked = source.get(source.dictionary(catalog.get("MarkInfo")).get("Marked"))
    return marked is True and bool(source.dictionary(catalog.get("StructTreeRoot")))


def pdfa_claim(source: PdfSource, catalog: dict[str, PdfValue]) -> str | None:
    """Return the PDF/A part and conformance that the XMP metadata claims, as in "3a", or None.

    The metadata is searched, not parsed: a claim is all that is wanted, and XML has bombs of its own.
    """
    stream = source.stream(catalog.get("Metadata"))
    if stream is None or "F" in stream.entries:
        return None
    try:
        xmp = source.decoded(stream, _MAX_XMP_BYTES)
    except StreamUndecodable:
        return None
    part = _PDFA_PART.search(xmp)
    if part is None:
        return None
    conformance = _PDFA_CONFORMANCE.search(xmp)
    return (part[1] + (conformance[1].lower() if conformance else b"")).decode("ascii")


def version_of(source: PdfSource, catalog: dict[str, PdfValue]) -> str:
    """Return the PDF version, as in "1.7": the later of header and catalog (ISO 32000-2, 7.7.2)."""
    with refused_as_broken("its version cannot be read"):
        version = source.reader.input_version
    declared = re.fullmatch(r"(\d)\.(\d)", source.name(catalog.get("Version")) or "")
    if declared:
        version = max(version, (int(declared[1]), int(declared[2])))
    return f"{version[0]}.{version[1]}"
