"""What happened to the document after it was signed: in sentences, and as pictures of the pages before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from esign.verify.report import ChangesAfter, Report, Severity
from esign.verify.reports.code_words import code_words
from esign.verify.reports.language import Labels
from esign.verify.reports.places import numbered_pages, page_of
from esign.verify.reports.sentences import said_in
from esign.verify.reports.verdict_view import CHANGE_CODES, LOOKS_DIFFERENT, is_unchanged
from esign.verify.reports.view import ChangedPage, ChangesView, Tone

_ADDED: Final = (
    ("signature", "{count} further signature", "{count} further signatures"),
    ("document-timestamp", "{count} document timestamp", "{count} document timestamps"),
)
_PERMITTED: Final = (
    ("form-filling", "Form fields were filled in, as the signature allows."),
    ("annotation", "Notes or marks were added, as the signature allows."),
    ("widget-removed", "Form fields were taken off a page, as the signature allows."),
    ("validation-data", "Data to check the signatures by was added."),
)


def changes_view(report: Report, labels: Labels, pages: Sequence[ChangedPage]) -> ChangesView | None:
    """Return what came after the signatures, or None where there is none, or nothing could be judged."""
    if not report.signatures:
        return None
    told, permitted = list(_forbidden(report, labels)), tuple(_permitted(report, labels))
    tone = _tone(report)
    if not told and permitted:
        told, permitted = list(permitted), ()
    elif not told:
        if is_unchanged(report):
            told = [labels.say("Nothing was added or changed after the last signature.")]
        elif tone == "pass":
            told = [labels.say("Only what the signatures allow was added or changed.")]
        else:
            told = [labels.say("What was changed after the signatures cannot be told.")]
    return ChangesView(tone, tuple(dict.fromkeys(told)), permitted, tuple(pages))


def _tone(report: Report) -> Tone:
    after = {signature.changes_after for signature in report.signatures}
    if ChangesAfter.FORBIDDEN.value in after or any(
        finding.code in CHANGE_CODES and finding.severity is Severity.ERROR for finding in report.findings
    ):
        return "fail"
    return "wait" if ChangesAfter.UNKNOWN.value in after else "pass"


def _forbidden(report: Report, labels: Labels) -> Iterator[str]:
    for finding in report.findings:
        if finding.code in CHANGE_CODES:
            sentence = said_in(labels.language, finding.message)
            yield sentence if finding.code != LOOKS_DIFFERENT else code_words(labels.language, finding.code).meaning
    forbidden = {
        page for found in report.signatures for change in found.changes
        if not change.permitted and (page := page_of(change.place)) is not None
    }  # fmt: skip
    if forbidden:
        yield labels.say("Changed without permission: {pages}.", pages=numbered_pages(sorted(forbidden), labels))


def _permitted(report: Report, labels: Labels) -> Iterator[str]:
    first = report.signatures[0]
    later = Counter(found.kind for found in report.signatures[1:] if found.revision > first.revision)
    added = [
        labels.say(one if later[kind] == 1 else many, count=later[kind]) for kind, one, many in _ADDED if later[kind]
    ]
    if added:
        together = labels.say(" and ").join(added)
        yield labels.say("After the first signature came {additions}.", additions=together)
    kinds = {change.kind for found in report.signatures for change in found.changes if change.permitted}
    yield from (labels.say(sentence) for kind, sentence in _PERMITTED if kind in kinds)
