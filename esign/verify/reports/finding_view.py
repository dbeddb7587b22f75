"""The findings, heaviest first, each with what it is, what was found and what follows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from esign.verify.report import Finding, Severity
from esign.verify.reports.code_words import code_words, state
from esign.verify.reports.harmless import harmless
from esign.verify.reports.language import Labels
from esign.verify.reports.sentences import said_in
from esign.verify.reports.view import FindingGroup, FindingView, Tone

_TONES: Final[dict[Severity, Tone]] = {Severity.ERROR: "fail", Severity.WARNING: "wait", Severity.INFO: "act"}


def finding_groups(findings: Sequence[Finding], labels: Labels) -> tuple[FindingGroup, ...]:
    """Return the findings grouped by weight, what is found alike of several signatures once; no group is empty."""
    groups = []
    for severity in Severity:
        alike: dict[tuple[str, str], list[str]] = {}
        for finding in findings:
            if finding.severity is severity:
                fields = alike.setdefault((finding.code, finding.message), [])
                fields += [] if finding.field is None else [harmless(finding.field)]
        if alike:
            found = tuple(_view(code, message, fields, labels) for (code, message), fields in alike.items())
            groups.append(FindingGroup(state(labels.language, "severity", severity.value), _TONES[severity], found))
    return tuple(groups)


def _view(code: str, message: str, fields: Sequence[str], labels: Labels) -> FindingView:
    words = code_words(labels.language, code)
    sentence = said_in(labels.language, message)
    return FindingView(words.title, sentence, words.meaning, tuple(fields), harmless(code))
