"""Messages to people on their way: put beside the event that causes them, sent by a job, seen in the outbox.

A message is put in the caller's transaction and names its cause (`dedupe`), so the same cause never makes two. Its
words are made when it is sent or shown and are stored nowhere. A real channel gets it at least once: a worker that
falls between sending and recording it sends it again. No transaction is open while a channel is asked.

`waiting` becomes `sent`, `stale` (too old to be of use) or `dead` (given up; `last_failure` says why).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from sqlalchemy import Select, Text, bindparam, select, type_coerce, update
from sqlalchemy.orm import Session

from esign.errors import EsignError
from esign.infra.clock import Clock
from esign.infra.database import Database, JsonValue
from esign.infra.ids import made_at, new_id
from esign.infra.jobs import JobKind, JobQueue
from esign.infra.logs import log_for
from esign.infra.models import Message
from esign.infra.notifications import OUTBOX, Channel, ChannelRefused, Composed
from esign.infra.statements import insert_if_absent, rows_changed, table_of

Compose: TypeAlias = Callable[[Session, Message], Composed | None]
"""Makes a stored message ready; None if the person's record was erased. Raises `EsignError` if it cannot now."""

JOB: Final = "notify"
SUBJECT: Final = "subject"
"""The fact that names what a room's message is about."""
WAITING: Final = "waiting"
SENT: Final = "sent"
STALE: Final = "stale"
DEAD: Final = "dead"

BACKOFF: Final = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 1800, 7200))
CLAIM: Final = timedelta(minutes=3)
"""How long a worker has for one try; longer than every channel takes. After that the message comes up again."""
FAILURE_AT_MOST: Final = 64

_MESSAGES: Final = table_of(Message)
_PUT: Final = insert_if_absent(Message, *_MESSAGES.c.keys())
_OVERDUE: Final = (
    select(_MESSAGES.c.id, _MESSAGES.c.attempts)
    .where(_MESSAGES.c.state == WAITING, _MESSAGES.c.due_at <= bindparam("now"))
    .order_by(_MESSAGES.c.due_at)
    .limit(bindparam("limit"))
)

_log = log_for(__name__)


@dataclass(frozen=True)
class OutboxEntry:
    """A message as the outbox shows it. `composed` is None where the person's record was erased."""

    id: str
    kind: str
    envelope: str | None
    person: str
    state: str
    created_at: datetime
    sent_at: datetime | None
    composed: Composed | None


@dataclass(frozen=True)
class _Claim:
    """One try of one message. `attempt` counts from 1."""

    id: str
    attempt: int
    at: datetime


