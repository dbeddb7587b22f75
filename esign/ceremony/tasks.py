"""Tasks: work of ours that is due, kept beside what made it due, until it is done.

Whoever takes a task first moves its due time forward. Who falls while working on it leaves it there, and the sweep
finds it again; so no task depends on a job being remembered, or on a tick being heard.

Tasks that nobody stands waiting for give way: the sweep leaves them while there are others, for `PATIENCE` at most. So
in a busy hour contracts are signed and sealed first.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, bindparam, delete, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from esign.ceremony.models import Task
from esign.infra.jobs import JobQueue
from esign.infra.statements import insert_if_absent, insert_or_change, rows_changed

VISIBILITY: Final = timedelta(seconds=60)
"""How long a task is left to whoever took it: longer than any one try lasts."""
GRACE: Final = timedelta(seconds=10)
"""How long the job that is put beside a new task has before the sweep looks."""
UNFORESEEN: Final = "internal-error"
"""What hindered a task where the program itself went wrong; the log has the rest."""
WAITS: Final = (2, 5, 15, 30, 60, 120, 300)
"""Seconds before the next try, by the tries so far; the last one from there on."""
MOMENT: Final = timedelta(seconds=1)
"""How long a task waits for another that holds what both need."""
PATIENCE: Final = timedelta(minutes=4)
"""How long a task gives way to others, from when it was entered: not until somebody calls it late."""

_TAKE: Final = (
    update(Task)
    .where(Task.id == bindparam("task"))
    .values(attempts=Task.attempts + 1, due_at=bindparam("until"))
    .returning(Task)
    .execution_options(synchronize_session=False, populate_existing=True)
)
_END_IF_ALONE: Final = (
    delete(Task).where(Task.id == bindparam("task"), Task.attempts <= 1).execution_options(synchronize_session=False)
)
_ASK: Final = insert_or_change(Task, "created_at")
_ADD: Final = insert_if_absent(Task, "id", "kind", "subject", "envelope", "created_at", "due_at", "attempts", "job")


class Tasks:
    """Enters, takes and ends tasks in the caller's transaction."""

    def __init__(self, queue: JobQueue, *, giving_way: Collection[str] = ()) -> None:
        """`giving_way` are the kinds that wait while there are tasks of others."""
        self._queue = queue
        self._giving_way = frozenset(giving_way)

    def add(self, session: Session, id: str, kind: str, subject: str, *, envelope: str | None, now: datetime) -> None:
        """Enter a task and put a job for it, or leave it to the sweep if it gives way. Again, that changes nothing."""
        row = self._row(id, kind, subject, envelope, now)
        if rows_changed(session.execute(_ADD, row)) and row["job"] is not None:
            self._queue.enqueue(session, kind, id, key=str(row["job"]))

    def ask(self, session: Session, id: str, kind: str, subject: str, *, envelope: str | None, now: datetime) -> None:
        """Enter a task, or, where it is there, have it done once more after the try that may be under way.

        For what came after that try had looked: to `add` the task would be there, and then end.
        """
        row = self._row(id, kind, subject, envelope, now)
        session.execute(_ASK, {**row, "failure": None})
        if row["job"] is not None:
            self._queue.enqueue(session, kind, id, key=str(row["job"]))

    def asked_at(self, session: Session, id: str) -> datetime | None:
        """Return when the task was asked for last, None where it is done already."""
        return session.scalar(select(Task.created_at).where(Task.id == id))

    def end_asked(self, session: Session, id: str, asked: datetime | None, *, now: datetime) -> None:
        """Remove a task that is done as it was `asked` for; where it was asked for again, it is due at once."""
        ended = delete(Task).where(Task.id == id, Task.created_at == asked)
        if not rows_changed(session.execute(ended.execution_options(synchronize_session=False))):
            again = update(Task).where(Task.id == id).values(due_at=now)
            session.execute(again.execution_options(synchronize_session=False))

    def _row(self, id: str, kind: str, subject: str, envelope: str | None, now: datetime) -> dict[str, object]:
        gives_way = kind in self._giving_way
        return {
            "id": id,
            "kind": kind,
            "subject": subject,
            "envelope": envelope,
            "created_at": now,
            "due_at": now if gives_way else now + GRACE,
            "attempts": 0,
            "job": None if gives_way else _job_of(id, now),
        }

    def take(self, session: Session, id: str, *, now: datetime) -> Task | None:
        """Return the task, left to the caller for `VISIBILITY`; None where it is done already."""
        return session.scalars(_TAKE, {"task": id, "until": now + VISIBILITY}).one_or_none()

    def hold(self, session: Session, id: str, *, now: datetime) -> None:
        """Leave the task to whoever has it for another `VISIBILITY`: it goes on."""
        kept = update(Task).where(Task.id == id).values(due_at=now + VISIBILITY)
        session.execute(kept.execution_options(synchronize_session=False))

    def stand_back(self, session: Session, id: str, *, now: datetime) -> None:
        """Leave the task for a moment: another one holds what it needs. That is no try of it."""
        task = session.get(Task, id, with_for_update=True)
        if task is not None:
            task.due_at = now + MOMENT

    def put_off(self, session: Session, id: str, failure: str, *, now: datetime) -> None:
        """Leave the task for later, with the code of what hindered it."""
        task = session.get(Task, id, with_for_update=True)
        if task is not None:
            task.failure = failure[:64]
            task.due_at = now + timedelta(seconds=WAITS[min(max(task.attempts, 1), len(WAITS)) - 1])

    def end(self, session: Session, id: str) -> None:
        """Remove a task that is done, or not wanted any more."""
        session.execute(delete(Task).where(Task.id == id))

    def end_if_alone(self, session: Session, id: str, *, now: datetime) -> None:
        """Remove a task that is done, if nobody else ever took it.

        Where somebody did, they may still be at it: the task then comes up once more when they must be done, so that
        what they leave is found.
        """
        if not rows_changed(session.execute(_END_IF_ALONE, {"task": id})):
            later = update(Task).where(Task.id == id).values(due_at=now + VISIBILITY)
            session.execute(later.execution_options(synchronize_session=False))

    def hurry(self, session: Session, envelope: str, kind: str, *, now: datetime) -> None:
        """Put a job for every task of this kind that the envelope has, due or not."""
        tasks = session.scalars(select(Task).where(Task.envelope == envelope, Task.kind == kind).with_for_update())
        for task in tasks.all():
            task.due_at = now + GRACE
            self._put(session, task, now)

    def end_all(self, session: Session, envelope: str, kind: str) -> None:
        """Remove every task of this kind that the envelope has."""
        session.execute(delete(Task).where(Task.envelope == envelope, Task.kind == kind))

    def is_any_due(self, session: Session, *, now: datetime) -> bool:
        """Tell whether there is any that a job would be put for: so that no write lock is taken to find none."""
        return session.scalar(select(Task.id).where(*self._is_up(now)).limit(1)) is not None

    def put_due_jobs(self, session: Session, *, now: datetime, limit: int = 100) -> int:
        """Put a job for every task that is due, and return how many. Each is left to its job for `VISIBILITY`.

        A task whose last job is still waiting to be begun, because there is much to do, gets no second one.
        """
        chosen = select(Task).where(*self._is_up(now)).order_by(Task.due_at).limit(limit)
        due = session.scalars(chosen.with_for_update(skip_locked=True)).all()
        put = 0
        for task in due:
            task.due_at = now + VISIBILITY
            if task.job is None or not self._queue.waits(session, task.job):
                self._put(session, task, now)
                put += 1
        return put

    def _is_up(self, now: datetime) -> tuple[ColumnElement[bool], ...]:
        """Return what is true of a task that is due and need not give way (any more)."""
        if not self._giving_way:
            return (Task.due_at <= now,)
        other = aliased(Task)
        others = exists().where(other.kind.not_in(self._giving_way), other.failure.is_(None))
        its_turn = or_(Task.kind.not_in(self._giving_way), Task.created_at <= now - PATIENCE, ~others)
        return Task.due_at <= now, its_turn

    def _put(self, session: Session, task: Task, now: datetime) -> None:
        task.job = _job_of(task.id, now)
        session.flush()
        self._queue.enqueue(session, task.kind, task.id, key=task.job)


def _job_of(task: str, now: datetime) -> str:
    """Return the key of a job that is put for the task now."""
    return f"{task}:{now.isoformat()}"
