"""The task that makes an envelope's completion certificate: once, after a checkpoint covers the completion, sealed.

It takes the path that contracts take: our seal to B-LTA, our verifier's verdict, then it is stored and
`completion.certified` recorded, in one transaction. A trust service that is down leaves the task for later; the
envelope is completed all the same. What was erased in the meantime is not certified any more.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ca.ports import Clock
from esign.ceremony.domain import Envelope, Refusal, commands
from esign.ceremony.domain import events as e
from esign.ceremony.domain.values import EnvelopeState
from esign.ceremony.envelopes import Change, Envelopes
from esign.ceremony.models import Task
from esign.ceremony.origins import judged_origin_of, origin_of
from esign.ceremony.own_documents import OwnDocuments, SealedDocument
from esign.ceremony.task_tries import SigningOvertaken, TaskTries
from esign.ceremony.tasks import Tasks
from esign.completion.certificates import Certificates
from esign.completion.gathering import Gatherer
from esign.completion.typesetting import SEAL_PLACE, certificate_pdf
from esign.infra.clock import ClientClocks
from esign.infra.exclusive import Exclusive
from esign.infra.logs import log_for
from esign.pades.typeface import Typeface
from esign.trail.event import LoggedEvent

CERTIFY: Final = "certify"
"""The job's kind."""
ACTOR: Final = "system:completion"
NAME: Final = "completion-certificate.pdf"
_COMPLETED: Final = e.EnvelopeCompleted.type.name
_ERASED: Final = "record-erased"

_log = log_for(__name__)


class CompletionEntry:
    """Enters the task for every completion in the trail: a consumer's handler, which a checkpoint goes before."""

    def __init__(self, tasks: Tasks, clock: Clock) -> None:
        """`clock` is the system's: our own work is not moved by a client's clock."""
        self._tasks = tasks
        self._clock = clock

    def enter_event(self, session: Session, logged: LoggedEvent) -> None:
        """Enter the task where the event is the completion of an envelope."""
        if logged.event.type == _COMPLETED:
            envelope = logged.event.stream
            self._tasks.add(session, _task_of(envelope), CERTIFY, envelope, envelope=envelope, now=self._clock())

    def is_entered(self, session: Session, envelope: str) -> bool:
        """Tell whether the envelope's certificate is still to be made."""
        return session.get(Task, _task_of(envelope)) is not None


def _task_of(envelope: str) -> str:
    return f"{CERTIFY}:{envelope}"


class Certifier:
    """Runs the tasks of kind `certify`; the subject of a task is the envelope."""

    def __init__(
        self,
        envelopes: Envelopes,
        certificates: Certificates,
        gatherer: Gatherer,
        tasks: Tasks,
        clocks: ClientClocks,
        clock: Clock,
        own_documents: OwnDocuments,
        typeface: Typeface,
        exclusive: Exclusive,
    ) -> None:
        self._envelopes = envelopes
        self._database = envelopes.database
        self._certificates = certificates
        self._gatherer = gatherer
        self._tasks = tasks
        self._clocks = clocks
        self._clock = clock
        self._own_documents = own_documents
        self._typeface = typeface
        self._exclusive = exclusive
        self._tries = TaskTries(envelopes.database, tasks, clock)

    def run(self, task: str) -> None:
        """Do the task, as far as it can be done now; what hinders it is recorded."""
        envelope = task.split(":")[1]
        with self._exclusive.attempt(task) as mine:
            if not mine:  # whoever has it is making the certificate
                self._tries.stand_back(task)
                return
            self._tries.attempt(
                task,
                lambda: self._certify(task, envelope),
                lambda reason: self._give_up(task, reason),
                doing="certifying",
                envelope=envelope,
            )

    def _certify(self, task: str, envelope_id: str) -> None:
        with self._database.reading() as session:
            envelope = self._envelopes.get(session, envelope_id)
            if envelope.state is not EnvelopeState.COMPLETED or envelope.certificate is not None:
                content = None
            else:
                content = self._gatherer.gather(session, envelope)
        if content is None:
            self._tries.end(task)
            return
        page = certificate_pdf(content, self._typeface, made_at=self._clock())
        sealed = self._own_documents.seal(
            NAME,
            page,
            SEAL_PLACE,
            origin=f"{CERTIFY}/{origin_of(envelope)}",
            judged_origin=f"{CERTIFY}/{judged_origin_of(envelope)}",
        )
        self._record(task, envelope_id, sealed)

    def _record(self, task: str, envelope_id: str, sealed: SealedDocument) -> None:
        written = self._certificates.write(sealed.content)

        def command(session: Session, envelope: Envelope) -> commands.Command:
            now = self._clocks.now(session, envelope.client)
            return commands.CertifyCompletion(at=now, certificate=sealed.sha256)

        def store(session: Session, _change: Change) -> None:
            # The envelope is held by now: no certificate is kept behind an erasure that is on its way.
            self._certificates.keep(session, envelope_id, written, sealed.sha256, at=self._clock())
            self._tasks.end(session, task)

        try:
            self._envelopes.change(envelope_id, command, actor=ACTOR, beside=store)
        except (IntegrityError, Refusal) as error:
            _log.failed("a certificate came too late", error, envelope=envelope_id)
            raise SigningOvertaken(
                "certifying-overtaken", "another worker's certificate was first", "nothing: that one stays"
            ) from error

    def _give_up(self, task: str, reason: str) -> None:
        """End the task where people were erased; else leave it, seen among the jobs, for whoever mends the reason."""
        if reason == _ERASED:
            self._tries.end(task)
        else:
            self._tries.put_off(task, reason)
