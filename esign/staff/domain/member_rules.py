"""What a command about a member leads to: `decide(state, command) -> events`, pure; it raises `StaffRefused` alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from esign.staff.domain import events as e
from esign.staff.domain import member_commands as c
from esign.staff.domain.member import FAILURES_AT_MOST, Member, MemberState
from esign.staff.domain.refusal import refusal
from esign.staff.domain.roles import PLAIN, Factor, Role

Events = tuple[e.Event, ...]


def decide(state: Member | None, command: c.Command) -> Events:
    """Return the events that `command` leads to; none where it has its effect already. Raises `StaffRefused`."""
    if isinstance(command, c.Invite):
        return _invite(state, command)
    if state is None:
        raise refusal("no-member")
    if state.state is MemberState.FORGOTTEN:
        raise refusal("member-forgotten")
    if isinstance(command, c.ActOnMember) and command.by == command.member:
        raise refusal("own-account")
    return _RULES[type(command)](state, command)


def _invite(state: Member | None, command: c.Invite) -> Events:
    if state is not None:
        raise refusal("member-exists")
    roles = _ordered(command.roles)
    if not command.beyond_plain and not set(roles) <= PLAIN:
        raise refusal("roles-need-approval")
    return (
        e.StaffInvited(
            at=command.at, person=command.person, institution=command.institution, roles=roles, by=command.by
        ),
    )


def _reinvite(state: Member, command: c.Reinvite) -> Events:
    _require_not_suspended(state)
    return (e.StaffReinvited(at=command.at, by=command.by),)


def _change_roles(state: Member, command: c.ChangeRoles) -> Events:
    roles = _ordered(command.roles)
    if roles == state.roles:
        return ()
    return (e.RolesChanged(at=command.at, roles=roles, by=command.by, approval=command.approval),)


def _transfer(state: Member, command: c.Transfer) -> Events:
    if command.institution == state.institution:
        return ()
    return (e.StaffTransferred(at=command.at, institution=command.institution, by=command.by),)


def _reset_totp(state: Member, command: c.ResetTotp) -> Events:
    if not state.has_totp:
        raise refusal("totp-not-enrolled")
    return (e.TotpReset(at=command.at, by=command.by, approval=command.approval),)


def _suspend(state: Member, command: c.Suspend) -> Events:
    if state.state is MemberState.SUSPENDED:
        return ()
    return (e.StaffSuspended(at=command.at, reason=command.reason, by=command.by),)


def _reinstate(state: Member, command: c.Reinstate) -> Events:
    if state.state is not MemberState.SUSPENDED:
        return ()
    return (e.StaffReinstated(at=command.at, reason=command.reason, by=command.by),)


def _forget(state: Member, command: c.Forget) -> Events:
    if state.state is not MemberState.SUSPENDED:
        raise refusal("member-not-suspended")
    return (e.StaffForgotten(at=command.at, by=command.by, approval=command.approval),)


def _set_password(state: Member, command: c.SetPassword) -> Events:
    _require_not_suspended(state)
    return (e.PasswordSet(at=command.at, invited=command.invited),)


def _enrol_totp(state: Member, command: c.EnrolTotp) -> Events:
    _require_not_suspended(state)
    if state.has_totp:
        raise refusal("totp-enrolled-already")
    return (e.TotpEnrolled(at=command.at),)


def _make_recovery_codes(state: Member, command: c.MakeRecoveryCodes) -> Events:
    _require_not_suspended(state)
    if not state.has_totp:
        raise refusal("totp-not-enrolled")
    return (e.RecoveryCodesMade(at=command.at, codes=command.codes),)


def _succeed_login(state: Member, command: c.SucceedLogin) -> Events:
    if not state.may_log_in(command.at, known=command.known):
        raise refusal("login-refused")
    if command.factor is Factor.TOTP and state.codes_locked:
        raise refusal("codes-locked")
    if state.has_totp is not command.factor.is_second:
        raise refusal("code-needed" if command.factor is Factor.PASSWORD else "login-refused")
    return (e.LoginSucceeded(at=command.at, factor=command.factor),)


def _fail_login(state: Member, command: c.FailLogin) -> Events:
    """A failure while no login would be taken is not counted: it can be had for nothing, and would lock for ever."""
    if not state.may_log_in(command.at, known=command.known):
        return ()
    failed = e.CodeWrong(at=command.at) if command.code else e.LoginFailed(at=command.at)
    if state.is_locked(command.at):
        return (failed,)  # from a browser of the member's: they do not make the lock of strangers longer
    if len(state.counted_failures(command.at)) + 1 < FAILURES_AT_MOST:
        return (failed,)
    return failed, e.LoginLocked(at=command.at, until=command.at + state.next_lock())


def _require_not_suspended(state: Member) -> None:
    if state.state is MemberState.SUSPENDED:
        raise refusal("member-suspended")


def _ordered(roles: Collection[Role]) -> tuple[Role, ...]:
    if not roles:
        raise refusal("no-role")
    return tuple(role for role in Role if role in roles)


_RULES: Final[Mapping[type[c.Command], Callable[[Member, Any], Events]]] = {
    c.Reinvite: _reinvite,
    c.ChangeRoles: _change_roles,
    c.Transfer: _transfer,
    c.ResetTotp: _reset_totp,
    c.Suspend: _suspend,
    c.Reinstate: _reinstate,
    c.Forget: _forget,
    c.SetPassword: _set_password,
    c.EnrolTotp: _enrol_totp,
    c.MakeRecoveryCodes: _make_recovery_codes,
    c.SucceedLogin: _succeed_login,
    c.FailLogin: _fail_login,
}
