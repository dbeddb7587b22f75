"""A QR code (ISO/IEC 18004) as an SVG picture: no request goes anywhere, and nothing is kept."""

from __future__ import annotations

from typing import Final

import segno

QUIET_ZONE: Final = 4
"""Light modules around the code, which readers need."""


def qr_path(text: str) -> tuple[int, str]:
    """Return how many modules a side has, quiet zone included, and the dark ones as the data of an SVG path.

    Error correction is of level M at least: a seventh of it may be unreadable.
    """
    rows = list(segno.make(text, error="m", micro=False).matrix_iter(border=QUIET_ZONE))
    dark = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    return len(rows), dark


def qr_svg(text: str) -> str:
    """Return the code as an SVG file, black on white."""
    size, dark = qr_path(text)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<rect width="{size}" height="{size}" fill="#ffffff"/><path d="{dark}" fill="#000000"/></svg>'
    )
