"""An envelope as staff see it: documents, people, evidence, what happened, who was told, and its place in the trail."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from esign.ceremony.domain import Envelope, Move, Recipient, next_actor
from esign.ceremony.domain.next_actor import deadlines
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.domain.values import EnvelopeState, PhotoPlacement, PromisedLevel, RecipientRole, RecipientState
from esign.ceremony.errors import NotAvailable
from esign.ceremony.models import DocumentRow, EnvelopeRow, RecipientRow, Task
from esign.ceremony.reactions import SEAL, SIGN
from esign.ceremony.records import CeremonyRecords
from esign.ceremony.releases import released_report, released_reports
from esign.desk.sight import Sight, masked
from esign.desk.timeline import Happening, hidden_from, timeline
from esign.desk.told import Told, told_about
from esign.infra.errors import RecordErased
from esign.infra.logs import log_for
from esign.infra.search_index import ERASED_TEXT
from esign.staff.actors import Caller
from esign.staff.domain.approvals import ApprovalState
from esign.staff.domain.refusal import refusal as staff_refusal
from esign.staff.domain.roles import Role
from esign.staff.models import ApprovalRow, InstitutionRow
from esign.trail.models import TrailEvent, TrailLeaf
from esign.trail.publishing import latest_checkpoint, prove_event

_log = log_for(__name__)
READERS: Final = frozenset(Role) - {Role.ADMIN}
"""Whose roles let them take documents away: whoever looks after accounts needs no contract."""


@dataclass(frozen=True)
class EvidenceItem:
    """What was kept of a recipient. `placement` is visible, sealed or digest-only; `digest` is SHA-256 in hex."""

    kind: str
    placement: str
    digest: str


@dataclass(frozen=True)
class RecipientDetail:
    """A recipient as staff see them; the phone has its last four digits. `step` is 1 to 4, 0 before the first."""

    id: str
    name: str = field(repr=False)
    role: RecipientRole
    state: RecipientState
    phone: str = field(repr=False)
    step: int
    signed_at: datetime | None
    identified: str | None
    reminders: int
    declined: str | None
    failure: str | None
    handwriting: bool
    photo: bool
    face_stated: bool | None
    assisted_by: str | None = field(repr=False)
    evidence: tuple[EvidenceItem, ...]

    @property
    def is_waited_for(self) -> bool:
        """Whether it is the recipient's turn: a reminder makes sense."""
        return self.state in _ASKED

    @property
    def can_change(self) -> bool:
        """Whether phone or person may still change."""
        return self.state in _ASKED or self.state is RecipientState.PENDING


@dataclass(frozen=True)
class DocumentDetail:
    """A document; `verdict` is the conclusion of our verifier at the release, None before it."""

    id: str
    name: str = field(repr=False)
    pages: int
    original: str
    sealed: str | None
    verdict: str | None


@dataclass(frozen=True)
class DocumentFile:
    """A document to be taken away."""

    name: str = field(repr=False)
    sha256: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class InTrail:
    """The envelope's place in the trail: its last event, where that stands in the tree, and what covers it."""

    event: str
    events: int
    position: int | None
    tree_size: int
    checkpoint_size: int
    checkpoint_at: datetime | None

    @property
    def is_covered(self) -> bool:
        return self.position is not None and self.position < self.checkpoint_size


@dataclass(frozen=True)
class Asked:
    """An approval that concerns the envelope and is not used up or refused. `recipient` is whom it is about."""

    id: str
    kind: str
    recipient: str
    state: ApprovalState
    by: str = field(repr=False)
    is_own: bool
    expires_at: datetime
    decided_by: str | None = field(repr=False)


@dataclass(frozen=True)
class Detail:
    """Everything."""

    id: str
    external_id: str | None
    title: str = field(repr=False)
    state: EnvelopeState
    is_test: bool
    level: PromisedLevel
    created_at: datetime
    updated_at: datetime
    expires_at: datetime
    reminds_at: datetime | None
    institution: str | None
    salesperson: str | None = field(repr=False)
    photo_placement: PhotoPlacement
    moves: tuple[Move, ...]
    hindered: str | None
    seal_attempts: int
    seal_failure: str | None
    ending: str | None
    recipients: tuple[RecipientDetail, ...]
    documents: tuple[DocumentDetail, ...]
    happenings: tuple[Happening, ...]
    told: tuple[Told, ...]
    trail: InTrail
    asked: tuple[Asked, ...]

    def recipient(self, recipient: str) -> RecipientDetail | None:
        return next((one for one in self.recipients if one.id == recipient), None)


