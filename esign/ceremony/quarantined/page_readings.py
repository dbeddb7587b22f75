"""What stands on a page as text, for whoever cannot read its picture, and where a signature's field is on it."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pypdfium2
import pypdfium2.raw as pdfium

from esign.ceremony.quarantined.crossing import answer_json, answer_understood, arguments_json, require_answer, text_of
from esign.errors import DocumentRefused
from esign.infra.quarantine.port import Answer, TaskRunner
from esign.pades.admission import refusals

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue

READ_PAGE_TEXT: Final = "read-page-text"
FIND_FIELD: Final = "find-field"
PAGE_NUMBER_AT_MOST: Final = 100_000
TEXT_AT_MOST: Final = 20_000
ANNOTATIONS_AT_MOST: Final = 500
PARTS: Final = 10_000
"""A place is told in so many parts of the page's width and height."""
_NAME_BYTES: Final = 1024


@dataclass(frozen=True)
class FieldOnPage:
    """Where a field is: its page (from 1); left, top, width, height in 1/10000 of the page as it is drawn."""

    page: int
    left: int
    top: int
    width: int
    height: int


def read_page_text(quarantine: TaskRunner, document: bytes, page: int) -> str:
    """Return the text of a page (from 1) in the document's own order, at most 20,000 characters; maybe nothing.

    Raises `DocumentRefused` (`document-broken`, `page-missing`), `QuarantineFailed`, `QuarantineUnavailable`.
    """
    answer = quarantine.run(READ_PAGE_TEXT, {"page": page}, [document])
    with answer_understood():
        require_answer(len(answer.attachments) == 1, "the text")
        return _shown(answer.attachments[0].decode("utf-8", "replace"))


def find_field(quarantine: TaskRunner, document: bytes, name: str) -> FieldOnPage | None:
    """Return where the field of this name is, None where it is not seen or its page is turned. Raises as above."""
    answer = quarantine.run(FIND_FIELD, {"name": name}, [document])
    with answer_understood():
        members = answer_json.members(answer.value, ("page", "box"), "the answer")
        if members["page"] is None:
            return None
        page = answer_json.integer(members["page"], "page", 1, PAGE_NUMBER_AT_MOST)
        box = answer_json.sequence(members["box"], "box", at_most=4)
        require_answer(len(box) == 4, "the box")
        return FieldOnPage(page, *(answer_json.integer(part, "box", 0, PARTS) for part in box))


def read_page_text_task(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    """Attachment in: the document."""
    (document,) = attachments
    members = arguments_json.members(arguments, ("page",), "the arguments")
    number = arguments_json.integer(members["page"], "page", 1, PAGE_NUMBER_AT_MOST)
    try:
        with closing(pypdfium2.PdfDocument(document)) as opened:
            if number > len(opened):
                raise DocumentRefused(
                    "page-missing", f"the document has no page {number}", f"ask for pages from 1 to {len(opened)}"
                )
            with closing(opened[number - 1]) as page, closing(page.get_textpage()) as words:
                text: str = words.get_text_range(0, min(words.count_chars(), TEXT_AT_MOST))
    except pypdfium2.PdfiumError as error:
        raise refusals.broken("its text cannot be read") from error
    return Answer(None, (_shown(text).encode("utf-8"),))


def find_field_task(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    """Attachment in: the document."""
    (document,) = attachments
    name = text_of(arguments_json.members(arguments, ("name",), "the arguments")["name"], "name")
    try:
        with closing(pypdfium2.PdfDocument(document)) as opened:
            for number in range(1, len(opened) + 1):
                with closing(opened[number - 1]) as page:
                    box = _box(page, name)
                if box is not None:
                    return Answer({"page": number, "box": list(box)}, ())
    except pypdfium2.PdfiumError as error:
        raise refusals.broken("its fields cannot be read") from error
    return Answer({"page": None, "box": None}, ())


def _shown(text: str) -> str:
    """Return the text without what cannot be seen, such as marks that turn the direction of writing."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(one for one in plain if one == "\n" or one.isprintable())[:TEXT_AT_MOST]


def _box(page: pypdfium2.PdfPage, name: str) -> tuple[int, int, int, int] | None:
    """Return left, top, width, height of the widget of this name, in parts of the page."""
    if page.get_rotation() != 0:
        return None
    left, bottom, right, top = page.get_bbox()
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page), ANNOTATIONS_AT_MOST)):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        try:
            if _name_of(annotation) != name:
                continue
            found = pdfium.FS_RECTF()
            if not pdfium.FPDFAnnot_GetRect(annotation, ctypes.byref(found)):
                return None
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)
        across, down = PARTS / (right - left), PARTS / (top - bottom)
        return (
            _part((found.left - left) * across),
            _part((top - found.top) * down),
            _part((found.right - found.left) * across),
            _part((found.top - found.bottom) * down),
        )
    return None


def _name_of(annotation: object) -> str:
    buffer = ctypes.create_string_buffer(_NAME_BYTES)
    length = pdfium.FPDFAnnot_GetStringValue(
        annotation, b"T", ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), _NAME_BYTES
    )
    return buffer.raw[: max(0, min(length, _NAME_BYTES) - 2)].decode("utf-16-le", "replace")


def _part(value: float) -> int:
    return min(max(round(value), 0), PARTS)
