"""The salesperson's tablet in a signer's hands: who handed it to whom, on which device they sign there, and its end.

open       the recipient signs on this browser alone, and what they do is in person; nobody else's browser takes them in
locked     the staff session that handed over shows nothing, until its member has told their PIN: also after the
           half hour in which the recipient may sign is over

Nothing is held in person for somebody who is gone: when the staff session ends, wherever that happens, the handover is
open no longer.

The stream of a recipient's handovers holds ids, codes and counts. It is not the envelope's: that the ceremony was in
person, the envelope's own events say (`recipient.identified`), by what stands here and by nothing a device tells.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from sqlalchemy import ColumnElement, bindparam, or_, select
from sqlalchemy.orm import Session

from esign.ceremony.errors import LinkRefused
from esign.ceremony.models import HandoverRow
from esign.infra.clock import Clock
from esign.infra.ids import is_id, new_id
from esign.infra.keystore import KeyStore
from esign.trail.event import EventType, NewEvent
from esign.trail.log import Trail, stream_version
from esign.trail.vocabulary import Vocabulary

BEGUN: Final = EventType("handover.begun")
BOUND: Final = EventType("handover.device-bound")
PIN_REFUSED: Final = EventType("handover.pin-refused")
ENDED: Final = EventType("handover.ended")
VOCABULARY: Final = Vocabulary((BEGUN, BOUND, PIN_REFUSED, ENDED))
LIFE: Final = timedelta(minutes=30)
"""How long a signer has the tablet at most; a new handover goes on where it stopped."""
PIN_TRIES: Final = 5
RETURNED, TIMED_OUT, GUESSED, SUPERSEDED, ABANDONED = "returned", "timed-out", "pin-guessed", "superseded", "abandoned"
SESSION_OVER: Final = "session-over"
_PROOF_BYTES: Final = 20
_TOKEN_AT_MOST: Final = 160
_ENDED_AT_ONCE: Final = 500
_OPEN_FOR: Final = (
    select(HandoverRow)
    .where(HandoverRow.recipient == bindparam("recipient"), HandoverRow.ended_at.is_(None))
    .order_by(HandoverRow.id)
)
_ON_DEVICE: Final = select(HandoverRow).where(HandoverRow.device == bindparam("device")).order_by(HandoverRow.id)
IsStaffThere: TypeAlias = Callable[[Session, str], bool]
"""Tells whether a session of staff (its id) is still there, of a member who is."""


@dataclass(frozen=True)
class Handover:
    """A handover as it stands. `session` is the staff session that is locked, and `held` whether it is still there;
    times are timezone-aware UTC."""

    id: str
    envelope: str
    recipient: str
    member: str
    session: str
    device: str | None
    begun_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    unlocked_at: datetime | None
    tries_left: int
    held: bool

    def is_open(self, at: datetime) -> bool:
        return self.held and self.ended_at is None and at < self.ends_at


class Handovers:
    """Begins, reads and ends handovers, in the caller's transaction. `clock` is the system's, for staff live by it.

    What writes raises `ConcurrentChange` where another handover of the recipient changes at the same moment.
    """

    def __init__(self, keys: KeyStore, clock: Clock, is_staff_there: IsStaffThere, trail: Trail | None = None) -> None:
        self._keys = keys
        self._clock = clock
        self._is_staff_there = is_staff_there
        self._trail = trail or Trail(VOCABULARY)

    def now(self) -> datetime:
        """Return the time by which handovers begin and end."""
        return self._clock()

    def begin(self, session: Session, *, envelope: str, recipient: str, member: str, staff_session: str) -> Handover:
        """Hand the tablet of this staff session to the recipient. What was handed over before, to them or in this
        session, ends: the recipient signs in one place, and a session has one tablet."""
        now = self.now()
        earlier = or_(HandoverRow.recipient == recipient, HandoverRow.session == staff_session)
        for row in self._rows(session, earlier, HandoverRow.ended_at.is_(None)):
            self._end(session, row, SUPERSEDED, now)
        row = HandoverRow(
            id=new_id("hnd", now),
            envelope=envelope,
            recipient=recipient,
            member=member,
            session=staff_session,
            device=None,
            begun_at=now,
            ends_at=now + LIFE,
            ended_at=None,
            unlocked_at=None,
            tries=0,
        )
        session.add(row)
        session.flush()
        event = BEGUN(handover=row.id, envelope=envelope, recipient=recipient, by=member, session=staff_session)
        self._record(session, row, event, actor=f"staff:{member}")
        return self._read(session, row)

    def token(self, handover: str) -> str:
        """Return what the tablet's browser keeps: it names the handover, and proves that we made it."""
        proof = self._keys.token_digest("tablet handover", handover.encode())[:_PROOF_BYTES]
        return f"{handover}.{base64.urlsafe_b64encode(proof).rstrip(b'=').decode('ascii')}"

    def named(self, token: str | None) -> str | None:
        """Return the id of the handover whose token this is, None where we did not make it. No database is asked."""
        handover, dot, _proof = (token or "").partition(".")
        if not dot or len(token or "") > _TOKEN_AT_MOST or not is_id("hnd", handover):
            return None
        if not hmac.compare_digest((token or "").encode("utf-8", "surrogatepass"), self.token(handover).encode()):
            return None
        return handover

    def of_token(self, session: Session, token: str | None) -> Handover | None:
        """Return the handover for which this browser is the tablet, None where it is none, or was given back."""
        handover = self.named(token)
        row = None if handover is None else session.get(HandoverRow, handover)
        return None if row is None or row.unlocked_at is not None else self._read(session, row)

    def lock_of(self, session: Session, staff_session: str) -> Handover | None:
        """Return the handover by which the staff session is locked, None where it is not."""
        rows = self._rows(session, HandoverRow.session == staff_session, HandoverRow.unlocked_at.is_(None))
        return self._read(session, rows[-1]) if rows else None

    def open_for(self, session: Session, recipient: str) -> Handover | None:
        """Return the handover that is open for the recipient, wherever its tablet is."""
        rows = session.scalars(_OPEN_FOR, {"recipient": recipient}).all()
        found = (self._read(session, row) for row in reversed(rows))
        return next((one for one in found if one.is_open(self.now())), None)

    def place_of(self, session: Session, recipient: str, token: str | None) -> Handover | None:
        """Return the open handover under which the recipient signs in this browser; None where they sign remotely.

        Raises `LinkRefused`: `handed-over` (they sign on a tablet, and this is another device), `handover-over` (this
        is a tablet that was not given back, and it is not, or not any more, in this recipient's hands).
        """
        here, elsewhere = self.of_token(session, token), self.open_for(session, recipient)
        if here is not None:
            if here.recipient != recipient or not here.is_open(self.now()):
                raise _over()
            return here
        if elsewhere is not None:
            raise LinkRefused(
                "handed-over",
                "the recipient is signing in person, on the salesperson's tablet",
                "sign there, or have the salesperson take the tablet back",
            )
        return None

    def bind(self, session: Session, handover: Handover, device: str) -> None:
        """Note on which device the recipient signs under the handover."""
        row = session.get_one(HandoverRow, handover.id, with_for_update=True)
        row.device = device
        session.flush()
        self._record(session, row, BOUND(handover=row.id, device=device), actor=f"recipient:{row.recipient}")

    def require_open_on(self, session: Session, device: str) -> None:
        """Raise `LinkRefused` (`handover-over`) unless the handover under which this device was bound is open."""
        rows = session.scalars(_ON_DEVICE, {"device": device}).all()
        if not rows or not self._read(session, rows[-1]).is_open(self.now()):
            raise _over()

    def take_try(self, session: Session, handover: str) -> int | None:
        """Count a try at the PIN before it is looked at; return how many are left after it, None if none was.

        Two who guess at the same moment have one try each.
        """
        row = session.get_one(HandoverRow, handover, with_for_update=True)
        if row.unlocked_at is not None or row.tries >= PIN_TRIES:
            return None
        row.tries += 1
        session.flush()
        return PIN_TRIES - row.tries

    def refuse_pin(self, session: Session, handover: str) -> None:
        """Record that a PIN was wrong; at the last one the handover ends."""
        row = session.get_one(HandoverRow, handover, with_for_update=True)
        self._record(session, row, PIN_REFUSED(handover=row.id, tries=row.tries), actor=f"staff:{row.member}")
        if row.tries >= PIN_TRIES and row.ended_at is None:
            self._end(session, row, GUESSED, self.now())

    def give_back(self, session: Session, handover: str, *, abandoned: bool = False) -> None:
        """Unlock: the salesperson has the tablet again, or has `abandoned` it by logging out. The signer's session
        ends with it."""
        row, now = session.get_one(HandoverRow, handover, with_for_update=True), self.now()
        if row.ended_at is None:
            timed_out = now >= row.ends_at
            self._end(session, row, TIMED_OUT if timed_out else ABANDONED if abandoned else RETURNED, now)
        # The session may have handed over more than once; all of it is given back.
        for one in self._rows(session, HandoverRow.session == row.session, HandoverRow.unlocked_at.is_(None)):
            one.unlocked_at = now
        session.flush()

    def end_overdue(self, session: Session, now: datetime) -> int:
        """Record the end of handovers whose half hour, or whose staff session, is over; return how many.

        Sessions that are there stay locked.
        """
        rows = self._rows(session, HandoverRow.ended_at.is_(None), at_most=_ENDED_AT_ONCE)
        over = [row for row in rows if not self._read(session, row).is_open(now)]
        for row in over:
            self._end(session, row, TIMED_OUT if now >= row.ends_at else SESSION_OVER, now)
        return len(over)

    def _read(self, session: Session, row: HandoverRow) -> Handover:
        return _handover(row, held=self._is_staff_there(session, row.session))

    def _rows(
        self, session: Session, *conditions: ColumnElement[bool], at_most: int | None = None
    ) -> Sequence[HandoverRow]:
        return session.scalars(select(HandoverRow).where(*conditions).order_by(HandoverRow.id).limit(at_most)).all()

    def _end(self, session: Session, row: HandoverRow, reason: str, now: datetime) -> None:
        row.ended_at = min(now, row.ends_at)
        session.flush()
        actor = "system" if reason in {TIMED_OUT, SUPERSEDED, SESSION_OVER} else f"staff:{row.member}"
        self._record(session, row, ENDED(handover=row.id, reason=reason), actor=actor)

    def _record(self, session: Session, row: HandoverRow, event: NewEvent, *, actor: str) -> None:
        stream = stream_of(row.recipient)
        self._trail.append(session, stream, stream_version(session, stream), [event], actor=actor, time=self.now())


def stream_of(recipient: str) -> str:
    """Return the stream in which a recipient's handovers are recorded."""
    return f"handovers/{recipient}"


def _over() -> LinkRefused:
    return LinkRefused(
        "handover-over",
        "the tablet is no longer in this signer's hands",
        "give it back to the salesperson, who can hand it over again; nothing is lost",
    )


def _handover(row: HandoverRow, *, held: bool) -> Handover:
    return Handover(
        id=row.id,
        envelope=row.envelope,
        recipient=row.recipient,
        member=row.member,
        session=row.session,
        device=row.device,
        begun_at=row.begun_at,
        ends_at=row.ends_at,
        ended_at=row.ended_at,
        unlocked_at=row.unlocked_at,
        tries_left=PIN_TRIES - row.tries,
        held=held,
    )
