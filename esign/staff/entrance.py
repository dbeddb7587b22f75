"""Logging in: login name, password and, where one is bound, a code of the authenticator or a recovery code.

Whoever is refused is not told why: an unknown login, a wrong password, a wrong code, a login that is locked, suspended
or not taken up yet all read `login-refused`, after one Argon2 hash each. Only whoever gave the right password and no
code is told that one is needed. A failure is counted against the login (five in fifteen minutes lock it, ever longer)
and every try against the address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from esign.infra.secret import Secret
from esign.staff.actors import VISITOR, Caller, staff_actor
from esign.staff.credentials import Credentials
from esign.staff.domain import member_commands as c
from esign.staff.domain.refusal import refusal
from esign.staff.domain.roles import NEEDS_TOTP, Factor
from esign.staff.errors import StaffRefused
from esign.staff.models import StaffCredential
from esign.staff.passwords import Passwords
from esign.staff.recording import StaffRecords
from esign.staff.sessions import Sessions
from esign.staff.totp import matching_step


class LoginLimits(Protocol):
    """Counts tries by address, across processes."""

    def lets_pass(self, address: str) -> bool:
        """Count a try from the address (as text); tell whether it may go on."""
        ...


@dataclass(frozen=True)
class Authenticated:
    """Somebody who has logged in. `token` is the session's, to be told once.

    `enrolment_due` tells that a role of theirs needs a second factor, which this session has not: until they bind an
    authenticator, or log in with its code, `caller` goes without that role.
    """

    caller: Caller
    token: Secret
    enrolment_due: bool


@dataclass(frozen=True)
class _Tried:
    """What was found of a try before anything is written."""

    member: str
    password_right: bool
    password_record: str | None
    totp_record: str | None
    step: int | None
    rehashed: Secret | None


class Entrance:
    """Lets members in."""

    def __init__(
        self,
        records: StaffRecords,
        credentials: Credentials,
        sessions: Sessions,
        passwords: Passwords,
        limits: LoginLimits,
    ) -> None:
        self._records = records
        self._credentials = credentials
        self._sessions = sessions
        self._passwords = passwords
        self._limits = limits

    def authenticate(
        self,
        login: str,
        password: Secret,
        *,
        address: str,
        now: datetime,
        totp: str | None = None,
        recovery: str | None = None,
    ) -> Authenticated:
        """Open a session. Of `totp` and `recovery` the first one that was given counts.

        Raises `StaffRefused`: `login-refused`, `code-needed`, `too-many-tries`.
        """
        if not self._limits.lets_pass(address):
            raise refusal("too-many-tries")
        tried = self._try(login, password, totp, now)
        if tried is None:
            raise refusal("login-refused")

        def work(session: Session) -> Authenticated | StaffRefused:
            return self._decide(session, tried, totp, recovery, now)

        done = self._records.in_transaction(work)
        if isinstance(done, StaffRefused):
            raise done
        return done

    def _try(self, login: str, password: Secret, totp: str | None, now: datetime) -> _Tried | None:
        """Return what is found, with no transaction open while the hash is made; None for an unknown login."""
        stored: Secret | None = None
        step: int | None = None
        with self._records.database.reading() as session:
            row = self._credentials.find(session, login)
            if row is not None:
                stored = self._credentials.password_hash(session, row)
                secret = self._credentials.totp_secret(session, row)
                step = None if secret is None or totp is None else matching_step(secret, totp, now)
        if row is not None:
            self._records.remember(row.member)
        right = self._passwords.check(stored, password)
        if row is None:
            return None
        outdated = right and stored is not None and self._passwords.is_outdated(stored)
        rehashed = self._passwords.hashed(password) if outdated else None
        return _Tried(row.member, right, row.password_record, row.totp_record, step, rehashed)

    def _decide(
        self, session: Session, tried: _Tried, totp: str | None, recovery: str | None, now: datetime
    ) -> Authenticated | StaffRefused:
        self._records.hold_member(session, tried.member)
        member = self._records.member(session, tried.member)
        row = self._credentials.of(session, tried.member)
        # A login that is locked or suspended takes nothing, and a password that was changed meanwhile counts for none.
        if not member.may_log_in(now) or row.password_record != tried.password_record:
            return refusal("login-refused")
        if not tried.password_right:
            return self._failed(session, tried.member, now)
        if not member.has_totp:
            factor = Factor.PASSWORD
        elif totp is not None:
            record, step = tried.totp_record, tried.step
            if record is None or step is None or not self._credentials.accept_step(session, tried.member, record, step):
                return self._failed(session, tried.member, now)
            factor = Factor.TOTP
        elif recovery is not None:
            if not self._credentials.use_recovery_code(session, tried.member, recovery):
                return self._failed(session, tried.member, now)
            factor = Factor.RECOVERY
        else:
            return refusal("code-needed")
        return self._let_in(session, tried, row, factor, now)

    def _let_in(
        self, session: Session, tried: _Tried, row: StaffCredential, factor: Factor, now: datetime
    ) -> Authenticated:
        command = c.SucceedLogin(at=now, factor=factor)
        self._records.change_member(session, tried.member, command, actor=staff_actor(tried.member))
        if tried.rehashed is not None:
            self._credentials.set_password(session, row, tried.rehashed, at=now)
        opened, token = self._sessions.open(session, tried.member, factor, at=now)
        roles = self._records.member(session, tried.member).roles
        due = not factor.is_second and not NEEDS_TOTP.isdisjoint(roles)
        return Authenticated(self._sessions.caller_in(session, opened), token, due)

    def _failed(self, session: Session, member: str, now: datetime) -> StaffRefused:
        self._records.change_member(session, member, c.FailLogin(at=now), actor=VISITOR)
        return refusal("login-refused")
