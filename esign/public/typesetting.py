"""What documents are set with: the typeface and the fonts beside it, colours for paper, codes."""

from __future__ import annotations

from esign.look import light_colours
from esign.look.fonts import fonts_in
from esign.look.qr import qr_svg
from esign.pades.typeface import Typeface

__all__ = ["Typeface", "fonts_in", "light_colours", "qr_svg"]
