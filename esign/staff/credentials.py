"""What members log in with, as it is stored: never in the trail, and never in a form that opens anything by itself.

Password hash and TOTP secret are sealed under data keys that the master key wraps; login names and recovery codes are
keyed digests; an invitation is 256 random bits, of which the SHA-256 is kept. So a stolen database opens no account,
and does not even tell who has one.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from esign.infra.encryption import seal, unseal
from esign.infra.ids import new_id
from esign.infra.keystore import KeyStore
from esign.infra.personal_records import DataKeys
from esign.infra.secret import Secret
from esign.infra.statements import insert_if_absent, rows_changed
from esign.staff.domain.refusal import refusal
from esign.staff.models import StaffCredential, StaffPin, StaffRecoveryCode
from esign.staff.people import login_name
from esign.staff.totp import plain_recovery_code

TOKEN_BYTES: Final = 32
_NEVER: Final = -1
_KEEP: Final = insert_if_absent(StaffCredential, "member", "login", "totp_step")


class Credentials:
    """Reads and writes credentials in the caller's transaction."""

    def __init__(self, keys: KeyStore) -> None:
        self._keys = keys
        self._data_keys = DataKeys(keys)

    def make(self, session: Session, member: str, login: str) -> None:
        """Begin the credentials of a new member. Raises `StaffRefused` (`login-taken`)."""
        row = {"member": member, "login": self._login_digest(login), "totp_step": _NEVER}
        if not rows_changed(session.execute(_KEEP, row)):
            raise refusal("login-taken")

    def find(self, session: Session, typed: str) -> StaffCredential | None:
        """Return the credentials of the login name that somebody typed, or None."""
        login = login_name(typed)
        digest = self._login_digest(login or "")
        return session.scalars(select(StaffCredential).where(StaffCredential.login == digest)).first()

    def of(self, session: Session, member: str) -> StaffCredential:
        """Return the member's credentials as they stand, kept from others. Raises `StaffRefused` (`no-member`)."""
        row = session.get(StaffCredential, member, with_for_update=True, populate_existing=True)
        if row is None:
            raise refusal("no-member")
        return row

    def invite(self, session: Session, member: str, *, until: datetime) -> Secret:
        """Return a new invitation of the member, which sets a password once. Those before it are void."""
        token, row = Secret(secrets.token_urlsafe(TOKEN_BYTES)), self.of(session, member)
        row.invitation, row.invitation_ends_at = token_digest(token), until
        session.flush()
        return token

    def invited(self, session: Session, invitation: Secret, *, at: datetime, hold: bool = False) -> StaffCredential:
        """Return whose invitation it is; `hold` keeps it from others, for it is about to be used.

        Raises `StaffRefused` (`invitation-refused`).
        """
        chosen = select(StaffCredential).where(StaffCredential.invitation == token_digest(invitation))
        row = session.scalars(chosen.with_for_update() if hold else chosen).first()
        if row is None or row.invitation_ends_at is None or at >= row.invitation_ends_at:
            raise refusal("invitation-refused")
        return row

    def void_invitation(self, session: Session, member: str) -> None:
        row = self.of(session, member)
        row.invitation, row.invitation_ends_at = None, None
        session.flush()

    def password_hash(self, session: Session, row: StaffCredential) -> Secret | None:
        """Return the hash of the password, None if none was set. Raises `SealedDataError`."""
        found = self._opened(session, row.password_record, row.password_sealed)
        return None if found is None else Secret(found.decode("ascii"))

    def set_password(self, session: Session, row: StaffCredential, hashed: Secret, *, at: datetime) -> None:
        """Put the hash in the place of the one before, whose key is erased."""
        self._erase(session, row.password_record, at=at)
        row.password_record, row.password_sealed = self._sealed(session, hashed.reveal().encode("ascii"), at=at)
        session.flush()

    def totp_secret(self, session: Session, row: StaffCredential) -> bytes | None:
        """Return the TOTP secret, None if there is none. Raises `SealedDataError`."""
        return self._opened(session, row.totp_record, row.totp_sealed)

    def set_totp_secret(self, session: Session, row: StaffCredential, secret: bytes, *, at: datetime) -> None:
        """Put the secret in the place of the one before, whose key is erased."""
        self._erase(session, row.totp_record, at=at)
        row.totp_record, row.totp_sealed = self._sealed(session, secret, at=at)
        row.totp_step = _NEVER
        session.flush()

    def accept_step(self, session: Session, member: str, record: str, step: int) -> bool:
        """Tell whether this time step of this secret is accepted: each one once, and none before one that was."""
        accepted = session.execute(
            update(StaffCredential)
            .where(
                StaffCredential.member == member,
                StaffCredential.totp_record == record,
                StaffCredential.totp_step < step,
            )
            .values(totp_step=step)
            .execution_options(synchronize_session=False)
        )
        return rows_changed(accepted) == 1

    def clear_totp(self, session: Session, member: str, *, at: datetime) -> None:
        """Erase the TOTP secret and the recovery codes."""
        row = self.of(session, member)
        self._erase(session, row.totp_record, at=at)
        row.totp_record, row.totp_sealed, row.totp_step = None, None, _NEVER
        session.flush()
        self.set_recovery_codes(session, member, ())

    def pin_hash(self, session: Session, member: str) -> Secret | None:
        """Return the hash of the member's PIN, None if none was set. Raises `SealedDataError`."""
        row = session.get(StaffPin, member)
        found = None if row is None else self._opened(session, row.record, row.sealed)
        return None if found is None else Secret(found.decode("ascii"))

    def set_pin(self, session: Session, member: str, hashed: Secret, *, at: datetime) -> None:
        """Put the hash in the place of the one before, whose key is erased."""
        self._clear_pin(session, member, at=at)
        record, sealed = self._sealed(session, hashed.reveal().encode("ascii"), at=at)
        session.add(StaffPin(member=member, record=record, sealed=sealed))
        session.flush()

    def _clear_pin(self, session: Session, member: str, *, at: datetime) -> None:
        row = session.get(StaffPin, member, with_for_update=True)
        if row is not None:
            self._erase(session, row.record, at=at)
            session.delete(row)
            session.flush()

    def set_recovery_codes(self, session: Session, member: str, codes: Iterable[str]) -> None:
        """Put these codes in the place of all before."""
        session.execute(delete(StaffRecoveryCode).where(StaffRecoveryCode.member == member))
        rows = [{"member": member, "digest": self._recovery_digest(member, code)} for code in codes]
        if rows:
            session.execute(insert(StaffRecoveryCode), rows)

    def use_recovery_code(self, session: Session, member: str, code: str) -> bool:
        """Tell whether it is a recovery code that was not used yet; from now on it is."""
        used = session.execute(
            delete(StaffRecoveryCode)
            .where(StaffRecoveryCode.member == member, StaffRecoveryCode.digest == self._recovery_digest(member, code))
            .execution_options(synchronize_session=False)
        )
        return rows_changed(used) == 1

    def erase(self, session: Session, member: str, *, at: datetime) -> None:
        """Erase all that the member logged in with."""
        row = self.of(session, member)
        self.clear_totp(session, member, at=at)
        self._erase(session, row.password_record, at=at)
        self._clear_pin(session, member, at=at)
        session.delete(row)
        session.flush()

    def _login_digest(self, login: str) -> bytes:
        return self._keys.index_digest(b"staff login\x00" + login.encode("ascii"))

    def _recovery_digest(self, member: str, code: str) -> bytes:
        plain = plain_recovery_code(code).encode("utf-8", "surrogatepass")
        return self._keys.token_digest("staff recovery code", member.encode("ascii") + b"\x00" + plain)

    def _sealed(self, session: Session, data: bytes, *, at: datetime) -> tuple[str, bytes]:
        record = new_id("crd", at)
        return record, seal(self._data_keys.new(session, record), record, data)

    def _opened(self, session: Session, record: str | None, sealed: bytes | None) -> bytes | None:
        if record is None or sealed is None:
            return None
        return unseal(self._data_keys.get(session, record), record, sealed)

    def _erase(self, session: Session, record: str | None, *, at: datetime) -> None:
        if record is not None:
            self._data_keys.erase(session, record, at=at)


def token_digest(token: Secret) -> bytes:
    """Return the SHA-256 of a token of 256 random bits: a guess at those needs no slow hash to be hopeless."""
    return hashlib.sha256(token.reveal().encode("utf-8", "surrogatepass")).digest()
