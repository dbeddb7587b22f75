"""The verdict on the fonts of a document: the first page with text that is not sure to be seen is refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from esign.errors import DocumentRefused
from esign.pades.admission import refusals

if TYPE_CHECKING:
    from esign.pades.admission.text import FontUse


def refuse_unreadable_text(uses: Iterable[FontUse]) -> None:
    """Raise `DocumentRefused` for the first page whose visible text lacks its font or a glyph.

    Codes that stand for spaces, controls and format characters pass: nobody misses ink there, and honest programs
    leave those glyphs out of subsets.
    """
    faults = [fault for use in uses if (fault := _first_fault(use)) is not None]
    if faults:
        raise min(faults, key=lambda fault: fault[0])[1]


def _first_fault(use: FontUse) -> tuple[int, DocumentRefused] | None:
    font = use.font
    inked = {code: page for code, page in use.pages.items() if not font.is_blank(code)}
    if not inked:
        return None
    first = min(inked.values())
    if not font.embedding.present:
        return first, refusals.font_not_embedded(first, font.name)
    if not font.embedding.is_font:
        return first, refusals.font_unreadable(first, font.name)
    gaps = [page for code, page in inked.items() if not font.has_glyph(code)]
    if gaps:
        return min(gaps), refusals.text_notdef(min(gaps), font.name)
    return None
