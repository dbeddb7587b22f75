"""What PDFium shows of a document: every page as pixels."""

from __future__ import annotations

import hashlib

import pypdfium2

_PAGES_AT_MOST = 3
_SCALE = 0.5


def shown(document: bytes, *, with_annotations: bool) -> list[str]:
    """Return the size and the digest of the pixels of each of the first pages; nothing of what PDFium cannot open."""
    try:
        opened = pypdfium2.PdfDocument(document)
    except pypdfium2.PdfiumError:
        return []
    with opened:
        if with_annotations:
            opened.init_forms()
        pages = []
        for number in range(min(len(opened), _PAGES_AT_MOST)):
            page = opened[number]
            if max(page.get_size()) > 2000:
                pages.append(str(page.get_size()))
                continue
            drawn = page.render(scale=_SCALE, draw_annots=with_annotations, may_draw_forms=with_annotations)
            pages.append(f"{drawn.width}x{drawn.height} {hashlib.sha256(bytes(drawn.buffer)).hexdigest()}")
    return [f"{len(pages)} pages", *pages]