class MessageBox:
    """Keeps messages and sends them.

    `clock` tells the service's own time. `lifetimes` says, by kind, after how long a message is of no use any more.
    """

    def __init__(
        self,
        database: Database,
        channel: Channel,
        compose: Compose,
        queue: JobQueue,
        *,
        clock: Clock,
        lifetimes: Mapping[str, timedelta],
    ) -> None:
        self._database = database
        self._channel = channel
        self._compose = compose
        self._queue = queue
        self._clock = clock
        self._lifetimes = dict(lifetimes)
        self._sends = channel.name != OUTBOX

    @property
    def job(self) -> JobKind:
        """The kind of job that sends a message."""
        return JobKind(JOB, self.send, at_once=4, look_seconds=0.2 if self._sends else 1.0)

    def put(
        self,
        session: Session,
        *,
        dedupe: str,
        kind: str,
        person: str,
        envelope: str | None,
        facts: Mapping[str, JsonValue],
        at: datetime,
    ) -> None:
        """Put a message in the caller's transaction; with a `dedupe` that was used, nothing is put.

        `facts` are ids, codes and numbers, never words about a person. `at` is what the outbox shows as its time; a
        moved clock may tell it. With a real channel the message is due at once, with the outbox it is sent.
        """
        now = self._clock()
        message = new_id("msg", now)
        values = {
            "id": message,
            "dedupe": dedupe,
            "kind": kind,
            "person": person,
            "envelope": envelope,
            "facts": dict(facts),
            "state": WAITING if self._sends else SENT,
            "created_at": at,
            "due_at": now if self._sends else None,
            "attempts": 0,
            "last_failure": None,
            "sent_at": None if self._sends else at,
        }
        if rows_changed(session.execute(_PUT, values)) and self._sends:
            self._enqueue(session, message, 0)

    def due(self, session: Session, now: datetime, *, limit: int = 100) -> list[str]:
        """Return the ids of messages that wait to be sent, the longest overdue first."""
        return [message_id for message_id, _ in _overdue(session, now, limit)]

    def enqueue_due(self, session: Session, now: datetime, *, limit: int = 100) -> int:
        """Put a job for each message that is due, one for each try however often this is called; return how many."""
        overdue = _overdue(session, now, limit)
        for message_id, attempts in overdue:
            self._enqueue(session, message_id, attempts)
        return len(overdue)

    def send(self, message_id: str) -> None:
        """The job: send the message if it is due and nobody else is at it, and record what came of it."""
        claim = self._claim(message_id)
        if claim is None:
            return
        try:
            with self._database.reading() as session:
                composed = self._compose(session, session.get_one(Message, message_id))
            if composed is not None:
                self._channel.send(composed.to, composed.words)
        except ChannelRefused as error:
            self._give_up(claim, DEAD, error.code)
        except EsignError as error:
            self._try_later(claim, error)
        else:
            if composed is None:
                self._give_up(claim, DEAD, "record-erased")
            else:
                self._record(claim, state=SENT, due_at=None, sent_at=self._clock(), last_failure=None)

    def outbox(
        self,
        session: Session,
        *,
        envelope: str | None = None,
        person: str | None = None,
        envelopes: Select[str] | None = None,
        about: str | None = None,
        besides: Select[str] | None = None,
        limit: int = 50,
        before: str | None = None,
    ) -> Sequence[OutboxEntry]:
        """Return messages with their words, newest first; `before` is the id of the last entry of the page before.

        `envelopes` chooses ids of envelopes: of no other, and of none without an envelope, are messages returned.
        `about` is the id of what a room writes about, such as a claim; `besides` chooses records of people to whom
        messages are left out.

        They hold codes and links: whether anybody may see them is the caller's to decide (test mode only). Raises
        `EsignError` if one cannot be composed.
        """
        chosen = select(Message).order_by(Message.id.desc()).limit(limit)
        if envelope is not None:
            chosen = chosen.where(Message.envelope == envelope)
        if person is not None:
            chosen = chosen.where(Message.person == person)
        if envelopes is not None:
            chosen = chosen.where(Message.envelope.in_(envelopes))
        if about is not None:
            told = f'"{SUBJECT}":"{about}"'
            chosen = chosen.where(type_coerce(Message.facts, Text).contains(told, autoescape=True))
        if besides is not None:
            chosen = chosen.where(Message.person.not_in(besides))
        if before is not None:
            chosen = chosen.where(Message.id < before)
        return [
            OutboxEntry(
                id=message.id,
                kind=message.kind,
                envelope=message.envelope,
                person=message.person,
                state=message.state,
                created_at=message.created_at,
                sent_at=message.sent_at,
                composed=self._compose(session, message),
            )
            for message in session.scalars(chosen).all()
        ]

    def _enqueue(self, session: Session, message_id: str, attempts: int) -> None:
        self._queue.enqueue(session, JOB, message_id, key=f"{JOB}:{message_id}:{attempts}")

    def _claim(self, message_id: str) -> _Claim | None:
        """Take the next try, if it is due. Moving `due_at` forward keeps others off it, and brings it up again."""
        now = self._clock()
        with self._database.transaction() as session:
            row = session.execute(
                update(Message)
                .where(Message.id == message_id, Message.state == WAITING, Message.due_at <= now)
                .values(due_at=now + CLAIM, attempts=Message.attempts + 1)
                .returning(Message.kind, Message.attempts)
                .execution_options(synchronize_session=False)
            ).one_or_none()
        if row is None:
            return None
        kind, attempt = row
        claim = _Claim(message_id, attempt, now)
        lifetime = self._lifetimes.get(kind)
        if lifetime is not None and now - made_at(message_id) > lifetime:
            self._give_up(claim, STALE, "too-late")
            return None
        if attempt > len(BACKOFF) + 1:  # every try was taken, and the last was never recorded
            self._give_up(claim, DEAD, "worker-lost")
            return None
        return claim

    def _try_later(self, claim: _Claim, error: EsignError) -> None:
        if claim.attempt > len(BACKOFF):
            self._give_up(claim, DEAD, error.code)
            return
        due_at = self._clock() + BACKOFF[claim.attempt - 1]
        self._record(claim, due_at=due_at, last_failure=error.code[:FAILURE_AT_MOST])
        _log.warning(
            "a message was not sent and will be tried again",
            record=claim.id,
            channel=self._channel.name,
            code=error.code,
            attempt=claim.attempt,
        )

    def _give_up(self, claim: _Claim, state: str, failure: str) -> None:
        self._record(claim, state=state, due_at=None, last_failure=failure[:FAILURE_AT_MOST])
        _log.error(
            "a message was given up",
            record=claim.id,
            channel=self._channel.name,
            state=state,
            code=failure,
            attempt=claim.attempt,
        )

    def _record(self, claim: _Claim, **values: object) -> None:
        """Record what came of a try. Nothing a slow worker reports undoes a later try; that it was sent stands."""
        same_try = Message.attempts == claim.attempt
        still = Message.state == WAITING
        with self._database.transaction() as session:
            session.execute(
                update(Message)
                .where(Message.id == claim.id, still if values.get("state") == SENT else still & same_try)
                .values(**values)
                .execution_options(synchronize_session=False)
            )


def _overdue(session: Session, now: datetime, limit: int) -> list[tuple[str, int]]:
    """Return id and number of tries so far of what is due."""
    found = session.execute(_OVERDUE, {"now": now, "limit": limit})
    return [(row.id, row.attempts) for row in found]
