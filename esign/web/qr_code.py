"""A QR code (ISO/IEC 18004) as a picture within the page: no request goes anywhere, and nothing is kept."""

from __future__ import annotations

from markupsafe import Markup

from esign.look.qr import qr_path


def qr_code(text: str) -> Markup:
    """Return the SVG of a QR code, dark on white in either colour scheme, with the quiet zone that readers need."""
    size, dark = qr_path(text)
    return Markup(
        '<svg class="qr" viewBox="0 0 {0} {0}" aria-hidden="true" shape-rendering="crispEdges">'
        '<rect width="{0}" height="{0}" fill="#ffffff"/><path d="{1}" fill="#000000"/></svg>'
    ).format(size, dark)
