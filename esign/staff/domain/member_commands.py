"""What may be asked about a member, each at a time (timezone-aware). `by` is a member's id, None for the operator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from esign.staff.domain.roles import Factor, Role


@dataclass(frozen=True, kw_only=True)
class Command:
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Invite(Command):
    """`beyond_plain` tells that roles which take two people may be given: there are no two people yet."""

    person: str
    institution: str
    roles: tuple[Role, ...]
    by: str | None
    beyond_plain: bool = False


@dataclass(frozen=True, kw_only=True)
class ActOnMember(Command):
    """What one person does to the account of another."""

    member: str
    by: str | None


@dataclass(frozen=True, kw_only=True)
class Reinvite(ActOnMember):
    pass


@dataclass(frozen=True, kw_only=True)
class ChangeRoles(ActOnMember):
    """`approval` is the consumed approval, None where there are no two people yet."""

    roles: tuple[Role, ...]
    approval: str | None


@dataclass(frozen=True, kw_only=True)
class Transfer(ActOnMember):
    institution: str


@dataclass(frozen=True, kw_only=True)
class ResetTotp(ActOnMember):
    approval: str | None


@dataclass(frozen=True, kw_only=True)
class Suspend(ActOnMember):
    reason: str


@dataclass(frozen=True, kw_only=True)
class Reinstate(ActOnMember):
    reason: str


@dataclass(frozen=True, kw_only=True)
class Forget(ActOnMember):
    approval: str


@dataclass(frozen=True, kw_only=True)
class SetPassword(Command):
    invited: bool


@dataclass(frozen=True, kw_only=True)
class EnrolTotp(Command):
    pass


@dataclass(frozen=True, kw_only=True)
class MakeRecoveryCodes(Command):
    codes: int


@dataclass(frozen=True, kw_only=True)
class SucceedLogin(Command):
    """Password, and what came beside it, were right. `known` tells that the browser is the member's."""

    factor: Factor
    known: bool = False


@dataclass(frozen=True, kw_only=True)
class FailLogin(Command):
    """Password or code was wrong; `code` tells that it was a code of the authenticator."""

    known: bool = False
    code: bool = False
