"""A signed form of two pages for the comparison of pictures, and what may be written after it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from functools import cache

from asn1crypto import keys
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from later_updates import field_named, last_startxref, page, updated
from later_widgets import Writer, dictionary, list_field, place, rectangle
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, append_signature_field
from pyhanko_certvalidator.registry import SimpleCertificateStore
from small_pki import certify

from ca.trust import TrustStore
from esign.verify import Limits, Report, verify
from esign.verify.judge import DEFAULT_LIMITS
from esign.verify.reading.document import PdfFile
from esign.verify.reading.objects import Ref
from esign.verify.reading.pages import pages
from tests.authority import present_time

AMOUNT, SIGN_HERE = (100, 600, 250, 630), (100, 200, 300, 260)
SIZE = (595, 842)
TEXT = b"BT /F 24 Tf 100 700 Td (The insured sum is 100 000) Tj ET"


def look(
    document: bytes, *, pictures: bool = True, password: str | None = None, limits: Limits = DEFAULT_LIMITS
) -> Report:
    """Verify bytes and compare what the pages show."""
    return verify(
        io.BytesIO(document),
        name="form.pdf",
        trust=TrustStore(),
        at=present_time(),
        password=password,
        limits=limits,
        pictures=pictures,
    )


def looks_different(report: Report) -> list[tuple[str | None, str]]:
    """The fields and sentences of the findings that a page looks different."""
    return [(found.field, found.message) for found in report.findings if found.code == "page-looks-different"]


def appearance(writer: PdfFileWriter | Writer, data: bytes, size: tuple[float, float] | None) -> generic.IndirectObject:
    """A form XObject; without a size it has no BBox, so nothing cuts off what it draws."""
    stream = generic.StreamObject(stream_data=data)
    stream.update(dictionary(Type=pdf_name("/XObject"), Subtype=pdf_name("/Form"), Resources=_resources()))
    if size:
        stream["/BBox"] = numbers(0, 0, *size)
    return writer.add_object(stream)


def numbers(*values: float) -> generic.ArrayObject:
    return generic.ArrayObject(map(generic.FloatObject, values))


def _resources() -> generic.DictionaryObject:
    font = dictionary(Type=pdf_name("/Font"), Subtype=pdf_name("/Type1"), BaseFont=pdf_name("/Helvetica"))
    return dictionary(Font=dictionary(F=font))


def text_in_field(words: bytes) -> bytes:
    return b"/Tx BMC q BT /F 14 Tf 4 9 Td 0 g (" + words + b") Tj ET Q EMC"


@cache
def form(*, rotate: int = 0, crop: tuple[int, int, int, int] | None = None, password: str | None = None) -> bytes:
    """Two pages of words; the first has the text field `amount` with a value, and an empty signature field."""
    writer = PdfFileWriter()
    if password is not None:
        writer.encrypt(password, password)
    for words in (TEXT, b"BT /F 24 Tf 100 700 Td (The second page) Tj ET"):
        content = writer.add_object(generic.StreamObject(stream_data=words))
        made = PageObject(contents=content, media_box=generic.ArrayObject(map(generic.NumberObject, (0, 0, *SIZE))))
        made["/Resources"] = _resources()
        if rotate:
            made["/Rotate"] = generic.NumberObject(rotate)
        if crop:
            made["/CropBox"] = rectangle(crop)
        writer.insert_page(made)
    field = dictionary(
        Type=pdf_name("/Annot"),
        Subtype=pdf_name("/Widget"),
        FT=pdf_name("/Tx"),
        T=pdf_string("amount"),
        V=pdf_string("100"),
        DA=pdf_string("/F 14 Tf 0 g"),
        F=generic.NumberObject(4),
        Rect=rectangle(AMOUNT),
        AP=dictionary(N=appearance(writer, text_in_field(b"100"), (150, 30))),
    )
    fields = generic.ArrayObject([writer.add_object(field)])
    writer.root["/AcroForm"] = writer.add_object(dictionary(Fields=fields, DR=_resources()))
    writer.find_page_for_modification(0)[0].get_object()["/Annots"] = generic.ArrayObject(fields)
    append_signature_field(writer, SigFieldSpec("second", on_page=0, box=SIGN_HERE))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@cache
def _signer() -> signers.SimpleSigner:
    holder = certify("Somebody", None)
    key = holder.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return signers.SimpleSigner(holder.parsed, keys.PrivateKeyInfo.load(key), SimpleCertificateStore())


def sign(
    document: bytes,
    name: str = "first",
    *,
    certified: MDPPerm | None = None,
    box: tuple[int, int, int, int] | None = None,
    password: str | None = None,
) -> bytes:
    """Sign with a key that nobody knows; into a new field, or into the one of that name that waits.

    A new field without a box cannot be seen.
    """
    writer = IncrementalPdfFileWriter(io.BytesIO(document))
    if password is not None:
        writer.encrypt(password)
    metadata = signers.PdfSignatureMetadata(
        field_name=name, certify=certified is not None, docmdp_permissions=certified or MDPPerm.FILL_FORMS
    )
    waits = name == "second"
    specification = None if waits else SigFieldSpec(name, on_page=0, box=box)
    signed: io.BytesIO = signers.PdfSigner(metadata, _signer(), new_field_spec=specification).sign_pdf(
        writer, bytes_reserved=8192
    )
    return signed.getvalue()


@cache
def signed_form(
    *,
    certified: MDPPerm | None = MDPPerm.FILL_FORMS,
    rotate: int = 0,
    crop: tuple[int, int, int, int] | None = None,
) -> bytes:
    """The form with one invisible signature, which allows filling unless told otherwise."""
    return sign(form(rotate=rotate, crop=crop), certified=certified)


def fill(words: bytes, drawn: bytes | None = None, *, clipped: bool = True) -> Callable[[Writer], None]:
    """Fill in the amount; `drawn` is what the new appearance draws instead of the words."""

    def edit(writer: Writer) -> None:
        field = field_named(writer, "amount")
        field["/V"] = generic.TextStringObject(words.decode())
        size = (150, 30) if clipped else None
        field["/AP"] = dictionary(N=appearance(writer, drawn or text_in_field(words), size))
        writer.update_container(field)

    return edit


def draw_on_page(data: bytes, index: int = 0) -> Callable[[Writer], None]:
    """Draw something over what the page shows."""

    def edit(writer: Writer) -> None:
        changed = page(writer, index)
        added = writer.add_object(generic.StreamObject(stream_data=data))
        drawn = changed.raw_get("/Contents")
        parts = list(drawn) if isinstance(drawn, generic.ArrayObject) else [drawn]
        changed["/Contents"] = generic.ArrayObject([*parts, added])

    return edit


def add_signature(
    drawn: bytes, box: tuple[int, int, int, int] = (300, 690, 420, 730), index: int = 0
) -> Callable[[Writer], None]:
    """Add a field with a signature, as far as its dictionary goes, over the last words of the first line."""

    def edit(writer: Writer) -> None:
        widget = dictionary(
            Subtype=pdf_name("/Widget"),
            FT=pdf_name("/Sig"),
            T=pdf_string("third"),
            V=dictionary(Contents=generic.ByteStringObject(b"0"), ByteRange=numbers(0, 1, 2, 3)),
            F=generic.NumberObject(4),
            Rect=numbers(*box),
            AP=dictionary(N=appearance(writer, drawn, (box[2] - box[0], box[3] - box[1]))),
        )
        reference = writer.add_object(widget)
        if index:
            page(writer, index)["/Annots"] = generic.ArrayObject([reference])
        else:
            place(writer, reference)
        list_field(writer, reference)

    return edit


def with_update(document: bytes, *edits: Callable[[Writer], None]) -> bytes:
    for edit in edits:
        document = updated(document, edit)
    return document


def hidden_in_metadata(document: bytes, words: bytes, *, short_rows: bool) -> bytes:
    """An update of the metadata, which is always allowed, that holds another content of the first page in its data.

    With rows of 19 bytes instead of 20 in the cross-reference table, PDFium looks for objects by itself. It does not
    know the stream's length then, which is written apart, and ends it at the first `endstream`: behind that it finds
    the page's content once more.
    """
    file = PdfFile(io.BytesIO(document), Limits(), None)
    root, size = file.present.trailer["Root"], file.present.trailer["Size"]
    content = pages(file.present)[0].dictionary["Contents"]
    assert isinstance(root, Ref)
    assert isinstance(size, int)
    assert isinstance(content, Ref)
    start, end = file.present.object_span(root) or (0, 0)
    catalog = re.sub(rb"/Metadata \d+ 0 R", b"/Metadata %d 0 R" % size, document[start:end])
    hidden = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(words), words)
    data = b"x\nendstream\nendobj\n%d 0 obj\n%s\nendobj\n" % (content.number, hidden)
    out = bytearray(document + b"\n")
    offsets = []
    for number, body in (
        (root.number, catalog),
        (size, b"<< /Type /Metadata /Subtype /XML /Length %d 0 R >>\nstream\n%s\nendstream" % (size + 1, data)),
        (size + 1, b"%d" % len(data)),
    ):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    section = len(out)
    rows = [b"%010d 00000 n%s\n" % (offset, b"" if short_rows else b" ") for offset in offsets]
    out += b"xref\n%d 1\n%s%d 2\n%s%s" % (root.number, rows[0], size, rows[1], rows[2])
    trailer = b"trailer\n<< /Size %d /Root %d 0 R /Prev %d >>\n"
    out += trailer % (size + 2, root.number, last_startxref(document))
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % section
