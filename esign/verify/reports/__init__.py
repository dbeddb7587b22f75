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
from esign.verify.reports.view import Picture, ReportView

__all__ = [
    "CHINESE",
    "ENGLISH",
    "LANGUAGES",
    "Language",
    "Picture",
    "ReportView",
    "html_report",
    "pdf_report",
    "report_body",
    "report_page",
    "report_pdf",
    "report_view",
    "xml_report",
]


def html_report(
    report: Report,
    language: Language,
    *,
    version: str = "",
) -> str:
    """Return the report as one HTML file without any outside reference; `version` is that of the verifier."""
    return report_page(report_view(report, language, version=version))


def pdf_report(
    report: Report,
    language: Language,
    fonts: Path,
    *,
    made_at: datetime,
    version: str = "",
) -> bytes:
    """Return the same as PDF, made at `made_at` (timezone-aware). `fonts` is the folder with the Noto CJK fonts.

    Raises `EsignError` with code `report-not-set`.
    """
    return report_pdf(report_view(report, language, version=version), fonts, made_at=made_at)


def xml_report(report: Report, *, judged_at: datetime, version: str = "") -> bytes:
    """Return the report in the form of ETSI TS 119 102-2, as XML; `judged_at` is timezone-aware."""
    from esign.verify.reports.xml import filled_report  # noqa: PLC0415  # the schema's bindings take a third of a second

    return filled_report(report, judged_at=judged_at, version=version)
