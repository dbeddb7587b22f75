"""The task that renews one sealed document, and the sweep that finds which are due.

A renewed document takes the path of the seal: our verifier's verdict, then the piece, the event and the row in one
transaction. A trust service that is down leaves the task for later; it is never given up while the document is there. A
legal hold does not hinder it, since nothing is lost by it; what was erased is left alone.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Final, cast

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ca.trust import TrustStore
from esign.ceremony.documents import Documents, Opened
from esign.ceremony.domain import Envelope, Refusal, commands
from esign.ceremony.envelopes import Change, Envelopes
from esign.ceremony.models import SealedRelease, Task
from esign.ceremony.origins import judged_origin_of, origin_of
from esign.ceremony.quarantined import open_timestamp_revision, read_newest_timestamp, verify_document
from esign.ceremony.releases import renew_release
from esign.ceremony.task_tries import SigningOvertaken, TaskTries
from esign.ceremony.tasks import Tasks
from esign.infra.clock import ClientClocks
from esign.infra.columns import JsonValue, canonical_json
from esign.infra.exclusive import Exclusive
from esign.infra.logs import log_for
from esign.infra.quarantine import Quarantine
from esign.pades.revision import OpenRevision
from esign.pades.validation_data import ValidationData
from esign.renewal.renewing import BEFORE, Authorities, Judged, Renewal, renew, stamped_at
from esign.renewal.resting import dues, look_again, rest_on, resting_on, unknown_documents
from esign.renewal.units import roots_of, unit_of
from esign.verify.newest_timestamp import NewestTimestamp

RENEW: Final = "renew"
"""The job's kind."""
ACTOR: Final = "system:renewal"
NAME: Final = "sealed.pdf"
LOOKED_AT: Final = 200
"""So many documents of which nobody knows on what they rest are read in one run."""
TASKS_AT_MOST: Final = 500
"""So many documents are being renewed at most; the next run enters more."""
_ERASED: Final = "record-erased"
FAILING_AT_MOST: Final = 5_000
"""Those that fail are tried again and again, and take no room from others; beyond so many, all of them probably do."""
_log = log_for(__name__)


class _Held:
    """A `Held` whose document is read in the quarantine."""

    def __init__(self, quarantine: Quarantine, envelope: Envelope, opened: Opened) -> None:
        self.opened, self.content = opened, opened.content
        self._reader = quarantine.files_of(f"{RENEW}/{origin_of(envelope)}")
        self._judge = quarantine.files_of(f"{RENEW}/{judged_origin_of(envelope)}")

    def digest(self) -> bytes:
        return hashlib.sha256(self.content).digest()

    def newest_timestamp(self) -> NewestTimestamp | None:
        return read_newest_timestamp(self._reader, self.content)

    def open_timestamp_revision(self, data: ValidationData, *, capacity: int) -> OpenRevision:
        return open_timestamp_revision(self._reader, self.content, data, capacity=capacity)

    def judge(self, increment: bytes, *, trust: TrustStore, at: datetime) -> Judged:
        verdict = verify_document(self._judge, self.content + increment, name=NAME, trust=trust, at=at)
        told = [finding.code for finding in verdict.findings if finding.severity != "info"]
        return Judged(str(verdict.conclusion), told, verdict.report)