class EnvelopeDetails:
    """Reads one envelope, within the caller's reach."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self._records = CeremonyRecords(sight.service.records)

    def get(self, caller: Caller, envelope: str, *, now: datetime) -> Detail:
        """Return the envelope. Raises `Refusal` (`no-envelope`), `StaffRefused` (`session-over`)."""
        with self._sight.database.reading() as session:
            row = self._sight.row(session, caller, envelope)
            state = self._sight.service.envelopes.get(session, envelope)
            about = self._sight.about(session, envelope)
            failures = select(Task.failure).where(Task.envelope == envelope, Task.failure.is_not(None))
            failures = failures.where(Task.kind.in_((SIGN, SEAL))).limit(1)
            return Detail(
                id=row.id,
                external_id=row.external_id,
                title=ERASED_TEXT if about is None else about.title,
                state=state.state,
                is_test=row.mode == "test",
                level=state.settings.level,
                created_at=row.created_at,
                updated_at=row.updated_at,
                expires_at=row.expires_at,
                reminds_at=min((due.at for due in deadlines(state) if due.act == "remind"), default=None),
                institution=self._institution(session, row),
                salesperson=None if row.salesperson is None else self._sight.member(session, row.salesperson),
                photo_placement=state.settings.photo_placement,
                moves=next_actor(state),
                hindered=session.scalar(failures),
                seal_attempts=state.seal_attempt,
                seal_failure=state.seal_failure,
                ending=None if state.ending is None else state.ending.reason,
                recipients=tuple(self._recipient(session, one) for one in state.recipients),
                documents=tuple(self._documents(session, state, row.id)),
                happenings=timeline(self._sight, session, state, hidden_from(caller)),
                told=told_about(session, row.id, hidden_from(caller)),
                trail=_in_trail(session, row.id),
                asked=tuple(self._asked(session, caller, state, now)),
            )

    def document(self, caller: Caller, envelope: str, document: str, *, sealed: bool) -> DocumentFile:
        """Return a document as it was handed in, or sealed.

        Raises `Refusal` (`no-envelope`, `no-document`), `StaffRefused` (`not-allowed`), `NotAvailable`
        (`not-sealed-yet`), `RecordErased`, `BlobError`.
        """
        with self._sight.database.reading() as session:
            row, found = self._readable(session, caller, envelope, document)
            sha256 = found.sealed if sealed and row.state == EnvelopeState.COMPLETED else None
            if sealed and sha256 is None:
                raise _not_sealed()
            content = self._sight.service.documents.read(session, document, sha256 or found.original)
            about = self._sight.about(session, envelope)
            name = ERASED_TEXT if about is None else about.documents[document].name
        _log.info("a document was looked at", envelope=envelope, document=document, member=caller.member)
        return DocumentFile(name, sha256 or found.original, content)

    def report(self, caller: Caller, envelope: str, document: str) -> bytes:
        """Return our verifier's report on a sealed document, as it was at the release. Raises as `document` does."""
        with self._sight.database.reading() as session:
            self._readable(session, caller, envelope, document)
            report = released_report(session, self._sight.service.records.data_keys, document)
            if report is None:
                raise _not_sealed()
            return report

    def proof(self, caller: Caller, envelope: str) -> tuple[str, bytes]:
        """Return the id of the envelope's last event and the proof that it is in the trail, as a file.

        Raises `Refusal` (`no-envelope`), `NotCovered` where no checkpoint covers it yet.
        """
        with self._sight.database.reading() as session:
            event = _in_trail(session, self._sight.row(session, caller, envelope).id).event
            return event, prove_event(session, event).encode()

    def _readable(
        self, session: Session, caller: Caller, envelope: str, document: str
    ) -> tuple[EnvelopeRow, DocumentRow]:
        row, found = self._sight.row(session, caller, envelope), session.get(DocumentRow, document)
        if found is None or found.envelope != envelope:
            raise refusal("no-document")
        if READERS.isdisjoint(caller.roles):
            raise staff_refusal("not-allowed")
        return row, found

    def _institution(self, session: Session, row: EnvelopeRow) -> str | None:
        owner = None if row.institution is None else session.get(InstitutionRow, row.institution)
        return None if owner is None else self._sight.service.records.read(session, owner.name).decode()

    def _recipient(self, session: Session, recipient: Recipient) -> RecipientDetail:
        person, done = self._sight.person(session, recipient.plan.person), recipient.session
        row = session.get(RecipientRow, recipient.id)
        return RecipientDetail(
            id=recipient.id,
            name=ERASED_TEXT if person is None else person.name,
            role=recipient.plan.role,
            state=recipient.state,
            phone=ERASED_TEXT if person is None else masked(person.phone),
            step=_STEPS.get(recipient.state, 0),
            signed_at=None if row is None else row.signed_at,
            identified=None if done.identity is None else done.identity.assurance,
            reminders=recipient.reminders,
            declined=recipient.declined,
            failure=recipient.failure,
            handwriting=done.handwriting is not None,
            photo=done.photo is not None,
            face_stated=done.face_stated,
            assisted_by=None if done.assisted_by is None else self._sight.member(session, done.assisted_by),
            evidence=self._evidence(session, recipient),
        )

    def _evidence(self, session: Session, recipient: Recipient) -> tuple[EvidenceItem, ...]:
        """Return what was confirmed, and under which digests; nothing of its content is read out."""
        if recipient.confirmation is None:
            return ()
        manifest = EvidenceItem("manifest", "visible", recipient.manifests[-1])
        try:
            frozen = self._records.confirmation(session, recipient.confirmation)
        except RecordErased:
            return (manifest,)
        items = [EvidenceItem(one.kind.value, one.placement.value, one.digest.hex()) for one in frozen.evidence.items]
        return (manifest, *items)

    def _documents(self, session: Session, state: Envelope, envelope: str) -> Sequence[DocumentDetail]:
        about = self._sight.about(session, envelope)
        rows = session.scalars(
            select(DocumentRow).where(DocumentRow.envelope == envelope).order_by(DocumentRow.number)
        ).all()
        is_completed = state.state is EnvelopeState.COMPLETED
        keys = self._sight.service.records.data_keys
        reports = released_reports(session, keys, [row.id for row in rows]) if is_completed else {}
        return [
            DocumentDetail(
                id=row.id,
                name=ERASED_TEXT if about is None else about.documents[row.id].name,
                pages=row.pages,
                original=row.original,
                sealed=row.sealed if is_completed else None,
                verdict=_verdict(reports.get(row.id)) if is_completed else None,
            )
            for row in rows
        ]

    def _asked(self, session: Session, caller: Caller, state: Envelope, now: datetime) -> Sequence[Asked]:
        subjects = [state.id, *(one.id for one in state.recipients)]
        rows = session.scalars(
            select(ApprovalRow)
            .where(
                ApprovalRow.subject.in_(subjects),
                ApprovalRow.state.in_((ApprovalState.REQUESTED.value, ApprovalState.APPROVED.value)),
                ApprovalRow.expires_at > now,
            )
            .order_by(ApprovalRow.id.desc())
        )
        return [
            Asked(
                id=row.id,
                kind=row.kind,
                recipient=row.subject,
                state=ApprovalState(row.state),
                by=self._sight.member(session, row.requested_by),
                is_own=row.requested_by == caller.member,
                expires_at=row.expires_at,
                decided_by=None if row.decided_by is None else self._sight.member(session, row.decided_by),
            )
            for row in rows
        ]


