"""Jobs on DBOS Transact, in the service's own database (ADR 0013).

A job is put in the transaction that makes it due. Web processes only put jobs; a worker process executes them. A job
that was being done when its worker fell is taken up again when a worker of the same name starts; that, or the sweep
over the tables, and never both at once for long: what jobs do is guarded where it is recorded.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from dbos import DBOS, DBOSClient, DBOSConfig, Serializer
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from esign.infra.database import BUSY_SECONDS, Database
from esign.infra.errors import DatabaseError
from esign.infra.jobs import JobKind
from esign.infra.logs import log_for

APPLICATION: Final = "esign"
VERSION: Final = "jobs-1"
"""A job of any build is executed by every later one: jobs carry a kind and an id, nothing that changes."""
RECOVERIES_AT_MOST: Final = 1000
KEPT: Final = timedelta(hours=1)
_DELETED_AT_ONCE: Final = 500
_FORMER_LOOK_SECONDS: Final = 10.0
"""How often a queue is looked at that kinds had for themselves in an earlier build, whose processes may still run."""
_WRITING: Final = ("INSERT", "UPDATE", "DELETE", "REPLACE")
"""How statements begin before which the driver of SQLite begins a transaction (sqlite3, isolation_level)."""

_log = log_for(__name__)


class JsonSerializer(Serializer):
    """Plain JSON: what is stored is an id and None, and is never executed."""

    def serialize(self, data: Any) -> str:
        return json.dumps(_plain(data))

    def deserialize(self, serialized_data: str) -> Any:
        return json.loads(serialized_data)

    def name(self) -> str:
        return "esign_json"


class DbosQueue:
    """Puts jobs; a `JobQueue`. The engine's tables must be there (`prepare_jobs`)."""

    def __init__(self, database: Database, queues: Mapping[str, str] | None = None) -> None:
        """`queues` names the queue of each kind that shares one (`JobKind.queue`)."""
        _quiet()
        self._queues = dict(queues or {})
        place = "workflow_status" if database.is_sqlite else "dbos.workflow_status"
        self._status_of = text(f"SELECT status FROM {place} WHERE workflow_uuid = :key")  # noqa: S608  # our own words
        self._client = DBOSClient(
            system_database_url=_url(database),
            system_database_engine=_engine(database),
            serializer=JsonSerializer(),
            application_name=APPLICATION,
            lazy=True,
            retry_connection_errors=False,
        )

    def enqueue(self, session: Session, kind: str, subject: str, *, key: str) -> None:
        """Put a job in the caller's transaction; a `key` that was used puts nothing."""
        self._client.enqueue_in_transaction(
            session,
            {
                "workflow_name": kind,
                "queue_name": self._queues.get(kind, kind),
                "workflow_id": key,
                "workflow_id_reuse_policy": "return-existing",
            },
            subject,
        )

    def waits(self, session: Session, key: str) -> bool:
        """Tell whether the job of this key is there and nobody has begun it yet."""
        return bool(session.scalar(self._status_of, {"key": key}) == "ENQUEUED")

    def forget_done(self) -> int:
        """Delete what the engine keeps of jobs that ended more than an hour ago; return how many."""
        before = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - KEPT.total_seconds()))
        ended = self._client.list_workflows(
            status=["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"],
            end_time=before,
            limit=_DELETED_AT_ONCE,
            load_input=False,
            load_output=False,
        )
        if ended:
            self._client.delete_workflows([one.workflow_id for one in ended])
        return len(ended)


class DbosExecutor:
    """Executes jobs in this process, of which there is one for each `name` at a time."""

    def __init__(self, database: Database, kinds: Sequence[JobKind], *, name: str) -> None:
        """`name` tells this worker from others; a worker that is started anew takes up what its namesake left."""
        self._database = database
        self._kinds = tuple(kinds)
        self._name = name

    def start(self) -> None:
        """Begin to execute. Raises `DatabaseError` (`jobs-unavailable`)."""
        _quiet()
        DBOS(config=self._configuration())
        for kind in self._kinds:
            _register(kind)
        try:
            DBOS.launch()
            for queue, kinds in self._by_queue().items():
                _look(queue, sum(kind.at_once for kind in kinds), min(kind.look_seconds for kind in kinds))
            former = {queue.name for queue in DBOS.list_queues()}  # the engine looks at every queue that ever was
            for kind in self._kinds:
                if kind.queue and kind.name in former:
                    _look(kind.name, kind.at_once, _FORMER_LOOK_SECONDS)
        except SQLAlchemyError as error:
            raise _unavailable(error) from error

    def stop(self, *, seconds: int = 20) -> None:
        """Let what runs come to its end, for so many seconds at most, and execute nothing more."""
        DBOS.destroy(workflow_completion_timeout_sec=seconds, destroy_registry=True)

    def _by_queue(self) -> dict[str, list[JobKind]]:
        found: dict[str, list[JobKind]] = {}
        for kind in self._kinds:
            found.setdefault(kind.queue or kind.name, []).append(kind)
        return found

    def _configuration(self) -> DBOSConfig:
        return {
            "name": APPLICATION,
            "system_database_url": _url(self._database),
            "system_database_engine": _engine(self._database),
            "application_version": VERSION,
            "executor_id": self._name,
            "serializer": JsonSerializer(),
            "log_level": "WARNING",
            "use_listen_notify": not self._database.is_sqlite,
            "enable_otlp": False,
        }


