"""Requirements on the evidence of everybody who signed: the manifest, handwriting, photo, consents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final

from esign.verify.acceptance.document import EvidenceFacts
from esign.verify.acceptance.knowledge import Face
from esign.verify.acceptance.requirements.case import Case, listed
from esign.verify.acceptance.verdict import RequirementVerdict

PLACED: Final = frozenset({"visible", "sealed", "digest-only"})
"""Where an item can be, if it is there (`esign.evidence.items.Placement`)."""


@dataclass(frozen=True)
class ManifestMatches:
    """Each signature of a person has its manifest, named by the signer's certificate, and all evidence matches it."""

    code: ClassVar[str] = "manifest-matches"

    def judge(self, case: Case) -> RequirementVerdict:
        doubted = case.document.doubted
        wrong = [
            one.field for one in case.persons if not one.evidence or not one.evidence.bound or one.field in doubted
        ]
        return _told(case, self.code, wrong, "matches", "mismatch")


@dataclass(frozen=True)
class HandwritingThere:
    """Everybody's handwriting was kept, by content or by digest."""

    code: ClassVar[str] = "handwriting-there"

    def judge(self, case: Case) -> RequirementVerdict:
        return _told(case, self.code, _without(case, lambda one: one.handwriting in PLACED), "there", "missing")


@dataclass(frozen=True)
class PhotoThere:
    """A face photo of everybody in these roles; with `assisted`, or what our trail has in its place: who assisted."""

    code: ClassVar[str] = "photo-there"
    roles: tuple[str, ...] = ()
    assisted: bool = False

    def judge(self, case: Case) -> RequirementVerdict:
        lacking = [
            one
            for one in case.persons
            if one.evidence is None or (one.evidence.role in self.roles and one.evidence.photo not in PLACED)
        ]
        fields = [one.field for one in lacking]
        if not lacking or not self.assisted or any(one.evidence is None for one in lacking):
            return _told(case, self.code, fields, "there", "missing")
        signers = case.known_signers
        if signers is None:
            return RequirementVerdict(self.code, None, "assisted-unknown", {"fields": listed(fields)})
        helped = {signer.recipient for signer in signers if signer.face is Face.ASSISTED}
        alone = [one.field for one in lacking if one.evidence and one.evidence.recipient not in helped]
        if alone:
            return _told(case, self.code, alone, "there", "missing")
        return RequirementVerdict(self.code, True, "assisted", {"fields": listed(fields)})


@dataclass(frozen=True)
class ConsentsGiven:
    """Everybody gave each of these consents, and whoever was photographed `with_photo` too."""

    code: ClassVar[str] = "consents-given"
    consents: tuple[str, ...] = ()
    with_photo: tuple[str, ...] = ()

    def judge(self, case: Case) -> RequirementVerdict:
        return _told(case, self.code, _without(case, self._gave_all), "given", "missing")

    def _gave_all(self, evidence: EvidenceFacts) -> bool:
        wanted = {*self.consents, *(self.with_photo if evidence.photo in PLACED else ())}
        return wanted <= evidence.consents


def _without(case: Case, has: Callable[[EvidenceFacts], bool]) -> list[str]:
    return [one.field for one in case.persons if one.evidence is None or not has(one.evidence)]


def _told(case: Case, code: str, wanting: list[str], met: str, unmet: str) -> RequirementVerdict:
    if not case.persons:
        return RequirementVerdict(code, False, "nobody")
    return RequirementVerdict(code, not wanting, unmet if wanting else met, {"fields": listed(wanting)})
