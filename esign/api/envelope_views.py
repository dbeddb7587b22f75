"""How an envelope and its recipients look to the client whose they are: where they stand, and who acts next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import BaseModel, Field
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from esign.api.signal_views import SignalView, signals_of
from esign.ceremony.about import About, read_about
from esign.ceremony.domain import VOCABULARY, Actor, Envelope, Move, Recipient, next_actor
from esign.ceremony.domain.values import (
    EnvelopeMode,
    EnvelopeState,
    Presence,
    PromisedLevel,
    RecipientRole,
    RecipientState,
)
from esign.ceremony.models import EnvelopeRow, RecipientRow, Task
from esign.ceremony.people import Person, parse_person
from esign.ceremony.reactions import SEAL, SIGN
from esign.infra.errors import RecordErased
from esign.infra.search_index import ERASED_TEXT
from esign.infra.statements import table_of
from esign.service import Service
from esign.trail.log import COLUMNS, event_of_row
from esign.trail.models import TrailEvent

_PHOTOGRAPHED: Final = "recipient.photographed"
_TASKS, _RECIPIENTS = table_of(Task), table_of(RecipientRow)
_HINDERED: Final = select(_TASKS.c.subject, _TASKS.c.failure).where(
    _TASKS.c.envelope == bindparam("envelope"), _TASKS.c.failure.is_not(None), _TASKS.c.kind.in_((SIGN, SEAL))
)
_SIGNED_AT: Final = select(_RECIPIENTS.c.id, _RECIPIENTS.c.signed_at).where(
    _RECIPIENTS.c.envelope == bindparam("envelope")
)


class MoveView(BaseModel):
    """An act that is awaited."""

    actor: Actor
    act: str = Field(description="A code: open, identify, read, draw, confirm, sign, seal, retry-seal, ...")
    recipient: str | None
    waiting_for: str | None = Field(description="The code of what hindered the service's last try, if anything did.")


class IdentityView(BaseModel):
    """How well the person is known."""

    assurance: str
    by: str
    presence: Presence
    at: datetime


class PhotoView(BaseModel):
    """The face photo that was taken."""

    id: str = Field(description="To be named when the salesperson states whose face it is.")
    check: str
    by: str


class RecipientView(BaseModel):
    """A recipient as it stands."""

    id: str
    role: RecipientRole
    group: int
    document: str | None
    state: RecipientState
    name: str = Field(description="已删除 where the person's data was erased.")
    phone: str = Field(description="The last four digits, the others as asterisks.")
    locale: str | None
    signed_at: datetime | None
    next: list[MoveView]
    link: str | None = Field(description="The ceremony's link; in test mode alone.")
    token: str | None = Field(description="The link's token; in test mode alone.")
    failure: str | None = Field(description="Why the signature could not be made.")
    declined: str | None = Field(description="The reason for declining.")
    identity: IdentityView | None
    has_handwriting: bool
    photo: PhotoView | None
    face_stated: bool | None = Field(description="What the salesperson said of the photo.")
    assisted_by: str | None = Field(description="Who assisted where no face was given.")
    reminders: int
    replaced_by: str | None


class DocumentView(BaseModel):
    """A document. Digests are SHA-256 in hexadecimal digits."""

    id: str
    envelope: str
    name: str
    pages: int
    original_sha256: str
    prepared_sha256: str = Field(description="The revision that people read.")
    current_sha256: str = Field(description="The revision with every signature until now.")
    sealed_sha256: str | None = Field(description="The newest sealed form, which is given out.")
    sealed_versions: list[str] = Field(
        description="The sealed form and each that a renewal of its timestamp made of it. Each is the document."
    )


class SealView(BaseModel):
    """How it stands with the seal: attempts so far, and why the last one failed."""

    attempt: int
    failure: str | None


class EndingView(BaseModel):
    """Why the envelope ended before its time."""

    reason: str
    by: str | None


class EnvelopeSummary(BaseModel):
    """An envelope in a list."""

    id: str
    external_id: str | None
    institution: str | None = Field(description="Whose staff see it in the console.")
    salesperson: str | None = Field(description="Whose envelope it is.")
    title: str
    state: EnvelopeState
    mode: EnvelopeMode
    test: bool = Field(description="True marks what was made in test mode.")
    created_at: datetime
    updated_at: datetime
    expires_at: datetime


class EnvelopeView(EnvelopeSummary):
    """An envelope as it stands."""

    level: PromisedLevel
    next: list[MoveView]
    recipients: list[RecipientView]
    documents: list[DocumentView]
    held: bool = Field(description="Everybody has signed, and the seal waits for signals to be cleared.")
    hold_on: list[str] = Field(description="The signals that hold the seal.")
    signals: list[SignalView]
    seal: SealView
    ending: EndingView | None


@dataclass(frozen=True)
class _Facts:
    """What the tables say of an envelope beside its state."""

    moves: tuple[MoveView, ...]
    signed_at: Mapping[str, datetime | None]
    photos: Mapping[str, tuple[str, str]]


class EnvelopeViews:
    """Makes views, in the caller's session."""

    def __init__(self, service: Service, public_url: str) -> None:
        self._service = service
        self._public_url = public_url.rstrip("/")

    def envelope(self, session: Session, row: EnvelopeRow) -> EnvelopeView:
        """Return the envelope with everything in it."""
        state = self._service.envelopes.get(session, row.id)
        about, facts = self.about(session, row.id), self._facts(session, state)
        return EnvelopeView(
            **dict(summary(row, about)),
            level=state.settings.level,
            next=list(facts.moves),
            recipients=[self._recipient(session, state, one, facts) for one in state.recipients],
            documents=[
                DocumentView(
                    id=one.plan.id,
                    envelope=row.id,
                    name=document_name(about, one.plan.id),
                    pages=one.plan.pages,
                    original_sha256=one.plan.original,
                    prepared_sha256=one.plan.prepared,
                    current_sha256=one.current,
                    sealed_sha256=one.sealed,
                    sealed_versions=list(one.versions),
                )
                for one in state.documents
            ],
            held=state.held,
            hold_on=list(state.settings.hold_on),
            signals=signals_of(state),
            seal=SealView(attempt=state.seal_attempt, failure=state.seal_failure),
            ending=EndingView(reason=state.ending.reason, by=state.ending.by) if state.ending else None,
        )

    def state(self, session: Session, envelope: str) -> Envelope:
        """Return the envelope as it stands. Raises `Refusal` (`no-envelope`)."""
        return self._service.envelopes.get(session, envelope)

    def recipients(self, session: Session, state: Envelope) -> list[RecipientView]:
        """Return every recipient, replaced ones too."""
        facts = self._facts(session, state)
        return [self._recipient(session, state, one, facts) for one in state.recipients]

    def recipient(self, session: Session, state: Envelope, recipient: str) -> RecipientView:
        """Return a recipient of the envelope."""
        return self._recipient(session, state, state.recipient(recipient), self._facts(session, state))

    def about(self, session: Session, envelope: str) -> About | None:
        """Return what the envelope is called, or None after an erasure."""
        try:
            return read_about(self._service.records, session, envelope)
        except RecordErased:
            return None

    def _recipient(self, session: Session, state: Envelope, recipient: Recipient, facts: _Facts) -> RecipientView:
        plan, done = recipient.plan, recipient.session
        person = self._person(session, plan.person)
        token = None
        if state.settings.mode is EnvelopeMode.TEST:
            token = self._service.tokens.link(recipient.id, plan.person)
        check, by = facts.photos.get(recipient.id, ("", ""))
        identity = done.identity
        return RecipientView(
            id=recipient.id,
            role=plan.role,
            group=plan.group,
            document=plan.document,
            state=recipient.state,
            name=ERASED_TEXT if person is None else person.name,
            phone=ERASED_TEXT if person is None else f"{'*' * (len(person.phone) - 4)}{person.phone[-4:]}",
            locale=None if person is None else person.locale,
            signed_at=facts.signed_at.get(recipient.id),
            next=[move for move in facts.moves if move.recipient == recipient.id],
            link=None if token is None else f"{self._public_url}/s/{token}",
            token=token,
            failure=recipient.failure,
            declined=recipient.declined,
            identity=None
            if identity is None
            else IdentityView(assurance=identity.assurance, by=identity.by, presence=identity.presence, at=identity.at),
            has_handwriting=done.handwriting is not None,
            photo=PhotoView(id=done.photo.record, check=check, by=by) if done.photo else None,
            face_stated=done.face_stated,
            assisted_by=done.assisted_by,
            reminders=recipient.reminders,
            replaced_by=recipient.replaced_by,
        )

    def _person(self, session: Session, record: str) -> Person | None:
        try:
            return parse_person(self._service.records.read(session, record))
        except RecordErased:
            return None

    def _facts(self, session: Session, state: Envelope) -> _Facts:
        hindered = dict(session.execute(_HINDERED, {"envelope": state.id}).all())
        signed = dict(session.execute(_SIGNED_AT, {"envelope": state.id}).all())
        return _Facts(
            moves=tuple(_move(move, state.id, hindered) for move in next_actor(state)),
            signed_at=signed,
            photos=_photo_checks(session, state),
        )


