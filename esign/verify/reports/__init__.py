"""Reports of a verification, for people and for machines, in Chinese and English.

`report_view` says a report in one language; the page of the site, the HTML file and the PDF show that view.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from esign.verify.report import Report
from esign.verify.reports.html import report_body, report_page
from esign.verify.reports.language import CHINESE, ENGLISH, LANGUAGES, Language
from esign.verify.reports.pictures import SeenDifference, changed_pages
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
    "report_body",
    "report_page",
    "report_view",
]


def html_report(
    report: Report,
    language: Language,
    pictures: Sequence[SeenDifference] = (),
    *,
    evidence_pictures: Mapping[str, Sequence[Picture]] | None = None,
    validated_at: datetime | None = None,
    version: str = "",
) -> str:
    """Return the report as one HTML file without any outside reference.

    `pictures` are the pages that look different; `evidence_pictures` are by signature field; `validated_at` is the
    time of validation (timezone-aware).
    """
    view = report_view(
        report,
        language,
        changed_pages=changed_pages(pictures, language),
        evidence_pictures=evidence_pictures,
        validated_at=validated_at,
        version=version,
    )
    return report_page(view)
