"""A page for signatures, appended where a document has no place of its own for them."""

from __future__ import annotations

from collections.abc import Sequence

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import PageObject

from esign.pades.canvas import INK, QUIET, TYPE_NAME, VERMILION, Canvas
from esign.pades.fields import OnPage
from esign.pades.typeface import EmbeddedType

TITLE = "签署页 Signature page"
A4 = (595.0, 842.0)
LEFT, TOP, ROW, FIELD_WIDTH, FIELD_HEIGHT = 72.0, 700.0, 122.0, 280.0, 92.0
ROWS_A_PAGE = 5


def append_signature_pages(
    writer: IncrementalPdfFileWriter, typeface: EmbeddedType, labels: Sequence[str]
) -> list[OnPage]:
    """Append as many pages as the labels need and return the place of each label's field, in order."""
    places: list[OnPage] = []
    for first in range(0, len(labels), ROWS_A_PAGE):
        number = int(writer.root["/Pages"]["/Count"]) + 1
        canvas = Canvas(typeface)
        canvas.line(LEFT, 770, A4[0] - LEFT, 770, 2.4, VERMILION)
        canvas.line(LEFT, 766, A4[0] - LEFT, 766, 0.6, VERMILION)
        canvas.text(TITLE, LEFT, 736, 17, INK)
        for row, label in enumerate(labels[first : first + ROWS_A_PAGE]):
            bottom = TOP - ROW * row - FIELD_HEIGHT
            canvas.text(label, LEFT, bottom + FIELD_HEIGHT + 5, 10, QUIET)
            canvas.line(LEFT, bottom - 2, A4[0] - LEFT, bottom - 2, 0.4, QUIET)
            places.append(OnPage(number, (LEFT, bottom, LEFT + FIELD_WIDTH, bottom + FIELD_HEIGHT)))
        content = generic.StreamObject(stream_data=canvas.content)
        content.compress()
        resources = generic.DictionaryObject(
            {pdf_name("/Font"): generic.DictionaryObject({pdf_name(TYPE_NAME): typeface.reference})}
        )
        writer.insert_page(PageObject(writer.add_object(content), (0, 0, *A4), resources))
    return places
