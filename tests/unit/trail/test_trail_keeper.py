"""The keeper: a completion is told once a checkpoint covers it, nothing is told before, and nothing twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ca.authority import EmbeddedAuthority
from ca.errors import TrustServiceUnavailable
from ca.ports import TimestampAuthority, TimestampToken
from esign.infra.database import Database
from esign.infra.exclusive import Exclusive
from esign.trail.consumers import Consumer, stopped_consumers
from esign.trail.errors import ConsumerStopped
from esign.trail.event import LoggedEvent
from esign.trail.keeper import SCHEDULE, TrailKeeper, told_until
from esign.trail.models import TrailCheckpoint, TrailConsumer
from esign.trail.publishing import CheckpointPublisher
from tests.authority import SettableClock
from tests.vectors.trail.sample_events import COMPLETED, NOON
from tests.vectors.trail.stored import LOG_KEY, ORIGIN, TRAIL, append, place

AWAITED = ("envelope.completed",)


@dataclass
class Timestamps:
    """The authority's, which may be down; counts."""

    inner: TimestampAuthority
    down: bool = False
    asked: int = 0

    @property
    def token_size_bound(self) -> int:
        return self.inner.token_size_bound

    def timestamp(self, digest: bytes) -> TimestampToken:
        self.asked += 1
        if self.down:
            raise TrustServiceUnavailable("tsa-silent", "the authority does not answer", "try again later")
        return self.inner.timestamp(digest)


@dataclass
class Room:
    """A database with keepers, each as another process has it, and what their one consumer was told."""

    database: Database
    timestamps: Timestamps
    clock: SettableClock
    told: list[str] = field(default_factory=list)

    def keeper(self, consumers: Sequence[Consumer] | None = None) -> TrailKeeper:
        return TrailKeeper(
            self.database,
            CheckpointPublisher(ORIGIN, LOG_KEY, self.timestamps),
            consumers if consumers is not None else [Consumer("listener", self._hear)],
            self.clock,
            Exclusive(self.database),
            awaited=AWAITED,
        )

    def _hear(self, _session: Session, logged: LoggedEvent) -> None:
        self.told.append(logged.event.id)

    def complete(self, stream: str) -> str:
        """Append an event that waits for its checkpoint; return its id."""
        with self.database.transaction() as session:
            (event,) = TRAIL.append(session, stream, 0, [COMPLETED(document="doc_1")], actor="client:key_1", time=NOON)
        return event.id

    def checkpoints(self) -> list[int]:
        with self.database.reading() as session:
            return list(session.scalars(select(TrailCheckpoint.size).order_by(TrailCheckpoint.size)))


A_MINUTE = timedelta(minutes=1)
"""Timestamps have the time of this machine, and the room's clock stands still: a test takes less than that."""


@pytest.fixture
def room(database: Database, authority: EmbeddedAuthority) -> Room:
    return Room(database, Timestamps(authority.timestamp_authority), SettableClock())


def ids(events: Sequence[object]) -> list[str]:
    return [event.id for event in events]  # type: ignore[attr-defined]


def test_a_completion_waits_for_its_checkpoint_and_so_does_what_comes_after_it(room: Room) -> None:
    keeper = room.keeper()
    before = append(room.database, "env_1", 2)
    completion = room.complete("env_2")
    after = append(room.database, "env_3", 1)
    assert keeper.place() == 4
    assert keeper.consume() == 2
    assert room.told == ids(before)
    keeper.publish()
    assert keeper.consume() == 2
    assert room.told == [*ids(before), completion, *ids(after)]
    assert keeper.consume() == 0


def test_what_nothing_waits_for_is_told_without_a_checkpoint(room: Room) -> None:
    keeper = room.keeper()
    events = append(room.database, "env_1", 3)
    keeper.place()
    keeper.consume()
    assert room.told == ids(events)


def test_one_timestamp_covers_all_that_wait(room: Room) -> None:
    keeper = room.keeper()
    completions = [room.complete(f"env_{number}") for number in range(5)]
    keeper.place()
    keeper.publish()
    keeper.publish()
    keeper.consume()
    assert room.told == completions
    assert room.timestamps.asked == 1


def test_while_the_authority_is_down_no_completion_is_told_and_later_all_are(room: Room) -> None:
    keeper = room.keeper()
    room.timestamps.down = True
    completions = []
    for number in range(3):
        completions.append(room.complete(f"env_{number}"))
        keeper.place()
        with pytest.raises(TrustServiceUnavailable):
            keeper.publish()
        keeper.consume()
    assert room.told == []
    assert room.checkpoints() == []
    room.timestamps.down = False
    keeper.publish()
    keeper.consume()
    assert room.told == completions
    assert room.checkpoints() == [3]


def test_a_checkpoint_is_published_on_schedule_where_nothing_waits(room: Room) -> None:
    keeper = room.keeper()
    keeper.publish()
    assert room.checkpoints() == []
    append(room.database, "env_1", 1)
    keeper.place()
    keeper.publish()
    assert room.checkpoints() == [1]
    append(room.database, "env_2", 1)
    keeper.place()
    keeper.publish()
    assert room.checkpoints() == [1]
    room.clock.time += SCHEDULE + A_MINUTE
    keeper.publish()
    assert room.checkpoints() == [1, 2]
    room.clock.time += SCHEDULE + A_MINUTE
    keeper.publish()
    assert room.checkpoints() == [1, 2]


def test_a_consumer_that_stands_still_holds_up_no_other(room: Room) -> None:
    broken = [True]

    def stumble(_session: Session, _logged: LoggedEvent) -> None:
        if broken:
            raise ZeroDivisionError

    keeper = room.keeper([Consumer("stumbling", stumble), Consumer("sound", room._hear)])
    events = append(room.database, "env_1", 2)
    keeper.place()
    with pytest.raises(ConsumerStopped):
        keeper.consume()
    assert room.told == ids(events)
    with room.database.reading() as session:
        assert list(stopped_consumers(session)) == ["stumbling"]
    broken.clear()
    assert keeper.consume() == 2


def test_several_keepers_at_once_tell_everything_once_and_in_order(room: Room) -> None:
    completions = [room.complete(f"env_{number}") for number in range(6)]

    def write(session: Session, logged: LoggedEvent) -> None:
        session.execute(insert(TrailConsumer).values(name=f"heard-{logged.position}", position=0))

    keepers = [room.keeper([Consumer("writer", write), Consumer("listener", room._hear)]) for _ in range(3)]
    together, failures = threading.Barrier(3), []

    def keep(keeper: TrailKeeper) -> None:
        acts: tuple[Callable[[], object], ...] = (keeper.place, keeper.publish, keeper.consume)
        together.wait()
        try:
            for act in acts:
                act()
        except Exception as error:  # noqa: BLE001  # looked at below
            failures.append(error)

    threads = [threading.Thread(target=keep, args=(keeper,)) for keeper in keepers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    last = room.keeper([Consumer("writer", write), Consumer("listener", room._hear)])
    last.place()
    last.publish()
    last.consume()
    assert sorted(set(room.told)) == sorted(completions)
    with room.database.reading() as session:
        heard = session.scalars(select(TrailConsumer.name).where(TrailConsumer.name.like("heard-%"))).all()
        assert len(heard) == 6
        assert told_until(session, AWAITED) == 6
    assert room.checkpoints()[-1] == 6


def test_events_that_have_no_leaf_yet_are_not_told(room: Room) -> None:
    append(room.database, "env_1", 1)
    assert room.keeper().consume() == 0
    place(room.database)
    assert room.keeper().consume() == 1