class Renewer:
    """Runs the tasks of kind `renew`; the subject of a task is the document."""

    def __init__(
        self,
        envelopes: Envelopes,
        documents: Documents,
        tasks: Tasks,
        clocks: ClientClocks,
        authorities: Authorities,
        quarantine: Quarantine,
        exclusive: Exclusive,
        *,
        before: timedelta = BEFORE,
    ) -> None:
        self._envelopes = envelopes
        self._database = envelopes.database
        self._documents = documents
        self._tasks = tasks
        self._clocks = clocks
        self.authorities = authorities
        self._quarantine = quarantine
        self._exclusive = exclusive
        self._before = before
        self._looked = ""
        """The last document that was looked at: some that cannot be read must not hide those behind them."""
        self._tries = TaskTries(envelopes.database, tasks, authorities.clock)

    def run(self, task: str) -> None:
        """Do the task, as far as it can be done now; what hinders it is recorded."""
        with self._database.reading() as session:
            row = session.get(Task, task)
            named = None if row is None else (row.subject, row.envelope)
        if named is None or named[1] is None:
            return
        document, envelope = named[0], named[1]
        with self._exclusive.attempt(task) as mine:
            if not mine:  # whoever has it is renewing
                self._tries.stand_back(task)
                return
            self._tries.attempt(
                task,
                lambda: self._renew(task, envelope, document),
                lambda reason: self._give_up(task, reason),
                doing="renewing",
                envelope=envelope,
                document=document,
            )

    def sweep(self) -> int:
        """Look at what nobody knows yet, and enter a task for each document that is due; return how many.

        Nothing is entered while the timestamp authority in use would end no later than what it should renew: that is
        told in the log and by the gauge of what is due. Raises what the timestamp authority raises.
        """
        with self._exclusive.attempt("renewal sweep") as mine:
            return self._sweep() if mine else 0

    def _sweep(self) -> int:
        self._look()
        now, trust, constraints = self.authorities.clock(), self.authorities.trust, self.authorities.constraints
        with self._database.reading() as session:
            due = [one for one in dues(session, trust, constraints) if one.ends_at - now <= self._before]
            room = _room(session)
        if not (due and room):
            return 0
        unit = unit_of(self.authorities.timestamps.timestamp(bytes(32)).der, roots_of(trust, now))
        ends_at = unit.ends_at(trust, constraints)
        helped = [one for one in due if one.ends_at < ends_at]
        if len(helped) < len(due):
            _log.warning("timestamps end soon, and the authority in use ends no later", units=len(due) - len(helped))
        entered = 0
        for one in helped:
            with self._database.transaction() as session:
                for document, envelope in resting_on(session, one.unit, without=RENEW, limit=room - entered):
                    id_ = f"{RENEW}:{document}:{one.unit[:16]}"
                    self._tasks.add(session, id_, RENEW, document, envelope=envelope, now=now)
                    entered += 1
        return entered

    def is_at_work(self) -> bool:
        """Tell whether documents wait to be renewed, those left out that failed the last time."""
        with self._database.reading() as session:
            return _tasks(session, failing=False) > 0

    def earliest_end(self) -> datetime | None:
        """Return when the first of the timestamps ends that sealed documents rest on, or None where there are none."""
        with self._database.reading() as session:
            found = dues(session, self.authorities.trust, self.authorities.constraints)
        return found[0].ends_at if found else None

    def _look(self) -> None:
        """Read documents of which nobody knows on what they rest."""
        with self._database.reading() as session:
            unknown = unknown_documents(session, after=self._looked, limit=LOOKED_AT)
        self._looked = unknown[-1][0] if len(unknown) == LOOKED_AT else ""
        trust, now = self.authorities.trust, self.authorities.clock()
        for document, envelope_id, sealed in unknown:
            try:
                with self._database.reading() as session:
                    envelope = self._envelopes.get(session, envelope_id)
                    opened = self._documents.open(session, document, sealed)
                found = _Held(self._quarantine, envelope, opened).newest_timestamp()
                stamp = None
                if found is not None:
                    unit = unit_of(found.token, (*found.certificates, *roots_of(trust, now)))
                    stamp = unit, found.token, stamped_at(found.token)
            except Exception as error:  # noqa: BLE001  # logged; what is wrong with one must not end every run
                _log.failed("a sealed document was not looked at for renewal", error, document=document)
                continue
            with self._database.transaction() as session:
                rest_on(session, document, envelope_id, stamp)

    def _renew(self, task: str, envelope_id: str, document: str) -> None:
        with self._database.reading() as session:
            envelope = self._envelopes.get(session, envelope_id)
            progress = envelope.find_document(document)
            if progress is None or progress.sealed is None or session.get(SealedRelease, document) is None:
                held, base = None, ""
            else:
                base = progress.sealed
                held = _Held(self._quarantine, envelope, self._documents.open(session, document, base))
        renewal = None if held is None else renew(held, self.authorities, before=self._before)
        if held is None or renewal is None:
            with self._database.transaction() as session:
                look_again(session, document)  # what was known of it is not so
                self._tasks.end(session, task)
            return
        self._record(task, envelope_id, document, base, held.opened, renewal)

    def _record(self, task: str, envelope_id: str, document: str, base: str, opened: Opened, renewal: Renewal) -> None:
        written = self._documents.write(renewal.increment)
        sha256 = hashlib.sha256(opened.content + renewal.increment).hexdigest()

        def command(session: Session, envelope: Envelope) -> commands.Command:
            now = self._clocks.now(session, envelope.client)
            return commands.RenewDocument(at=now, document=document, base=base, renewed=sha256)

        def store(session: Session, _change: Change) -> None:
            release = session.get(SealedRelease, document, with_for_update=True)
            if release is None:
                raise SigningOvertaken("renewal-overtaken", "the document was erased meanwhile", "nothing: it is gone")
            self._documents.add_piece(
                session, document, len(self._documents.pieces(session, document)), written, sha256
            )
            report = canonical_json(cast("JsonValue", renewal.judged.report))
            renew_release(release, opened.columns, sha256, report)
            rest_on(session, document, envelope_id, (renewal.after, renewal.token, renewal.stamped_at))
            session.flush()
            self._tasks.end(session, task)

        try:
            self._envelopes.change(envelope_id, command, actor=ACTOR, beside=store)
        except (IntegrityError, Refusal) as error:
            _log.failed("a renewal came too late", error, envelope=envelope_id, document=document)
            raise SigningOvertaken(
                "renewal-overtaken", "the document changed while it was renewed", "nothing: it is tried again"
            ) from error

    def _give_up(self, task: str, reason: str) -> None:
        """End the task where the document was erased; else leave it, seen among the jobs, until that is mended."""
        if reason == _ERASED:
            self._tries.end(task)
        else:
            self._tries.put_off(task, reason)


def _tasks(session: Session, *, failing: bool) -> int:
    failed = Task.failure.is_not(None) if failing else Task.failure.is_(None)
    return session.scalar(select(func.count()).select_from(Task).where(Task.kind == RENEW, failed)) or 0


def _room(session: Session) -> int:
    """Return how many tasks may be entered."""
    if _tasks(session, failing=True) >= FAILING_AT_MOST:
        return 0
    return max(0, TASKS_AT_MOST - _tasks(session, failing=False))
