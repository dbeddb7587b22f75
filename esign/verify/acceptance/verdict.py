"""The second verdict: each requirement of a policy met, unmet or unknown, and what follows from them together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from esign.verify.acceptance.words import Language, sentence


class AcceptanceVerdict(StrEnum):
    """Whether a document is accepted. `UNDECIDED`: nothing speaks against it, and something is not known."""

    ACCEPTED = "ACCEPTED"
    NOT_ACCEPTED = "NOT-ACCEPTED"
    UNDECIDED = "UNDECIDED"


@dataclass(frozen=True)
class RequirementVerdict:
    """One requirement, by its stable code. `met` is None where it cannot be known from what is at hand.

    `reason` names the sentence among those of the code, `facts` are what is filled into it: codes, names out of the
    file (bounded, and a stranger's), times.
    """

    code: str
    met: bool | None
    reason: str
    facts: Mapping[str, str] = field(default_factory=dict)

    def said(self, language: Language = "en") -> str:
        """Return the sentence, in Chinese or English. Raises `KeyError` for one of a later version."""
        return sentence(self.code, self.reason, self.facts, language)

    @property
    def message(self) -> str:
        """The sentence in English; of a later version the codes alone."""
        try:
            return self.said()
        except KeyError:
            return f"{self.code}: {self.reason}"


@dataclass(frozen=True)
class Acceptance:
    """The verdict by one policy: its name and version, and every requirement in the policy's order."""

    policy: str
    version: int
    verdict: AcceptanceVerdict
    requirements: tuple[RequirementVerdict, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the `acceptance` member of esign-verification/1."""
        return {
            "policy": self.policy,
            "version": self.version,
            "verdict": self.verdict.value,
            "requirements": [
                {
                    "code": one.code,
                    "met": one.met,
                    "message": one.message,
                    "reason": one.reason,
                    "facts": dict(one.facts),
                }
                for one in self.requirements
            ],
        }


def conclude_acceptance(requirements: Iterable[RequirementVerdict]) -> AcceptanceVerdict:
    """Accept what meets everything; one unmet requirement decides against, whatever else is unknown."""
    met = [one.met for one in requirements]
    if False in met:
        return AcceptanceVerdict.NOT_ACCEPTED
    return AcceptanceVerdict.UNDECIDED if None in met or not met else AcceptanceVerdict.ACCEPTED
