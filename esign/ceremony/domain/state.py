"""An envelope and its recipients as they stand: the fold of their events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from esign.ceremony.domain.forms import Code, Digest, Id, SerialNumber
from esign.ceremony.domain.refusal import broken
from esign.ceremony.domain.values import (
    ENDS,
    ConsentStage,
    ConsentText,
    Document,
    EnvelopeState,
    Presence,
    RecipientPlan,
    RecipientState,
    Settings,
    SignalStrength,
)


@dataclass(frozen=True)
class SentCode:
    """A one-time code that went out."""

    id: Id
    at: datetime


@dataclass(frozen=True)
class Identity:
    """How well the person is known, by whose word, and how the ceremony is held."""

    assurance: Code
    by: Code
    presence: Presence
    record: Id | None
    at: datetime


@dataclass(frozen=True)
class PageStay:
    """One stay on one page."""

    page: int
    image: Digest
    entered_at: datetime
    left_at: datetime


@dataclass(frozen=True)
class GivenConsent:
    """A consent that was given."""

    id: Code
    version: str
    digest: Digest
    at: datetime


@dataclass(frozen=True)
class Capture:
    """Handwriting or a photo: the evidence record and its salted digest."""

    record: Id
    digest: Digest


@dataclass(frozen=True)
class Signature:
    """The one accepted signature of a recipient."""

    certificate: SerialNumber
    cms: Digest
    base: Digest
    revision: Digest


@dataclass(frozen=True)
class Session:
    """What a recipient has done in the ceremony so far: all that restarts when identification restarts.

    `captured` is where handwriting and photo were made: at home, or in person. Nobody has them made in one place and
    confirms in the other: they are gone then, and `captured` still tells where they had been made.
    """

    used_code: Id | None = None
    device: Id | None = None
    identity: Identity | None = None
    stays: tuple[PageStay, ...] = ()
    consents: tuple[GivenConsent, ...] = ()
    handwriting: Capture | None = None
    photo: Capture | None = None
    assisted_by: Id | None = None
    face_stated: bool | None = None
    captured: Presence | None = None

    @property
    def is_made_anew(self) -> bool:
        """Whether handwriting, and the photo, have to be made a second time, for identification went on elsewhere."""
        return self.captured is not None and self.handwriting is None

    def pages_read(self) -> frozenset[int]:
        return frozenset(stay.page for stay in self.stays)

    def reading_time(self) -> timedelta:
        """Return how long pages were before the reader's eyes; time on two pages at once counts once."""
        total, until = timedelta(), None
        for stay in sorted(self.stays, key=lambda stay: stay.entered_at):
            start = stay.entered_at if until is None else max(stay.entered_at, until)
            if stay.left_at > start:
                total += stay.left_at - start
                until = stay.left_at
        return total


@dataclass(frozen=True)
class Recipient:
    """One person's part and how far it has come.

    `manifests` are the digests of every manifest that was confirmed, the last being the one in force, which is kept
    as the record `confirmation`. `drawings` and `photos` count every one that was taken, also before identification
    restarted. `noticed_at` is when the invitation or the last reminder went out.
    """

    plan: RecipientPlan
    state: RecipientState = RecipientState.PENDING
    noticed_at: datetime | None = None
    reminders: int = 0
    codes: tuple[SentCode, ...] = ()
    open_code: SentCode | None = None
    failed_tries: int = 0
    session: Session = Session()
    drawings: int = 0
    photos: int = 0
    manifests: tuple[Digest, ...] = ()
    confirmation: Id | None = None
    failure: Code | None = None
    signature: Signature | None = None
    abandoned: tuple[SerialNumber, ...] = ()
    declined: Code | None = None
    replaced_by: Id | None = None

    @property
    def id(self) -> str:
        return self.plan.id

    @property
    def takes_part(self) -> bool:
        """Whether a signature of this recipient is wanted: a signing role, not replaced."""
        return self.plan.signs and self.state is not RecipientState.REPLACED


@dataclass(frozen=True)
class DocumentProgress:
    """A document, its newest revision before the seal, and the newest sealed form once there is one (all digests).

    `versions` are the sealed form and each that renewing made of it, in order: all of them are the document.
    """

    plan: Document
    current: Digest
    sealed: Digest | None = None
    versions: tuple[Digest, ...] = ()


