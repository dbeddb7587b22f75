"""One signature as a person is shown it: who, when, whether it holds, who vouches, what came after, what it carries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from esign.verify.report import ChangesAfter, Conclusion, SignatureReport
from esign.verify.reports.code_words import code_words, state
from esign.verify.reports.harmless import harmless
from esign.verify.reports.language import Labels
from esign.verify.reports.view import EvidenceView, Fact, Picture, SignatureView, Tag, Tone

_TIMESTAMP: Final = "document-timestamp"
_TONES: Final[Mapping[str, Tone]] = {
    Conclusion.PASSED.value: "pass",
    Conclusion.FAILED.value: "fail",
    Conclusion.INDETERMINATE.value: "wait",
}
_INTEGRITY: Final[Mapping[str, Tone]] = {"intact": "pass", "broken": "fail", "unverifiable": "wait"}
_CHANGES: Final[Mapping[str, Tone]] = {
    ChangesAfter.NONE.value: "pass",
    ChangesAfter.PERMITTED.value: "pass",
    ChangesAfter.FORBIDDEN.value: "fail",
    ChangesAfter.UNKNOWN.value: "wait",
}
_SAID_OF_SIGNER: Final = (
    ("subject", "Subject of the certificate"),
    ("issuer", "Issued by"),
    ("serial", "Serial number"),
    ("not_before", "Valid from"),
    ("not_after", "Valid until"),
)
_SAID_OF_ALGORITHMS: Final = (("digest", "Digest"), ("signature", "Signature algorithm"), ("key", "Key"))
_EXACT: Final = frozenset({"serial", "not_before", "not_after", "digest", "signature", "key"})


def signature_view(
    signature: SignatureReport, number: int, labels: Labels, pictures: Sequence[Picture]
) -> SignatureView:
    """Return the view of a signature. `number` counts from 1 in signing order; `pictures` are those of its evidence."""
    language = labels.language
    is_timestamp = signature.kind == _TIMESTAMP
    outcome = state(language, "conclusion", signature.indication)
    proven = signature.best_signature_time
    return SignatureView(
        number=number,
        name=_name(signature, labels),
        role=_role(signature, labels),
        field=harmless(signature.field),
        is_timestamp=is_timestamp,
        tone=_TONES.get(signature.indication, "wait"),
        outcome=Tag(outcome, _TONES.get(signature.indication, "wait")),
        integrity=Tag(state(language, "integrity", signature.integrity), _INTEGRITY.get(signature.integrity, "wait")),
        trust=_trust(signature, labels),
        changes=Tag(
            state(language, "changes_after", signature.changes_after), _CHANGES.get(signature.changes_after, "wait")
        ),
        moment=_moment(proven or signature.claimed_time, labels),
        moment_is_proven=proven is not None,
        claimed=_claimed(signature, labels),
        level="" if is_timestamp else ("—" if signature.level == "none" else harmless(signature.level)),
        level_words="" if is_timestamp else state(language, "level", signature.level),
        coverage=state(language, "coverage", signature.coverage),
        reason=code_words(language, signature.sub_indication).meaning if signature.sub_indication else None,
        evidence=_evidence(signature.evidence, labels, pictures),
        details=tuple(_details(signature, labels)),
    )


def _name(signature: SignatureReport, labels: Labels) -> str:
    name = signature.signer.get("name") or signature.signer.get("subject")
    return harmless(name) if name else labels.say("Signer unknown")


def _role(signature: SignatureReport, labels: Labels) -> str:
    if signature.kind == _TIMESTAMP:
        return state(labels.language, "kind", _TIMESTAMP)
    role = signature.evidence.get("role")
    if isinstance(role, str) and role:
        return state(labels.language, "role", role)
    organisation = signature.signer.get("organisation")
    if organisation and organisation == signature.signer.get("name"):
        return labels.say("Seal of an organisation")
    return state(labels.language, "kind", "signature")


def _trust(signature: SignatureReport, labels: Labels) -> Tag:
    """Whether the authority is recognised is told only of what is intact: a name on a broken signature says nothing."""
    language = labels.language
    if signature.integrity != "intact" or signature.coverage == "invalid":
        return Tag(state(language, "trust", "not-judged"), "wait")
    if signature.indication == Conclusion.PASSED.value:
        return Tag(state(language, "trust", "recognised"), "pass")
    tone = _TONES.get(signature.indication, "wait")
    if signature.sub_indication is None:
        return Tag(state(language, "trust", "not-recognised"), tone)
    return Tag(code_words(language, signature.sub_indication).title, tone)


def _moment(at: datetime | None, labels: Labels) -> str:
    return labels.say("No time is told") if at is None else labels.moment(at)


def _claimed(signature: SignatureReport, labels: Labels) -> str | None:
    """What the signer said, where it is another time than the proven one."""
    proven, claimed = signature.best_signature_time, signature.claimed_time
    if proven is None or claimed is None or proven == claimed:
        return None
    return labels.moment(claimed)


def _evidence(evidence: Mapping[str, Any], labels: Labels, pictures: Sequence[Picture]) -> EvidenceView | None:
    if evidence.get("present") is not True:
        return None
    language = labels.language
    facts = [
        Fact(
            state(language, "item", str(item.get("kind"))),
            state(language, "placement", str(item.get("placement"))),
        )
        for item in evidence.get("items") or ()
    ]
    if mode := evidence.get("mode"):
        facts.append(Fact(labels.say("Signed in mode"), state(language, "mode", str(mode))))
    bound = evidence.get("manifest_bound") is True
    manifest = labels.say("is what the certificate names") if bound else labels.say("is not what the certificate names")
    return EvidenceView(tuple(facts), Tag(manifest, "pass" if bound else "fail"), tuple(pictures))


def _details(signature: SignatureReport, labels: Labels) -> Iterator[Fact]:
    language = labels.language
    indication = " · ".join(filter(None, (signature.indication, signature.sub_indication)))
    yield Fact(labels.say("Verdict by EN 319 102-1"), harmless(indication), exact=True)
    yield Fact(labels.say("Field"), harmless(signature.field))
    yield Fact(labels.say("Revision"), str(signature.revision))
    yield Fact(labels.say("It covers"), state(language, "coverage", signature.coverage))
    for moment, label in (
        (signature.best_signature_time, "Proven time (UTC)"),
        (signature.claimed_time, "Claimed time (UTC)"),
    ):
        if moment is not None:
            yield Fact(labels.say(label), labels.utc(moment), exact=True)
    yield from _said(signature.signer, _SAID_OF_SIGNER, labels)
    yield from _said(signature.algorithms, _SAID_OF_ALGORITHMS, labels)
    for signer in signature.timestamp_signers:
        yield from _said(signer, (("subject", "Timestamp by"), ("issuer", "Its issuer")), labels)
    evidence = signature.evidence
    for key, label in (
        ("manifest_sha256", "SHA-256 of the evidence manifest"),
        ("envelope", "Envelope"),
        ("recipient", "Recipient"),
    ):
        if isinstance(evidence.get(key), str):
            yield Fact(labels.say(label), harmless(evidence[key]), exact=True)


def _said(values: Mapping[str, str], named: Sequence[tuple[str, str]], labels: Labels) -> Iterator[Fact]:
    for key, label in named:
        if values.get(key):
            yield Fact(labels.say(label), harmless(values[key]), exact=key in _EXACT)
