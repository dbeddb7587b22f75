"""Trying a task: taken, done as far as it can be done now, left for later or given up, and never lost.

What the machine, its disk or a service lacks may come back: the task stays. What would end the same at every try is
given up, with the code of the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ca.errors import TrustServiceError
from ca.ports import Clock
from esign.ceremony.tasks import UNFORESEEN, Tasks
from esign.errors import EsignError, EvidenceError, FieldError, SigningError
from esign.infra.database import Database
from esign.infra.errors import RecordErased
from esign.infra.logs import log_for
from esign.infra.quarantine import QuarantineFailed

PASSING: Final = frozenset({"clock-disagrees", "revocation-answer-stale", "revocation-answer-refused"})
"""Codes of signing errors that are ours or a service's, and pass."""
READINGS_AT_MOST: Final = 5
"""How often a task is tried before an admitted document that is too heavy, or breaks its reader, fails it for good."""

_log = log_for(__name__)


class SigningOvertaken(EsignError):
    """Another worker's revision of the document was first; nothing is lost, and it is tried again."""


@dataclass(frozen=True)
class Tried:
    """How often a task was taken, this time included, and the code of what hindered it the last time."""

    attempts: int
    failure: str | None


class TaskTries:
    """Tries tasks whose work rests on trust services and on reading documents."""

    def __init__(self, database: Database, tasks: Tasks, clock: Clock) -> None:
        self._database = database
        self._tasks = tasks
        self._clock = clock

    def stand_back(self, task: str) -> None:
        """Leave the task for a moment: whoever has what it needs is at work."""
        with self._database.transaction() as session:
            self._tasks.stand_back(session, task, now=self._clock())

    def end(self, task: str) -> None:
        """End the task: nothing of it is left to do."""
        with self._database.transaction() as session:
            self._tasks.end(session, task)

    def asked_at(self, task: str) -> datetime | None:
        """Return when the task was asked for last, None where it is done already."""
        with self._database.reading() as session:
            return self._tasks.asked_at(session, task)

    def end_asked(self, task: str, asked: datetime | None) -> None:
        """End the task as it was asked for at that time; asked for again since, it is done once more."""
        with self._database.transaction() as session:
            self._tasks.end_asked(session, task, asked, now=self._clock())

    def attempt(
        self, task: str, work: Callable[[], None], give_up: Callable[[str], None], *, doing: str, **about: str
    ) -> None:
        """Take the task, if it is there, and do its work; what hinders it is recorded. Only faults of ours are raised.

        `give_up` is given the code of a reason for which trying again is of no use, and ends the task. `doing` and
        `about`, ids alone, are for the log.
        """
        with self._database.transaction() as session:
            taken = self._tasks.take(session, task, now=self._clock())
            if taken is None:
                return
            tried = Tried(taken.attempts, taken.failure)
        try:
            try:
                work()
            except (EsignError, TrustServiceError) as error:
                if not is_final(error, tried):
                    raise
                _log.failed(f"{doing} failed", error, code=error.code, **about)
                give_up(error.code)
        except (EsignError, TrustServiceError) as error:
            _log.warning(f"{doing} waits", code=error.code, **about)
            self.put_off(task, error.code)
        except Exception:
            self.put_off(task, UNFORESEEN)  # so that whoever looks at the envelope sees that it does not go on
            raise

    def put_off(self, task: str, failure: str) -> None:
        """Leave the task for later, with the code of what hindered it; whoever mends that sees it among the jobs."""
        with self._database.transaction() as session:
            self._tasks.put_off(session, task, failure, now=self._clock())


def is_final(error: EsignError | TrustServiceError, tried: Tried) -> bool:
    """Tell whether trying again would end the same. Whatever the machine, its disk or a service lacks may come back.

    The quarantine's limits are partly the machine's too: a document that was admitted, and read before, has several
    tries, and one more where it was hindered by something else until now.
    """
    if isinstance(error, QuarantineFailed):
        return tried.attempts >= READINGS_AT_MOST and tried.failure == error.code
    if isinstance(error, TrustServiceError):
        return error.code == "certificate-request-refused"
    final = (SigningError, FieldError, EvidenceError, RecordErased)
    return isinstance(error, final) and error.code not in PASSING
