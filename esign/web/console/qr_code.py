"""A QR code (ISO/IEC 18004) as a picture within the page: no request goes anywhere, and nothing is kept."""

from __future__ import annotations

import segno
from markupsafe import Markup

_QUIET_ZONE = 4


def qr_code(text: str) -> Markup:
    """Return the SVG of a QR code, dark on white in either colour scheme, with the quiet zone that readers need."""
    rows = list(segno.make(text, error="m", micro=False).matrix_iter(border=_QUIET_ZONE))
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    size = len(rows)
    return Markup(
        '<svg class="qr" viewBox="0 0 {0} {0}" aria-hidden="true" shape-rendering="crispEdges">'
        '<rect width="{0}" height="{0}" fill="#ffffff"/><path d="{1}" fill="#000000"/></svg>'
    ).format(size, path)
