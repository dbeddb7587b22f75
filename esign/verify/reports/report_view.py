"""A report as people are shown it: put together from its parts, in one language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from esign.verify.report import Report
from esign.verify.reports.acceptance_view import acceptance_view
from esign.verify.reports.changes_view import changes_view
from esign.verify.reports.finding_view import finding_groups
from esign.verify.reports.harmless import harmless
from esign.verify.reports.language import Labels, Language
from esign.verify.reports.pictures import changed_pages, pictures_by_field
from esign.verify.reports.signature_view import signature_view
from esign.verify.reports.verdict_view import verdict_view
from esign.verify.reports.view import Fact, ReportView


def report_view(
    report: Report,
    language: Language,
    *,
    version: str = "",
) -> ReportView:
    """Return the view of a report; `version` is that of the verifier."""
    labels = Labels(language)
    pictures = pictures_by_field(report.evidence_pictures, language)
    pages = changed_pages(report, language)
    acceptance = None if report.acceptance is None else acceptance_view(report.acceptance, labels)
    verdict = verdict_view(report, labels, [page.number for page in pages])
    return ReportView(
        language=language,
        title=labels.say("Verification: {verdict}", verdict=verdict.word),
        verdict=verdict,
        document=tuple(_document(report, labels)),
        signatures=tuple(
            signature_view(signature, number, labels, pictures.get(signature.field, ()))
            for number, signature in enumerate(report.signatures, start=1)
        ),
        changes=changes_view(report, labels, pages),
        acceptance=acceptance,
        findings=finding_groups(report.findings, labels),
        provenance=tuple(_provenance(labels, report.validation_time, version)),
    )


def _document(report: Report, labels: Labels) -> Iterator[Fact]:
    facts = report.document
    yield Fact(labels.say("File"), harmless(facts.name))
    size = labels.say("{bytes} bytes", bytes=f"{facts.bytes:,}")
    if report.readable:
        pages = labels.say("{count} page" if facts.pages == 1 else "{count} pages", count=facts.pages)
        revisions = labels.say(
            "{count} revision" if facts.revisions == 1 else "{count} revisions", count=facts.revisions
        )
        size = " · ".join((size, pages, revisions))
    yield Fact(labels.say("Size"), size)
    yield Fact("SHA-256", facts.sha256, exact=True)


def _provenance(labels: Labels, validated_at: datetime | None, version: str) -> Iterator[Fact]:
    if validated_at is not None:
        yield Fact(labels.say("Judged as of"), labels.say("{moment}, Beijing time", moment=labels.moment(validated_at)))
    if version:
        yield Fact(labels.say("Judged by"), f"esign {version}")
    yield Fact(labels.say("By the rules of"), "ETSI EN 319 102-1, EN 319 142-1")
