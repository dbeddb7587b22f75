"""What members of staff may be, which of it needs a second factor, and which acts take two people."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What members may be. A value is one word: approvals join them with hyphens, and read them back."""

    SALES = "sales"
    SUPERVISOR = "supervisor"
    COMPLIANCE = "compliance"
    OPERATIONS = "operations"
    UNDERWRITER = "underwriter"
    PRINTER = "printer"
    CLERK = "clerk"
    HANDLER = "handler"
    SURVEYOR = "surveyor"
    TEAM_LEAD = "teamlead"
    CLAIMS_MANAGER = "claimsmanager"
    QUOTATION = "quotation"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Factor(StrEnum):
    """What a session was opened with."""

    PASSWORD = "password"  # noqa: S105  # the name of a factor
    TOTP = "totp"
    RECOVERY = "recovery"

    @property
    def is_second(self) -> bool:
        return self is not Factor.PASSWORD


class ApprovalKind(StrEnum):
    """What takes two people (each act names the one that it needs)."""

    OPEN_EVIDENCE = "open-evidence"
    ERASURE = "erasure"
    LEGAL_HOLD_LIFT = "legal-hold-lift"
    ROLES = "roles"
    KEY_ROTATION = "key-rotation"
    TOTP_RESET = "totp-reset"
    TRUST_ROOT = "trust-root"
    PHONE_CORRECTION = "phone-correction"
    RECIPIENT_REPLACEMENT = "recipient-replacement"
    EVIDENCE_ERASURE = "evidence-erasure"
    """All private evidence of an envelope, whether its time is over or not; `ERASURE` is of what is over."""
    ENVELOPE_KEY = "envelope-key"
    RETENTION_RULES = "retention-rules"


@dataclass(frozen=True)
class Deciders:
    """Whose roles let them ask for it, and whose let them say yes or no."""

    ask: frozenset[Role]
    decide: frozenset[Role]


NEEDS_TOTP: Final = frozenset(
    {
        *(Role.COMPLIANCE, Role.ADMIN, Role.AUDITOR, Role.UNDERWRITER, Role.PRINTER),
        *(Role.TEAM_LEAD, Role.CLAIMS_MANAGER),
    }
)
"""Roles that a session has only if it was opened with a second factor."""
PLAIN: Final = frozenset({Role.SALES, Role.OPERATIONS, Role.CLERK, Role.HANDLER, Role.SURVEYOR})
"""Roles that an administrator gives with an invitation; all others take two people."""

_SALES, _LEAD, _OFFICER = Role.SALES, Role.SUPERVISOR, Role.COMPLIANCE
_OPERATOR, _ADMIN = Role.OPERATIONS, Role.ADMIN

DECIDERS: Final[Mapping[ApprovalKind, Deciders]] = {
    ApprovalKind.OPEN_EVIDENCE: Deciders(frozenset({_OFFICER, Role.AUDITOR}), frozenset({_OFFICER})),
    ApprovalKind.ERASURE: Deciders(frozenset({_OFFICER, _OPERATOR, _ADMIN}), frozenset({_OFFICER})),
    ApprovalKind.LEGAL_HOLD_LIFT: Deciders(frozenset({_OFFICER}), frozenset({_OFFICER})),
    ApprovalKind.ROLES: Deciders(frozenset({_ADMIN}), frozenset({_ADMIN, _OFFICER})),
    ApprovalKind.KEY_ROTATION: Deciders(frozenset({_OPERATOR, _ADMIN}), frozenset({_ADMIN})),
    ApprovalKind.TOTP_RESET: Deciders(frozenset({_LEAD, _OPERATOR, _ADMIN}), frozenset({_ADMIN, _OFFICER})),
    ApprovalKind.TRUST_ROOT: Deciders(frozenset({_OPERATOR, _ADMIN}), frozenset({_ADMIN, _OFFICER})),
    ApprovalKind.PHONE_CORRECTION: Deciders(frozenset({_SALES, _LEAD, _OPERATOR}), frozenset({_LEAD, _OFFICER})),
    ApprovalKind.RECIPIENT_REPLACEMENT: Deciders(frozenset({_SALES, _LEAD, _OPERATOR}), frozenset({_LEAD, _OFFICER})),
    ApprovalKind.EVIDENCE_ERASURE: Deciders(frozenset({_OFFICER}), frozenset({_OFFICER})),
    ApprovalKind.ENVELOPE_KEY: Deciders(frozenset({_OFFICER}), frozenset({_OFFICER})),
    ApprovalKind.RETENTION_RULES: Deciders(frozenset({_OFFICER}), frozenset({_OFFICER})),
}
"""For every kind, who asks and who decides."""


DECIDING: Final = frozenset(role for rules in DECIDERS.values() for role in rules.decide)
"""Roles that decide about something: they do so with a second factor alone."""


def usable(roles: Collection[Role], factor: Factor) -> frozenset[Role]:
    """Return the roles that a session of this factor has."""
    return frozenset(role for role in roles if factor.is_second or role not in NEEDS_TOTP)


def role_terms(roles: Collection[Role]) -> str:
    """Return the code that an approval of roles is bound to: exactly these roles, in one spelling."""
    return "-".join(sorted({role.value for role in roles}))
