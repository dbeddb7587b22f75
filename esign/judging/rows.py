"""What is kept of the judgement of one file among thousands: a row."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Final

from esign.infra.quarantine.typed_forms import form_of
from esign.judging.question import Question
from esign.verify.report import Report, Severity, time_text

_LEVELS: Final = ("none", "B-B", "B-T", "B-LT", "B-LTA")


@dataclass(frozen=True)
class Row:
    """One file: `path` below the folder, what was found, how long it took, and the digest of what was asked.

    `conclusion` is empty where the file could not be judged at all, and `error` then says why; otherwise `error` is
    the code of the first finding that is an error. `level` is the lowest among the signatures. `report` is the whole
    report, in tables that have room for it.
    """

    path: str
    bytes: int
    sha256: str
    conclusion: str
    readable: bool
    signatures: int
    level: str
    error: str
    acceptance: str
    seconds: float
    judged_at: str
    question: str
    report: Mapping[str, Any] | None = None

    @property
    def is_final(self) -> bool:
        """Whether judging the same file again would change nothing: it was judged, broke no limit of time, and
        lacked no password."""
        return bool(self.conclusion) and self.error not in {"limit-reached", "reader-ended", "password-needed"}

    def without_report(self) -> Row:
        return replace(self, report=None)


COLUMNS: Final = tuple(field.name for field in fields(Row) if field.name != "report")


def row_of(path: str, report: Report, *, seconds: float, judged_at: datetime, question: str) -> Row:
    """Return the row of a file that was judged."""
    own = [found for found in report.signatures if found.kind == "signature"]
    levels = [_LEVELS.index(found.level) for found in own]
    errors = [finding.code for finding in report.findings if finding.severity is Severity.ERROR]
    return Row(
        path=path,
        bytes=report.document.bytes,
        sha256=report.document.sha256,
        conclusion=report.conclusion.value,
        readable=report.readable,
        signatures=len(own),
        level=_LEVELS[min(levels)] if levels else "",
        error=errors[0] if errors else "",
        acceptance="" if report.acceptance is None else report.acceptance.verdict.value,
        seconds=round(seconds, 3),
        judged_at=str(time_text(judged_at)),
        question=question,
        report=report.as_json(),
    )


def row_of_refusal(path: str, code: str, *, seconds: float, judged_at: datetime, question: str) -> Row:
    """Return the row of a file that could not be judged at all."""
    moment = str(time_text(judged_at))
    return Row(path, 0, "", "", False, 0, "", code, "", round(seconds, 3), moment, question)


def question_digest(question: Question, *more: str) -> str:
    """Return what tells apart answers to different questions: roots, constraints, whether pages were drawn, and `more`.

    The moment is left out: whoever asks for today's verdict does not ask anew every second; a chosen moment belongs
    into `more`. So is the password: from a digest in a table it could be guessed, and what it opens is the same file.
    Sixteen hexadecimal digits.
    """
    attachments: list[bytes] = []
    form = form_of(
        replace(question, name="", password=None, at=datetime.min.replace(tzinfo=question.at.tzinfo)), attachments
    )
    state = hashlib.sha256(repr((form, more)).encode())
    for attachment in attachments:
        state.update(len(attachment).to_bytes(8, "big") + attachment)
    return state.hexdigest()[:16]
