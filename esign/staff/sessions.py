"""Sessions of staff: a random token, of which the SHA-256 is kept, so that a session can be listed and ended."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from esign.infra.database import Database
from esign.infra.ids import new_id
from esign.infra.secret import Secret
from esign.infra.statements import rows_changed
from esign.staff.actors import Caller
from esign.staff.credentials import TOKEN_BYTES, token_digest
from esign.staff.domain.member import MemberState
from esign.staff.domain.refusal import refusal
from esign.staff.domain.roles import Factor, Role, usable
from esign.staff.models import StaffRoleRow, StaffRow, StaffSession

IDLE: Final = timedelta(minutes=30)
ABSOLUTE: Final = timedelta(hours=12)
KNOWN_AFTER: Final = timedelta(hours=12)
SEEN_EVERY: Final = timedelta(minutes=1)
"""How often a session in use is written to; its idle time is that much shorter at most."""


@dataclass(frozen=True)
class SessionFacts:
    """What a member is told of a session; `is_own` marks the one that asks."""

    id: str
    factor: Factor
    created_at: datetime
    last_seen_at: datetime
    is_own: bool


def end_sessions(session: Session, member: str, *, but: str | None = None) -> int:
    """End every session of the member but one, in the caller's transaction; return how many."""
    ending = delete(StaffSession).where(StaffSession.member == member)
    return rows_changed(session.execute(ending if but is None else ending.where(StaffSession.id != but)))


class Sessions:
    """Opens, reads and ends sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, session: Session, member: str, factor: Factor, *, at: datetime) -> tuple[str, Secret]:
        """Open a session; return its id and its token, which nobody can be told again."""
        token = Secret(secrets.token_urlsafe(TOKEN_BYTES))
        row = StaffSession(
            id=new_id("ses", at),
            member=member,
            digest=token_digest(token),
            factor=factor.value,
            created_at=at,
            last_seen_at=at,
        )
        session.add(row)
        session.flush()
        return row.id, token

    def caller(self, token: Secret, *, at: datetime, in_use: bool = True) -> Caller:
        """Return who is in the session, and note that it is `in_use`: a page that asks by itself does not use it.

        Raises `StaffRefused` (`session-over`).
        """
        with self._database.reading() as session:
            row = session.scalars(select(StaffSession).where(StaffSession.digest == token_digest(token))).first()
            if row is None or not _is_open(row, at):
                raise refusal("session-over")
            caller = self.caller_in(session, row.id)
        if in_use and at - row.last_seen_at >= SEEN_EVERY:
            with self._database.transaction() as session:
                session.execute(
                    update(StaffSession)
                    .where(StaffSession.id == row.id, StaffSession.last_seen_at < at)
                    .values(last_seen_at=at)
                    .execution_options(synchronize_session=False)
                )
        return caller

    def whose(self, token: Secret) -> str | None:
        """Return the member whose session it is, or was before it ended by itself; None for one that nobody knows."""
        with self._database.reading() as session:
            return session.scalar(select(StaffSession.member).where(StaffSession.digest == token_digest(token)))

    def caller_in(self, session: Session, session_id: str) -> Caller:
        """Return who is in the session of this id. Raises `StaffRefused` (`session-over`)."""
        row = session.get(StaffSession, session_id)
        member = None if row is None else session.get(StaffRow, row.member)
        if row is None or member is None or member.state != MemberState.ACTIVE:
            raise refusal("session-over")
        roles = session.scalars(select(StaffRoleRow.role).where(StaffRoleRow.member == member.id))
        factor = Factor(row.factor)
        return Caller(member.id, member.institution, usable({Role(role) for role in roles}, factor), row.id, factor)

    def own(self, caller: Caller, *, at: datetime) -> Sequence[SessionFacts]:
        """Return the open sessions of the caller, the latest first."""
        with self._database.reading() as session:
            rows = session.scalars(
                select(StaffSession).where(StaffSession.member == caller.member).order_by(StaffSession.id.desc())
            )
            return [
                SessionFacts(
                    row.id, Factor(row.factor), row.created_at, min(row.last_seen_at, at), row.id == caller.session
                )
                for row in rows
                if _is_open(row, at)
            ]

    def keep_until(self, session: Session, session_id: str, until: datetime) -> None:
        """Have the session go on as if it were used last at this time, which may be to come.

        While a tablet is in a signer's hands nobody uses its session, and it must be there for the PIN afterwards.
        """
        session.execute(
            update(StaffSession)
            .where(StaffSession.id == session_id)
            .values(last_seen_at=until)
            .execution_options(synchronize_session=False)
        )

    def end_own(self, caller: Caller, session_id: str) -> None:
        """End a session of the caller's own: logging out, or out elsewhere. One that is over or not theirs stays so."""
        with self._database.transaction() as session:
            session.execute(
                delete(StaffSession).where(StaffSession.id == session_id, StaffSession.member == caller.member)
            )

    def end_all(self, session: Session, member: str) -> int:
        """End every session of the member, in the caller's transaction; return how many."""
        return end_sessions(session, member)

    def raise_factor(self, session: Session, session_id: str, factor: Factor) -> Secret:
        """Note that a second factor was shown in this session, and return its new token: whoever has the one from
        before has none of the roles that come with it."""
        token = Secret(secrets.token_urlsafe(TOKEN_BYTES))
        session.execute(
            update(StaffSession)
            .where(StaffSession.id == session_id)
            .values(factor=factor.value, digest=token_digest(token))
        )
        return token

    def forget_old(self, session: Session, *, at: datetime) -> int:
        """Delete sessions that have been over by themselves for half a day; return how many. For the sweep.

        Until then it is known whose they were, so that what was written in one can go back to them.
        """
        since = at - KNOWN_AFTER
        over = or_(StaffSession.last_seen_at <= since - IDLE, StaffSession.created_at <= since - ABSOLUTE)
        return rows_changed(
            session.execute(delete(StaffSession).where(over).execution_options(synchronize_session=False))
        )


def is_there(session: Session, session_id: str) -> bool:
    """Tell whether a session was ended by nobody, of a member who is active."""
    row = session.get(StaffSession, session_id)
    member = None if row is None else session.get(StaffRow, row.member)
    return member is not None and member.state == MemberState.ACTIVE


def _is_open(row: StaffSession, at: datetime) -> bool:
    return at < row.last_seen_at + IDLE and at < row.created_at + ABSOLUTE
