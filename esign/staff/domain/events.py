"""The vocabulary: everything that can have happened to staff, institutions and approvals, in versions kept for ever.

An event carries ids and codes. Names, phones, login names and the words of a request are sealed records that ids
point to; password hashes and secrets are in no event at all. Which member, or which approval, is told by the stream.
`by` is the id of a member, or None where the operator did it at the machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from esign.staff.domain.roles import ApprovalKind, Factor, Role
from esign.trail.event import EventType


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened `at` (timezone-aware), which is recorded beside the payload and not in it."""

    type: ClassVar[EventType]
    at: datetime


@dataclass(frozen=True, kw_only=True)
class StaffInvited(Event):
    """`person` is the record with name, phone and login name."""

    type: ClassVar[EventType] = EventType("staff.invited")
    person: str
    institution: str
    roles: tuple[Role, ...]
    by: str | None


@dataclass(frozen=True, kw_only=True)
class StaffReinvited(Event):
    """A new invitation: the first one was lost, or the password was forgotten."""

    type: ClassVar[EventType] = EventType("staff.reinvited")
    by: str | None


@dataclass(frozen=True, kw_only=True)
class PasswordSet(Event):
    """`invited` tells whether by an invitation, else the old password was known."""

    type: ClassVar[EventType] = EventType("staff.password-set")
    invited: bool


@dataclass(frozen=True, kw_only=True)
class RolesChanged(Event):
    type: ClassVar[EventType] = EventType("staff.roles-changed")
    roles: tuple[Role, ...]
    by: str | None
    approval: str | None


@dataclass(frozen=True, kw_only=True)
class StaffTransferred(Event):
    type: ClassVar[EventType] = EventType("staff.transferred")
    institution: str
    by: str | None


@dataclass(frozen=True, kw_only=True)
class TotpEnrolled(Event):
    type: ClassVar[EventType] = EventType("staff.totp-enrolled")


@dataclass(frozen=True, kw_only=True)
class TotpReset(Event):
    type: ClassVar[EventType] = EventType("staff.totp-reset")
    by: str | None
    approval: str | None


@dataclass(frozen=True, kw_only=True)
class RecoveryCodesMade(Event):
    """New recovery codes; those before are worth nothing from then on."""

    type: ClassVar[EventType] = EventType("staff.recovery-codes-made")
    codes: int


@dataclass(frozen=True, kw_only=True)
class StaffSuspended(Event):
    type: ClassVar[EventType] = EventType("staff.suspended")
    reason: str
    by: str | None


@dataclass(frozen=True, kw_only=True)
class StaffReinstated(Event):
    type: ClassVar[EventType] = EventType("staff.reinstated")
    reason: str
    by: str | None


@dataclass(frozen=True, kw_only=True)
class StaffForgotten(Event):
    """The member's personal record and credentials were erased."""

    type: ClassVar[EventType] = EventType("staff.forgotten")
    by: str | None
    approval: str


@dataclass(frozen=True, kw_only=True)
class LoginSucceeded(Event):
    type: ClassVar[EventType] = EventType("login.succeeded")
    factor: Factor


@dataclass(frozen=True, kw_only=True)
class LoginFailed(Event):
    type: ClassVar[EventType] = EventType("login.failed")


@dataclass(frozen=True, kw_only=True)
class CodeWrong(Event):
    """The password was right, and the code of the authenticator was not: a failure that is counted for itself too."""

    type: ClassVar[EventType] = EventType("login.code-wrong")


@dataclass(frozen=True, kw_only=True)
class LoginLocked(Event):
    """Too many failures: no login before `until`."""

    type: ClassVar[EventType] = EventType("login.locked")
    until: datetime


@dataclass(frozen=True, kw_only=True)
class InstitutionEvent(Event):
    """Something that happened to one institution; all are in one stream, for the tree is one thing."""

    institution: str
    by: str | None


@dataclass(frozen=True, kw_only=True)
class InstitutionOpened(InstitutionEvent):
    """`parent` is None for the first one alone; `name` is a record."""

    type: ClassVar[EventType] = EventType("institution.opened")
    parent: str | None
    name: str


@dataclass(frozen=True, kw_only=True)
class InstitutionRenamed(InstitutionEvent):
    type: ClassVar[EventType] = EventType("institution.renamed")
    name: str


@dataclass(frozen=True, kw_only=True)
class InstitutionMoved(InstitutionEvent):
    type: ClassVar[EventType] = EventType("institution.moved")
    parent: str


@dataclass(frozen=True, kw_only=True)
class InstitutionClosed(InstitutionEvent):
    type: ClassVar[EventType] = EventType("institution.closed")


@dataclass(frozen=True, kw_only=True)
class ApprovalRequested(Event):
    """`terms` names exactly what would be allowed, beyond the subject: a code or the id of a record, or None.

    `words` is the record with what the requester wrote, or None. What is not used before `expires_at` is over.
    """

    type: ClassVar[EventType] = EventType("approval.requested")
    kind: ApprovalKind
    subject: str
    institution: str
    terms: str | None
    reason: str
    words: str | None
    by: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class ApprovalApproved(Event):
    type: ClassVar[EventType] = EventType("approval.approved")
    by: str


@dataclass(frozen=True, kw_only=True)
class ApprovalRefused(Event):
    type: ClassVar[EventType] = EventType("approval.refused")
    by: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ApprovalConsumed(Event):
    """The act that was allowed is recorded in the same transaction."""

    type: ClassVar[EventType] = EventType("approval.consumed")
    by: str | None


EVENTS: Final[tuple[type[Event], ...]] = (
    StaffInvited,
    StaffReinvited,
    PasswordSet,
    RolesChanged,
    StaffTransferred,
    TotpEnrolled,
    TotpReset,
    RecoveryCodesMade,
    StaffSuspended,
    StaffReinstated,
    StaffForgotten,
    LoginSucceeded,
    LoginFailed,
    CodeWrong,
    LoginLocked,
    InstitutionOpened,
    InstitutionRenamed,
    InstitutionMoved,
    InstitutionClosed,
    ApprovalRequested,
    ApprovalApproved,
    ApprovalRefused,
    ApprovalConsumed,
)
