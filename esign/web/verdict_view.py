"""A verdict as pages show it, in public and in the console: the report of `esign.verify.reports` in their frame."""

from __future__ import annotations

from dataclasses import dataclass, replace
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


def shown_verdict(judged: Judged, home: str, *, is_contract: bool = True) -> ShownVerdict:
    """Return the verdict for a page at `home`, below which its pictures are.

    Acceptance is for contracts: of what is known to be none, such as a certificate of ours, it is left out.
    """

    def source(picture: Picture) -> str:
        return f"{home}/{PICTURES}/{picture.name}.png"

    view = view_of(judged, report_language())
    if not is_contract:
        view = replace(view, acceptance=None)
    return ShownVerdict(view, report_body(view, source))
