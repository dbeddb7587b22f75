"""The requirement that no stand-in took a third party's place, but those that the policy allows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from esign.verify.acceptance.requirements.case import Case, listed
from esign.verify.acceptance.requirements.evidence import PLACED
from esign.verify.acceptance.verdict import RequirementVerdict

AUTHORITY, TIMESTAMPS = "embedded-authority", "embedded-timestamps"
IDENTITY, FACE, TEST_MODE = "identity-not-verified", "face-quality-only", "test-mode"
STAND_INS: Final = (AUTHORITY, TIMESTAMPS, IDENTITY, FACE, TEST_MODE)
"""Those of `esign.operations.stand_ins` that leave a trace in a document or its envelope, and test mode itself."""
NOT_VERIFIED: Final = "not-verified"


@dataclass(frozen=True)
class NoStandIns:
    """No stand-in was used but those `allowed`.

    `test_policies` are the certificate policies (object identifiers) by which test authorities mark their certificates.
    """

    code: ClassVar[str] = "no-stand-ins"
    test_policies: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()

    def judge(self, case: Case) -> RequirementVerdict:
        used = set(self._used(case))
        refused = [one for one in STAND_INS if one in used and one not in self.allowed]
        if refused:
            return RequirementVerdict(self.code, False, "used", {"stand_ins": listed(refused)})
        if self._face_is_unknown(case):
            return RequirementVerdict(self.code, None, "face-unknown")
        allowed = [one for one in STAND_INS if one in used]
        reason = "allowed" if allowed else "none"
        return RequirementVerdict(self.code, True, reason, {"stand_ins": listed(allowed)})

    def _used(self, case: Case) -> Iterator[str]:
        marks = frozenset(self.test_policies)
        if any(one.policies & marks for one in case.signatures):
            yield AUTHORITY
        if any(one.timestamp_policies & marks for one in case.document.signatures) or any(
            one.policies & marks for one in case.document.signatures if one.is_timestamp
        ):
            yield TIMESTAMPS
        evidence = [one.evidence for one in case.persons if one.evidence]
        if any(one.identity == NOT_VERIFIED for one in evidence):
            yield IDENTITY
        if any(one.mode == "test" for one in evidence) or (case.recognised and case.recognised.mode == "test"):
            yield TEST_MODE
        if case.recognised and case.recognised.stand_ins:
            yield from case.recognised.stand_ins

    def _face_is_unknown(self, case: Case) -> bool:
        """Who looked at a photo stands in the trail alone."""
        told = case.recognised is not None and case.recognised.stand_ins is not None
        has_photo = any(one.evidence and one.evidence.photo in PLACED for one in case.persons)
        return FACE not in self.allowed and has_photo and not told
