"""The form of a document: signatures that are there, signature fields that wait, and foreign fields."""

from __future__ import annotations

from dataclasses import dataclass, field

from esign.pades.admission import refusals
from esign.pades.admission.actions import refuse_additional_actions, refuse_forbidden_action
from esign.pades.admission.source import PdfSource
from esign.pades.admission.syntax import Name, PdfValue, Ref

_MAX_DEPTH = 32
_CONTROL = dict.fromkeys((*range(32), 127))


@dataclass
class FormFields:
    """Full names of the terminal fields by what they are, in the order of the form; filled while walking."""

    signed: list[str] = field(default_factory=list)
    empty_signatures: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    widgets: dict[Ref, str] = field(default_factory=dict)
    nodes: list[dict[str, PdfValue]] = field(default_factory=list)


def text_of(value: PdfValue) -> str:
    """Return a text string (7.9.2.2) without control characters, at most 80 characters of it."""
    if not isinstance(value, bytes):
        return ""
    if value.startswith(b"\xfe\xff"):
        text = value[2:].decode("utf-16-be", "replace")
    elif value.startswith(b"\xef\xbb\xbf"):
        text = value[3:].decode("utf-8", "replace")
    else:
        text = value.decode("latin-1")
    return text.translate(_CONTROL)[:80]


def read_form(source: PdfSource, catalog: dict[str, PdfValue]) -> FormFields:
    """Walk the fields of the AcroForm (ISO 32000-2, 12.7).

    Raises `DocumentRefused`: `document-certified-no-changes` if a signature in force forbids every change,
    `document-actions` or `document-javascript` if a field does something by itself, `document-broken` if a field is
    not made as signing needs it.
    """
    found = FormFields()
    certification = source.dictionary(source.dictionary(catalog.get("Perms")).get("DocMDP"))
    _refuse_no_changes(source, certification)
    form = source.dictionary(catalog.get("AcroForm"))
    visited: set[Ref] = set()
    waiting: list[tuple[PdfValue, dict[str, PdfValue] | None, str, str | None, PdfValue, int]] = [
        (item, None, "", None, None, 0) for item in reversed(source.array(form.get("Fields")))
    ]
    count = 0
    while waiting:
        node, parent, prefix, kind, value, depth = waiting.pop()
        if isinstance(node, Ref):
            if node in visited:
                continue
            visited.add(node)
        entries = _usable_node(source, node, parent)
        found.nodes.append(entries)
        count += 1
        if count > source.limits.fields or depth > _MAX_DEPTH:
            raise refusals.too_complex("it has too many form fields")
        name = ".".join(part for part in (prefix, text_of(source.get(entries.get("T")))) if part)
        kind = source.name(entries.get("FT")) or kind
        value = entries.get("V", value)
        where = f"the form field {name or 'without a name'}"
        refuse_additional_actions(source, entries, where)
        refuse_forbidden_action(source, entries.get("A"), where, links=False)
        kids = source.array(entries.get("Kids"))
        children = [kid for kid in kids if "T" in source.dictionary(kid)]
        for kid in kids:
            if kid not in children:
                box = _usable_node(source, kid, entries)
                found.nodes.append(box)
                refuse_additional_actions(source, box, where)
                refuse_forbidden_action(source, box.get("A"), where, links=False)
        if children:
            waiting.extend((kid, entries, name, kind, value, depth + 1) for kid in reversed(children))
            continue
        _sort_in(source, found, entries, name, kind, value)
        for widget in (node, *kids):
            if isinstance(widget, Ref):
                found.widgets[widget] = kind or ""
    if len(set(found.empty_signatures)) < len(found.empty_signatures):
        raise refusals.ambiguous("two signature fields have the same name")
    return found


def _usable_node(source: PdfSource, node: PdfValue, parent: dict[str, PdfValue] | None) -> dict[str, PdfValue]:
    """Return the entries of a field or widget below `parent`, which is None for a field that the form lists."""
    entries = source.get(node)
    if not isinstance(node, Ref) or not isinstance(entries, dict):
        raise refusals.broken("a form field is missing, or not an object of its own")
    if "Parent" in entries and source.get(entries["Parent"]) is not parent:
        raise refusals.broken("a form field names another field as the one it belongs to")
    for key, kind in (("T", bytes), ("TU", bytes), ("FT", Name), ("Kids", list)):
        if key in entries and not isinstance(source.get(entries[key]), kind):
            raise refusals.broken(f"a form field has an entry {key} of the wrong kind")
    return entries


def _sort_in(
    source: PdfSource, found: FormFields, entries: dict[str, PdfValue], name: str, kind: str | None, value: PdfValue
) -> None:
    if kind != "Sig":
        found.foreign.append(name)
        return
    signature = source.dictionary(value)
    if not signature:
        found.empty_signatures.append(name)
        return
    found.signed.append(name)
    _refuse_no_changes(source, signature)
    lock = source.dictionary(entries.get("Lock"))
    if source.integer(lock.get("P")) == 1:
        raise refusals.certified(f"the signature {name} locks the document")


def _refuse_no_changes(source: PdfSource, signature: dict[str, PdfValue]) -> None:
    """Refuse if a signature reference of `signature` is a DocMDP transform, or a lock, with P=1 (12.8.2)."""
    for item in source.array(signature.get("Reference")):
        reference = source.dictionary(item)
        parameters = source.dictionary(reference.get("TransformParams"))
        method = source.name(reference.get("TransformMethod"))
        if method in ("DocMDP", "FieldMDP") and source.integer(parameters.get("P")) == 1:
            raise refusals.certified("the document is certified as final")
