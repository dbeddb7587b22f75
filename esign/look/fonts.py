"""The fonts of what typst sets: a folder's, and those that typst brings."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import typst


@cache
def fonts_in(folder: Path) -> typst.Fonts:
    """Return the fonts in the folder, read once; nothing else that lies about on the machine."""
    return typst.Fonts(include_system_fonts=False, font_paths=[folder])
