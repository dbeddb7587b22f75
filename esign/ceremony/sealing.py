"""The job that seals an envelope once everybody has signed (SIGNING.md, Seal).

The insurer's seal with its timestamp, the validation data of every chain, the document timestamp, our verifier's
verdict: then, and only then, the document is stored and `document.sealed` recorded. Nothing of it is stored in
between: the seal's key is not used up, so a try that fell is simply made again. A trust service that is down leaves
the envelope `sealing` and the task for later; a level that cannot be reached is `seal_failed`, with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from esign.ceremony.about import read_about
from esign.ceremony.acts import validation_data_of
from esign.ceremony.documents import Documents
from esign.ceremony.domain import Envelope, Refusal, commands
from esign.ceremony.domain.state import DocumentProgress
from esign.ceremony.domain.values import EnvelopeState, PromisedLevel
from esign.ceremony.envelopes import Change, Envelopes
from esign.ceremony.organisation_seal import Sealing, ToSeal
from esign.ceremony.origins import judged_origin_of, origin_of
from esign.ceremony.quarantined import Verdict
from esign.ceremony.releases import keep_release
from esign.ceremony.task_tries import SigningOvertaken, TaskTries
from esign.ceremony.tasks import Tasks
from esign.ceremony.trust_services import TrustServices
from esign.infra.clock import ClientClocks
from esign.infra.columns import canonical_json
from esign.infra.exclusive import Exclusive
from esign.infra.logs import log_for
from esign.infra.personal_records import PersonalRecords
from esign.infra.sealed_columns import ColumnKey

ACTOR: Final = "system:sealing"

_log = log_for(__name__)


@dataclass(frozen=True)
class _Sealed:
    """A document that reached its level and passed our verifier, and is not stored yet."""

    document: DocumentProgress
    columns: ColumnKey
    increment: bytes
    sha256: str
    level: PromisedLevel
    verdict: Verdict


class Sealer:
    """Runs the tasks of kind `seal`; the subject of a task is the envelope."""

    def __init__(
        self,
        envelopes: Envelopes,
        documents: Documents,
        records: PersonalRecords,
        tasks: Tasks,
        clocks: ClientClocks,
        services: TrustServices,
        sealing: Sealing,
        exclusive: Exclusive,
    ) -> None:
        self._envelopes = envelopes
        self._database = envelopes.database
        self._documents = documents
        self._records = records
        self._tasks = tasks
        self._clocks = clocks
        self._sealing = sealing
        self._exclusive = exclusive
        self._tries = TaskTries(envelopes.database, tasks, services.clock)

    def run(self, task: str) -> None:
        """Do the task, as far as it can be done now; what hinders it is recorded."""
        envelope = task.split(":")[1]
        with self._exclusive.attempt(f"seal {envelope}") as mine:
            if not mine:  # whoever has it is sealing
                self._tries.stand_back(task)
                return
            self._tries.attempt(
                task,
                lambda: self._seal_all(task, envelope),
                lambda reason: self._fail(task, envelope, reason),
                doing="sealing",
                envelope=envelope,
            )

    def _seal_all(self, task: str, envelope_id: str) -> None:
        envelope = self._started(task, envelope_id)
        if envelope is None:
            return
        *others, last = [one for one in envelope.documents if one.sealed is None]
        for document in others:
            self._record(envelope, self._seal_document(envelope, document))
        self._record(envelope, self._seal_document(envelope, last), ends=task)

    def _started(self, task: str, envelope_id: str) -> Envelope | None:
        """Return the envelope with its attempt running, or None where nothing is to be sealed; the task then ends."""
        with self._database.reading() as session:
            envelope = self._envelopes.get(session, envelope_id)
        if envelope.state is not EnvelopeState.SEALING:
            self._tries.end(task)
            return None

        def start(session: Session, now_envelope: Envelope) -> commands.Command:
            return commands.StartSeal(at=self._clocks.now(session, now_envelope.client), attempt=_attempt_of(task))

        return self._envelopes.change(envelope_id, start, actor=ACTOR).after

    def _seal_document(self, envelope: Envelope, document: DocumentProgress) -> _Sealed:
        with self._database.reading() as session:
            opened = self._documents.open(session, document.plan.id, document.current)
            data = validation_data_of(session, opened.columns, document.plan.id)
            about = read_about(self._records, session, envelope.id).documents[document.plan.id]
        level = envelope.settings.level
        sealed = self._sealing.seal(
            ToSeal(
                about.name,
                opened.content,
                about.seal_field,
                level,
                origin=origin_of(envelope),
                judged_origin=judged_origin_of(envelope),
                data=data,
            )
        )
        return _Sealed(document, opened.columns, sealed.increment, sealed.sha256, level, sealed.verdict)

    def _record(self, envelope: Envelope, sealed: _Sealed, *, ends: str | None = None) -> None:
        """Record the document, and the end of the task whose last one it is."""
        written = self._documents.write(sealed.increment)
        document = sealed.document.plan.id

        def command(session: Session, now_envelope: Envelope) -> commands.Command:
            return commands.RecordSealed(
                at=self._clocks.now(session, now_envelope.client),
                document=document,
                base=sealed.document.current,
                sealed=sealed.sha256,
                level=sealed.level,
            )

        def store(session: Session, _change: Change) -> None:
            number = len(self._documents.pieces(session, document))
            self._documents.add_piece(session, document, number, written, sealed.sha256)
            report = canonical_json(sealed.verdict.report)
            keep_release(session, sealed.columns, document, sealed.sha256, report)
            if ends is not None:
                self._tasks.end(session, ends)

        try:
            self._envelopes.change(envelope.id, command, actor=ACTOR, beside=store)
        except (IntegrityError, Refusal) as error:
            _log.failed("a seal came too late", error, envelope=envelope.id, document=document)
            raise SigningOvertaken(
                "sealing-overtaken", "the envelope changed while it was sealed", "nothing: it is tried again"
            ) from error

    def _fail(self, task: str, envelope_id: str, reason: str) -> None:
        """Tell that the task's attempt failed. Raises `Refusal` where the envelope ended meanwhile."""

        def command(session: Session, envelope: Envelope) -> commands.Command:
            now = self._clocks.now(session, envelope.client)
            return commands.FailSeal(at=now, attempt=_attempt_of(task), reason=reason)

        self._envelopes.change(
            envelope_id, command, actor=ACTOR, beside=lambda session, _change: self._tasks.end(session, task)
        )


def _attempt_of(task: str) -> int:
    """Return the number of the attempt that the task is for."""
    return int(task.rpartition(":")[2])
