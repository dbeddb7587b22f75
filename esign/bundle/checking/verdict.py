"""What a bundle was found to be: a conclusion, and findings that each name a member."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from esign.verify.report import Conclusion, Severity, time_text

SCHEMA: Final = "esign-bundle-check/1"


class Step(StrEnum):
    """What is checked, in this order."""

    CONTAINER = "container"
    MEMBERS = "members"
    SIGNATURE = "signature"
    TRAIL = "trail"
    DOCUMENTS = "documents"
    EVIDENCE = "evidence"
    FACTS = "facts"


@dataclass(frozen=True)
class BundleFinding:
    """Something a person should know. `code` is stable, `member` the name of a member or empty, `facts` are said in
    the sentence of the code (`words.py`): ids, numbers, positions, reasons.

    An error makes the bundle fail, a warning leaves its conclusion open, an information does neither.
    """

    code: str
    step: Step
    severity: Severity
    member: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class JudgedDocument:
    """A PDF of the bundle and what the verifier concluded of it; `seals` are the subjects of those who signed it and
    are no recipients."""

    member: str
    conclusion: str
    signatures: int
    seals: tuple[str, ...] = ()


@dataclass(frozen=True)
class CheckedHead:
    """The checkpoint: its log and epoch, size, root (lower-case hex), the time in its token, and whether it is signed
    by a key that the checker named.

    `end_proven_since`: when the envelope's end stood in the trail already, by timestamps that were renewed, or None.
    """

    origin: str
    size: int
    root: str
    fixed_at: datetime | None
    key_named: bool
    end_proven_since: datetime | None = None


@dataclass(frozen=True)
class BundleVerdict:
    """The verdict on one bundle.

    `sha256` is lower-case hex, `sealed_by` the subject of the certificate that signed its manifest, `sealed_at` the
    proven time of that. `mode` is the envelope's: what was signed in `test` has no legal effect. `readable` is False
    where the container could not be read. Times are timezone-aware UTC.
    """

    name: str
    sha256: str
    bytes: int
    checked_at: datetime
    findings: tuple[BundleFinding, ...] = ()
    readable: bool = True
    members: int = 0
    events: int = 0
    envelope: str = ""
    state: str = ""
    mode: str = ""
    sealed_by: str = ""
    sealed_at: datetime | None = None
    head: CheckedHead | None = None
    documents: tuple[JudgedDocument, ...] = ()

    @property
    def conclusion(self) -> Conclusion:
        weights = {finding.severity for finding in self.findings}
        if Severity.ERROR in weights or not self.readable:
            return Conclusion.FAILED
        return Conclusion.INDETERMINATE if Severity.WARNING in weights else Conclusion.PASSED

    @property
    def exit_status(self) -> int:
        """0 TOTAL-PASSED, 1 TOTAL-FAILED, 2 INDETERMINATE, 4 not readable as a bundle."""
        return 4 if not self.readable else list(Conclusion).index(self.conclusion)

    def of_step(self, step: Step) -> Conclusion | None:
        """What one step came to; None where it was never reached."""
        if not self.readable and step is not Step.CONTAINER:
            return None
        weights = {finding.severity for finding in self.findings if finding.step is step}
        if Severity.ERROR in weights:
            return Conclusion.FAILED
        return Conclusion.INDETERMINATE if Severity.WARNING in weights else Conclusion.PASSED

    def as_json(self, say: Callable[[BundleFinding], str]) -> dict[str, Any]:
        """Return the verdict as JSON values in the form of esign-bundle-check/1; `say` gives a finding's sentence."""
        return {
            "schema": SCHEMA,
            "bundle": {"name": self.name, "sha256": self.sha256, "bytes": self.bytes},
            "checked_at": time_text(self.checked_at),
            "conclusion": self.conclusion.value,
            "readable": self.readable,
            "members": self.members,
            "events": self.events,
            "envelope": self.envelope,
            "state": self.state,
            "mode": self.mode,
            "sealed_by": self.sealed_by,
            "sealed_at": time_text(self.sealed_at),
            "checkpoint": None if self.head is None else _head_as_json(self.head),
            "documents": [
                {
                    "member": found.member,
                    "conclusion": found.conclusion,
                    "signatures": found.signatures,
                    "seals": list(found.seals),
                }
                for found in self.documents
            ],
            "steps": {step.value: None if (found := self.of_step(step)) is None else found.value for step in Step},
            "findings": [finding_as_json(finding, say) for finding in self.findings],
        }


def finding_as_json(finding: BundleFinding, say: Callable[[BundleFinding], str]) -> dict[str, Any]:
    """Return a finding as JSON values, with its sentence."""
    return {
        "code": finding.code,
        "step": finding.step.value,
        "severity": finding.severity.value,
        "member": finding.member,
        "facts": dict(finding.facts),
        "message": say(finding),
    }


def _head_as_json(head: CheckedHead) -> dict[str, Any]:
    return {
        "origin": head.origin,
        "size": head.size,
        "root": head.root,
        "fixed_at": time_text(head.fixed_at),
        "key_named": head.key_named,
        "end_proven_since": time_text(head.end_proven_since),
    }


class Findings:
    """Collects findings; what a step finds twice is told once, and of one code at most so many members are named."""

    def __init__(self, at_most: int = 200) -> None:
        self._found: dict[tuple[object, ...], BundleFinding] = {}
        self._counts: dict[str, int] = {}
        self._at_most = at_most

    def add(
        self, step: Step, code: str, member: str = "", *, severity: Severity = Severity.ERROR, **facts: object
    ) -> None:
        """Add a finding; beyond the limit of its code it only counts."""
        finding = BundleFinding(code, step, severity, member, {name: str(value)[:200] for name, value in facts.items()})
        key = (code, member, *finding.facts.items())
        if key in self._found:
            return
        self._counts[code] = self._counts.get(code, 0) + 1
        if self._counts[code] <= self._at_most:
            self._found[key] = finding

    def extend(self, step: Step, code: str, members: Iterable[str]) -> None:
        """Add an error of this code for each of the members."""
        for member in members:
            self.add(step, code, member)

    def all(self) -> tuple[BundleFinding, ...]:
        """Return the findings in the order of the steps."""
        order = list(Step)
        return tuple(sorted(self._found.values(), key=lambda finding: order.index(finding.step)))
