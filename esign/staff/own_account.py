"""One's own account: taking up an invitation, the password, the authenticator, recovery codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from esign.infra.personal_records import PersonalRecords
from esign.infra.secret import Secret
from esign.staff.actors import VISITOR, Caller, name_of, staff_actor
from esign.staff.credentials import Credentials
from esign.staff.domain import member_commands as c
from esign.staff.domain.refusal import refusal
from esign.staff.domain.roles import Factor
from esign.staff.errors import StaffRefused
from esign.staff.models import StaffCredential
from esign.staff.passwords import Passwords, require_good
from esign.staff.people import parse_person
from esign.staff.recording import StaffRecords
from esign.staff.rights import present
from esign.staff.sessions import Sessions
from esign.staff.totp import (
    RECOVERY_CODES,
    base32,
    enrolment_uri,
    matching_step,
    new_recovery_codes,
    new_secret,
)


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator app needs: the secret to type, and the URI to show as a QR code."""

    secret: Secret
    uri: Secret


@dataclass(frozen=True)
class Bound:
    """An authenticator that was bound: ten recovery codes and the session's new token, both to be told once."""

    codes: tuple[Secret, ...]
    token: Secret


class OwnAccount:
    """What members do with their own accounts, each time in a transaction of its own."""

    def __init__(
        self,
        records: StaffRecords,
        personal: PersonalRecords,
        credentials: Credentials,
        sessions: Sessions,
        passwords: Passwords,
        *,
        issuer: str,
    ) -> None:
        """`issuer` is what an authenticator app shows beside the code."""
        self._records = records
        self._personal = personal
        self._credentials = credentials
        self._sessions = sessions
        self._passwords = passwords
        self._issuer = issuer

    def accept_invitation(self, invitation: Secret, password: Secret, *, now: datetime) -> str:
        """Set a password by an invitation, which is used up; return whose it was. Sessions of the member end.

        Raises `StaffRefused`: `invitation-refused`, `password-...`, `member-suspended`.
        """
        with self._records.database.reading() as session:
            member = self._credentials.invited(session, invitation, at=now).member
            require_good(password, self._login(session, member))
        hashed = self._passwords.hashed(password)

        def work(session: Session) -> str:
            self._records.hold_member(session, member)
            row = self._credentials.invited(session, invitation, at=now, hold=True)
            self._set_password(session, row, hashed, c.SetPassword(at=now, invited=True), staff_actor(row.member))
            self._credentials.void_invitation(session, row.member)
            return row.member

        return self._records.in_transaction(work)

    def change_password(self, caller: Caller, old: Secret, new: Secret, *, now: datetime) -> None:
        """Set another password; every session of the member ends, this one too.

        A wrong old password counts as a failed login. Raises `StaffRefused`: `password-wrong`, `password-...`,
        `session-over`, and `login-refused` while the login is locked.
        """
        with self._records.database.reading() as session:
            stored, seen = self._stored(session, caller)
            require_good(new, self._login(session, caller.member))
            locked = not self._records.member(session, caller.member).may_log_in(now)
        right = self._passwords.check(stored, old)
        if locked:
            raise refusal("login-refused")
        hashed = self._passwords.hashed(new)

        def work(session: Session) -> StaffRefused | None:
            present(session, self._sessions, caller)
            self._records.hold_member(session, caller.member)
            if not self._records.member(session, caller.member).may_log_in(now):
                return refusal("login-refused")  # others guessed at the same time
            row = self._credentials.of(session, caller.member)
            if not right or row.password_record != seen:
                self._records.change_member(session, caller.member, c.FailLogin(at=now), actor=VISITOR)
                return refusal("password-wrong")
            self._set_password(session, row, hashed, c.SetPassword(at=now, invited=False), name_of(caller))
            return None

        _raise(self._records.in_transaction(work))

    def begin_totp(self, caller: Caller, *, now: datetime) -> Enrolment:
        """Make a new secret for an authenticator; it counts once a code of it was shown (`confirm_totp`).

        Raises `StaffRefused` (`totp-enrolled-already`, `session-over`).
        """
        secret = new_secret()

        def work(session: Session) -> Enrolment:
            present(session, self._sessions, caller)
            self._records.hold_member(session, caller.member)
            if self._records.member(session, caller.member).has_totp:
                raise refusal("totp-enrolled-already")
            row = self._credentials.of(session, caller.member)
            self._credentials.set_totp_secret(session, row, secret, at=now)
            login = self._login(session, caller.member)
            uri = enrolment_uri(secret, issuer=self._issuer, account=login)
            return Enrolment(Secret(base32(secret)), Secret(uri))

        return self._records.in_transaction(work)

    def confirm_totp(self, caller: Caller, code: str, *, now: datetime) -> Bound:
        """Bind the authenticator by a code of it. The session has a second factor from then on, and another token.

        Raises `StaffRefused`: `code-wrong`, `totp-not-enrolled` (nothing was begun), `totp-enrolled-already`.
        """

        def work(session: Session) -> Bound:
            present(session, self._sessions, caller)
            # First the rule, so that an authenticator that is bound is not tried here without being counted.
            self._records.change_member(session, caller.member, c.EnrolTotp(at=now), actor=name_of(caller))
            self._require_code(session, caller.member, code, now)
            token = self._sessions.raise_factor(session, caller.session, Factor.TOTP)
            return Bound(self._new_codes(session, caller, now), token)

        return self._records.in_transaction(work)

    def renew_recovery_codes(self, caller: Caller, *, now: datetime) -> tuple[Secret, ...]:
        """Return ten new recovery codes, once; those before are worth nothing any more.

        Raises `StaffRefused` (`second-factor-needed`, `totp-not-enrolled`, `session-over`).
        """

        def work(session: Session) -> tuple[Secret, ...]:
            if not present(session, self._sessions, caller).factor.is_second:
                raise refusal("second-factor-needed")
            return self._new_codes(session, caller, now)

        return self._records.in_transaction(work)

    def _new_codes(self, session: Session, caller: Caller, now: datetime) -> tuple[Secret, ...]:
        codes = new_recovery_codes()
        command = c.MakeRecoveryCodes(at=now, codes=RECOVERY_CODES)
        self._records.change_member(session, caller.member, command, actor=name_of(caller))
        self._credentials.set_recovery_codes(session, caller.member, codes)
        return tuple(map(Secret, codes))

    def _require_code(self, session: Session, member: str, code: str, now: datetime) -> None:
        row = self._credentials.of(session, member)
        secret = self._credentials.totp_secret(session, row)
        if secret is None or row.totp_record is None:
            raise refusal("totp-not-enrolled")
        step = matching_step(secret, code, now)
        if step is None or not self._credentials.accept_step(session, member, row.totp_record, step):
            raise refusal("code-wrong")

    def _set_password(
        self, session: Session, row: StaffCredential, hashed: Secret, command: c.SetPassword, actor: str
    ) -> None:
        self._records.change_member(session, row.member, command, actor=actor)
        self._credentials.set_password(session, row, hashed, at=command.at)
        self._sessions.end_all(session, row.member)

    def _stored(self, session: Session, caller: Caller) -> tuple[Secret | None, str | None]:
        row = session.get(StaffCredential, present(session, self._sessions, caller).member)
        if row is None:
            raise refusal("session-over")
        return self._credentials.password_hash(session, row), row.password_record

    def _login(self, session: Session, member: str) -> str:
        return parse_person(self._personal.read(session, self._records.member(session, member).person)).login


def _raise(refused: StaffRefused | None) -> None:
    """Raise what was decided in a transaction that had to stand."""
    if refused is not None:
        raise refused
