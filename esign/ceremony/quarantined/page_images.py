"""Pages as pictures: what people read before they sign. Drawn from the prepared revision, or from one after it."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import pypdfium2

from esign.ceremony.quarantined.crossing import answer_json, answer_understood, arguments_json, require_answer
from esign.errors import DocumentRefused
from esign.infra.quarantine.port import Answer, TaskRunner
from esign.pades.admission import refusals

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue

RENDER_PAGES: Final = "render-pages"
DPI: Final = 144
DPI_AT_LEAST: Final = 18
DPI_AT_MOST: Final = 600
PAGES_AT_MOST: Final = 2_000
PAGE_NUMBER_AT_MOST: Final = 100_000
EDGE_AT_MOST: Final = 16_000
PIXELS_AT_MOST: Final = 40_000_000
QUALITY: Final = 70
_POINTS_PER_INCH: Final = 72


@dataclass(frozen=True)
class PageImage:
    """A page (from 1) as a baseline grey JPEG, with its width and height in pixels."""

    number: int
    jpeg: bytes = field(repr=False)
    width: int
    height: int


def render_pages(
    quarantine: TaskRunner, document: bytes, pages: Sequence[int], *, dpi: int = DPI
) -> tuple[PageImage, ...]:
    """Draw the pages (from 1), in the order asked for, with all that is signed on them.

    The same document gives the same bytes on one installation: their digests go into the manifest. Raises
    `DocumentRefused` (`document-broken`, `page-missing`, `page-too-large`), `QuarantineFailed` and
    `QuarantineUnavailable`.
    """
    answer = quarantine.run(RENDER_PAGES, {"pages": list(pages), "dpi": dpi}, [document])
    with answer_understood():
        members = answer_json.members(answer.value, ("sizes",), "the answer")
        sizes = answer_json.sequence(members["sizes"], "sizes", at_most=len(pages))
        require_answer(len(sizes) == len(answer.attachments) == len(pages), "the number of pictures")
        return tuple(
            _image(number, size, jpeg) for number, size, jpeg in zip(pages, sizes, answer.attachments, strict=True)
        )


def render_pages_task(arguments: Mapping[str, JsonValue], attachments: Sequence[bytes]) -> Answer:
    """Attachment in: the document; out: one JPEG for each page."""
    (document,) = attachments
    members = arguments_json.members(arguments, ("pages", "dpi"), "the arguments")
    dpi = arguments_json.integer(members["dpi"], "dpi", DPI_AT_LEAST, DPI_AT_MOST)
    numbers = [
        arguments_json.integer(number, "a page", 1, PAGE_NUMBER_AT_MOST)
        for number in arguments_json.sequence(members["pages"], "pages", at_most=PAGES_AT_MOST)
    ]
    sizes: list[JsonValue] = []
    drawn: list[bytes] = []
    try:
        with closing(pypdfium2.PdfDocument(document)) as opened:
            opened.init_forms()  # fields, so also what was signed, are drawn by the form's part of the library
            for number in numbers:
                width, height, jpeg = _draw(opened, number, dpi / _POINTS_PER_INCH)
                sizes.append([width, height])
                drawn.append(jpeg)
    except pypdfium2.PdfiumError as error:
        raise refusals.broken("its pages cannot be drawn") from error
    return Answer({"sizes": sizes}, tuple(drawn))


def require_drawable_pages(document: pypdfium2.PdfDocument) -> None:
    """Refuse a document with a page that could not be shown. Raises `DocumentRefused` (`page-too-large`)."""
    for number in range(1, len(document) + 1):
        _require_drawable(number, document.get_page_size(number - 1), DPI / _POINTS_PER_INCH)


def _require_drawable(number: int, size: tuple[float, float], scale: float) -> None:
    width, height = (edge * scale for edge in size)
    if width * height > PIXELS_AT_MOST or max(width, height) > EDGE_AT_MOST:
        raise DocumentRefused(
            "page-too-large",
            f"page {number} is too large to be drawn sharply",
            "set the document on smaller paper",
        )


def _draw(document: pypdfium2.PdfDocument, number: int, scale: float) -> tuple[int, int, bytes]:
    if number > len(document):
        raise DocumentRefused(
            "page-missing", f"the document has no page {number}", f"ask for pages from 1 to {len(document)}"
        )
    with closing(document[number - 1]) as page:
        _require_drawable(number, page.get_size(), scale)
        with closing(page.render(scale=scale, grayscale=True)) as bitmap:
            picture = bitmap.to_pil().convert("L")
            out = io.BytesIO()
            picture.save(out, "JPEG", quality=QUALITY, progressive=False)
            return picture.width, picture.height, out.getvalue()


def _image(number: int, size: object, jpeg: bytes) -> PageImage:
    width, height = (
        answer_json.integer(edge, "an edge", 1, EDGE_AT_MOST)
        for edge in answer_json.sequence(size, "a size", at_most=2)
    )
    require_answer(jpeg.startswith(b"\xff\xd8\xff"), "a picture")
    return PageImage(number, jpeg, width, height)
