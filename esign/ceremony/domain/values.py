"""The words and plans of an envelope: states, roles, documents, recipients, settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from esign.ceremony.domain.forms import Code, Count, Digest, ExternalId, FieldName, Id, Number, TextVersion


class EnvelopeState(StrEnum):
    """Where an envelope stands. `COMPLETED`, `DECLINED`, `EXPIRED` and `VOIDED` are ends."""

    DRAFT = "draft"
    IN_PROGRESS = "in_progress"
    SEALING = "sealing"
    SEAL_FAILED = "seal_failed"
    COMPLETED = "completed"
    DECLINED = "declined"
    EXPIRED = "expired"
    VOIDED = "voided"


ENDS = frozenset({EnvelopeState.COMPLETED, EnvelopeState.DECLINED, EnvelopeState.EXPIRED, EnvelopeState.VOIDED})


class RecipientState(StrEnum):
    """Where a recipient stands. `CONFIRMED` is the intent, `SIGNED` the stored and verified outcome."""

    PENDING = "pending"
    SENT = "sent"
    OPENED = "opened"
    IDENTIFIED = "identified"
    READ = "read"
    DRAWN = "drawn"
    CONFIRMED = "confirmed"
    SIGNED = "signed"
    SIGNING_FAILED = "signing_failed"
    DECLINED = "declined"
    EXPIRED = "expired"
    REPLACED = "replaced"


class RecipientRole(StrEnum):
    """In which role a person takes part. `COPY` receives the sealed document and never signs."""

    APPLICANT = "applicant"
    INSURED = "insured"
    AGENT = "agent"
    WITNESS = "witness"
    GUARDIAN = "guardian"
    COPY = "copy"


class PromisedLevel(StrEnum):
    """PAdES levels an envelope may ask for, lowest first. A service always timestamps, so B-B is not among them."""

    B_T = "B-T"
    B_LT = "B-LT"
    B_LTA = "B-LTA"

    def reaches(self, promised: PromisedLevel) -> bool:
        """Tell whether this level keeps what was promised."""
        order = tuple(PromisedLevel)
        return order.index(self) >= order.index(promised)


class EnvelopeMode(StrEnum):
    """Whether stand-ins are allowed."""

    TEST = "test"
    LIVE = "live"


class PhotoPlacement(StrEnum):
    """Where the face photo goes (see `esign.evidence.items`)."""

    VISIBLE = "visible"
    SEALED = "sealed"
    DIGEST_ONLY = "digest-only"


class ConsentStage(StrEnum):
    """When a consent is asked."""

    BEFORE_READING = "before-reading"
    READING = "reading"
    PHOTO = "photo"


class Presence(StrEnum):
    """How the ceremony is held: on the signer's own device, or handed over on the salesperson's tablet."""

    REMOTE = "remote"
    IN_PERSON = "in-person"


class SignalStrength(StrEnum):
    """How much a signal says: `WEAK` has everyday reasons too, `STRONG` has hardly any."""

    WEAK = "weak"
    STRONG = "strong"


@dataclass(frozen=True, kw_only=True)
class Document:
    """A PDF that is signed: `original` is its digest as handed in, `prepared` that of the revision people read."""

    id: Id
    original: Digest
    prepared: Digest
    pages: Number


@dataclass(frozen=True, kw_only=True)
class RecipientPlan:
    """A person's part. `person` names the evidence record that holds name, telephone and ID number.

    Recipients of one `group` may sign side by side; groups take their turn in ascending order. A recipient signs one
    field of one document. A copy recipient has neither document nor field, and its group means nothing.
    """

    id: Id
    role: RecipientRole
    group: Number
    document: Id | None
    field: FieldName | None
    person: Id

    @property
    def signs(self) -> bool:
        return self.role is not RecipientRole.COPY


@dataclass(frozen=True, kw_only=True)
class ConsentText:
    """A text to be agreed to on its own, by every recipient in one of `roles`; `digest` is that of the exact text."""

    id: Code
    version: TextVersion
    digest: Digest
    stage: ConsentStage
    roles: tuple[RecipientRole, ...]


@dataclass(frozen=True, kw_only=True)
class Reminders:
    """When those whose turn it is are reminded: hours after the invitation, hours between, how many in all."""

    first_after_hours: Number
    every_hours: Number
    at_most: Number


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the caller decided about an envelope.

    `photo_roles` are asked for a face photo. With `face_statement` the salesperson says of every photo whether it
    shows the customer, and sealing waits for that. `identity_levels` are the codes of assurance that are accepted.
    Sealing waits for a supervisor where a signal of one of the findings `hold_on` was raised.
    """

    level: PromisedLevel
    mode: EnvelopeMode
    expires_at: datetime
    reminders: Reminders | None
    photo_placement: PhotoPlacement
    photo_roles: tuple[RecipientRole, ...]
    face_statement: bool
    consents: tuple[ConsentText, ...]
    identity_levels: tuple[Code, ...]
    minimum_reading_seconds: Count
    external_id: ExternalId | None
    hold_on: tuple[Code, ...] = ()
