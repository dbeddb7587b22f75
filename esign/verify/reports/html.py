"""The report as HTML: its body for a page of the site, and one file that needs nothing beside it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from esign.look import REPORT, TOKENS
from esign.verify.reports.language import Labels
from esign.verify.reports.view import Picture, ReportView

PictureSource = Callable[[Picture], str]
"""Where a page finds a picture: an address of the site, or the picture itself as a `data:` URI."""
_PAGE_STYLE: Final = files("esign.verify.reports") / "static" / "report_page.css"


def report_body(view: ReportView, source: PictureSource) -> Markup:
    """Return the report as one `article`, escaped, without style, script or address but those that `source` gives."""
    template = _environment().get_template("report_body.html")
    return Markup(template.render(view=view, source=source, _=Labels(view.language).say))  # noqa: S704  # escaped there


def report_page(view: ReportView) -> str:
    """Return the report as one HTML file: style and pictures inside, no script, no address outside.

    A policy in its head forbids whatever is not in it, were something ever to slip through.
    """
    style = "\n".join(part.read_text("utf-8") for part in (TOKENS, _PAGE_STYLE, REPORT))
    return (
        _environment()
        .get_template("report.html")
        .render(
            view=view,
            body=report_body(view, data_uri),
            style=Markup(style),  # noqa: S704  # our own files
            style_digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        )
    )


def data_uri(picture: Picture) -> str:
    """Return the picture as a `data:` URI."""
    return f"data:{picture.media_type};base64,{base64.b64encode(picture.data).decode()}"


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("esign.verify.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=False,
        keep_trailing_newline=True,
    )
