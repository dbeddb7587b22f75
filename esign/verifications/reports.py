"""The report on a file that was handed in, in the forms in which it is taken along."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Final

from esign.verifications.judged import Judged
from esign.verify.report import Report
from esign.verify.report_reading import read_report
from esign.verify.reports import Language, ReportView, report_page, report_pdf, report_view, xml_report

MEDIA_TYPES: Final[Mapping[str, str]] = {
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "xml": "application/xml",
}
"""The forms by the ending of their name."""


def report_of(judged: Judged) -> Report:
    """Return the report, with its pictures."""
    pictures = judged.pictures
    report = read_report(judged.report, readable=judged.readable)
    return replace(report, pictures=pictures.pages, evidence_pictures=pictures.evidence)


def view_of(judged: Judged, language: Language) -> ReportView:
    """Return the report as people are shown it, in a language."""
    return report_view(report_of(judged), language, version=version("esign"))


def written(judged: Judged, form: str, language: Language, fonts: Path) -> bytes:
    """Return the report in one of the forms of `MEDIA_TYPES`.

    `fonts` is the folder with the fonts of the PDF. Raises `KeyError` for another form, `EsignError`
    (`report-not-set`) where the fonts cannot set it.
    """
    return _WRITERS[form](judged, language, fonts)


def _json(judged: Judged, _language: Language, _fonts: Path) -> bytes:
    return json.dumps(judged.report, ensure_ascii=False, indent=2).encode()


def _html(judged: Judged, language: Language, _fonts: Path) -> bytes:
    return report_page(view_of(judged, language)).encode()


def _pdf(judged: Judged, language: Language, fonts: Path) -> bytes:
    return report_pdf(view_of(judged, language), fonts, made_at=judged.at)


def _xml(judged: Judged, _language: Language, _fonts: Path) -> bytes:
    return xml_report(report_of(judged), judged_at=judged.at, version=version("esign"))


_WRITERS: Final[Mapping[str, Callable[[Judged, Language, Path], bytes]]] = {
    "json": _json,
    "html": _html,
    "pdf": _pdf,
    "xml": _xml,
}
