"""Who has no link reports from the number of their policy: a code goes to the phone of the insured.

Whether there is such a policy shows nowhere: the page does the same and says the same for every number, and a worker
looks a moment later. A code is tried five times in its life of five minutes; a policy is sent few.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from claims.domain.values import ReportWay
from claims.messages.texts import CODE
from claims.models import MotorPolicyRow
from claims.selfservice.inviting import Inviting
from claims.selfservice.models import Entrance
from claims.service.office import Office
from claims.service.registering import NUMBER, Register
from esign.public.codes import CODE_LIFE, CODE_TRIES, MINUTES
from esign.public.errors import EsignError
from esign.public.rows import rows_changed
from esign.public.work import log_for

GONE_AFTER: Final = timedelta(hours=1)
AT_ONCE: Final = 50
_DIGITS: Final = re.compile(r"[0-9]{6}", re.ASCII)
_log = log_for(__name__)


@dataclass(frozen=True)
class Entered:
    """Who told the right code: their invitation to report, and the record of the person."""

    invitation: str
    person: str


class Entrances:
    """Begins, looks after and opens entrances, each in a transaction of its own."""

    def __init__(self, office: Office) -> None:
        self._house = office.house
        self._inviting = Inviting(office)
        self._register = Register(office.house)

    def begin(self, number: str) -> str:
        """Begin an entrance for a policy's number; return its address, which the visitor's browser alone has.

        A number that cannot be one is taken like all others, and leads nowhere.
        """
        address, now = secrets.token_urlsafe(32), self._house.clock()
        with self._house.database.transaction() as session:
            session.add(
                Entrance(
                    id=_digest(address),
                    policy=number if NUMBER.fullmatch(number) else "",
                    code=self._house.codes.new(now),
                    begun_at=now,
                    looked_at=None,
                    client=None,
                    person=None,
                    tries=0,
                )
            )
        return address

    def send_codes(self) -> int:
        """Send codes to those who are insured by the policies that were named; return how many came. Of a beat."""
        waiting = select(Entrance.id).where(Entrance.looked_at.is_(None)).order_by(Entrance.begun_at).limit(AT_ONCE)
        with self._house.database.reading() as session:
            found = session.scalars(waiting).all()
        for entrance in found:
            try:
                with self._house.database.transaction() as session:
                    self._look(session, entrance)
            except (EsignError, ValueError) as hindered:  # nobody to reach, or a broken record: it stops no others
                _log.failed("nobody is sent a code", hindered)
                with self._house.database.transaction() as session:
                    session.get_one(Entrance, entrance).looked_at = self._house.clock()
        return len(found)

    def enter(self, address: str, typed: str) -> Entered | None:
        """Try a code; return what it opens, None where it opens nothing: wrong, too late, or tried too often."""
        now = self._house.clock()
        with self._house.database.transaction() as session:
            tried = update(Entrance).where(
                Entrance.id == _digest(address), Entrance.tries < CODE_TRIES, Entrance.begun_at > now - CODE_LIFE
            )
            counted = session.execute(tried.values(tries=Entrance.tries + 1))
            if not rows_changed(counted):
                return None
            session.expire_all()
            row = session.get_one(Entrance, _digest(address))
            right = _DIGITS.fullmatch(typed) is not None and self._house.codes.is_code(typed, row.code)
            if not right or row.person is None or row.client is None:
                return None
            invitation = self._inviting.begin(session, row.client, row.policy, row.person, ReportWay.CODE, now)
            session.delete(row)
            return Entered(invitation, row.person)

    def forget(self, session: Session, now: datetime) -> int:
        """Delete entrances that are over, the persons whom a code went to and who never came, and invitations of which
        nothing came in so long that nothing can any more; return how many. A cleaning."""
        over = select(Entrance.person).where(Entrance.begun_at <= now - GONE_AFTER, Entrance.person.is_not(None))
        for person in session.scalars(over).all():
            self._house.records.erase(session, str(person), at=now)
        gone = delete(Entrance).where(Entrance.begun_at <= now - GONE_AFTER)
        entrances = rows_changed(session.execute(gone.execution_options(synchronize_session=False)))
        return entrances + self._inviting.forget(session, now)

    def _look(self, session: Session, entrance: bytes) -> None:
        row = session.get(Entrance, entrance, with_for_update=True)
        if row is None or row.looked_at is not None:
            return
        now = row.looked_at = self._house.clock()
        known = session.get(MotorPolicyRow, row.policy)
        if known is None:
            return
        policy = self._register.find(session, known.client, row.policy).policy
        row.client = known.client
        row.person = self._inviting.person_of(session, policy, now)
        facts: dict[str, str | int] = {"code": row.code, "minutes": MINUTES}
        self._house.messages.tell(session, CODE, row.person, about=row.code, because=row.code, at=now, facts=facts)


def _digest(address: str) -> bytes:
    return hashlib.sha256(f"claims entrance\0{address}".encode("utf-8", "surrogatepass")).digest()
