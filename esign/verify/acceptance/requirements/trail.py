"""Requirements on what our trail knows of exactly this file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Final

from esign.trail.errors import EventRefused, NoteRefused, ProofRefused
from esign.trail.event import Event
from esign.trail.proof import parse_inclusion_proof, verify_inclusion_proof
from esign.verify.acceptance.knowledge import (
    COMPLETED,
    ENDED,
    OPEN,
    OVER_WITHOUT_SEAL,
    NotRecognised,
    Recognised,
    Stage,
)
from esign.verify.acceptance.requirements.case import Case
from esign.verify.acceptance.verdict import RequirementVerdict
from esign.verify.acceptance.words import MOMENT

_RECORDED: Final = {
    Stage.SEALED: (("document.sealed", "sealed"), ("document.renewed", "renewed")),
    Stage.SIGNED: (("recipient.signed", "revision"),),
}
"""By which events, and in which member of each, a digest of each stage comes into the trail."""

_WITHHELD: Final = {True: "fixed", False: "proof-wrong", None: "not-covered"}
"""What is said where a proof is withheld, by what was found of it."""


@dataclass(frozen=True)
class InOurTrail:
    """Our trail holds the digest of this file."""

    code: ClassVar[str] = "in-our-trail"

    def judge(self, case: Case) -> RequirementVerdict:
        knowledge = case.knowledge
        if knowledge is None:
            return RequirementVerdict(self.code, None, "not-asked")
        facts = {"as_of": _time(knowledge.as_of)}
        if isinstance(knowledge, Recognised):
            return RequirementVerdict(self.code, True, "known", facts)
        latest = case.document.latest_time
        if latest is not None and latest > knowledge.as_of:
            return RequirementVerdict(self.code, None, "trail-older", facts)
        return RequirementVerdict(self.code, False, "unknown", facts)


@dataclass(frozen=True)
class TrailFixed:
    """What our trail says of it is under a signed checkpoint, so that nobody could add it later."""

    code: ClassVar[str] = "trail-fixed"

    def judge(self, case: Case) -> RequirementVerdict:
        recognised = case.recognised
        if recognised is None:
            return RequirementVerdict(self.code, None, "not-known")
        if recognised.proof is None:
            return RequirementVerdict(self.code, recognised.fixed, _WITHHELD[recognised.fixed])
        if not case.keys:
            return RequirementVerdict(self.code, None, "no-key")
        holds = proof_holds(recognised.proof, case.document.sha256, recognised.stage, case.keys)
        return RequirementVerdict(self.code, holds, "fixed" if holds else "proof-wrong")


def proof_holds(proof: bytes, sha256: str, stage: Stage, keys: frozenset[bytes]) -> bool:
    """Tell whether this `.tlog-proof` proves, by one of these keys, that the log recorded the file at that stage."""
    try:
        event = verify_inclusion_proof(parse_inclusion_proof(proof), keys)
    except (ProofRefused, NoteRefused, EventRefused):
        return False
    return _records(event, sha256, stage)


def _records(event: Event, sha256: str, stage: Stage) -> bool:
    if stage in _RECORDED:
        return any(event.type == kind and event.payload.get(member) == sha256 for kind, member in _RECORDED[stage])
    documents = event.payload.get("documents")
    return event.type == "envelope.created" and any(
        isinstance(one, Mapping) and one.get("prepared") == sha256
        for one in (documents if isinstance(documents, tuple) else ())
    )


@dataclass(frozen=True)
class StateInForce:
    """It is the sealed document of an envelope in one of these states, and no later version took its place."""

    code: ClassVar[str] = "state-in-force"
    states: tuple[str, ...] = (COMPLETED,)

    def judge(self, case: Case) -> RequirementVerdict:
        known = case.knowledge
        if known is None or isinstance(known, NotRecognised):
            return RequirementVerdict(self.code, None, "not-known")
        facts = {"state": known.state, "as_of": _time(known.as_of)}
        if known.state in OVER_WITHOUT_SEAL or known.state == ENDED:
            return RequirementVerdict(self.code, False, "ended", facts)
        if known.superseded:
            return RequirementVerdict(self.code, False, "superseded", facts)
        if known.stage is not Stage.SEALED:
            return RequirementVerdict(self.code, False, "not-sealed", facts)
        if known.state == OPEN or known.state not in self.states:
            return RequirementVerdict(self.code, False, "other-state", facts)
        return RequirementVerdict(self.code, True, "in-force", facts)


@dataclass(frozen=True)
class EvidenceOpenable:
    """The private evidence was not erased: its custodian could still open it."""

    code: ClassVar[str] = "evidence-openable"

    def judge(self, case: Case) -> RequirementVerdict:
        erased = None if case.recognised is None else case.recognised.erased
        if erased is None:
            return RequirementVerdict(self.code, None, "not-known")
        return RequirementVerdict(self.code, not erased, "erased" if erased else "kept")


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(MOMENT)
