"""A verdict as pages show it, in public and in the console: the report of `esign.verify.reports` in their frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from esign.verifications.judged import Judged
from esign.verifications.reports import view_of
from esign.verify.reports import CHINESE, ENGLISH, Language, ReportView, report_body
from esign.verify.reports.view import Picture
from esign.web.rendering import words

PICTURES: Final = "pictures"


@dataclass(frozen=True)
class ShownVerdict:
    """The report's view, and its body as markup: escaped, without style or script."""

    view: ReportView
    body: Markup


def report_language() -> Language:
    """Return the language of the request as reports call it."""
    return ENGLISH if words().language == "en" else CHINESE


def shown_verdict(judged: Judged, home: str) -> ShownVerdict:
    """Return the verdict for a page at `home`, below which its pictures are."""

    def source(picture: Picture) -> str:
        return f"{home}/{PICTURES}/{picture.name}.png"

    view = view_of(judged, report_language())
    return ShownVerdict(view, report_body(view, source))
