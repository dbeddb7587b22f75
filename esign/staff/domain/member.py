"""A member of staff: what is so (`Member`, the fold of events), and how events make it so (`evolve`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from esign.staff.domain import events as e
from esign.staff.domain.refusal import broken
from esign.staff.domain.roles import Role

FAILURES_AT_MOST: Final = 5
FAILURE_WINDOW: Final = timedelta(minutes=15)
WRONG_CODES_AT_MOST: Final = 50
"""In a row, however slowly: a million codes are few for somebody who has the password and a year."""
FIRST_LOCK: Final = timedelta(minutes=15)
LONGEST_LOCK: Final = timedelta(hours=4)


class MemberState(StrEnum):
    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True)
class Member:
    """A member of staff as the trail tells.

    `failures` are the failed logins that count towards the next lock; `locks` counts locks since the last login.
    `has_password` is what a suspended member returns to: active with one, invited without. `invited_by` are the
    members who ever made an invitation of this one, and so could have taken it up themselves. `wrong_codes` are
    those since the last login, and `wrong_codes_before` those before it.
    """

    person: str
    institution: str
    roles: tuple[Role, ...]
    invited_at: datetime
    state: MemberState = MemberState.INVITED
    has_password: bool = False
    has_totp: bool = False
    failures: tuple[datetime, ...] = ()
    locks: int = 0
    locked_until: datetime | None = None
    last_login_at: datetime | None = None
    invited_by: tuple[str, ...] = ()
    wrong_codes: int = 0
    wrong_codes_before: int = 0

    @property
    def is_there(self) -> bool:
        """Whether somebody works under this account, now or as soon as the invitation is taken up."""
        return self.state in (MemberState.INVITED, MemberState.ACTIVE)

    def is_locked(self, at: datetime) -> bool:
        return self.locked_until is not None and at < self.locked_until

    def may_log_in(self, at: datetime, *, known: bool = False) -> bool:
        """Tell whether a right password would be taken. A lock is for strangers: not for a browser that is `known`."""
        return self.state is MemberState.ACTIVE and (known or not self.is_locked(at))

    @property
    def codes_locked(self) -> bool:
        """Whether no code of the authenticator is taken any more, until a recovery code is, or two people reset it."""
        return self.wrong_codes >= WRONG_CODES_AT_MOST

    def counted_failures(self, at: datetime) -> tuple[datetime, ...]:
        """Return the failures that still count."""
        return tuple(failed for failed in self.failures if at - failed < FAILURE_WINDOW)

    def next_lock(self) -> timedelta:
        """Return how long the next lock would be: twice the last one, up to a bound."""
        return min(FIRST_LOCK * (1 << min(self.locks, 10)), LONGEST_LOCK)


def evolve(state: Member | None, event: e.Event) -> Member:
    """Return the member after `event`. Raises `StaffTrailBroken` for an event that cannot follow `state`."""
    if isinstance(event, e.StaffInvited):
        if state is not None:
            raise broken("a member was invited twice as if anew")
        return Member(event.person, event.institution, event.roles, event.at, invited_by=_with((), event.by))
    step = _STEPS.get(type(event))
    if state is None or step is None:
        raise broken("an event stands where no member is, or is none of a member")
    return step(state, event)


def fold(events: Iterable[e.Event], state: Member | None = None) -> Member | None:
    """Return the member after all `events`, in order, starting from `state`. Raises `StaffTrailBroken`."""
    for event in events:
        state = evolve(state, event)
    return state


def _reinvited(state: Member, event: e.StaffReinvited) -> Member:
    return replace(state, invited_by=_with(state.invited_by, event.by))


def _with(inviters: tuple[str, ...], by: str | None) -> tuple[str, ...]:
    return inviters if by is None or by in inviters else (*inviters, by)


def _password_set(state: Member, _event: e.PasswordSet) -> Member:
    return replace(state, state=MemberState.ACTIVE, has_password=True, failures=(), locks=0, locked_until=None)


def _roles_changed(state: Member, event: e.RolesChanged) -> Member:
    return replace(state, roles=event.roles)


def _transferred(state: Member, event: e.StaffTransferred) -> Member:
    return replace(state, institution=event.institution)


def _totp_enrolled(state: Member, _event: e.TotpEnrolled) -> Member:
    return replace(state, has_totp=True)


def _totp_reset(state: Member, _event: e.TotpReset) -> Member:
    return replace(state, has_totp=False, wrong_codes=0)


def _recovery_codes_made(state: Member, _event: e.RecoveryCodesMade) -> Member:
    return state


def _suspended(state: Member, _event: e.StaffSuspended) -> Member:
    return replace(state, state=MemberState.SUSPENDED)


def _reinstated(state: Member, _event: e.StaffReinstated) -> Member:
    return replace(state, state=MemberState.ACTIVE if state.has_password else MemberState.INVITED)


def _forgotten(state: Member, _event: e.StaffForgotten) -> Member:
    return replace(state, state=MemberState.FORGOTTEN, roles=(), has_password=False, has_totp=False)


def _login_succeeded(state: Member, event: e.LoginSucceeded) -> Member:
    return replace(
        state,
        failures=(),
        locks=0,
        locked_until=None,
        last_login_at=event.at,
        wrong_codes=0,
        wrong_codes_before=state.wrong_codes,
    )


def _login_failed(state: Member, event: e.LoginFailed | e.CodeWrong) -> Member:
    return replace(state, failures=(*state.counted_failures(event.at), event.at))


def _code_wrong(state: Member, event: e.CodeWrong) -> Member:
    return replace(_login_failed(state, event), wrong_codes=state.wrong_codes + 1)


def _login_locked(state: Member, event: e.LoginLocked) -> Member:
    return replace(state, failures=(), locks=state.locks + 1, locked_until=event.until)


_STEPS: Final[Mapping[type[e.Event], Callable[[Member, Any], Member]]] = {
    e.StaffReinvited: _reinvited,
    e.PasswordSet: _password_set,
    e.RolesChanged: _roles_changed,
    e.StaffTransferred: _transferred,
    e.TotpEnrolled: _totp_enrolled,
    e.TotpReset: _totp_reset,
    e.RecoveryCodesMade: _recovery_codes_made,
    e.StaffSuspended: _suspended,
    e.StaffReinstated: _reinstated,
    e.StaffForgotten: _forgotten,
    e.LoginSucceeded: _login_succeeded,
    e.LoginFailed: _login_failed,
    e.CodeWrong: _code_wrong,
    e.LoginLocked: _login_locked,
}
