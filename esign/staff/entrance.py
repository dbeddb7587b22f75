"""Logging in: login name, password and, where one is bound, a code of the authenticator or a recovery code.

Whoever is refused is not told why: an unknown login, a wrong password, a wrong code, a login that is locked, suspended
or not taken up yet all read `login-refused`, after one Argon2 hash each. Only whoever gave the right password and no
code is told that one is needed, or that codes were wrong too often. A failure is counted against the login (five in
fifteen minutes lock it, ever longer), and against the address, or against the member where the browser is known to be
theirs: from there they may try on while the login is locked. What is right counts against nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from esign.infra.secret import Secret
from esign.staff.actors import VISITOR, Caller, staff_actor
from esign.staff.credentials import Credentials
from esign.staff.domain import member_commands as c
from esign.staff.domain.member import Member
from esign.staff.domain.refusal import refusal
from esign.staff.domain.roles import NEEDS_TOTP, Factor
from esign.staff.errors import StaffRefused
from esign.staff.known_browsers import KnownBrowsers
from esign.staff.models import StaffCredential
from esign.staff.passwords import Passwords
from esign.staff.recording import StaffRecords
from esign.staff.sessions import Sessions
from esign.staff.totp import matching_step


class LoginLimits(Protocol):
    """Counts tries across processes: by address (as text), or by the member whose browser it is known to be."""

    def lets_pass(self, address: str, member: str | None = None) -> bool:
        """Count a try; tell whether it may go on."""
        ...

    def give_back(self, address: str, member: str | None = None) -> None:
        """Let a try that was right count for nothing."""
        ...


@dataclass(frozen=True)
class Authenticated:
    """Somebody who has logged in. `token` is the session's, to be told once.

    `enrolment_due` tells that a role of theirs needs a second factor, which this session has not: until they bind an
    authenticator, or log in with its code, `caller` goes without that role. `marks` are what this browser is known by
    from now on. `wrong_codes` is how many codes were wrong since the login before this one.
    """

    caller: Caller
    token: Secret
    enrolment_due: bool
    marks: tuple[str, ...] = field(default=(), repr=False)
    wrong_codes: int = 0


@dataclass(frozen=True)
class _Tried:
    """What was found of a try before anything is written."""

    member: str
    password_right: bool
    password_record: str | None
    totp_record: str | None
    step: int | None
    rehashed: Secret | None


@dataclass(frozen=True)
class _Given:
    """What came beside login name and password; `known` tells that the browser is the member's."""

    totp: str | None
    recovery: str | None
    marks: Sequence[str]
    known: bool
    now: datetime


class Entrance:
    """Lets members in."""

    def __init__(
        self,
        records: StaffRecords,
        credentials: Credentials,
        sessions: Sessions,
        passwords: Passwords,
        browsers: KnownBrowsers,
        limits: LoginLimits,
    ) -> None:
        self._records = records
        self._credentials = credentials
        self._sessions = sessions
        self._passwords = passwords
        self._browsers = browsers
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
        marks: Sequence[str] = (),
    ) -> Authenticated:
        """Open a session. Of `totp` and `recovery` the first one that was given counts; `marks` are what the browser
        is known by.

        Raises `StaffRefused`: `login-refused`, `code-needed`, `codes-locked`, `too-many-tries`.
        """
        known = self._known(login, marks)
        if not self._limits.lets_pass(address, known):
            raise refusal("too-many-tries")
        tried = self._try(login, password, totp, now)
        if tried is None:
            raise refusal("login-refused")

        def work(session: Session) -> Authenticated | StaffRefused:
            return self._decide(session, tried, _Given(totp, recovery, marks, known == tried.member, now))

        done = self._records.in_transaction(work)
        if not isinstance(done, StaffRefused) or done.code == "code-needed":
            self._limits.give_back(address, known)
        if isinstance(done, StaffRefused):
            raise done
        return done

    def _known(self, login: str, marks: Sequence[str]) -> str | None:
        """Return the member of this login name, if they have logged in in this browser under the password they have."""
        if not marks:
            return None
        with self._records.database.reading() as session:
            row = self._credentials.find(session, login)
        if row is None or not any(self._browsers.knows(mark, row.member, row.password_record) for mark in marks):
            return None
        return row.member

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

    def _decide(self, session: Session, tried: _Tried, given: _Given) -> Authenticated | StaffRefused:
        self._records.hold_member(session, tried.member)
        member = self._records.member(session, tried.member)
        row = self._credentials.of(session, tried.member)
        # A login that is locked or suspended takes nothing, and a password that was changed meanwhile counts for none.
        if not member.may_log_in(given.now, known=given.known) or row.password_record != tried.password_record:
            return refusal("login-refused")
        if not tried.password_right:
            return self._failed(session, tried.member, given)
        factor = self._factor(session, member, tried, given)
        return factor if isinstance(factor, StaffRefused) else self._let_in(session, tried, row, factor, given)

    def _factor(self, session: Session, member: Member, tried: _Tried, given: _Given) -> Factor | StaffRefused:
        """Return the factor that was shown, with the right password; a wrong one is a failure."""
        if not member.has_totp:
            return Factor.PASSWORD
        if given.totp is not None:
            return self._code(session, member, tried, given)
        if given.recovery is None:
            return refusal("code-needed")
        if not self._credentials.use_recovery_code(session, tried.member, given.recovery):
            return self._failed(session, tried.member, given)
        return Factor.RECOVERY

    def _code(self, session: Session, member: Member, tried: _Tried, given: _Given) -> Factor | StaffRefused:
        if member.codes_locked:
            return refusal("codes-locked")
        record, step = tried.totp_record, tried.step
        if record is None or step is None or not self._credentials.accept_step(session, tried.member, record, step):
            return self._failed(session, tried.member, given, code=True)
        return Factor.TOTP

    def _let_in(
        self, session: Session, tried: _Tried, row: StaffCredential, factor: Factor, given: _Given
    ) -> Authenticated:
        command = c.SucceedLogin(at=given.now, factor=factor, known=given.known)
        self._records.change_member(session, tried.member, command, actor=staff_actor(tried.member))
        if tried.rehashed is not None:
            self._credentials.set_password(session, row, tried.rehashed, at=given.now)
        opened, token = self._sessions.open(session, tried.member, factor, at=given.now)
        member = self._records.member(session, tried.member)
        due = not factor.is_second and not NEEDS_TOTP.isdisjoint(member.roles)
        return Authenticated(
            self._sessions.caller_in(session, opened),
            token,
            due,
            self._browsers.kept(given.marks, tried.member, row.password_record),
            member.wrong_codes_before,
        )

    def _failed(self, session: Session, member: str, given: _Given, *, code: bool = False) -> StaffRefused:
        command = c.FailLogin(at=given.now, known=given.known, code=code)
        self._records.change_member(session, member, command, actor=VISITOR)
        return refusal("login-refused")
