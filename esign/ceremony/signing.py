"""The job that signs for a recipient who confirmed, step by step as SIGNING.md tells them (Sign).

1. fresh key, event certificate, CMS: one step. Where it was begun and nothing is stored, what was certified is
   abandoned and revoked, and it is done anew
2. the signature timestamp, stored before anything else
3. the revocation answer, after the timestamp and before the certificate ends
4. our verifier on the new revision; then the revision and `recipient.signed`, in one transaction

A trust service that is down leaves the recipient `confirmed`, and the task for later. What cannot succeed any more
is `signing_failed`: the recipient confirms again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from asn1crypto import x509 as asn1_x509
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ca.trust import Purpose
from esign.ceremony.abandoning import ACTOR, Abandoner
from esign.ceremony.acts import (
    live_act,
    seal_validation_data,
    serial_text,
    signature_of,
    store_act,
    store_timestamp,
)
from esign.ceremony.documents import Documents, Opened
from esign.ceremony.domain import Envelope, Recipient, commands
from esign.ceremony.domain.refusal import Refusal
from esign.ceremony.domain.values import PhotoPlacement, RecipientState
from esign.ceremony.envelopes import Change, Envelopes
from esign.ceremony.models import AcceptedSignature, SigningAct
from esign.ceremony.origins import judged_origin_of, origin_of
from esign.ceremony.people import Person, parse_person
from esign.ceremony.quarantined import open_revision, verify_document
from esign.ceremony.records import CeremonyRecords, Confirmation
from esign.ceremony.roles import ROLE_WORDS, Role
from esign.ceremony.signing_run import CHINA
from esign.ceremony.task_tries import SigningOvertaken, TaskTries
from esign.ceremony.tasks import Tasks
from esign.ceremony.trust_services import TrustServices
from esign.errors import SigningError
from esign.evidence.handwriting import parse_handwriting
from esign.evidence.photo import photo_of
from esign.infra.clock import ClientClocks
from esign.infra.exclusive import Exclusive
from esign.infra.logs import log_for
from esign.infra.personal_records import PersonalRecords
from esign.infra.quarantine import Quarantine
from esign.pades.act import Act, Signature, sign_for_recipient, timestamp_signature, validation_data_for
from esign.pades.appearance import HandwrittenAppearance
from esign.pades.revision import OpenRevision, SignatureContent
from esign.pades.validation_data import ValidationData

PATIENCE_SECONDS: Final = 2.0
"""How long a job waits for another signature on the same document before it leaves its task for a moment."""

_log = log_for(__name__)


@dataclass(frozen=True)
class _Case:
    """A confirmed recipient with everything that signing needs."""

    envelope: Envelope
    recipient: Recipient
    person: Person
    confirmation: Confirmation
    strokes: bytes
    photo: bytes | None
    opened: Opened
    stored: SigningAct | None
    """What an earlier try stored and may be gone on with."""

    @property
    def document(self) -> bytes:
        return self.opened.content

    @property
    def manifest(self) -> str:
        return self.recipient.manifests[-1]

    @property
    def document_id(self) -> str:
        return str(self.recipient.plan.document)

    @property
    def base(self) -> str:
        return self.envelope.document(self.document_id).current


class Signer:
    """Runs the tasks of kind `sign`; the subject of a task is the recipient."""

    def __init__(
        self,
        envelopes: Envelopes,
        documents: Documents,
        records: PersonalRecords,
        tasks: Tasks,
        clocks: ClientClocks,
        services: TrustServices,
        quarantine: Quarantine,
        exclusive: Exclusive,
    ) -> None:
        self._envelopes = envelopes
        self._database = envelopes.database
        self._documents = documents
        self._records = records
        self._ceremony_records = CeremonyRecords(records)
        self._tasks = tasks
        self._clocks = clocks
        self._services = services
        self._quarantine = quarantine
        self._exclusive = exclusive
        self._tries = TaskTries(envelopes.database, tasks, services.clock)
        self._abandoner = Abandoner(envelopes, clocks, services.issuer)

    def run(self, task: str) -> None:
        """Do the task, as far as it can be done now; what hinders it is recorded. Only faults of ours are raised."""
        recipient = task.split(":")[1]
        with self._database.reading() as session:
            envelope = self._envelopes.of_recipient(session, recipient)
            document = envelope.recipient(recipient).plan.document
        with self._exclusive.within(f"document {document}", seconds=PATIENCE_SECONDS) as mine:
            if not mine:  # whoever has the document is signing it
                self._tries.stand_back(task)
                return
            self._tries.attempt(
                task,
                lambda: self._sign(task, envelope.id, recipient),
                lambda reason: self._fail(task, envelope.id, recipient, reason),
                doing="signing",
                envelope=envelope.id,
                recipient=recipient,
            )

    def _sign(self, task: str, envelope: str, recipient: str) -> None:
        case = self._case(task, envelope, recipient)
        if case is None:
            return
        act = case.stored
        if act is not None and act.base != case.base:
            # Somebody else's signature came first: this CMS is over a revision that is not the last any more.
            self._abandon(case, act, "revision-passed")
            act = None
        if act is None:
            self._abandoner.abandon_unused(envelope, recipient, case.manifest, "cms-not-stored")
            act = self._make(case)
        signature = signature_of(act, case.opened.columns)
        if signature.timestamped_at is None:
            signature = self._timestamp(case, act, signature)
        data = self._prove(case, signature)
        increment = signature.increment
        self._judge(case, increment, data, at=not_before(signature.timestamped_at, self._services.clock()))
        self._record(task, case, signature, increment, data)

    def _case(self, task: str, envelope_id: str, recipient_id: str) -> _Case | None:
        """Return the case, or None where there is nothing to sign any more; its task is then ended."""
        with self._database.reading() as session:
            envelope = self._envelopes.get(session, envelope_id)
            recipient = envelope.recipient(recipient_id)
            wanted = recipient.state is RecipientState.CONFIRMED and not envelope.ended
            if wanted and task.endswith(recipient.manifests[-1][:16]):
                return self._read_case(session, envelope, recipient)
        manifest = _manifest_of(task, recipient)
        self._abandoner.abandon_unused(envelope_id, recipient_id, manifest, "not-wanted-any-more")
        self._tries.end(task)
        return None

    def _read_case(self, session: Session, envelope: Envelope, recipient: Recipient) -> _Case:
        document = envelope.document(recipient.plan.document)
        confirmation = self._ceremony_records.confirmation(session, str(recipient.confirmation))
        photo = None
        if confirmation.photo is not None and envelope.settings.photo_placement is PhotoPlacement.VISIBLE:
            photo = self._ceremony_records.capture(session, confirmation.photo).data
        return _Case(
            envelope=envelope,
            recipient=recipient,
            person=parse_person(self._records.read(session, recipient.plan.person)),
            confirmation=confirmation,
            strokes=self._ceremony_records.capture(session, confirmation.handwriting).data,
            photo=photo,
            opened=self._documents.open(session, document.plan.id, document.current),
            stored=live_act(session, recipient.id, recipient.manifests[-1], recipient.abandoned),
        )

    def _abandon(self, case: _Case, act: SigningAct, reason: str) -> None:
        self._abandoner.abandon(case.envelope.id, case.recipient.id, case.manifest, act.certificate_serial, reason)

    def _make(self, case: _Case) -> SigningAct:
        """Key, certificate and CMS: one step, stored whole."""
        local = self._services.clock().astimezone(CHINA)
        handwriting = parse_handwriting(case.strokes)
        role = ROLE_WORDS[Role(case.recipient.plan.role.value)]

        def appearance(serial_number: int) -> HandwrittenAppearance:
            return HandwrittenAppearance(
                handwriting=handwriting,
                photo=None if case.photo is None else photo_of(case.photo),
                role_label=role.zh,
                name=case.person.name,
                time=local,
                serial_number=serial_number,
                notice=self._services.notice,
            )

        reader = self._quarantine.files_of(origin_of(case.envelope))

        def open_with(content: SignatureContent, capacity: int) -> OpenRevision:
            return open_revision(reader, case.document, content, capacity=capacity)

        act = Act(case.recipient.plan.field or "", case.person.name, local, case.confirmation.evidence, appearance)
        size = self._services.timestamp_authority.token_size_bound
        made = sign_for_recipient(open_with, act, self._services.issuer, token_size=size)
        with self._database.transaction() as session:
            return store_act(
                session, case.opened.columns, case.recipient.id, case.manifest, case.document_id, case.base, made
            )

    def _timestamp(self, case: _Case, act: SigningAct, signature: Signature) -> Signature:
        try:
            stamped = timestamp_signature(signature, self._services.timestamp_authority)
        except SigningError as error:
            if error.code == "clock-disagrees":
                # The claimed time is part of what was signed: with the clock set right it is signed anew.
                self._abandon(case, act, error.code)
            raise
        if stamped.timestamped_at is None:
            raise SigningError("timestamp-missing", "the timestamp has no time", "try again")
        with self._database.transaction() as session:
            store_timestamp(session, case.opened.columns, act, stamped, stamped.timestamped_at)
        return stamped

    def _prove(self, case: _Case, signature: Signature) -> ValidationData:
        """Collect the revocation answers. Raises `SigningError` (`certificate-ended`) where it is too late for them."""
        not_after: datetime = asn1_x509.Certificate.load(signature.certificate)["tbs_certificate"]["validity"].native[
            "not_after"
        ]
        now = self._services.clock()
        if now > not_after:
            raise SigningError(
                "certificate-ended",
                "the certificate ended before its revocation was asked about",
                "let the recipient confirm again",
            )
        roots = self._services.trust.roots(Purpose.TIMESTAMPING, now)
        return validation_data_for(signature, self._services.revocation, roots=roots)

    def _judge(self, case: _Case, increment: bytes, data: ValidationData, *, at: datetime) -> None:
        verdict = verify_document(
            self._quarantine.files_of(judged_origin_of(case.envelope)),
            case.document + increment,
            name=f"{case.document_id}.pdf",
            trust=self._services.trust,
            at=at,
            supplement=data,
        )
        mine = [s for s in verdict.signatures if s.field == case.recipient.plan.field]
        if verdict.conclusion == "TOTAL-FAILED" or [s.indication for s in mine] != ["TOTAL-PASSED"]:
            codes = ", ".join(f.code for f in verdict.findings if f.severity == "error") or str(verdict.conclusion)
            raise SigningError(
                "result-not-verified",
                f"our verifier does not accept the new revision ({codes})",
                "check that every authority in use is among the trusted roots",
            )

    def _record(self, task: str, case: _Case, signature: Signature, increment: bytes, data: ValidationData) -> None:
        cms = hashlib.sha256(signature.cms.der).hexdigest()
        revision = hashlib.sha256(case.document + increment).hexdigest()
        written = self._documents.write(increment)
        certificate = serial_text(signature.serial_number)

        def command(session: Session, envelope: Envelope) -> commands.Command:
            return commands.RecordSignature(
                at=self._clocks.now(session, envelope.client),
                recipient=case.recipient.id,
                manifest=case.manifest,
                certificate=certificate,
                cms=cms,
                base=case.base,
                revision=revision,
            )

        def store(session: Session, change: Change) -> None:
            if change.events:
                number = len(self._documents.pieces(session, case.document_id))
                self._documents.add_piece(session, case.document_id, number, written, revision)
                session.add(
                    AcceptedSignature(
                        recipient=case.recipient.id,
                        document=case.document_id,
                        certificate_serial=certificate,
                        cms_sha256=cms,
                        validation_data=seal_validation_data(case.opened.columns, case.recipient.id, data),
                    )
                )
                session.flush()
            self._tasks.end_if_alone(session, task, now=self._services.clock())

        try:
            self._envelopes.change(case.envelope.id, command, actor=ACTOR, beside=store)
        except (IntegrityError, Refusal) as error:
            # Another worker was first, or the envelope ended meanwhile: the next look at it will tell which.
            _log.failed("a signature came too late", error, envelope=case.envelope.id, recipient=case.recipient.id)
            raise SigningOvertaken(
                "signing-overtaken", "the document changed while it was signed", "nothing: it is tried again"
            ) from error

    def _fail(self, task: str, envelope_id: str, recipient_id: str, reason: str) -> None:
        """Tell that this confirmation will not become a signature; what was certified for it is abandoned first."""
        with self._database.reading() as session:
            manifest = _manifest_of(task, self._envelopes.get(session, envelope_id).recipient(recipient_id))
        self._abandoner.abandon_unused(envelope_id, recipient_id, manifest, "signing-failed")

        def command(session: Session, envelope: Envelope) -> commands.Command:
            now = self._clocks.now(session, envelope.client)
            return commands.FailSigning(at=now, recipient=recipient_id, manifest=manifest, reason=reason)

        self._envelopes.change(
            envelope_id, command, actor=ACTOR, beside=lambda session, _change: self._tasks.end(session, task)
        )


def not_before(stamped_at: datetime | None, now: datetime) -> datetime:
    """Return when a revision is judged: a timestamp authority may be a little ahead of this machine's clock.

    How far it may be is looked at when the timestamp is had (`clock-disagrees`).
    """
    return now if stamped_at is None else max(now, stamped_at)


def _manifest_of(task: str, recipient: Recipient) -> str:
    """Return the digest of the manifest that the task is about; it may be followed by another by now."""
    return next(manifest for manifest in recipient.manifests if task.endswith(manifest[:16]))
