"""What a policy looks at in a document: read out of the report in the form of esign-verification/1.

So the second verdict can be given wherever a report has come to: beside the verifier, across a process's border, or
years later from a stored report. What is not there or not of its kind is not known, and meets nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

_EMPTY: Final[Mapping[str, object]] = {}


@dataclass(frozen=True)
class EvidenceFacts:
    """What a signature's evidence says of itself. `bound`: the signer's certificate names exactly this manifest."""

    bound: bool
    handwriting: str
    photo: str
    envelope: str
    recipient: str
    role: str
    mode: str
    identity: str
    identity_by: str
    consents: frozenset[str]


@dataclass(frozen=True)
class SignatureFacts:
    """One signature. `policies` are the certificate policies (object identifiers) of the signer's certificate,
    `timestamp_policies` those of the authorities whose timestamps stand on it."""

    field: str
    kind: str
    revision: int
    integrity: str
    coverage: str
    changes_after: str
    level: str
    indication: str
    time: datetime | None
    serial: str
    certificate: str
    policies: frozenset[str]
    timestamp_policies: frozenset[str]
    evidence: EvidenceFacts | None

    @property
    def is_timestamp(self) -> bool:
        return self.kind != "signature"

    @property
    def passed(self) -> bool:
        return self.indication == "TOTAL-PASSED"


@dataclass(frozen=True)
class JudgedDocument:
    """A document that the verifier judged: its digest (lower-case hex), its conclusion and its signatures.

    `doubted` are the fields whose evidence the verifier found wrong.
    """

    sha256: str
    conclusion: str
    signatures: tuple[SignatureFacts, ...]
    doubted: frozenset[str]

    @property
    def latest_time(self) -> datetime | None:
        """The latest time that is proven for anything in the document."""
        return max((one.time for one in self.signatures if one.time is not None), default=None)


def judged_document(report: Mapping[str, object]) -> JudgedDocument:
    """Read a report. Raises nothing: what is malformed is left out, or empty."""
    return JudgedDocument(
        sha256=_text(_mapping(report.get("document")), "sha256"),
        conclusion=_text(report, "conclusion"),
        signatures=tuple(_signature(one) for one in _mappings(report.get("signatures"))),
        doubted=frozenset(
            _text(one, "field")
            for one in _mappings(report.get("findings"))
            if _text(one, "code").startswith("evidence-") and _text(one, "severity") == "error"
        ),
    )


def _signature(form: Mapping[str, object]) -> SignatureFacts:
    signer = _mapping(form.get("signer"))
    revision = form.get("revision")
    timestamps = _mappings(form.get("timestamp_signers"))
    return SignatureFacts(
        field=_text(form, "field"),
        kind=_text(form, "kind"),
        revision=revision if isinstance(revision, int) else 0,
        integrity=_text(form, "integrity"),
        coverage=_text(form, "coverage"),
        changes_after=_text(form, "changes_after"),
        level=_text(form, "level"),
        indication=_text(form, "indication"),
        time=_time(form.get("best_signature_time")),
        serial=_text(signer, "serial"),
        certificate=_text(signer, "certificate_sha256"),
        policies=_policies(signer),
        timestamp_policies=frozenset[str]().union(*(_policies(one) for one in timestamps)),
        evidence=_evidence(_mapping(form.get("evidence"))),
    )


def _evidence(form: Mapping[str, object]) -> EvidenceFacts | None:
    if form.get("present") is not True:
        return None
    identity = _mapping(form.get("identity"))
    return EvidenceFacts(
        bound=form.get("manifest_bound") is True,
        handwriting=_text(form, "handwriting"),
        photo=_text(form, "photo"),
        envelope=_text(form, "envelope"),
        recipient=_text(form, "recipient"),
        role=_text(form, "role"),
        mode=_text(form, "mode"),
        identity=_text(identity, "level"),
        identity_by=_text(identity, "by"),
        consents=frozenset(_text(one, "id") for one in _mappings(form.get("consents"))),
    )


def _policies(signer: Mapping[str, object]) -> frozenset[str]:
    return frozenset(_text(signer, "policies").split())


def _text(form: Mapping[str, object], name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else _EMPTY


def _mappings(value: object) -> Iterator[Mapping[str, object]]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        yield from (one for one in value if isinstance(one, Mapping))


def _time(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
