"""What can be asked of an envelope. Time comes in with the command; nothing else is known of the world."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from esign.ceremony.domain.forms import Code, Digest, Id, Number, SerialNumber, TextVersion
from esign.ceremony.domain.values import Document, Presence, PromisedLevel, RecipientPlan, Settings, SignalStrength


@dataclass(frozen=True, kw_only=True)
class Command:
    """Something asked `at` (timezone-aware). With `ends_at_expiry` it is refused from the expiry on."""

    ends_at_expiry: ClassVar[bool] = False
    at: datetime


@dataclass(frozen=True, kw_only=True)
class RecipientCommand(Command):
    """Something asked about one recipient."""

    recipient: Id


@dataclass(frozen=True, kw_only=True)
class SignersAct(RecipientCommand):
    """An act of the recipient's own, at the device that the last code bound."""

    ends_at_expiry: ClassVar[bool] = True
    device: Id


@dataclass(frozen=True, kw_only=True)
class CreateEnvelope(Command):
    envelope: Id
    client: Id
    documents: tuple[Document, ...]
    recipients: tuple[RecipientPlan, ...]
    settings: Settings
    institution: Id | None = None
    salesperson: Id | None = None


@dataclass(frozen=True, kw_only=True)
class SendEnvelope(Command):
    ends_at_expiry: ClassVar[bool] = True
    by: Id


@dataclass(frozen=True, kw_only=True)
class RecordOpened(RecipientCommand):
    """The link was opened by a POST; looking at it changes nothing."""

    ends_at_expiry: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class SendCode(RecipientCommand):
    """`code` names the record of the one-time code's keyed digest."""

    ends_at_expiry: ClassVar[bool] = True
    code: Id


@dataclass(frozen=True, kw_only=True)
class FailIdentification(RecipientCommand):
    """A try against the open code failed: a wrong code, or details that differ."""

    ends_at_expiry: ClassVar[bool] = True
    code: Id
    reason: Code


@dataclass(frozen=True, kw_only=True)
class Identify(SignersAct):
    """The code was right and the details matched, which binds `device`; `record` holds identity data, if any."""

    code: Id
    assurance: Code
    by: Code
    presence: Presence
    record: Id | None = None


@dataclass(frozen=True, kw_only=True)
class GiveConsent(SignersAct):
    consent: Code
    text_version: TextVersion
    digest: Digest


@dataclass(frozen=True, kw_only=True)
class RecordPageRead(SignersAct):
    page: Number
    image: Digest
    entered_at: datetime
    left_at: datetime


@dataclass(frozen=True, kw_only=True)
class FinishReading(SignersAct):
    pass


