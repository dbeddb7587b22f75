"""Checks one bundle, from the container down to the last event: what it is worth, and what is wrong with which member.

The order is that of `Step`. The container is read so that its members are certain; the manifest says which there must
be, and its signature since when; the trail's events are proven to stand under a checkpoint that was timestamped; and
all else (documents, evidence, pages, consents, the description) is compared with those events. So whoever changes a
member has to change the manifest and its signature, and whoever holds the seal the trail too, which others witness.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from ca.trust import TrustStore
from esign.bundle.checking.container import USUAL, Buffer, Container, ContainerLimits, open_container
from esign.bundle.checking.documents import check_documents
from esign.bundle.checking.errors import ContainerRefused
from esign.bundle.checking.evidence import check_evidence
from esign.bundle.checking.material import read_material
from esign.bundle.checking.members import Members, check_members
from esign.bundle.checking.recorded import check_recorded
from esign.bundle.checking.renewed import check_covers_end, check_renewed
from esign.bundle.checking.trail import check_trail, check_whole_streams, events_of
from esign.bundle.checking.verdict import BundleVerdict, Findings, JudgedDocument, Step
from esign.bundle.description import parse_description
from esign.bundle.facts import Description
from esign.bundle.layout import ENVELOPE, MANIFEST, SIGNATURE
from esign.errors import EvidenceError
from esign.trail.event import LoggedEvent
from esign.trail.note import NoteVerifier
from esign.verify import SecurityStore, verify
from esign.verify.detached import Beside, DetachedVerdict, verify_detached
from esign.verify.report import Conclusion, Severity
from esign.verify.trust.algorithm_constraints import AlgorithmConstraints

_SINGLE_EVENTS = ("erasures",)
"""Streams that are about many envelopes, of which a bundle may hold single events."""


@dataclass(frozen=True)
class BundleQuestion:
    """What is asked of a bundle: whom to believe, at which time (timezone-aware), and whether pages are drawn.

    `log_keys` are the log's verifier keys (C2SP signed-note), had from elsewhere than the bundle; `seals` the
    SHA-256 of the insurer's seal certificates (lower-case hex): empty where nobody named them.
    """

    name: str
    trust: TrustStore
    at: datetime
    log_keys: tuple[str, ...] = ()
    seals: frozenset[str] = frozenset()
    pictures: bool = False
    constraints: AlgorithmConstraints | None = None


def check_bundle(data: Buffer, question: BundleQuestion, limits: ContainerLimits = USUAL) -> BundleVerdict:
    """Return the verdict on a bundle. Nothing is written and nobody is asked; whatever is hostile becomes a finding.

    Raises `NoteRefused` if one of `log_keys` is not a verifier key.
    """
    keys = [NoteVerifier.from_vkey(key) for key in question.log_keys]
    findings = Findings()
    verdict = BundleVerdict(question.name, hashlib.sha256(data).hexdigest(), len(data), question.at)
    try:
        container = open_container(data, limits)
    except ContainerRefused as error:
        findings.add(Step.CONTAINER, error.code, error.member, reason=error.reason)
        return replace(verdict, findings=findings.all(), readable=False)
    if _is_set(container):
        findings.add(Step.CONTAINER, "bundle-set", count=len(container.names))
        return replace(verdict, findings=findings.all(), readable=False)
    members = Members(container, findings)
    check_members(members, container.names, findings)
    store = read_material(members, findings)
    seal = _check_signature(members, question, store, findings)
    description, beside = _description(members, findings), _beside(question, store, seal)
    renewed = check_renewed(members, description.renewals if description else None, keys, beside, findings)
    proven = [renewed.first] if renewed and renewed.proven_since else []
    events, head = check_trail(members, findings, keys, beside, proven)
    documents: tuple[JudgedDocument, ...] = ()
    if description is not None:
        documents = _check_content(members, description, events, question, store, findings)
        renewed = check_covers_end(renewed, description, events, findings)
    if seal is not None:
        _check_sealer(seal, documents, question.seals, findings)
    return replace(
        verdict,
        findings=findings.all(),
        members=len(container.names),
        events=len(events),
        envelope=description.envelope if description else "",
        state=description.state if description else "",
        mode=description.mode if description else "",
        sealed_by=seal.signer.get("subject", "") if seal else "",
        sealed_at=seal.proven_time if seal else None,
        head=replace(head, end_proven_since=renewed.proven_since) if head and renewed else head,
        documents=documents,
    )


def _is_set(container: Container) -> bool:
    """Tell whether these are several bundles with their index, which are checked one by one."""
    return "index.jsonl" in container and MANIFEST not in container


def _check_content(
    members: Members,
    description: Description,
    logged: Collection[LoggedEvent],
    question: BundleQuestion,
    store: SecurityStore,
    findings: Findings,
) -> tuple[JudgedDocument, ...]:
    """Check what the trail decides: streams, description, documents and evidence."""
    everything = tuple(logged)
    if description.envelope not in description.streams:
        findings.add(Step.TRAIL, "event-missing", ENVELOPE, stream=description.envelope, versions="all", count="?")
    check_whole_streams(everything, description.streams, findings, single=_SINGLE_EVENTS)
    events = events_of(everything, description.envelope)
    check_recorded(description, [one.event for one in everything], findings)
    judge = partial(
        verify,
        trust=question.trust,
        at=question.at,
        supplement=store,
        pictures=question.pictures,
        constraints=question.constraints,
    )
    documents = check_documents(
        members, description, events, lambda document, name: judge(document, name=name), findings
    )
    check_evidence(members, description, events, findings)
    return documents


def _check_signature(
    members: Members, question: BundleQuestion, store: SecurityStore, findings: Findings
) -> DetachedVerdict | None:
    """Judge the seal's signature over the manifest; it must be timestamped, and stand."""
    encoded, manifest = members.read(SIGNATURE), members.read(MANIFEST)
    if encoded is None or manifest is None:
        return None
    seal = verify_detached(encoded, manifest, _beside(question, store))
    if seal.indication is Conclusion.FAILED:
        findings.add(Step.SIGNATURE, "signature-wrong", SIGNATURE, reason=seal.reason)
    elif not seal.timestamped:
        findings.add(Step.SIGNATURE, "signature-without-timestamp", SIGNATURE)
    elif seal.indication is not Conclusion.PASSED:
        findings.add(
            Step.SIGNATURE,
            "signature-open",
            SIGNATURE,
            severity=Severity.WARNING,
            reason=seal.reason,
            sub_indication=seal.sub_indication,
        )
    elif seal.proven_time is None:
        findings.add(Step.SIGNATURE, "signature-time-open", SIGNATURE, severity=Severity.WARNING)
    return seal


