"""The roles a recipient signs in, with the words that stand on the page (ARCHITECTURE.md, Words)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Roles that sign. A copy recipient only receives the sealed document and never appears here."""

    APPLICANT = "applicant"
    INSURED = "insured"
    AGENT = "agent"
    WITNESS = "witness"
    GUARDIAN = "guardian"


@dataclass(frozen=True)
class RoleWords:
    """The word for a role, and the text that marks its place in our own contracts."""

    zh: str
    en: str
    anchor: str


ROLE_WORDS = {
    Role.APPLICANT: RoleWords("投保人", "Applicant", "投保人签名"),
    Role.INSURED: RoleWords("被保险人", "Insured", "被保险人签名"),
    Role.AGENT: RoleWords("销售人员", "Agent", "销售人员签名"),
    Role.WITNESS: RoleWords("见证人", "Witness", "见证人签名"),
    Role.GUARDIAN: RoleWords("监护人", "Guardian", "监护人签名"),
}
SEAL_FIELD = "seal"
SEAL_WORDS = RoleWords("保险人签章", "Insurer's seal", "保险人签章")
