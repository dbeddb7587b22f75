"""Jobs: work that is done apart from whoever asked for it, by whichever process of ours comes to it.

A job is a kind and a subject (an id). It holds no business state: what has to be done stands in the trail and in the
tables, the job only says "look now". So a job may run twice, at the same time as another, or not at all where nothing
is left to do; what it does is guarded where it is recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class JobKind:
    """A kind of job: what does it, given the subject, and how many of it one process does at once.

    `look_seconds` is how often a worker looks for jobs of it. Looking costs a few milliseconds even where there are
    none, and begins as many jobs as there is room for: so what comes rarely is looked for rarely, and kinds that lean
    on the same things wait in one `queue` and are looked for at once. There is room for as many as all of them have
    together, and who came first is first. Without a name, a kind has a queue of its own.
    """

    name: str
    run: Callable[[str], None]
    at_once: int = 2
    look_seconds: float = 0.2
    queue: str = ""


class JobQueue(Protocol):
    """Where jobs are put."""

    def enqueue(self, session: Session, kind: str, subject: str, *, key: str) -> None:
        """Put a job in the caller's transaction: it is there if that commits. A `key` that was used puts nothing."""

    def waits(self, session: Session, key: str) -> bool:
        """Tell whether the job of this key is there and nobody has begun it yet."""


class NoJobs:
    """A queue that forgets. What is due is in the tables, and whoever uses this does it from there: tests, tools."""

    def enqueue(self, session: Session, kind: str, subject: str, *, key: str) -> None:
        """Put nothing."""

    def waits(self, session: Session, key: str) -> bool:
        """Tell that no job waits."""
        return False
