"""Somebody at the page for their own data: a name and a phone, a code to that phone, and half an hour.

Whether the two are on record shows nowhere before the code is right: the page does the same work and says the same for
everybody. A worker looks a moment later, and sends a code where there is somebody to send it to. What was typed is
sealed under the service's keys, and the row is gone within the hour.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from esign.ceremony.domain.rules import CODE_LIFE
from esign.ceremony.messages import DATA_CODE
from esign.ceremony.models import RecipientRow
from esign.ceremony.reactions import Messages
from esign.ceremony.tokens import Tokens
from esign.infra.clock import Clock
from esign.infra.database import Database
from esign.infra.encryption import seal, unseal
from esign.infra.ids import new_id
from esign.infra.keystore import KeyStore
from esign.infra.personal_records import PersonalRecords
from esign.infra.statements import rows_changed
from esign.retention.matters import NO_MATTERS, Matter, Matters
from esign.retention.models import PersonVisit
from esign.retention.people import Told, find_recipients, theirs

TRIES: Final = 5
OPEN_FOR: Final = timedelta(minutes=30)
GONE_AFTER: Final = timedelta(hours=1)
AT_ONCE: Final = 50
_PURPOSE: Final = "person visit"
_ADDRESS: Final = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Visit:
    """Who is there, once the code was right, and until when."""

    told: Told
    until: datetime


class Visits:
    """Begins, looks after and reads visits, each in a transaction of its own."""

    def __init__(
        self,
        database: Database,
        keys: KeyStore,
        records: PersonalRecords,
        messages: Messages,
        clock: Clock,
        *,
        live: bool,
        matters: Matters = NO_MATTERS,
    ) -> None:
        self._database = database
        self._keys = keys
        self._records = records
        self._messages = messages
        self._clock = clock
        self._test_mode = not live
        self._tokens = Tokens(keys)
        self._matters = matters

    def begin(self, told: Told) -> str:
        """Begin a visit; return its address, which the visitor's browser alone has."""
        address, now = secrets.token_urlsafe(32), self._clock()
        with self._database.transaction() as session:
            session.add(self._row(address, told, now))
        return address

    def send_codes(self) -> int:
        """Look whether those who came are on record, and send codes to those who are; return how many came. For a beat
        of the worker."""
        waiting = select(PersonVisit.id).where(PersonVisit.looked_at.is_(None)).limit(AT_ONCE)
        with self._database.reading() as session:
            ids = session.scalars(waiting).all()
        for visit in ids:
            with self._database.transaction() as session:
                self._look(session, visit)
        return len(ids)

    def enter(self, address: str, code: str, tail: str) -> str | None:
        """Try a code, with the last four characters of an identity number; return the address of the visit that is
        open now, None where it is not. Five tries, in the life of a code."""
        now = self._clock()
        with self._database.transaction() as session:
            tried = update(PersonVisit).where(
                PersonVisit.id == _digest(address),
                PersonVisit.tries < TRIES,
                PersonVisit.begun_at > now - CODE_LIFE,
                PersonVisit.entered_at.is_(None),
            )
            counted = session.execute(tried.values(tries=PersonVisit.tries + 1))
            if not rows_changed(counted):
                return None
            session.expire_all()
            row = session.get_one(PersonVisit, _digest(address))
            right = self._tokens.is_code(code, row.code, test_mode=self._test_mode)
            if not right or not row.matched:
                return None
            told = replace(self._told(row), tail=tail)
            if not theirs(session, self._records, told) and not self._matters.theirs(session, told, now):
                return None
            session.delete(row)
            opened = secrets.token_urlsafe(32)  # whoever knew the address before does not know this one
            entered = self._row(opened, told, row.begun_at)
            entered.looked_at, entered.matched, entered.entered_at = row.looked_at, True, now
            session.add(entered)
            return opened

    def find(self, address: str) -> Visit | None:
        """Return who is there, None where nobody is, or not any more."""
        if not _ADDRESS.fullmatch(address):
            return None
        with self._database.reading() as session:
            row = session.get(PersonVisit, _digest(address))
            if row is None or row.entered_at is None or row.entered_at + OPEN_FOR <= self._clock():
                return None
            return Visit(self._told(row), row.entered_at + OPEN_FOR)

    def recipients(self, session: Session, visit: Visit) -> Sequence[RecipientRow]:
        """Return the recipients who are this person."""
        return theirs(session, self._records, visit.told)

    def matters(self, session: Session, visit: Visit) -> Sequence[Matter]:
        """Return the matters of this person that no envelope holds."""
        return self._matters.theirs(session, visit.told, self._clock())

    def leave(self, address: str) -> None:
        """End the visit."""
        with self._database.transaction() as session:
            session.execute(delete(PersonVisit).where(PersonVisit.id == _digest(address)))

    def _look(self, session: Session, visit: bytes) -> None:
        row = session.get(PersonVisit, visit, with_for_update=True)
        if row is None or row.looked_at is not None:
            return
        told, now = self._told(row), self._clock()
        rows = find_recipients(session, self._records, name=told.name, phone=told.phone)
        person = rows[0].person if rows else self._matters.addressee(session, told, now)
        row.looked_at, row.matched = now, person is not None
        if person is not None:
            self._messages.put(
                session,
                dedupe=f"visit:{row.code}",
                kind=DATA_CODE,
                person=person,
                envelope=rows[0].envelope if rows else None,
                facts={"code": row.code, "test_mode": self._test_mode},
                at=now,
            )

    def _row(self, address: str, told: Told, begun_at: datetime) -> PersonVisit:
        visit = _digest(address)
        return PersonVisit(
            id=visit,
            told=seal(self._key(visit), _PURPOSE, told.encode()),
            begun_at=begun_at,
            code=new_id("cod", begun_at),
            looked_at=None,
            matched=None,
            tries=0,
            entered_at=None,
        )

    def _told(self, row: PersonVisit) -> Told:
        return Told.decode(unseal(self._key(row.id), _PURPOSE, row.told))

    def _key(self, visit: bytes) -> bytes:
        return self._keys.token_digest(_PURPOSE, visit)


def forget_visits(session: Session, now: datetime) -> int:
    """Delete visits that are over; return how many. For the sweep."""
    gone = delete(PersonVisit).where(PersonVisit.begun_at <= now - GONE_AFTER)
    return rows_changed(session.execute(gone.execution_options(synchronize_session=False)))


def _digest(address: str) -> bytes:
    return hashlib.sha256(f"{_PURPOSE}\0{address}".encode("utf-8", "surrogatepass")).digest()