@dataclass(frozen=True)
class Clearing:
    """Who cleared a signal, for what reason (a code); `note` is the record of their own words, if there are any."""

    by: Id
    reason: Code
    note: Id | None
    at: datetime


@dataclass(frozen=True)
class Signal:
    """A signal of signing for somebody else, and what it came from: another recipient, or a member of staff."""

    id: Id
    recipient: Id
    finding: Code
    strength: SignalStrength
    with_recipient: Id | None
    with_envelope: Id | None
    with_member: Id | None
    at: datetime
    cleared: Clearing | None = None


@dataclass(frozen=True)
class Ending:
    """Why an envelope ended before its time: a code, and who ended it (nobody, where time did)."""

    reason: Code
    by: Id | None


@dataclass(frozen=True)
class Envelope:
    """The whole. `requested` are documents and recipients as they were at creation; `institution` and `salesperson`
    are whose it is among the insurer's staff, where that was said.

    `seal_attempt` counts the attempts that were started; `seal_running` is whether the last of them still runs.
    `held` is whether everybody has signed and the seal waits for signals to be cleared. `certificate` is the digest of
    the completion certificate, once there is one.
    """

    id: Id
    client: Id
    requested: tuple[tuple[Document, ...], tuple[RecipientPlan, ...]]
    settings: Settings
    documents: tuple[DocumentProgress, ...]
    recipients: tuple[Recipient, ...]
    institution: Id | None = None
    salesperson: Id | None = None
    state: EnvelopeState = EnvelopeState.DRAFT
    seal_attempt: int = 0
    seal_running: bool = False
    seal_failure: Code | None = None
    ending: Ending | None = None
    signals: tuple[Signal, ...] = ()
    held: bool = False
    certificate: Digest | None = None

    @property
    def ended(self) -> bool:
        return self.state in ENDS

    @property
    def signers(self) -> tuple[Recipient, ...]:
        """Those whose signature is wanted."""
        return tuple(recipient for recipient in self.recipients if recipient.takes_part)

    def find(self, recipient: str) -> Recipient | None:
        return next((one for one in self.recipients if one.id == recipient), None)

    def recipient(self, recipient: str) -> Recipient:
        """Return a recipient that must be there. Raises `BrokenTrail`."""
        found = self.find(recipient)
        if found is None:
            raise broken("an event names a recipient that the envelope does not have")
        return found

    def find_document(self, document: str | None) -> DocumentProgress | None:
        return next((one for one in self.documents if one.plan.id == document), None)

    def document(self, document: str | None) -> DocumentProgress:
        """Return a document that must be there. Raises `BrokenTrail`."""
        found = self.find_document(document)
        if found is None:
            raise broken("an event names a document that the envelope does not have")
        return found

    def with_recipient(self, changed: Recipient) -> Envelope:
        return replace(self, recipients=tuple(changed if one.id == changed.id else one for one in self.recipients))

    def with_document(self, changed: DocumentProgress) -> Envelope:
        kept = tuple(changed if one.plan.id == changed.plan.id else one for one in self.documents)
        return replace(self, documents=kept)

    def consents_asked(self, recipient: Recipient, stage: ConsentStage) -> tuple[ConsentText, ...]:
        texts = self.settings.consents
        return tuple(text for text in texts if text.stage is stage and recipient.plan.role in text.roles)

    def consents_missing(self, recipient: Recipient, stage: ConsentStage) -> tuple[str, ...]:
        given = {consent.id for consent in recipient.session.consents}
        return tuple(text.id for text in self.consents_asked(recipient, stage) if text.id not in given)

    def photo_asked(self, recipient: Recipient) -> bool:
        return recipient.plan.role in self.settings.photo_roles

    def awaits_face_statement(self, recipient: Recipient) -> bool:
        """Whether the salesperson has yet to say whose face is on this recipient's photo."""
        session = recipient.session
        return self.settings.face_statement and session.photo is not None and session.face_stated is None

    def find_signal(self, signal: str) -> Signal | None:
        return next((one for one in self.signals if one.id == signal), None)

    @property
    def holding(self) -> tuple[Signal, ...]:
        """The signals that sealing waits for: named by the policy, not cleared, of somebody whose signature counts."""
        parts = {one.id for one in self.signers}
        named = self.settings.hold_on
        return tuple(
            one for one in self.signals if one.cleared is None and one.finding in named and one.recipient in parts
        )
