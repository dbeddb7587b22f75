"""A worker process: it executes jobs, keeps the trail, and looks after everything that is due.

The web processes only put jobs. A worker may be killed at any moment; started anew, it takes up what it left, and the
sweeps find what nobody remembers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from sqlalchemy.orm import Session

from ca.ports import Clock
from esign.infra.database import Database
from esign.infra.jobs import JobKind, JobQueue
from esign.infra.jobs_dbos import DbosExecutor, DbosQueue
from esign.infra.messages import MessageBox
from esign.infra.pulse import Beat, Pulse
from esign.service import Service
from esign.trail.keeper import TrailKeeper
from esign.webhooks.deliveries import DueEndpoint, due_endpoints
from esign.webhooks.sending import PLACES_OF_A_CLIENT, Sender

DELIVER: Final = "deliver"
TRAIL_SECONDS: Final = 0.2
CHECKPOINT_SECONDS: Final = 1.0
"""A completion waits at most this long for its checkpoint, and as long as the timestamp authority takes."""
SWEEP_SECONDS: Final = 1.0
CLEAN_SECONDS: Final = 60.0
AT_ONCE: Final = 100
ENDPOINTS_AT_ONCE: Final = 1000

Cleaning: TypeAlias = Callable[[Session, datetime], object]


class Worker:
    """Everything that runs in a worker process."""

    def __init__(
        self,
        service: Service,
        keeper: TrailKeeper,
        sender: Sender,
        messages: MessageBox,
        queue: DbosQueue,
        clock: Clock,
        *,
        name: str,
        cleanings: Sequence[Cleaning] = (),
        beats: Sequence[Beat] = (),
        jobs: Sequence[JobKind] = (),
    ) -> None:
        """`cleanings` forget what is not needed any more, each in a transaction of its own; `beats` are what other
        rooms have done every so often, in transactions that they open themselves; `jobs` are further kinds of jobs."""
        self._cleanings = tuple(cleanings)
        self._further = tuple(beats)
        self._service = service
        self._keeper = keeper
        self._messages = messages
        self._queue = queue
        self._clock = clock
        database = service.ports.database
        self._webhooks = WebhookSweep(database, queue, clock, sender.is_flushing)

        def flush(job: str) -> None:
            sender.flush(job.split("@", maxsplit=1)[0])

        deliver = JobKind(DELIVER, flush, at_once=4, look_seconds=0.5)
        self._executor = DbosExecutor(database, (*service.job_kinds, deliver, messages.job, *jobs), name=name)
        self._pulse = Pulse(self._beats())

    def start(self) -> None:
        """Begin. Raises `DatabaseError`."""
        self._executor.start()
        self._pulse.start()

    def stop(self, *, seconds: int = 20) -> None:
        """Bring what runs to its end, for so many seconds at most."""
        self._pulse.stop(seconds=seconds)
        self._executor.stop(seconds=seconds)

    def _beats(self) -> Sequence[Beat]:
        return (
            Beat("trail", TRAIL_SECONDS, self._tend_trail),
            Beat("checkpoint", CHECKPOINT_SECONDS, self._keeper.publish),
            Beat("webhooks", TRAIL_SECONDS, self._webhooks.run),
            Beat("tasks", SWEEP_SECONDS, self._service.put_due_jobs),
            Beat("messages", SWEEP_SECONDS, self._put_due_messages),
            Beat("deadlines", SWEEP_SECONDS, self._service.deadlines.run),
            Beat("cleaning", CLEAN_SECONDS, self._clean),
            *self._further,
        )

    def _tend_trail(self) -> None:
        self._keeper.place()
        self._keeper.consume()

    def _put_due_messages(self) -> None:
        with self._service.ports.database.reading() as session:
            if not self._messages.due(session, self._clock(), limit=1):
                return
        with self._service.ports.database.transaction() as session:
            self._messages.enqueue_due(session, self._clock(), limit=AT_ONCE)

    def _clean(self) -> None:
        self._queue.forget_done()
        for clean in self._cleanings:
            with self._service.ports.database.transaction() as session:
                clean(session, self._clock())


@dataclass(frozen=True)
class _Put:
    """A job that was put for an endpoint."""

    endpoint: DueEndpoint
    key: str


class WebhookSweep:
    """Puts jobs for endpoints to which something is due: one for an endpoint at a time, two for a client.

    It remembers what it put. Another worker's sweep does not know of it, and puts as many of its own; what such a job
    finds being sent it leaves alone.
    """

    def __init__(self, database: Database, queue: JobQueue, clock: Clock, is_flushing: Callable[[str], bool]) -> None:
        """`is_flushing` tells of an endpoint's id whether anybody sends to it now."""
        self._database = database
        self._queue = queue
        self._clock = clock
        self._is_flushing = is_flushing
        self._open: dict[str, _Put] = {}
        self._turns: dict[str, int] = {}
        """When each endpoint that is due had its last job: whoever waits longest for one is next."""

    def run(self) -> int:
        """Put the jobs and return how many; one for an endpoint and second at most, however often this is asked."""
        now = self._clock()
        with self._database.reading() as session:
            due = due_endpoints(session, now, limit=ENDPOINTS_AT_ONCE)
            waiting = {id_ for id_, put in self._open.items() if self._queue.waits(session, put.key)}
        self._open = {id_: put for id_, put in self._open.items() if id_ in waiting or self._is_flushing(id_)}
        self._turns = {one.id: self._turns.get(one.id, 0) for one in due}
        moment = int(now.timestamp())
        if chosen := self._choose(due, moment):
            with self._database.transaction() as session:
                for put in chosen:
                    job = put.key.removeprefix(f"{DELIVER}:")
                    self._queue.enqueue(session, DELIVER, job, key=put.key)
            for put in chosen:
                self._open[put.endpoint.id] = put
                self._turns[put.endpoint.id] = moment
        return len(chosen)

    def _choose(self, due: Sequence[DueEndpoint], moment: int) -> list[_Put]:
        held = Counter(put.endpoint.client for put in self._open.values())
        chosen: list[_Put] = []
        for one in sorted(due, key=lambda one: self._turns[one.id]):
            if one.id in self._open or self._turns[one.id] == moment or held[one.client] >= PLACES_OF_A_CLIENT:
                continue
            held[one.client] += 1
            chosen.append(_Put(one, f"{DELIVER}:{one.id}@{moment}"))
            if len(chosen) == AT_ONCE:
                break
        return chosen
