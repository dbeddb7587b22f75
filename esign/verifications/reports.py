"""The report on a file that was handed in, in the forms in which it is taken along."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Final

from esign.verifications.judged import Judged
from esign.verify.report_reading import read_report
from esign.verify.reports import Language, ReportView, report_page, report_pdf, report_view

MEDIA_TYPES: Final[Mapping[str, str]] = {
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
}
"""The forms by the ending of their name."""


def view_of(judged: Judged, language: Language) -> ReportView:
    """Return the report as people are shown it, in a language."""
    pictures = judged.pictures
    report = read_report(judged.report, readable=judged.readable)
    shown = replace(report, pictures=pictures.pages, evidence_pictures=pictures.evidence)
    return report_view(shown, language, version=version("esign"))


def written(judged: Judged, form: str, language: Language, fonts: Path) -> bytes:
    """Return the report in one of the forms of `MEDIA_TYPES`.

    `fonts` is the folder with the fonts of the PDF. Raises `KeyError` for another form, `EsignError`
    (`report-not-set`) where the fonts cannot set it.
    """
    MEDIA_TYPES[form]
    if form == "json":
        return json.dumps(judged.report, ensure_ascii=False, indent=2).encode()
    view = view_of(judged, language)
    return report_page(view).encode() if form == "html" else report_pdf(view, fonts, made_at=judged.at)
