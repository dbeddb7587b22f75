"""The reports that `esign verify` writes for people and machines, each whole or not at all."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Literal

import click

from esign.ceremony.workfile import write_beside
from esign.cli.builders import Builders
from esign.errors import EsignError
from esign.verify import Report

Language = Literal["zh-CN", "en"]
_FILE: Final = click.Path(path_type=Path, dir_okay=False)


@dataclass(frozen=True)
class WantedReports:
    """Which reports are wanted, and in which language those for people."""

    html: Path | None
    pdf: Path | None
    xml: Path | None
    language: Language

    @property
    def paths(self) -> tuple[Path, ...]:
        return tuple(path for path in (self.html, self.pdf, self.xml) if path is not None)


def report_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --html, --pdf, --xml and --lang to a command, which is given them as `reports`."""

    @click.option("--html", type=_FILE, help="Write the report as one HTML file, for people.")
    @click.option("--pdf", type=_FILE, help="Write the report as PDF, for people.")
    @click.option("--xml", type=_FILE, help="Write the report of ETSI TS 119 102-2, for machines.")
    @click.option(
        "--lang", type=click.Choice(["zh-CN", "en"]), default="zh-CN", show_default=True, help="The language of both."
    )
    @functools.wraps(command)
    def with_reports(
        *arguments: Any, html: Path | None, pdf: Path | None, xml: Path | None, lang: Language, **named: Any
    ) -> Any:
        return command(*arguments, reports=WantedReports(html, pdf, xml, lang), **named)

    return with_reports


def require_other_files(wanted: WantedReports, document: Path) -> None:
    """Check before any work that no report would replace the document or another report.

    Raises `EsignError` with code `output-is-input`.
    """
    targets = [path.resolve() for path in wanted.paths]
    if document.resolve() in targets or len(set(targets)) != len(targets):
        raise EsignError(
            "output-is-input",
            "a report would replace the document, or another report",
            "give each report a name of its own",
        )


def write_reports(wanted: WantedReports, report: Report, made_at: datetime, builders: Builders) -> None:
    """Write the wanted reports; `made_at` is the present time.

    Raises `OutputError` where a file cannot be written, and `EsignError` where there are no fonts for the PDF.
    """
    if not wanted.paths:
        return
    from esign.verify.reports import report_page, report_pdf, report_view, xml_report  # noqa: PLC0415  # takes time

    view = report_view(report, wanted.language, version=version("esign"))
    if wanted.html is not None:
        write_beside(wanted.html, report_page(view).encode())
    if wanted.pdf is not None:
        write_beside(wanted.pdf, report_pdf(view, builders.find_typeface().path.parent, made_at=made_at))
    if wanted.xml is not None:
        write_beside(wanted.xml, xml_report(report, judged_at=made_at, version=version("esign")))