@dataclass(frozen=True, kw_only=True)
class Draw(SignersAct):
    """`shortcomings` are the codes of what is wanting in the capture; only an empty list is accepted."""

    record: Id
    digest: Digest
    shortcomings: tuple[Code, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TakePhoto(SignersAct):
    record: Id
    digest: Digest
    check: Code
    by: Code
    shortcomings: tuple[Code, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GiveNoFace(SignersAct):
    reason: Code
    assisted_by: Id


@dataclass(frozen=True, kw_only=True)
class StateFace(RecipientCommand):
    """The salesperson `by` says whether the photo in record `photo` shows the customer.

    If it does not, `note` names the evidence record of what the salesperson said of it, if there is any.
    """

    photo: Id
    is_customer: bool
    by: Id
    note: Id | None = None


@dataclass(frozen=True, kw_only=True)
class Confirm(SignersAct):
    """`manifest` is the digest of the frozen manifest, kept as `record`. A new confirmation has a new manifest."""

    manifest: Digest
    record: Id


@dataclass(frozen=True, kw_only=True)
class RecordSignature(RecipientCommand):
    """The signature is stored, timestamped and verified; `revision` came from `base` by it."""

    manifest: Digest
    certificate: SerialNumber
    cms: Digest
    base: Digest
    revision: Digest


@dataclass(frozen=True, kw_only=True)
class FailSigning(RecipientCommand):
    manifest: Digest
    reason: Code


@dataclass(frozen=True, kw_only=True)
class AbandonCertificate(RecipientCommand):
    """The one thing an ended envelope still takes down: the certificate must be revoked all the same."""

    certificate: SerialNumber
    reason: Code


@dataclass(frozen=True, kw_only=True)
class Decline(SignersAct):
    """`note` names the evidence record of the recipient's own words, if there are any."""

    reason: Code
    note: Id | None = None


@dataclass(frozen=True, kw_only=True)
class Remind(RecipientCommand):
    """Send reminder `number`; `asked_by` is a person, or None when the schedule asks."""

    ends_at_expiry: ClassVar[bool] = True
    number: Number
    asked_by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class ReplaceRecipient(RecipientCommand):
    """Put another person in the recipient's place; after sending, `approved_by` a second person."""

    ends_at_expiry: ClassVar[bool] = True
    replacement: Id
    person: Id
    by: Id
    approved_by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class CorrectPhone(RecipientCommand):
    """`person` is the record with the corrected number; after sending, `approved_by` a second person."""

    ends_at_expiry: ClassVar[bool] = True
    person: Id
    by: Id
    approved_by: Id | None = None


@dataclass(frozen=True, kw_only=True)
class RaiseSignal(RecipientCommand):
    """The recipient's act looks like another person's: one of another recipient's, or of a member of staff."""

    signal: Id
    finding: Code
    strength: SignalStrength
    with_recipient: Id | None = None
    with_envelope: Id | None = None
    with_member: Id | None = None


@dataclass(frozen=True, kw_only=True)
class ShowCaptures(Command):
    """`by` is about to be shown the handwriting that the signal is about; `elsewhere` where the signal is another
    envelope's, and this one's handwriting is looked at beside it."""

    signal: Id
    by: Id
    elsewhere: bool = False


@dataclass(frozen=True, kw_only=True)
class ClearSignal(Command):
    """`by` found no harm in it; `note` names the record of their own words, if there are any."""

    signal: Id
    by: Id
    reason: Code
    note: Id | None = None


@dataclass(frozen=True, kw_only=True)
class Void(Command):
    by: Id
    reason: Code
    note: Id | None = None


@dataclass(frozen=True, kw_only=True)
class Expire(Command):
    pass


@dataclass(frozen=True, kw_only=True)
class StartSeal(Command):
    """A worker takes up attempt `attempt`, counted from 1 over the life of the envelope."""

    attempt: Number


@dataclass(frozen=True, kw_only=True)
class RecordSealed(Command):
    """The document is sealed, verified and stored under digest `sealed`; `base` is the revision that was sealed."""

    document: Id
    base: Digest
    sealed: Digest
    level: PromisedLevel


@dataclass(frozen=True, kw_only=True)
class FailSeal(Command):
    attempt: Number
    reason: Code


@dataclass(frozen=True, kw_only=True)
class RetrySeal(Command):
    """Try once more after attempt number `attempt` failed."""

    attempt: Number
    by: Id


@dataclass(frozen=True, kw_only=True)
class CertifyCompletion(Command):
    """The completion certificate is sealed, verified and stored under digest `certificate`; there is one for ever."""

    certificate: Digest


@dataclass(frozen=True, kw_only=True)
class RenewDocument(Command):
    """The sealed document `base` is renewed, verified and stored under digest `renewed`."""

    document: Id
    base: Digest
    renewed: Digest


COMMANDS: tuple[type[Command], ...] = (
    CreateEnvelope,
    SendEnvelope,
    RecordOpened,
    SendCode,
    FailIdentification,
    Identify,
    GiveConsent,
    RecordPageRead,
    FinishReading,
    Draw,
    TakePhoto,
    GiveNoFace,
    StateFace,
    Confirm,
    RecordSignature,
    FailSigning,
    AbandonCertificate,
    Decline,
    Remind,
    ReplaceRecipient,
    CorrectPhone,
    RaiseSignal,
    ShowCaptures,
    ClearSignal,
    Void,
    Expire,
    StartSeal,
    RecordSealed,
    FailSeal,
    RetrySeal,
    CertifyCompletion,
    RenewDocument,
)
