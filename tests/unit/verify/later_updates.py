"""What somebody may do to a signed file: incremental updates, made with pyHanko's writer or by hand."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

Edit = Callable[[IncrementalPdfFileWriter], None]


def updated(document: bytes, edit: Edit) -> bytes:
    """Return the document with one more revision."""
    out = io.BytesIO(document)
    writer = IncrementalPdfFileWriter(out)
    edit(writer)
    writer.write_in_place()
    return out.getvalue()


def field_named(writer: IncrementalPdfFileWriter, name: str) -> generic.DictionaryObject:
    fields = (field.get_object() for field in writer.root["/AcroForm"]["/Fields"])
    return next(field for field in fields if field["/T"] == name)


def page(writer: IncrementalPdfFileWriter, index: int = 0) -> generic.DictionaryObject:
    reference = writer.find_page_for_modification(index)[0]
    writer.mark_update(reference)
    return reference.get_object()


def replace_content(writer: IncrementalPdfFileWriter) -> None:
    page(writer)["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"BT ET"))


def change_page_size(writer: IncrementalPdfFileWriter) -> None:
    page(writer)["/MediaBox"] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 100, 100)))


def add_note(writer: IncrementalPdfFileWriter) -> None:
    note = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/FreeText"),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (100, 100, 300, 200))),
            pdf_name("/Contents"): pdf_string("paid in full"),
        }
    )
    first = page(writer)
    first["/Annots"] = generic.ArrayObject([*first["/Annots"], writer.add_object(note)])


def remove_second_page(writer: IncrementalPdfFileWriter) -> None:
    tree = writer.root["/Pages"]
    tree["/Kids"] = generic.ArrayObject(list(tree["/Kids"])[:1])
    tree["/Count"] = generic.NumberObject(1)
    writer.update_container(tree)


def add_text_field(writer: IncrementalPdfFileWriter) -> None:
    field = generic.DictionaryObject({pdf_name("/FT"): pdf_name("/Tx"), pdf_name("/T"): pdf_string("amount")})
    form = writer.root["/AcroForm"]
    form["/Fields"] = generic.ArrayObject([*form["/Fields"], writer.add_object(field)])
    writer.update_container(form)


def add_script(writer: IncrementalPdfFileWriter) -> None:
    script = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): pdf_string("app.alert(1)")}
    writer.root["/OpenAction"] = generic.DictionaryObject(script)
    writer.update_root()


def change_information(writer: IncrementalPdfFileWriter) -> None:
    writer.set_info(generic.DictionaryObject({pdf_name("/Producer"): pdf_string("some archive")}))


def move_signature(name: str) -> Edit:
    def edit(writer: IncrementalPdfFileWriter) -> None:
        field = field_named(writer, name)
        field["/Rect"] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842)))
        writer.update_container(field)

    return edit


def rewrite_reason(name: str) -> Edit:
    def edit(writer: IncrementalPdfFileWriter) -> None:
        signature = field_named(writer, name)["/V"]
        signature["/Reason"] = pdf_string("I only confirm receipt")
        writer.update_container(signature)

    return edit


def swap_appearance(name: str) -> Edit:
    def edit(writer: IncrementalPdfFileWriter) -> None:
        appearance = field_named(writer, name)["/AP"]["/N"]
        appearance._data = b"BT ET"  # the writer offers no other way to replace a stream's data
        appearance._encoded_data = None
        appearance.pop("/Filter", None)
        writer.update_container(appearance)

    return edit


def swap_evidence(name: str, file_name: str) -> Edit:
    def edit(writer: IncrementalPdfFileWriter) -> None:
        for specification in field_named(writer, name)["/AP"]["/N"]["/AF"]:
            if specification.get_object()["/UF"] == file_name:
                forged = generic.StreamObject(stream_data=b"{}")
                forged_ref = writer.add_object(forged)
                embedded = generic.DictionaryObject({pdf_name("/F"): forged_ref, pdf_name("/UF"): forged_ref})
                specification.get_object()["/EF"] = embedded
                writer.update_container(specification.get_object())

    return edit


def empty_field(name: str) -> Edit:
    def edit(writer: IncrementalPdfFileWriter) -> None:
        field = field_named(writer, name)
        del field["/V"]
        writer.update_container(field)

    return edit


def last_startxref(document: bytes) -> int:
    return int(re.findall(rb"startxref\s+(\d+)", document)[-1])


def with_hidden_object(document: bytes) -> bytes:
    """An object behind the last revision, and an end that points past it to the old cross-reference section."""
    hidden = b"\n1 0 obj\n<< /Type /Catalog /Forged true >>\nendobj\n"
    return document + hidden + b"startxref\n%d\n%%%%EOF\n" % last_startxref(document)


def with_unreadable_update(document: bytes) -> bytes:
    """An update without a cross-reference section: viewers that repair files show it."""
    forged = b"\n1 0 obj\n<< /Type /Catalog /Forged true >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n"
    return document + forged + b"startxref\n3\n%%EOF\n"
