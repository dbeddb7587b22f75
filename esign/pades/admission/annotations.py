"""What may lie on a page besides its content: links and form fields, nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from esign.pades.admission import refusals
from esign.pades.admission.actions import refuse_additional_actions, refuse_forbidden_action
from esign.pades.admission.forms import FormFields, text_of
from esign.pades.admission.pages import Page
from esign.pades.admission.source import PdfSource
from esign.pades.admission.syntax import PdfValue, Ref, Stream

HIDDEN = 2
_WORDS = {
    "Text": "a comment",
    "Popup": "a comment",
    "FreeText": "a typed comment",
    "Highlight": "highlighting",
    "Underline": "an underlining comment",
    "StrikeOut": "a strike-out comment",
    "Squiggly": "an underlining comment",
    "Stamp": "a stamp",
    "Ink": "a drawing made in a viewer",
    "FileAttachment": "an attached file",
    "Redact": "a redaction that was not carried out",
    "Sound": "a sound",
    "Movie": "a film",
    "Screen": "media",
    "RichMedia": "media",
    "3D": "a 3D model",
    "Watermark": "a watermark that viewers may show or leave out",
}


def checked_annotations(source: PdfSource, page: Page, form: FormFields) -> Iterator[Stream]:
    """Yield the appearance streams of the page's annotations that are seen.

    A widget that no field of the form owns is added to `form` as a foreign field.
    Raises `DocumentRefused` for an annotation that is no link and no form field, or does something by itself.
    """
    annotations = _listed(source, page)
    if len(annotations) > source.limits.annotations:
        raise refusals.too_complex(f"page {page.number} has too many annotations")
    for item in annotations:
        found = source.get(item)
        if not isinstance(found, dict):
            # null, too: an object that is missing now could be made by a later revision
            raise refusals.broken(f"page {page.number} has an annotation that is missing or not a dictionary")
        entries: dict[str, PdfValue] = found
        if not entries:
            continue
        kind = source.name(entries.get("Subtype"))
        if kind not in ("Link", "Widget"):
            raise refusals.annotation(page.number, _WORDS.get(kind or "", "an annotation that is not a link"))
        where = f"page {page.number}, a {'link' if kind == 'Link' else 'form field'},"
        refuse_additional_actions(source, entries, where)
        refuse_forbidden_action(source, entries.get("A"), where, links=kind == "Link")
        refuse_forbidden_action(source, entries.get("PA"), where)
        if source.dictionary(entries.get("OC")):
            raise refusals.optional_content(f"page {page.number}")
        if kind == "Widget":
            _own(source, item, entries, form)
        appearance = normal_appearance(source, entries)
        if appearance is not None and not (source.integer(entries.get("F")) or 0) & HIDDEN:
            yield appearance


def _listed(source: PdfSource, page: Page) -> list[PdfValue]:
    if "Annots" not in page.entries:
        return []
    listed = source.get(page.entries["Annots"])
    if not isinstance(listed, list):
        raise refusals.broken(f"page {page.number} has annotations that are not a list")
    return listed


def _own(source: PdfSource, item: PdfValue, entries: dict[str, PdfValue], form: FormFields) -> None:
    if isinstance(item, Ref) and item in form.widgets:
        return
    above = source.dictionary(entries.get("Parent"))
    kind = source.name(entries.get("FT")) or source.name(above.get("FT"))
    for _ in range(source.limits.nesting):
        refuse_additional_actions(source, above, "a form field that the form does not list,")
        above = source.dictionary(above.get("Parent"))
    if kind == "Sig":
        return  # a signature field that the form does not list: no viewer shows it as one, and it cannot be signed
    form.foreign.append(text_of(source.get(entries.get("T"))) or "a field without a name")
    if isinstance(item, Ref):
        form.widgets[item] = kind or ""


def normal_appearance(source: PdfSource, entries: dict[str, PdfValue]) -> Stream | None:
    """Return the normal appearance that is in force (12.5.5), or None if there is none."""
    normal = source.get(source.dictionary(entries.get("AP")).get("N"))
    if isinstance(normal, Stream):
        return normal
    if isinstance(normal, dict):
        return source.stream(normal.get(source.name(entries.get("AS")) or ""))
    return None