def summary(row: EnvelopeRow, about: About | None) -> EnvelopeSummary:
    """Return the envelope as a list shows it."""
    return EnvelopeSummary(
        id=row.id,
        external_id=row.external_id,
        institution=row.institution,
        salesperson=row.salesperson,
        title=ERASED_TEXT if about is None else about.title,
        state=EnvelopeState(row.state),
        mode=EnvelopeMode(row.mode),
        test=row.mode == EnvelopeMode.TEST.value,
        created_at=row.created_at,
        updated_at=row.updated_at,
        expires_at=row.expires_at,
    )


def document_name(about: About | None, document: str) -> str:
    """Return the file name that the document was handed in with."""
    return ERASED_TEXT if about is None else about.documents[document].name


def _move(move: Move, envelope: str, hindered: Mapping[str, str | None]) -> MoveView:
    """Return the move. A task's subject is the recipient whose signature it makes, or the envelope that it seals."""
    ours = move.actor is Actor.SERVICE
    failure = hindered.get(move.recipient or envelope) if ours else None
    return MoveView(actor=move.actor, act=move.act, recipient=move.recipient, waiting_for=failure)


def _photo_checks(session: Session, state: Envelope) -> dict[str, tuple[str, str]]:
    """Return what was found about each recipient's last photo, and by whom: the trail alone has it."""
    if not any(recipient.session.photo for recipient in state.recipients):
        return {}
    taken: Iterable[tuple[str, str, int, str, int, str, datetime, str]] = (
        row[:]
        for row in session.execute(
            select(*COLUMNS)
            .where(TrailEvent.stream == state.id, TrailEvent.type == _PHOTOGRAPHED)
            .order_by(TrailEvent.version)
        )
    )
    payloads = [VOCABULARY.current(event_of_row(row)).payload for row in taken]
    return {str(one["recipient"]): (str(one["check"]), str(one["by"])) for one in payloads}
