"""A room of webhooks for tests: real tables, keys and trail, a clock that is moved, a receiver that is told its lines.

Streams belong to the client that their name begins with: `client_a/1`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from ca.ports import HttpAnswer, HttpTransport, TransportFailed, TransportFailure
from esign.infra.columns import canonical_json
from esign.infra.database import Database
from esign.infra.exclusive import Exclusive
from esign.infra.keystore import create_key_store
from esign.infra.outgoing_rules import OutgoingRules
from esign.infra.personal_records import DataKeys
from esign.infra.secret import Secret
from esign.trail.consumers import Consumer, catch_up
from esign.trail.event import Event
from esign.webhooks.deliveries import Deliveries, Delivery, due_endpoints
from esign.webhooks.endpoints import Endpoint, Endpoints
from esign.webhooks.sending import Sender
from tests.vectors.trail.sample_events import NOON
from tests.vectors.trail.stored import append, place

CLIENT = "client_a"
URL = "https://hooks.insurer.example/esign?key=k3"
TYPES = frozenset({"envelope.sent", "envelope.completed"})

Answer = int | TransportFailure
Line = Callable[["Message"], Answer]


class Told:
    """What is told outside: every event of a client's stream, by id and number of tries."""

    def owner(self, session: Session, event: Event) -> str | None:
        client, slash, _ = event.stream.partition("/")
        return client if slash else None

    def body(self, session: Session, event: Event) -> bytes:
        data = {"event": event.id, "stream": event.stream, "number": event.version}
        return canonical_json({"type": event.type, "timestamp": event.time.isoformat(), "data": data})


@dataclass(frozen=True)
class Message:
    """What a receiver got."""

    url: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def event(self) -> str:
        """The event that the body tells of."""
        return str(json.loads(self.body)["data"]["event"])


@dataclass
class Receiver:
    """A transport with somebody behind it who answers as told."""

    answer: Line = lambda _: 200
    got: list[Message] = field(default_factory=list)

    def post(
        self, url: str, *, body: bytes, headers: Mapping[str, str], timeout_seconds: float, max_bytes: int
    ) -> HttpAnswer:
        message = Message(url, headers, body)
        self.got.append(message)
        answer = self.answer(message)
        if isinstance(answer, TransportFailure):
            raise TransportFailed(answer, "in the test")
        return HttpAnswer(answer, "text/plain", b"")

    def get(self, url: str, *, timeout_seconds: float, max_bytes: int) -> HttpAnswer:
        raise AssertionError("webhooks are posted")

    @property
    def ids(self) -> list[str]:
        return [message.id for message in self.got]


@dataclass
class Room:
    database: Database
    endpoints: Endpoints
    deliveries: Deliveries
    receiver: Receiver
    now: datetime = NOON
    happened: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sender = self.another_sender(self.receiver)

    def clock(self) -> datetime:
        return self.now

    def another_sender(self, transport: HttpTransport, *, timeout_seconds: float = 10) -> Sender:
        """A sender of another process: it has its own hold on names."""
        return Sender(
            self.database,
            self.endpoints,
            Told(),
            transport,
            Exclusive(self.database),
            self.clock,
            jitter=lambda: 0.5,
            timeout_seconds=timeout_seconds,
        )

    def register(
        self, client: str = CLIENT, url: str = URL, event_types: Sequence[str] = ("*",)
    ) -> tuple[Endpoint, Secret]:
        with self.database.transaction() as session:
            return self.endpoints.register(session, client, url, event_types, self.now)

    def endpoint(self, endpoint_id: str, client: str = CLIENT) -> Endpoint:
        with self.database.reading() as session:
            return self.endpoints.get(session, client, endpoint_id)

    def happen(self, count: int = 1, stream: str = f"{CLIENT}/1", *, after: int = 0) -> list[str]:
        """Let so many events happen and be entered; return their ids, in order."""
        events = append(self.database, stream, count, after=after)
        place(self.database)
        catch_up(self.database, Consumer("webhooks", self.deliveries.enter_event))
        self.happened += [event.id for event in events]
        return self.happened[-count:]

    def wait(self, **by: float) -> None:
        self.now += timedelta(**by)

    def flush_due(self, **by: float) -> int:
        """Move the clock and flush whatever is due."""
        self.wait(**by)
        with self.database.reading() as session:
            due = due_endpoints(session, self.now)
        return sum(self.sender.flush(one.id) for one in due)

    def stand(self, client: str = CLIENT) -> list[Delivery]:
        """The client's deliveries, in the order in which the events happened."""
        with self.database.reading() as session:
            page = self.deliveries.list_deliveries(session, client, limit=100)
        return sorted(page.deliveries, key=lambda delivery: (self.happened.index(delivery.event), delivery.id))


def room_of(database: Database, keys: Path, allow: Sequence[str] = ()) -> Room:
    endpoints = Endpoints(DataKeys(create_key_store(keys)), OutgoingRules(allow), TYPES)
    room = Room(database, endpoints, Deliveries(Told(), lambda: room.now), Receiver())
    return room
