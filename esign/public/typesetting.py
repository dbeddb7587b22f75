"""What documents are set with: templates of a room with its data, the typefaces, colours for paper, codes."""

from __future__ import annotations

from esign.look import light_colours
from esign.look.barcode import code39_widths
from esign.look.fonts import fonts_in
from esign.look.qr import qr_svg
from esign.look.setting import FILES, lacking, printed_typefaces, set_document
from esign.pades.typeface import Typeface

__all__ = [
    "FILES",
    "Typeface",
    "code39_widths",
    "fonts_in",
    "lacking",
    "light_colours",
    "printed_typefaces",
    "qr_svg",
    "set_document",
]
