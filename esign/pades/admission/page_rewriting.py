"""A page with drawings added on top of its content and some annotations taken away."""

from __future__ import annotations

from dataclasses import dataclass

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from esign.pades.admission import refusals
from esign.pades.admission.content import operations
from esign.pades.admission.decoding import StreamUndecodable
from esign.pades.admission.pages import Page
from esign.pades.admission.placement import Matrix
from esign.pades.admission.resolved import resolved
from esign.pades.admission.source import PdfSource
from esign.pades.admission.syntax import Ref


@dataclass(frozen=True)
class Drawing:
    """An appearance stream and the matrix that puts it where the widget was."""

    appearance: Ref
    matrix: Matrix


def rewrite_page(
    writer: IncrementalPdfFileWriter,
    source: PdfSource,
    page: Page,
    drawings: list[Drawing],
    kept: list[int],
) -> None:
    """Add `drawings` on top of the page, and leave only the annotations at the positions `kept`.

    Raises `DocumentRefused` if its content cannot be read.
    """
    reference = generic.Reference(page.ref.number, page.ref.generation, writer)
    entries = writer.get_object(reference)
    if drawings:
        names = _add_drawings(writer, entries, page, drawings)
        _wrap_contents(writer, source, entries, page, names, drawings)
    if kept:
        annotations = entries["/Annots"]
        entries["/Annots"] = generic.ArrayObject(annotations.raw_get(position) for position in kept)
    else:
        del entries["/Annots"]
    writer.mark_update(reference)


def _add_drawings(
    writer: IncrementalPdfFileWriter, entries: generic.DictionaryObject, page: Page, drawings: list[Drawing]
) -> list[str]:
    """Give the page resources of its own that know the appearances, and return their names.

    The resources are copied, not changed: other pages may share them or inherit them.
    """
    resources = _copied(_inherited_resources(entries))
    xobjects = _copied(resolved(resources, "/XObject"))
    names: list[str] = []
    number = 0
    for drawing in drawings:
        while f"/Field{number}" in xobjects:
            number += 1
        name = f"/Field{number}"
        reference = generic.Reference(drawing.appearance.number, drawing.appearance.generation, writer)
        xobjects[generic.pdf_name(name)] = generic.IndirectObject(reference.idnum, reference.generation, writer)
        _make_form_xobject(writer, reference)
        names.append(name)
    resources[generic.pdf_name("/XObject")] = xobjects
    entries["/Resources"] = resources
    return names


def _inherited_resources(entries: generic.DictionaryObject) -> generic.PdfObject | None:
    node: generic.PdfObject | None = entries
    while isinstance(node, generic.DictionaryObject):
        if "/Resources" in node:
            found: generic.PdfObject = node["/Resources"]
            return found
        node = resolved(node, "/Parent")
    return None


def _copied(value: generic.PdfObject | None) -> generic.DictionaryObject:
    if not isinstance(value, generic.DictionaryObject):
        return generic.DictionaryObject()
    return generic.DictionaryObject({generic.pdf_name(key): value.raw_get(key) for key in value})


def _make_form_xobject(writer: IncrementalPdfFileWriter, reference: generic.Reference) -> None:
    """An appearance stream is a form XObject, but viewers let its Subtype be left out; Do does not (8.10)."""
    appearance = writer.get_object(reference)
    if resolved(appearance, "/Subtype") != "/Form":
        appearance["/Subtype"] = generic.pdf_name("/Form")
        writer.mark_update(reference)


def _wrap_contents(
    writer: IncrementalPdfFileWriter,
    source: PdfSource,
    entries: generic.DictionaryObject,
    page: Page,
    names: list[str],
    drawings: list[Drawing],
) -> None:
    """Put the drawings after the page's own content, which is bracketed so that its state does not leak."""
    lines = [b"Q"] * (1 + _states_left_open(source, page))
    for name, drawing in zip(names, drawings, strict=True):
        numbers = " ".join(_decimal(number) for number in drawing.matrix)
        lines.append(f"q {numbers} cm {name} Do Q".encode("ascii"))
    before = writer.add_object(generic.StreamObject(stream_data=b"q\n"))
    after = writer.add_object(generic.StreamObject(stream_data=b"\n" + b"\n".join(lines) + b"\n"))
    contents = entries.raw_get("/Contents") if "/Contents" in entries else generic.ArrayObject()
    listed = contents.get_object()
    if isinstance(listed, generic.ArrayObject):
        inner = [listed.raw_get(index) for index in range(len(listed))]
    else:
        inner = [contents]
    entries["/Contents"] = generic.ArrayObject([before, *inner, after])


def _states_left_open(source: PdfSource, page: Page) -> int:
    """Return how many q of the page's content have no Q.

    Content that restores more than it saved is refused: viewers disagree on what follows (8.4.2 forbids it), so no
    rewriting of it looks as before everywhere.
    """
    contents = source.get(page.entries.get("Contents"))
    parts: list[bytes] = []
    for item in contents if isinstance(contents, list) else [contents]:
        stream = source.stream(item)
        if stream is not None:
            try:
                parts.append(source.decoded(stream, source.limits.page_content_bytes))
            except StreamUndecodable as error:
                raise refusals.broken(f"the content of page {page.number} cannot be read") from error
    depth = 0
    for operator, _ in operations(b"\n".join(parts)):
        if operator in ("q", "Q"):
            depth += 1 if operator == "q" else -1
            if depth < 0:
                raise refusals.broken(f"page {page.number} restores more than it saved")
    return depth


def _decimal(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".")
