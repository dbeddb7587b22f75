"""Finds the fields of a document: from its form, and signature fields that only a page's annotations name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from esign.verify.errors import LimitReached
from esign.verify.reading.objects import PdfDict, PdfValue, Ref
from esign.verify.reading.pages import pages
from esign.verify.reading.revision import Revision


@dataclass(frozen=True)
class Field:
    """A terminal field: its full name, its dictionary with inherited FT, V and Ff, and its widgets."""

    name: str
    ref: Ref | None
    dictionary: PdfDict
    kind: str
    value: PdfValue
    widgets: tuple[PdfValue, ...]
    parents: tuple[Ref, ...] = ()

    @cached_property
    def objects(self) -> frozenset[Ref]:
        """The field's own object and those of its widgets."""
        return frozenset(item for item in (self.ref, *self.widgets) if isinstance(item, Ref))


def form_fields(revision: Revision) -> list[Field]:
    """Return the terminal fields of the form in their order, which are looked for once. Raises `LimitReached`."""
    if revision.form_fields is None:
        revision.form_fields = _form_fields(revision)
    return revision.form_fields


def _form_fields(revision: Revision) -> list[Field]:
    form = revision.dictionary(revision.catalog.get("AcroForm"))
    fields: list[Field] = []
    seen: set[Ref] = set()
    for item in revision.array(form.get("Fields")):
        fields += _terminal_fields(revision, item, "", {}, (), seen)
        if len(fields) > revision.file.limits.fields:
            raise LimitReached("the form has more fields than the limit allows")
    return fields


def _terminal_fields(
    revision: Revision, item: PdfValue, prefix: str, inherited: PdfDict, parents: tuple[Ref, ...], seen: set[Ref]
) -> Iterator[Field]:
    revision.file.budget.spend_comparison()
    ref = item if isinstance(item, Ref) else None
    if ref in seen or len(parents) > revision.file.limits.depth:
        return
    if ref:
        seen.add(ref)
    dictionary = revision.dictionary(item)
    if not dictionary:
        return
    if ref and not (prefix or inherited or parents) and (plain := _plain_field(revision, ref, dictionary)):
        yield plain
        return
    partial = revision.resolve(dictionary.get("T"))
    name = prefix
    if isinstance(partial, bytes):
        name = f"{prefix}.{text_string(partial)}" if prefix else text_string(partial)
    passed: PdfDict = dict(inherited)
    passed.update({key: dictionary[key] for key in ("FT", "V", "Ff") if key in dictionary})
    kids = revision.array(dictionary.get("Kids"))
    if any("T" in revision.dictionary(kid) for kid in kids):
        for kid in kids:
            yield from _terminal_fields(revision, kid, name, passed, (*parents, ref) if ref else parents, seen)
        return
    kind = revision.resolve(passed.get("FT"))
    yield Field(
        name,
        ref,
        dictionary,
        str(kind) if kind else "",
        passed.get("V"),
        tuple(kids) if "Kids" in dictionary else (item,),
        parents,
    )


def _plain_field(revision: Revision, ref: Ref, dictionary: PdfDict) -> Field | None:
    """Return the field that `dictionary` is, if it tells all by itself: no kids, and nothing that lies elsewhere.

    It is the same in all revisions that share the object: made once.
    """
    fields = revision.file.plain_fields
    known = fields.get((ref, id(dictionary)))  # the field holds its dictionary, so nothing else gets this identity
    if known is not None:
        return known
    partial, kind = dictionary.get("T"), dictionary.get("FT")
    if "Kids" in dictionary or isinstance(partial, Ref) or isinstance(kind, Ref):
        return None
    name = text_string(partial) if isinstance(partial, bytes) else ""
    found = Field(name, ref, dictionary, str(kind) if kind else "", dictionary.get("V"), (ref,))
    fields[ref, id(dictionary)] = found
    return found


def is_told_by_value(value: PdfDict) -> bool:
    """Whether what a signature covers and its value are written in its dictionary itself, as they are everywhere."""
    numbers = value.get("ByteRange")
    return (
        isinstance(value.get("Contents"), bytes)
        and isinstance(numbers, list)
        and not any(isinstance(item, Ref) for item in numbers)
    )


def text_string(value: bytes) -> str:
    """Decode a text string (ISO 32000-2 clause 7.9.2.2): UTF-16, UTF-8 with mark, or single bytes."""
    if value.startswith((b"\xfe\xff", b"\xff\xfe")):
        return value.decode("utf-16", "replace")
    if value.startswith(b"\xef\xbb\xbf"):
        return value[3:].decode("utf-8", "replace")
    return value.decode("latin-1")


def stray_signature_widgets(revision: Revision, known: set[Ref]) -> list[Field]:
    """Return signature fields that only a page's annotations name."""
    found: list[Field] = []
    for page in pages(revision):
        revision.file.budget.spend_comparison()
        for item in revision.array(page.dictionary.get("Annots")):
            if not isinstance(item, Ref) or item in known:
                continue
            dictionary = revision.dictionary(item)
            if dictionary.get("FT") == "Sig" and dictionary.get("Subtype") == "Widget":
                known.add(item)
                name = revision.resolve(dictionary.get("T"))
                found.append(
                    Field(
                        text_string(name) if isinstance(name, bytes) else "",
                        item,
                        dictionary,
                        "Sig",
                        dictionary.get("V"),
                        (item,),
                    )
                )
    return found
