"""What a recipient's device is told of the ceremony: where it stands, what is asked, what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

from pydantic import BaseModel, Field

from esign.ceremony.about import About
from esign.ceremony.admission import Admitted
from esign.ceremony.domain import Envelope, Recipient
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.domain.values import (
    ConsentStage,
    EnvelopeMode,
    EnvelopeState,
    PhotoPlacement,
    RecipientRole,
    RecipientState,
)
from esign.ceremony.entrance import SESSION_LIFE
from esign.ceremony.shown import ConsentShown

R = RecipientState
Next = Literal[
    "open",
    "identify",
    "consent",
    "read",
    "finish-reading",
    "draw",
    "photo",
    "confirm",
    "confirm-again",
    "wait-for-signature",
    "wait-for-others",
    "download",
    "none",
]
_STEPS: Final = {R.PENDING: 1, R.SENT: 1, R.OPENED: 1, R.IDENTIFIED: 2, R.READ: 3}
_AFTER: Final[dict[RecipientState, Next]] = {
    R.SENT: "open",
    R.OPENED: "identify",
    R.READ: "draw",
    R.CONFIRMED: "wait-for-signature",
    R.SIGNED: "wait-for-others",
    R.SIGNING_FAILED: "confirm-again",
}


class StepView(BaseModel):
    """Where the ceremony stands."""

    state: RecipientState
    envelope_state: EnvelopeState
    step: int = Field(ge=1, le=4, description="1 identify, 2 read, 3 sign, 4 photo and confirm.")
    next: Next = Field(description="The act that is awaited.")
    consents_missing: list[str] = Field(description="Ids of the consents that are still to be given, in order.")
    pages_read: list[int]
    seconds_read: float = Field(description="How long pages were before the reader's eyes, in seconds.")
    drawn: bool
    photographed: bool
    assisted: bool = Field(description="Whether signing goes on without the face, assisted by a person.")
    confirmed: bool


class ConsentView(BaseModel):
    """A consent: to be shown on its own, agreed to on its own, never ticked beforehand."""

    id: str
    version: str
    stage: ConsentStage
    digest: str = Field(description="SHA-256 of the text in UTF-8, 64 hexadecimal digits.")
    text: str
    given_at: datetime | None


class PhotoView(BaseModel):
    """The face photo."""

    asked: bool
    placement: PhotoPlacement = Field(description="Visible in the document, sealed in it, or only by its digest.")


class FailureView(BaseModel):
    """Why the signature was not made; what was done before is kept."""

    code: str
    zh: str
    en: str


class CeremonyView(StepView):
    """The ceremony as the recipient's device shows it."""

    envelope: str
    recipient: str
    role: RecipientRole
    title: str
    company: str
    return_url: str | None = Field(description="Where the device goes when the ceremony is over, if somewhere.")
    test_mode: bool
    pages: int
    minimum_reading_seconds: int
    consents: list[ConsentView]
    photo: PhotoView
    failure: FailureView | None
    envelope_expires_at: datetime
    session_expires_at: datetime
    now: datetime = Field(
        description="The service's time: page times are told by it, whatever the device's clock says."
    )


def step_view(envelope: Envelope, recipient: Recipient) -> StepView:
    """Return where the recipient stands."""
    done = recipient.session
    return StepView(
        state=recipient.state,
        envelope_state=envelope.state,
        step=_step(envelope, recipient),
        next=_next(envelope, recipient),
        consents_missing=[one for stage in ConsentStage for one in envelope.consents_missing(recipient, stage)],
        pages_read=sorted(done.pages_read()),
        seconds_read=done.reading_time().total_seconds(),
        drawn=done.handwriting is not None,
        photographed=done.photo is not None,
        assisted=done.assisted_by is not None,
        confirmed=recipient.confirmation is not None,
    )


def ceremony_view(at: Admitted, consents: Sequence[ConsentShown], about: About) -> CeremonyView:
    """Return the whole view for somebody who was admitted."""
    envelope, recipient = at.envelope, at.recipient
    identity = recipient.session.identity
    return CeremonyView(
        **dict(step_view(envelope, recipient)),
        envelope=envelope.id,
        recipient=recipient.id,
        role=recipient.plan.role,
        title=about.title,
        company=about.company,
        return_url=about.return_url,
        test_mode=envelope.settings.mode is EnvelopeMode.TEST,
        pages=envelope.document(recipient.plan.document).plan.pages,
        minimum_reading_seconds=envelope.settings.minimum_reading_seconds,
        consents=[
            ConsentView(
                id=one.id,
                version=one.version,
                stage=one.stage,
                digest=one.digest,
                text=one.text,
                given_at=one.given_at,
            )
            for one in consents
        ],
        photo=PhotoView(asked=envelope.photo_asked(recipient), placement=envelope.settings.photo_placement),
        failure=_failure(recipient),
        envelope_expires_at=envelope.settings.expires_at,
        session_expires_at=(at.now if identity is None else identity.at) + SESSION_LIFE,
        now=at.now,
    )


def _step(envelope: Envelope, recipient: Recipient) -> int:
    """Return the step of four. Consents that come before reading belong to the first."""
    if recipient.state is R.IDENTIFIED and envelope.consents_missing(recipient, ConsentStage.BEFORE_READING):
        return 1
    return _STEPS.get(recipient.state, 2 if recipient.session.handwriting is None else 4)


def _next(envelope: Envelope, recipient: Recipient) -> Next:
    if envelope.state is EnvelopeState.COMPLETED:
        return "download"
    if envelope.ended:
        return "none"
    if recipient.state is R.IDENTIFIED:
        return _next_of_reading(envelope, recipient)
    if recipient.state is R.DRAWN:
        return _next_of_drawn(envelope, recipient)
    return _AFTER.get(recipient.state, "none")


def _next_of_reading(envelope: Envelope, recipient: Recipient) -> Next:
    if envelope.consents_missing(recipient, ConsentStage.BEFORE_READING):
        return "consent"
    done = recipient.session
    pages = envelope.document(recipient.plan.document).plan.pages
    enough = done.reading_time().total_seconds() >= envelope.settings.minimum_reading_seconds
    if len(done.pages_read()) < pages or not enough:
        return "read"
    return "consent" if envelope.consents_missing(recipient, ConsentStage.READING) else "finish-reading"


def _next_of_drawn(envelope: Envelope, recipient: Recipient) -> Next:
    done = recipient.session
    if not envelope.photo_asked(recipient) or done.photo is not None or done.assisted_by is not None:
        return "confirm"
    return "consent" if envelope.consents_missing(recipient, ConsentStage.PHOTO) else "photo"


def _failure(recipient: Recipient) -> FailureView | None:
    if recipient.failure is None:
        return None
    words = refusal("confirm-again")
    return FailureView(code=recipient.failure, zh=words.zh, en=words.en)
