"""A message box of tests: a clock, a channel and a queue that do as they are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.infra.database import Database
from esign.infra.errors import SealedDataError
from esign.infra.messages import MessageBox
from esign.infra.models import Message
from esign.infra.notifications import Address, Channel, ChannelUnavailable, Composed, Words

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LIFETIMES = {"code": timedelta(minutes=5)}
YU = Address("13900010001", None, "于文山")


class Watch:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


@dataclass
class Line:
    """A channel that keeps what it was handed, after whatever `before` does."""

    before: Callable[[], None] = lambda: None
    sent: list[Words] = field(default_factory=list)

    @property
    def name(self) -> str:
        return "line"

    def send(self, to: Address, message: Words) -> None:
        self.before()
        self.sent.append(message)


@dataclass
class Queue:
    """Jobs as they were put; a key that was used puts nothing."""

    jobs: dict[str, tuple[str, str]] = field(default_factory=dict)

    def waits(self, session: Session, key: str) -> bool:
        return False

    def enqueue(self, session: Session, kind: str, subject: str, *, key: str) -> None:
        self.jobs.setdefault(key, (kind, subject))


def compose(session: Session, message: Message) -> Composed | None:
    if message.person == "per_erased":
        return None
    if message.person == "per_broken":
        raise SealedDataError("sealed-data", "it does not open", "restore it")
    return Composed(YU, Words(message.kind, f"{message.kind} {message.facts}"))


def boxed(database: Database, channel: Channel, queue: Queue, watch: Watch) -> MessageBox:
    return MessageBox(database, channel, compose, queue, clock=watch, lifetimes=LIFETIMES)


def put(
    database: Database,
    box: MessageBox,
    dedupe: str = "invited",
    *,
    kind: str = "invitation",
    person: str = "per_1",
    envelope: str | None = "env_1",
    at: datetime = NOON,
) -> str:
    """Put a message and return its id, or that of the one that has its `dedupe`."""
    with database.transaction() as session:
        box.put(
            session, dedupe=dedupe, kind=kind, person=person, envelope=envelope, facts={"recipient": "rcp_1"}, at=at
        )
        return session.scalars(select(Message.id).where(Message.dedupe == dedupe)).one()


def stored(database: Database, message_id: str) -> Message:
    with database.reading() as session:
        return session.get_one(Message, message_id)


def due(database: Database, box: MessageBox, now: datetime) -> list[str]:
    with database.reading() as session:
        return box.due(session, now)


def unavailable() -> None:
    raise ChannelUnavailable("channel-unavailable", "it did not take the message", "try again")
