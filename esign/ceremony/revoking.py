"""The job that has a certificate revoked which will sign nothing; it may be asked for twice."""

from __future__ import annotations

from typing import Final

from ca.errors import TrustServiceError
from ca.ports import CertificateIssuer, Clock, RevocationReason
from esign.ceremony.tasks import Tasks
from esign.infra.database import Database
from esign.infra.logs import log_for

_REASON: Final = RevocationReason.CESSATION_OF_OPERATION
_log = log_for(__name__)


class Revoker:
    """Runs the tasks of kind `revoke`; the subject of a task is the serial number, in hexadecimal digits."""

    def __init__(self, database: Database, tasks: Tasks, issuer: CertificateIssuer, clock: Clock) -> None:
        self._database = database
        self._tasks = tasks
        self._issuer = issuer
        self._clock = clock

    def run(self, task: str) -> None:
        """Do the task, or leave it for later."""
        with self._database.transaction() as session:
            if self._tasks.take(session, task, now=self._clock()) is None:
                return
        try:
            self._issuer.revoke(int(task.split(":")[1], 16), _REASON)
        except TrustServiceError as error:
            _log.warning("revoking waits", code=error.code)
            with self._database.transaction() as session:
                self._tasks.put_off(session, task, error.code, now=self._clock())
            return
        with self._database.transaction() as session:
            self._tasks.end(session, task)
