"""Pictures of PDF pages, as PDFium shows them, signatures and seals included."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2

from esign.errors import EsignError

WIDEST = 4000


def page_png(pdf: Path | bytes, page: int, width_px: int) -> bytes:
    """Return a page (1-based; -1 is the last) as PNG bytes, `width_px` wide, with form fields and annotations.

    Raises EsignError `demo-page` for a page that the document does not have, or a width outside 1 to 4000.
    """
    with pypdfium2.PdfDocument(pdf) as document:
        count = len(document)
        number = count if page == -1 else page
        if not 1 <= number <= count or not 1 <= width_px <= WIDEST:
            raise EsignError(
                "demo-page",
                f"page {page} at {width_px} px was asked of a document with {count} pages",
                f"choose a page from 1 to {count} and a width from 1 to {WIDEST}",
            )
        document.init_forms()
        sheet = document[number - 1]
        bitmap = sheet.render(scale=width_px / sheet.get_width(), may_draw_forms=True)
        picture = bitmap.to_pil().convert("RGB")
        if picture.width != width_px:
            picture = picture.resize((width_px, picture.height))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
