"""The verdict in one sentence: which situation it is, what it says and does not say, what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from esign.verify.acceptance.verdict import AcceptanceVerdict
from esign.verify.report import ChangesAfter, Conclusion, Finding, Report, Severity, SignatureReport
from esign.verify.reports.code_words import advice, code_words, situation, state, statement
from esign.verify.reports.language import Labels
from esign.verify.reports.places import numbered_pages
from esign.verify.reports.view import Tone, VerdictView

NOT_READABLE: Final = "UNREADABLE"
_SIGNATURE: Final = "signature"
_TONES: Final[dict[str, Tone]] = {
    Conclusion.PASSED.value: "pass",
    Conclusion.FAILED.value: "fail",
    Conclusion.INDETERMINATE.value: "wait",
    Conclusion.NO_SIGNATURE.value: "wait",
    NOT_READABLE: "wait",
}
_HARMLESS_KINDS: Final = frozenset({"validation-data", "metadata", "timestamping", "signing", "structure"})
"""What is added to a signed document as it goes its way, and changes nothing that it says."""
LOOKS_DIFFERENT: Final = "page-looks-different"
CHANGE_CODES: Final = frozenset({
    LOOKS_DIFFERENT, "content-changed", "page-added", "page-removed", "appearance-changed", "annotation-changed",
    "locked-field-changed", "form-field-added", "form-field-removed", "form-field-altered", "signature-added",
    "signature-altered", "signature-moved", "signature-overlaid", "signature-removed", "structure-changed",
    "signature-dictionary-rewritten", "ambiguous-object", "changes-unknown", "hidden-object-data", "unreadable-update",
    "pages-not-compared", "shown-after-repair",
})  # fmt: skip
"""The findings that tell what happened to the document after a signature."""
_HIDDEN: Final = frozenset({"hidden-object-data", "unreadable-update", "coverage-invalid", "ambiguous-object"})
_BROKEN: Final = frozenset({"signature-broken", "signature-unverifiable", "signing-certificate-mismatch"})
_INVALID_CERTIFICATE: Final = frozenset({"revoked", "not-yet-valid", "expired"})
_UNDECIDED: Final = {
    "NO_CERTIFICATE_CHAIN_FOUND": "not-recognised",
    "CERTIFICATE_CHAIN_GENERAL_FAILURE": "not-recognised",
    "CHAIN_CONSTRAINTS_FAILURE": "not-recognised",
    "REVOKED_CA_NO_POE": "not-recognised",
    "NO_CERTIFICATE_CHAIN_FOUND_NO_POE": "not-recognised",
    "TRY_LATER": "revocation-unknown",
    "REVOCATION_OUT_OF_BOUNDS_NO_POE": "revocation-unknown",
    "OUT_OF_BOUNDS_NO_POE": "time-unknown",
    "OUT_OF_BOUNDS_NOT_REVOKED": "time-unknown",
    "REVOKED_NO_POE": "time-unknown",
    "NO_POE": "time-unknown",
    "CRYPTO_CONSTRAINTS_FAILURE_NO_POE": "weak",
}


def verdict_view(report: Report, labels: Labels, pages: Sequence[int]) -> VerdictView:
    """Return the verdict on the document. `pages` are known to look different."""
    language = labels.language
    code = report.conclusion.value if report.readable else NOT_READABLE
    count = sum(1 for signature in report.signatures if signature.kind == _SIGNATURE)
    name = situation_of(report)
    return VerdictView(
        word=state(language, "conclusion", code),
        sentence=situation(language, name, count=count, pages=numbered_pages(sorted(set(pages)), labels)),
        code=code,
        tone=_TONES[code],
        says=tuple(statement(language, "says", key) for key in _says(report)),
        limits=tuple(statement(language, "limits", key) for key in _limits(report)),
        advice=advice(language, _advice_for(report)),
    )


def situation_of(report: Report) -> str:
    """Return which of the situations of `verdicts.toml` the report describes."""
    if not report.readable:
        return "unreadable"
    if report.conclusion is Conclusion.NO_SIGNATURE:
        return "no-signature"
    if report.conclusion is Conclusion.PASSED:
        return _passed(report)
    return _failed(report) if report.conclusion is Conclusion.FAILED else _undecided(report)


def _passed(report: Report) -> str:
    if all(signature.kind != _SIGNATURE for signature in report.signatures):
        return "passed-timestamp-only"
    return "passed" if is_unchanged(report) else "passed-with-permitted-changes"


def is_unchanged(report: Report) -> bool:
    """Whether after each signature came nothing but further signatures, timestamps and data to check them by."""
    return all(
        signature.changes_after == ChangesAfter.NONE.value
        or (
            signature.changes_after == ChangesAfter.PERMITTED.value
            and bool(signature.changes)
            and all(change.kind in _HARMLESS_KINDS for change in signature.changes)
        )
        for signature in report.signatures
    )


def _failed(report: Report) -> str:
    codes = {finding.code for finding in _errors(report)}
    for name, telling in (
        ("looks-different", frozenset({LOOKS_DIFFERENT})),
        ("broken", _BROKEN),
        ("changed", CHANGE_CODES - _HIDDEN),
        ("hidden", _HIDDEN),
        ("revoked", _INVALID_CERTIFICATE),
    ):
        if codes & telling:
            return name
    return "evidence" if any(code.startswith("evidence-") for code in codes) else "failed"


def _undecided(report: Report) -> str:
    for signature in _own(report):
        if signature.integrity == "unverifiable":
            return "uncheckable"
    for signature in _own(report):
        if signature.sub_indication == "CRYPTO_CONSTRAINTS_FAILURE":
            return "weak"
        if signature.sub_indication is not None:
            return _UNDECIDED.get(signature.sub_indication, "undecided")
    unclear = any(signature.changes_after == ChangesAfter.UNKNOWN.value for signature in report.signatures)
    return "changes-unknown" if unclear else "undecided"


def _own(report: Report) -> list[SignatureReport]:
    signatures = [found for found in report.signatures if found.kind == _SIGNATURE]
    return signatures or list(report.signatures)


def _errors(report: Report) -> list[Finding]:
    return [finding for finding in report.findings if finding.severity is Severity.ERROR]


def _says(report: Report) -> Iterator[str]:
    if not report.readable:
        yield "nothing-said"
        return
    if report.conclusion is Conclusion.NO_SIGNATURE:
        yield "nothing-proven"
        return
    own = _own(report)
    are_intact = all(found.integrity == "intact" and found.coverage != "invalid" for found in own)
    if report.conclusion is Conclusion.FAILED:
        changed = {finding.code for finding in _errors(report)} & CHANGE_CODES
        yield "signed-part-intact" if are_intact and changed else "which-part"
        return
    if are_intact:
        yield "intact"
    if is_unchanged(report):
        alone = all(found.changes_after == ChangesAfter.NONE.value for found in report.signatures)
        yield "unchanged" if alone else "unchanged-but-signatures"
    elif all(found.changes_after in {"none", "permitted"} for found in own):
        yield "only-permitted"
    if all(found.best_signature_time is not None for found in own):
        yield "time-proven"
    if all(found.indication == Conclusion.PASSED.value for found in own):
        yield "recognised"
    bound = [found.evidence.get("manifest_bound") for found in own if found.evidence.get("present")]
    if bound and all(bound):
        yield "evidence"


def _limits(report: Report) -> Iterator[str]:
    if not report.readable:
        return
    if report.conclusion is Conclusion.FAILED:
        yield "who-did-it"
        return
    if report.conclusion is Conclusion.INDETERMINATE:
        yield "forged"
    yield "content"
    if report.conclusion is not Conclusion.NO_SIGNATURE:
        yield "identity"
    if report.acceptance is None:
        yield "ours"


def _advice_for(report: Report) -> str:
    if report.conclusion is Conclusion.PASSED:
        unaccepted = report.acceptance is not None and report.acceptance.verdict is not AcceptanceVerdict.ACCEPTED
        return "not-accepted" if unaccepted else "keep"
    if report.conclusion is Conclusion.NO_SIGNATURE:
        return "get-signed"
    errors = _errors(report)
    codes = [finding.code for finding in errors]
    if not codes:
        codes = [found.sub_indication for found in _own(report) if found.sub_indication is not None]
    wanted = [code_words("en", code).advice for code in codes] or ["another-way"]
    return "tampered" if "tampered" in wanted else wanted[0]
