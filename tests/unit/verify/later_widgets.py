"""What an update puts on a signed page: widgets, appearances, actions; and what that changes."""

from __future__ import annotations

import io

import later_updates as later
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from signed_material import codes, judge

from ca.trust import TrustStore
from esign.verify.changes.between import changes_between
from esign.verify.changes.change import Change, ChangeKind
from esign.verify.limits import Limits
from esign.verify.reading.document import PdfFile

Writer = IncrementalPdfFileWriter
PAGE = (0, 0, 595, 842)
NOWHERE = (0, 0, 0, 0)


def dictionary(**entries: generic.PdfObject) -> generic.DictionaryObject:
    return generic.DictionaryObject({pdf_name(f"/{key}"): value for key, value in entries.items()})


def rectangle(corners: tuple[int | None, ...]) -> generic.ArrayObject:
    numbers = (generic.NullObject() if corner is None else generic.NumberObject(corner) for corner in corners)
    return generic.ArrayObject(numbers)


def drawing(writer: Writer, data: bytes = b"1 0 0 rg 0 0 595 842 re f") -> generic.IndirectObject:
    stream = generic.StreamObject(stream_data=data)
    stream.update(dictionary(Type=pdf_name("/XObject"), Subtype=pdf_name("/Form"), BBox=rectangle(PAGE)))
    return writer.add_object(stream)


def shown(
    writer: Writer, corners: tuple[int | None, ...] = PAGE, **more: generic.PdfObject
) -> generic.DictionaryObject:
    """A widget with an appearance that fills the page."""
    widget = dictionary(Subtype=pdf_name("/Widget"), F=generic.NumberObject(4), Rect=rectangle(corners), **more)
    widget["/AP"] = dictionary(N=drawing(writer))
    return widget


def unshown(corners: tuple[int | None, ...] = NOWHERE, **more: generic.PdfObject) -> generic.DictionaryObject:
    return dictionary(Subtype=pdf_name("/Widget"), F=generic.NumberObject(4), Rect=rectangle(corners), **more)


def signature_field(
    widget: generic.DictionaryObject, value: generic.PdfObject | None = None
) -> generic.DictionaryObject:
    widget.update(dictionary(FT=pdf_name("/Sig"), T=pdf_string("later")))
    if value is not None:
        widget["/V"] = value
    return widget


def timestamp() -> generic.DictionaryObject:
    """A document timestamp as far as its dictionary goes, which is as far as changes are judged."""
    covered = generic.ArrayObject(map(generic.NumberObject, (0, 1, 2, 3)))
    return dictionary(
        Type=pdf_name("/DocTimeStamp"),
        SubFilter=pdf_name("/ETSI.RFC3161"),
        ByteRange=covered,
        Contents=generic.ByteStringObject(b"\0"),
    )


def place(writer: Writer, annotation: generic.PdfObject, index: int = 0) -> None:
    page = later.page(writer, index)
    page["/Annots"] = generic.ArrayObject([*page.get("/Annots", ()), annotation])


def list_field(writer: Writer, field: generic.PdfObject) -> None:
    form = writer.root["/AcroForm"]
    form["/Fields"] = generic.ArrayObject([*form["/Fields"], field])
    writer.update_container(form)


def reference_of(writer: Writer, name: str) -> generic.IndirectObject:
    references = (writer.root["/AcroForm"]["/Fields"].raw_get(index) for index in range(4))
    return next(reference for reference in references if reference.get_object()["/T"] == name)


def changes(signed: bytes, document: bytes) -> set[ChangeKind]:
    """What kinds of change an update made, leaving out those that are always allowed and change nothing shown."""
    return {change.kind for change in listed(signed, document)} - {ChangeKind.METADATA, ChangeKind.VALIDATION_DATA}


def listed(signed: bytes, document: bytes) -> tuple[Change, ...]:
    file = PdfFile(io.BytesIO(document), Limits(), None)
    return changes_between(file.revision(len(signed)), file.present)


def assert_refused(document: bytes, trust: TrustStore, code: str) -> None:
    report = judge(document, trust)
    assert report.conclusion == "TOTAL-FAILED"
    assert code in codes(report)
    assert "forbidden" in {signature.changes_after for signature in report.signatures}


def annotations_of(page: generic.DictionaryObject) -> list[generic.PdfObject]:
    items = page.get("/Annots", generic.ArrayObject())
    return [items.raw_get(index) for index in range(len(items))]


def script() -> generic.DictionaryObject:
    return dictionary(S=pdf_name("/JavaScript"), JS=pdf_string("app.alert(1)"))
