"""Requirements on the signatures: all valid, our seal whole and last, the level reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from esign.verify.acceptance.document import SignatureFacts
from esign.verify.acceptance.requirements.case import Case, listed
from esign.verify.acceptance.verdict import RequirementVerdict

LEVELS: Final = ("B-B", "B-T", "B-LT", "B-LTA")
"""PAdES baseline levels, lowest first."""


@dataclass(frozen=True)
class SignaturesValid:
    """Every signature is valid and from a recognised authority, and nothing was changed afterwards."""

    code: ClassVar[str] = "signatures-valid"

    def judge(self, case: Case) -> RequirementVerdict:
        conclusion = case.document.conclusion
        if conclusion == "TOTAL-PASSED" and case.signatures:
            return RequirementVerdict(self.code, True, "valid")
        if conclusion == "INDETERMINATE":
            return RequirementVerdict(self.code, None, "undecided")
        reason = "unsigned" if conclusion in ("NO-SIGNATURE", "TOTAL-PASSED") else "failed"
        return RequirementVerdict(self.code, False, reason)


@dataclass(frozen=True)
class OurSeal:
    """Our seal is there, valid, and nobody signed after it. `certificates` are more of ours than the caller names."""

    code: ClassVar[str] = "our-seal"
    certificates: tuple[str, ...] = ()

    def judge(self, case: Case) -> RequirementVerdict:
        if case.seal is None:
            return self._without_seal(case)
        met, reason = _state_of_seal(case, case.seal)
        return RequirementVerdict(self.code, met, reason, {"field": listed([case.seal.field])})

    def _without_seal(self, case: Case) -> RequirementVerdict:
        if not case.signatures:
            return RequirementVerdict(self.code, False, "unsigned")
        if not case.seals and case.knowledge is None:
            return RequirementVerdict(self.code, None, "not-named")
        return RequirementVerdict(self.code, False, "missing")


def _state_of_seal(case: Case, seal: SignatureFacts) -> tuple[bool | None, str]:
    if seal.indication == "TOTAL-FAILED" or seal.integrity == "broken" or seal.coverage == "invalid":
        return False, "broken"
    if seal.changes_after == "forbidden":
        return False, "changed"
    if any(one is not seal and one.revision >= seal.revision for one in case.signatures):
        return False, "signed-after"
    if not seal.passed or seal.changes_after not in ("none", "permitted"):
        return None, "undecided"
    return True, "whole" if seal.certificate in case.seals else "whole-by-trail"


@dataclass(frozen=True)
class LevelReached:
    """Every signature reached this PAdES level, or a higher one."""

    code: ClassVar[str] = "level-reached"
    level: str = "B-LTA"

    def judge(self, case: Case) -> RequirementVerdict:
        enough = LEVELS[LEVELS.index(self.level) :]
        short = [one.field for one in case.signatures if one.level not in enough]
        facts = {"level": self.level, "fields": listed(short)}
        if not case.signatures:
            return RequirementVerdict(self.code, False, "unsigned", facts)
        return RequirementVerdict(self.code, not short, "short" if short else "reached", facts)