def prepare_jobs(database: Database) -> None:
    """Create or upgrade the engine's own tables. Raises `DatabaseError` (`jobs-unavailable`)."""
    _quiet()
    try:
        DBOS.migrate(_url(database))
    except SQLAlchemyError as error:
        raise _unavailable(error) from error


def _look(queue: str, at_once: int, seconds: float) -> None:
    """Let this process look at the queue so often, and do so many of its jobs at once."""
    DBOS.register_queue(queue, worker_concurrency=at_once, polling_interval_sec=seconds, on_conflict="always_update")


def _register(kind: JobKind) -> None:
    def run(subject: str) -> None:
        try:
            kind.run(subject)
        except Exception as error:  # noqa: BLE001  # told in the log, and raised below without its words
            _log.failed("a job failed", error, type=kind.name)
            raise JobFailed(type(error).__name__) from None  # the engine stores what is raised: no words of it

    DBOS.workflow(name=kind.name, max_recovery_attempts=RECOVERIES_AT_MOST)(run)


class JobFailed(Exception):
    """A job raised an error of this class; the log tells where. The tables bring the work up again."""


def worker_name(number: int = 1) -> str:
    """Return this machine's name for its worker of that number."""
    return f"{os.uname().nodename}-{number}"


def _url(database: Database) -> str:
    return database.engine.url.set(drivername=database.engine.dialect.name).render_as_string(hide_password=False)


def _engine(database: Database) -> Engine | None:
    """Return an engine for the job engine's own transactions; None on PostgreSQL, where it makes one itself.

    On SQLite, whoever polls for the write lock can starve for seconds. So its transactions take their turn among
    ours: from the first statement that writes, where the driver begins a transaction, until the connection is given
    back. It asks its queues many times a second, and none of these questions writes.
    """
    if not database.is_sqlite:
        return None
    engine = create_engine(database.engine.url, hide_parameters=True)
    event.listen(engine, "connect", _prepare_connection)
    turn = _WritingTurn(database)
    event.listen(engine, "checkout", turn.begin)
    event.listen(engine, "before_cursor_execute", turn.execute)
    event.listen(engine, "checkin", turn.end)
    return engine


def _prepare_connection(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = "IMMEDIATE"
    connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}").close()
    connection.execute("PRAGMA synchronous=FULL").close()
    connection.execute("PRAGMA foreign_keys=ON").close()


class _WritingTurn:
    """A turn among the database's writers, for a thread that may have several connections, one within the other."""

    def __init__(self, database: Database) -> None:
        self._turn = database.writer_turn
        self._own = _Held()

    def begin(self, *_: object) -> None:
        self._own.connections += 1

    def execute(self, _connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if not self._own.turn and statement.lstrip()[:7].upper().startswith(_WRITING):
            self._turn.__enter__()
            self._own.turn = True

    def end(self, *_: object) -> None:
        self._own.connections -= 1
        if self._own.turn and self._own.connections <= 0:
            self._own.turn = False
            self._turn.__exit__(None, None, None)


class _Held(threading.local):
    """What a thread has."""

    connections = 0
    turn = False


def _plain(data: Any) -> Any:
    """Return what JSON holds of this: the engine also stores the errors that jobs end with, as their class."""
    if isinstance(data, BaseException):
        return {"error": type(data).__name__}
    if isinstance(data, dict):
        return {str(name): _plain(value) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [_plain(value) for value in data]
    return data


def _quiet() -> None:
    """Let the engine's own log go where ours goes: without its words, which may quote arguments."""
    logger = logging.getLogger("dbos")
    logger.handlers.clear()
    logger.addHandler(logging.NullHandler())  # it adds a handler of its own where it finds none
    logger.propagate = True


def _unavailable(error: SQLAlchemyError) -> DatabaseError:
    return DatabaseError(
        "jobs-unavailable",
        f"the jobs' tables cannot be used ({type(error).__name__})",
        "run: esign db upgrade",
    )
