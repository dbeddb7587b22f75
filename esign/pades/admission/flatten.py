"""Foreign form fields become part of the page: their appearances are drawn, the fields go (SIGNING.md, Creation)."""

from __future__ import annotations

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from esign.pades.admission import refusals
from esign.pades.admission.annotations import HIDDEN
from esign.pades.admission.form_pruning import prune_form
from esign.pades.admission.forms import FormFields, read_form, text_of
from esign.pades.admission.limits import AdmissionLimits
from esign.pades.admission.page_rewriting import Drawing, rewrite_page
from esign.pades.admission.pages import Page, pages_of
from esign.pades.admission.parser_errors import refused_as_broken
from esign.pades.admission.placement import placing_matrix
from esign.pades.admission.source import PdfSource
from esign.pades.admission.syntax import PdfValue, Ref, Stream

_NO_VIEW = 32
_TYPED = ("Tx", "Ch")


def flatten_form(writer: IncrementalPdfFileWriter, *, limits: AdmissionLimits | None = None) -> tuple[str, ...]:
    """Draw what foreign form fields show into their pages, then remove the fields; return their full names.

    `writer` has a document that `admit` let through and no changes yet; it gets the changes and is not written.
    Signature fields stay, with the nodes above them. Hidden widgets are removed without being drawn, as nobody saw
    them. The page looks as before. A document without foreign fields is left untouched.
    Raises `DocumentRefused`: `document-signed-form` if there is a signature, `document-form-without-appearance` if a
    field has a value that each viewer would draw in its own way, `document-broken` if the form cannot be followed;
    the writer is of no use after that.
    """
    limits = limits or AdmissionLimits()
    source = PdfSource(writer.prev.stream, limits)
    catalog = source.dictionary(source.trailer.get("Root"))
    form = read_form(source, catalog)
    acroform = source.dictionary(catalog.get("AcroForm"))
    redraws = source.get(acroform.get("NeedAppearances")) is True
    removed: list[str] = list(form.foreign)
    plans: list[tuple[Page, list[Drawing], list[int]]] = []
    for page in pages_of(source, catalog):
        drawings: list[Drawing] = []
        kept: list[int] = []
        annotations = source.array(page.entries.get("Annots"))
        for position, item in enumerate(annotations):
            entries = source.dictionary(item)
            if source.name(entries.get("Subtype")) != "Widget" or _kind(source, form, item, entries) == "Sig":
                kept.append(position)
                continue
            drawing = _drawing(source, page, entries, redraws)
            if drawing is not None:
                drawings.append(drawing)
            if not (isinstance(item, Ref) and item in form.widgets):
                removed.append(text_of(source.get(entries.get("T"))) or "a field without a name")
        if len(kept) < len(annotations):
            plans.append((page, drawings, kept))
    if removed and form.signed:
        raise refusals.signed_form(removed[0])
    with refused_as_broken("its form cannot be followed"):
        for page, drawings, kept in plans:
            rewrite_page(writer, source, page, drawings, kept)
        if form.foreign:
            prune_form(writer, source.limits.nesting)
    return tuple(removed)


def _kind(source: PdfSource, form: FormFields, item: PdfValue, entries: dict[str, PdfValue]) -> str | None:
    if isinstance(item, Ref) and item in form.widgets:
        return form.widgets[item]
    return source.name(_inherited(source, entries, "FT"))


def _inherited(source: PdfSource, entries: dict[str, PdfValue], key: str) -> PdfValue:
    for _ in range(source.limits.nesting):
        if key in entries:
            return source.get(entries[key])
        entries = source.dictionary(entries.get("Parent"))
    return None


def _drawing(source: PdfSource, page: Page, entries: dict[str, PdfValue], redraws: bool) -> Drawing | None:
    """Return how the widget is drawn, None if it shows nothing, or refuse if nobody can say."""
    if (source.integer(entries.get("F")) or 0) & (HIDDEN | _NO_VIEW):
        return None
    has_value = _has_value(source, entries)
    typed = source.name(_inherited(source, entries, "FT")) in _TYPED
    normal = source.dictionary(entries.get("AP")).get("N")
    if isinstance(source.get(normal), dict):
        normal = source.dictionary(normal).get(source.name(entries.get("AS")) or "")
    appearance = source.stream(normal)
    name = text_of(_inherited(source, entries, "T")) or "without a name"
    if has_value and ((redraws and typed) or appearance is None):
        raise refusals.form_without_appearance(page.number, name)
    if appearance is None or not isinstance(normal, Ref):
        return None
    box = [source.get(number) for number in source.array(appearance.entries.get("BBox"))]
    rectangle = [source.get(number) for number in source.array(entries.get("Rect"))]
    own = [source.get(number) for number in source.array(appearance.entries.get("Matrix"))]
    matrix = placing_matrix(_numbers(box), _numbers(own) or [1, 0, 0, 1, 0, 0], _numbers(rectangle))
    if matrix is None:
        if has_value:
            raise refusals.form_without_appearance(page.number, name)
        return None
    return Drawing(normal, matrix)


def _has_value(source: PdfSource, entries: dict[str, PdfValue]) -> bool:
    """Return whether the widget shows something typed or chosen: a text, an option, a button that is on."""
    value = _inherited(source, entries, "V")
    if source.name(_inherited(source, entries, "FT")) == "Btn":
        return source.name(entries.get("AS")) not in (None, "Off")
    return bool(value) if isinstance(value, bytes | list) else isinstance(value, Stream)


def _numbers(values: list[PdfValue]) -> list[float]:
    return [float(value) for value in values if isinstance(value, int | float)]
