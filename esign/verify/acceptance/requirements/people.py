"""Requirements on people: who signed, and how well they are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from esign.verify.acceptance.document import SignatureFacts
from esign.verify.acceptance.knowledge import KnownSigner, NotRecognised
from esign.verify.acceptance.requirements.case import Case, listed
from esign.verify.acceptance.verdict import RequirementVerdict

ROLES: Final = ("applicant", "insured", "agent", "witness", "guardian")
"""Roles that sign (ARCHITECTURE.md, Words)."""


@dataclass(frozen=True)
class RolesSigned:
    """Somebody signed in each of these roles, and, with `planned`, everybody whom the envelope names; nobody else."""

    code: ClassVar[str] = "roles-signed"
    roles: tuple[str, ...] = ()
    planned: bool = True

    def judge(self, case: Case) -> RequirementVerdict:
        if self.planned and case.known_signers is not None:
            return self._by_plan(case, case.known_signers)
        signed = {one.evidence.role for one in case.persons if one.evidence and _counts(case, one) and one.passed}
        missing = [role for role in self.roles if role not in signed]
        open_roles = {one.evidence.role for one in case.persons if one.evidence and _counts(case, one)} - signed
        facts = {"roles": listed(missing or [role for role in ROLES if role in signed])}
        if missing:
            undecided = all(role in open_roles for role in missing)
            return RequirementVerdict(
                self.code, None if undecided else False, "undecided" if undecided else "missing", facts
            )
        if self.planned and not case.is_sealed_by_trail and not isinstance(case.knowledge, NotRecognised):
            return RequirementVerdict(self.code, None, "plan-unknown", facts)
        return RequirementVerdict(self.code, True, "signed", facts)

    def _by_plan(self, case: Case, planned: tuple[KnownSigner, ...]) -> RequirementVerdict:
        """The plan is our trail's: a signature counts for somebody only by the certificate recorded for them."""
        found = {signer.recipient: _signature_of(case, signer) for signer in planned}
        missing = [signer.role for signer in planned if found[signer.recipient] is None]
        missing += [role for role in self.roles if role not in {signer.role for signer in planned}]
        if missing:
            return RequirementVerdict(self.code, False, "missing", {"roles": listed(missing)})
        strangers = [one.field for one in case.persons if all(one is not known for known in found.values())]
        if strangers:
            return RequirementVerdict(self.code, False, "stranger", {"fields": listed(strangers)})
        facts = {"roles": listed([signer.role for signer in planned])}
        if any(one is not None and not one.passed for one in found.values()):
            return RequirementVerdict(self.code, None, "undecided", facts)
        return RequirementVerdict(self.code, True, "signed-as-planned", facts)


def _counts(case: Case, one: SignatureFacts) -> bool:
    """Whether a signature can stand for the role that its manifest names: not broken, evidence bound, not doubted."""
    evidence = one.evidence
    whole = one.indication != "TOTAL-FAILED" and one.integrity == "intact" and one.coverage != "invalid"
    return whole and evidence is not None and evidence.bound and one.field not in case.document.doubted


def _signature_of(case: Case, signer: KnownSigner) -> SignatureFacts | None:
    for one in case.persons:
        evidence = one.evidence
        if (
            _counts(case, one)
            and evidence is not None
            and (one.field, one.serial) == (signer.field, signer.certificate)
            and (evidence.recipient, evidence.role) == (signer.recipient, signer.role)
        ):
            return one
    return None


@dataclass(frozen=True)
class IdentityAssured:
    """Everybody who signed is known well enough: by none of the codes `refused`, and by one of `accepted` if any."""

    code: ClassVar[str] = "identity-assured"
    accepted: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()

    def judge(self, case: Case) -> RequirementVerdict:
        if not case.persons:
            return RequirementVerdict(self.code, False, "nobody")
        wanting = [one.field for one in case.persons if not self._is_enough(one)]
        levels = listed([one.evidence.identity for one in case.persons if one.evidence])
        if wanting:
            return RequirementVerdict(self.code, False, "wanting", {"fields": listed(wanting), "levels": levels})
        recorded = {signer.recipient: signer.assurance for signer in case.known_signers or ()}
        differing = [
            one.field
            for one in case.persons
            if one.evidence and recorded.get(one.evidence.recipient, one.evidence.identity) != one.evidence.identity
        ]
        if differing:
            return RequirementVerdict(self.code, False, "differs", {"fields": listed(differing)})
        return RequirementVerdict(self.code, True, "assured", {"levels": levels})

    def _is_enough(self, one: SignatureFacts) -> bool:
        level = one.evidence.identity if one.evidence else ""
        return bool(level) and level not in self.refused and (not self.accepted or level in self.accepted)
