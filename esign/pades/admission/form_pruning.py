"""An interactive form reduced to its signature fields."""

from __future__ import annotations

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from esign.pades.admission.resolved import resolved


def prune_form(writer: IncrementalPdfFileWriter, nesting: int) -> None:
    """Leave the signature fields in the form, or remove the form if there is none.

    `nesting` is how deep fields may lie in one another.
    """
    form = writer.root["/AcroForm"]
    kept = _signature_branches(writer, resolved(form, "/Fields") or generic.ArrayObject(), nesting)
    if not kept:
        del writer.root["/AcroForm"]
        writer.update_root()
        return
    form["/Fields"] = generic.ArrayObject(kept)
    for key in ("/NeedAppearances", "/CO"):
        form.pop(key, None)
    writer.update_container(form)


def _signature_branches(
    writer: IncrementalPdfFileWriter, fields: generic.ArrayObject, nesting: int
) -> list[generic.PdfObject]:
    """Return the items of `fields` that are signature fields or have some below them, the latter pruned."""
    kept: list[generic.PdfObject] = []
    for index in range(len(fields)):
        field = fields[index]
        if not isinstance(field, generic.DictionaryObject):
            continue
        children = resolved(field, "/Kids") or generic.ArrayObject()
        if nesting > 0 and _has_children(children):
            branches = _signature_branches(writer, children, nesting - 1)
            if len(branches) < len(children) and branches:
                field["/Kids"] = generic.ArrayObject(branches)
                writer.update_container(field)
            if branches:
                kept.append(fields.raw_get(index))
        elif _field_type(field, nesting) == "/Sig":
            kept.append(fields.raw_get(index))
    return kept


def _has_children(kids: generic.ArrayObject) -> bool:
    """Return whether some kid is a field, not just a widget of its parent: only fields have a partial name."""
    found = (kids[index] for index in range(len(kids)))
    return any(isinstance(kid, generic.DictionaryObject) and "/T" in kid for kid in found)


def _field_type(field: generic.DictionaryObject, nesting: int) -> str | None:
    node: generic.PdfObject | None = field
    for _ in range(nesting):
        if not isinstance(node, generic.DictionaryObject):
            return None
        if "/FT" in node:
            return str(node["/FT"])
        node = resolved(node, "/Parent")
    return None
