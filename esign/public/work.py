"""What a room does later: tasks that are tried until they are done, beats that look again and again, cleanings.

A task is entered in the transaction that makes it due, so it is never lost; a beat asks what is due and does that. Both
may run twice or in two processes at once: what they do is guarded where it is recorded.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from ca.errors import TrustServiceError, TrustServiceUnavailable
from esign.ceremony.task_tries import TaskTries
from esign.ceremony.tasks import UNFORESEEN
from esign.errors import EsignError
from esign.infra.clock import Clock, ClockError
from esign.infra.exclusive import Exclusive
from esign.infra.jobs import JobKind
from esign.infra.logs import log_for
from esign.infra.pulse import Beat
from esign.service import Service
from esign.worker import Cleaning

_log = log_for(__name__)


class RoomTasks:
    """Enters and does the tasks of a room."""

    def __init__(self, service: Service, room: str) -> None:
        self._tasks = service.tasks
        self._clock: Clock = service.ports.trust_services.clock
        self._exclusive = Exclusive(service.ports.database)
        self._tries = TaskTries(service.ports.database, service.tasks, self._clock)
        self._room = room

    def add(self, session: Session, kind: str, subject: str, *, envelope: str | None = None) -> None:
        """Enter a task of this kind about a subject (an id), in the caller's transaction; again changes nothing.

        With an `envelope` operations see it among that one's jobs, and can have it tried at once.
        """
        name = self._kind(kind)
        self._tasks.add(session, f"{name}:{subject}", name, subject, envelope=envelope, now=self._clock())

    def ask(self, session: Session, kind: str, subject: str) -> None:
        """Enter a task of this kind in the caller's transaction; where it is there, it is done once more.

        For work that looks at what is there now: a try that is under way may have looked before this.
        """
        name = self._kind(kind)
        self._tasks.ask(session, f"{name}:{subject}", name, subject, envelope=None, now=self._clock())

    def end(self, session: Session, kind: str, subject: str) -> None:
        """End a task in the caller's transaction: it is done with what is recorded there, or not wanted any more."""
        self._tasks.end(session, f"{self._kind(kind)}:{subject}")

    def job(
        self,
        kind: str,
        work: Callable[[str], None],
        give_up: Callable[[str, str], None],
        *,
        final: tuple[type[Exception], ...] = (),
        at_once: int = 1,
        look_seconds: float = 1.0,
    ) -> JobKind:
        """Return what does the tasks of a kind, for the room's list of jobs.

        `work` is given the subject, opens transactions itself, and may find that nothing is left to do; the task ends
        when it returns. What passes (a service that is down, a full disk) is tried again, ever more rarely. What would
        end the same at every try is given up: a document that cannot be signed, a record that was erased, and errors of
        the room's own that are `final`. `give_up` is given subject and the code of the reason, records what follows,
        and the task ends.
        """
        name = self._kind(kind)

        def attempt(subject: str) -> None:
            try:
                work(subject)
            except final as error:
                _log.failed("a task was given up", error, step=name, record=subject)
                give_up(subject, str(getattr(error, "code", UNFORESEEN)))

        def run(task: str) -> None:
            subject = task.removeprefix(f"{name}:")
            with self._exclusive.attempt(task) as mine:
                if not mine:  # whoever has it is at work
                    self._tries.stand_back(task)
                    return
                self._tries.attempt(
                    task,
                    lambda: self._do(task, lambda: attempt(subject)),
                    lambda reason: self._do(task, lambda: give_up(subject, reason)),
                    doing=name,
                    record=subject,
                )

        return JobKind(name, run, at_once=at_once, look_seconds=look_seconds)

    def _do(self, task: str, act: Callable[[], None]) -> None:
        asked = self._tries.asked_at(task)
        act()
        self._tries.end_asked(task, asked)

    def _kind(self, kind: str) -> str:
        return f"{self._room}-{kind}"


__all__ = [
    "Beat",
    "Cleaning",
    "Clock",
    "ClockError",
    "EsignError",
    "JobKind",
    "RoomTasks",
    "TrustServiceError",
    "TrustServiceUnavailable",
    "log_for",
]