def _not_sealed() -> NotAvailable:
    return NotAvailable("not-sealed-yet", "the document is not sealed yet", "wait until it is completed")


def _verdict(report: bytes | None) -> str | None:
    return None if report is None else str(json.loads(report)["conclusion"])


def _in_trail(session: Session, envelope: str) -> InTrail:
    last = session.execute(
        select(TrailEvent.id, TrailEvent.version, TrailLeaf.position)
        .outerjoin(TrailLeaf, TrailLeaf.event_id == TrailEvent.id)
        .where(TrailEvent.stream == envelope)
        .order_by(TrailEvent.version.desc())
        .limit(1)
    ).one()
    latest = latest_checkpoint(session)
    size = session.scalar(select(func.max(TrailLeaf.position)))
    return InTrail(
        event=last.id,
        events=last.version,
        position=last.position,
        tree_size=0 if size is None else size + 1,
        checkpoint_size=0 if latest is None else latest.checkpoint.size,
        checkpoint_at=None if latest is None else latest.token.gen_time,
    )


_STEPS: Final = {
    RecipientState.SENT: 1,
    RecipientState.OPENED: 1,
    RecipientState.IDENTIFIED: 2,
    RecipientState.READ: 3,
    RecipientState.DRAWN: 4,
    RecipientState.CONFIRMED: 4,
    RecipientState.SIGNED: 4,
    RecipientState.SIGNING_FAILED: 4,
}
_ASKED: Final = frozenset(
    {
        RecipientState.SENT,
        RecipientState.OPENED,
        RecipientState.IDENTIFIED,
        RecipientState.READ,
        RecipientState.DRAWN,
        RecipientState.SIGNING_FAILED,
    }
)
