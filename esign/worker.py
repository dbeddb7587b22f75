"""A worker process: it executes jobs, keeps the trail, and looks after everything that is due.

The web processes only put jobs. A worker may be killed at any moment; started anew, it takes up what it left, and the
sweeps find what nobody remembers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from esign.webhooks.deliveries import due_endpoints
from esign.webhooks.sending import Sender

DELIVER: Final = "deliver"
TRAIL_SECONDS: Final = 0.2
CHECKPOINT_SECONDS: Final = 1.0
"""A completion waits at most this long for its checkpoint, and as long as the timestamp authority takes."""
SWEEP_SECONDS: Final = 1.0
CLEAN_SECONDS: Final = 60.0
AT_ONCE: Final = 100

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
    ) -> None:
        """`cleanings` forget what is not needed any more, each in a transaction of its own."""
        self._cleanings = tuple(cleanings)
        self._service = service
        self._keeper = keeper
        self._messages = messages
        self._queue = queue
        self._clock = clock
        database = service.ports.database
        self._webhooks = WebhookSweep(database, queue, clock)

        def flush(job: str) -> None:
            sender.flush(job.split("@", maxsplit=1)[0])

        deliver = JobKind(DELIVER, flush, at_once=4)
        self._executor = DbosExecutor(database, (*service.job_kinds, deliver, messages.job), name=name)
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


class WebhookSweep:
    """Puts a job for every endpoint to which something is due."""

    def __init__(self, database: Database, queue: JobQueue, clock: Clock) -> None:
        self._database = database
        self._queue = queue
        self._clock = clock

    def run(self) -> int:
        """Put the jobs and return how many; one for an endpoint and second, however often this is asked."""
        now = self._clock()
        with self._database.reading() as session:
            endpoints = due_endpoints(session, now, limit=AT_ONCE)
        if endpoints:
            moment = int(now.timestamp())
            with self._database.transaction() as session:
                for endpoint in endpoints:
                    job = f"{endpoint}@{moment}"
                    self._queue.enqueue(session, DELIVER, job, key=f"{DELIVER}:{job}")
        return len(endpoints)
