"""What can have happened to a recipient on the way through the ceremony."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from esign.ceremony.domain.event import RecipientEvent
from esign.ceremony.domain.forms import Code, Digest, Id, Number, SerialNumber, TextVersion
from esign.ceremony.domain.values import Presence
from esign.trail.event import EventType


@dataclass(frozen=True, kw_only=True)
class RecipientSent(RecipientEvent):
    """The link is due to be sent; to a copy recipient, the sealed document."""

    type: ClassVar[EventType] = EventType("recipient.sent")


@dataclass(frozen=True, kw_only=True)
class RecipientOpened(RecipientEvent):
    type: ClassVar[EventType] = EventType("recipient.opened")


@dataclass(frozen=True, kw_only=True)
class CodeSent(RecipientEvent):
    """A one-time code goes out; `code` names the record of its keyed digest."""

    type: ClassVar[EventType] = EventType("recipient.code-sent")
    code: Id


@dataclass(frozen=True, kw_only=True)
class IdentificationFailed(RecipientEvent):
    """A try failed; `burned` tells that it was the last the code had."""

    type: ClassVar[EventType] = EventType("recipient.identification-failed")
    code: Id
    reason: Code
    burned: bool


@dataclass(frozen=True, kw_only=True)
class RecipientIdentified(RecipientEvent):
    """`assurance` was reached and vouched for `by`; `record` holds the identity data, if any was taken."""

    type: ClassVar[EventType] = EventType("recipient.identified")
    code: Id
    device: Id
    assurance: Code
    by: Code
    presence: Presence
    record: Id | None


@dataclass(frozen=True, kw_only=True)
class DeviceChanged(RecipientEvent):
    """The ceremony goes on at another device, after another code; the first device's session is over."""

    type: ClassVar[EventType] = EventType("recipient.device-changed")
    code: Id
    device: Id
    assurance: Code
    by: Code
    presence: Presence
    record: Id | None


@dataclass(frozen=True, kw_only=True)
class PageRead(RecipientEvent):
    """One stay on one page; `image` is the digest of the picture that was shown."""

    type: ClassVar[EventType] = EventType("recipient.page-read")
    page: Number
    image: Digest
    entered_at: datetime
    left_at: datetime


@dataclass(frozen=True, kw_only=True)
class RecipientConsented(RecipientEvent):
    type: ClassVar[EventType] = EventType("recipient.consented")
    consent: Code
    text_version: TextVersion
    digest: Digest


@dataclass(frozen=True, kw_only=True)
class RecipientRead(RecipientEvent):
    type: ClassVar[EventType] = EventType("recipient.read")


@dataclass(frozen=True, kw_only=True)
class RecipientDrawn(RecipientEvent):
    """`digest` is the salted digest of the handwriting in `record`."""

    type: ClassVar[EventType] = EventType("recipient.drawn")
    record: Id
    digest: Digest


@dataclass(frozen=True, kw_only=True)
class RecipientPhotographed(RecipientEvent):
    """`check` says what the face check found, in a code of its own, and `by` which check it was."""

    type: ClassVar[EventType] = EventType("recipient.photographed")
    record: Id
    digest: Digest
    check: Code
    by: Code


@dataclass(frozen=True, kw_only=True)
class FaceNotGiven(RecipientEvent):
    """The recipient signs without a photo, assisted by a person of the staff."""

    type: ClassVar[EventType] = EventType("recipient.face-not-given")
    reason: Code
    assisted_by: Id


@dataclass(frozen=True, kw_only=True)
class FaceStated(RecipientEvent):
    """What a salesperson says of the photo: it is, or is not, the customer. A statement, not a check."""

    type: ClassVar[EventType] = EventType("recipient.face-stated")
    photo: Id
    is_customer: bool
    by: Id


@dataclass(frozen=True, kw_only=True)
class RecipientConfirmed(RecipientEvent):
    """The intent. `manifest` is the digest of the frozen manifest, kept as `record`."""

    type: ClassVar[EventType] = EventType("recipient.confirmed")
    manifest: Digest
    record: Id


@dataclass(frozen=True, kw_only=True)
class RecipientSigned(RecipientEvent):
    """The outcome: stored, timestamped, verified. `revision` came from `base` by this signature."""

    type: ClassVar[EventType] = EventType("recipient.signed")
    manifest: Digest
    certificate: SerialNumber
    cms: Digest
    base: Digest
    revision: Digest


@dataclass(frozen=True, kw_only=True)
class SigningFailed(RecipientEvent):
    type: ClassVar[EventType] = EventType("recipient.signing-failed")
    manifest: Digest
    reason: Code


@dataclass(frozen=True, kw_only=True)
class CertificateAbandoned(RecipientEvent):
    """An event certificate will sign nothing more and is to be revoked."""

    type: ClassVar[EventType] = EventType("certificate.abandoned")
    certificate: SerialNumber
    reason: Code


@dataclass(frozen=True, kw_only=True)
class RecipientDeclined(RecipientEvent):
    type: ClassVar[EventType] = EventType("recipient.declined")
    reason: Code
    note: Id | None


@dataclass(frozen=True, kw_only=True)
class RecipientReminded(RecipientEvent):
    """Reminder `number`; `asked_by` is somebody, or nobody when the schedule asked."""

    type: ClassVar[EventType] = EventType("recipient.reminded")
    number: Number
    asked_by: Id | None


@dataclass(frozen=True, kw_only=True)
class RecipientReplaced(RecipientEvent):
    """`replacement` takes the role, field and turn of the recipient, and starts from the beginning."""

    type: ClassVar[EventType] = EventType("recipient.replaced")
    replacement: Id
    person: Id
    by: Id
    approved_by: Id | None


@dataclass(frozen=True, kw_only=True)
class PhoneCorrected(RecipientEvent):
    """`person` is the record with the corrected number; identification starts from the beginning."""

    type: ClassVar[EventType] = EventType("recipient.phone-corrected")
    person: Id
    by: Id
    approved_by: Id | None
