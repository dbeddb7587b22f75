"""Reports of a verification, for people and for machines, in Chinese and English.

`report_view` says a report in one language; the page of the site, the HTML file and the PDF show that view.
"""

from datetime import datetime
from pathlib import Path

from esign.verify.report import Report
from esign.verify.reports.html import report_body, report_page
from esign.verify.reports.language import CHINESE, ENGLISH, LANGUAGES, Language
from esign.verify.reports.pdf import report_pdf
from esign.verify.reports.report_view import report_view
from esign.verify.reports.view import AcceptanceView, Picture, ReportView

__all__ = [
    "CHINESE",
    "ENGLISH",
    "LANGUAGES",
    "AcceptanceView",
    "Language",
    "Picture",
    "ReportView",
    "html_report",
    "pdf_report",
    "report_body",
    "report_page",
    "report_pdf",
    "report_view",
]


def html_report(
    report: Report,
    language: Language,
    *,
    acceptance: AcceptanceView | None = None,
    validated_at: datetime | None = None,
    version: str = "",
) -> str:
    """Return the report as one HTML file without any outside reference.

    `validated_at` is the time of validation (timezone-aware) and `version` that of the verifier.
    """
    view = report_view(report, language, acceptance=acceptance, validated_at=validated_at, version=version)
    return report_page(view)


def pdf_report(
    report: Report,
    language: Language,
    fonts: Path,
    *,
    validated_at: datetime,
    acceptance: AcceptanceView | None = None,
    version: str = "",
) -> bytes:
    """Return the same as PDF. `fonts` is the folder with the Noto CJK fonts. Raises `EsignError`: `report-not-set`."""
    view = report_view(report, language, acceptance=acceptance, validated_at=validated_at, version=version)
    return report_pdf(view, fonts, made_at=validated_at)