def _check_sealer(
    seal: DetachedVerdict, documents: Collection[JudgedDocument], named: frozenset[str], findings: Findings
) -> None:
    """Compare who signed the manifest with who sealed the documents: many may have certificates that are believed."""
    sealers = {subject for document in documents for subject in document.seals}
    subject = seal.signer.get("subject", "")
    if named and seal.signer.get("certificate_sha256") not in named:
        findings.add(Step.SIGNATURE, "sealer-not-named", SIGNATURE, subject=subject)
    if sealers and subject not in sealers:
        findings.add(Step.SIGNATURE, "sealed-by-another", SIGNATURE, subject=subject)
    elif not sealers and not named:
        findings.add(Step.SIGNATURE, "sealer-to-compare", SIGNATURE, severity=Severity.WARNING, subject=subject)


def _beside(question: BundleQuestion, store: SecurityStore, seal: DetachedVerdict | None = None) -> Beside:
    """What signatures are judged by. What a recognised timestamp on the manifest covers existed when that was made."""
    stands = seal is not None and seal.indication is Conclusion.PASSED
    return Beside(
        question.trust, question.at, question.constraints, store, seal.proven_time if seal and stands else None
    )


def _description(members: Members, findings: Findings) -> Description | None:
    data = members.read(ENVELOPE)
    if data is None:
        return None
    try:
        return parse_description(data)
    except EvidenceError as error:
        findings.add(Step.FACTS, "description-malformed", ENVELOPE, reason=error.cause)
        return None
