"""Having something signed: an envelope with documents, recipients and consents, how it stands, what was sealed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from esign.ceremony.about import read_about
from esign.ceremony.consents import SIGNING_ROLES, Consent, usual_consents
from esign.ceremony.creation import (
    Beside,
    Created,
    DocumentRequest,
    EnvelopeRequest,
    Owner,
    RecipientRequest,
)
from esign.ceremony.creation_refusals import salesperson_unknown
from esign.ceremony.domain import Envelope, Recipient, Refusal, commands
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.domain.signals import USUALLY_HELD
from esign.ceremony.domain.values import (
    ConsentStage,
    EnvelopeMode,
    EnvelopeState,
    PhotoPlacement,
    PromisedLevel,
    RecipientRole,
    RecipientState,
    Reminders,
    Settings,
)
from esign.ceremony.errors import EnvelopeError, NotAvailable
from esign.ceremony.identity import NOT_VERIFIED
from esign.ceremony.people import Person, encode_person
from esign.infra.columns import JsonValue, canonical_json
from esign.pades.fields import AtAnchor, DefaultPlace, InField, OnPage, Place
from esign.service import Service

USUAL_LIFE: Final = timedelta(days=14)


@dataclass(frozen=True)
class ToSign:
    """What a room wants signed. What is left open is as the service usually does it.

    `external_id` names it among what the room has signed for this client: the same request under it again changes
    nothing. `photo_roles` are asked for a face photo; `identity_levels` are needed in live mode. `consents` None are
    the usual ones. `expires_at` None is fourteen days from now. Reading takes at least `reading_seconds` in all.
    """

    title: str
    documents: Sequence[DocumentRequest]
    recipients: Sequence[RecipientRequest]
    external_id: str
    owner: Owner = Owner()
    consents: Sequence[Consent] | None = None
    photo_roles: Sequence[RecipientRole] = ()
    photo_placement: PhotoPlacement = PhotoPlacement.SEALED
    face_statement: bool = False
    identity_levels: Sequence[str] = ()
    reading_seconds: int = 0
    reminders: Reminders | None = None
    expires_at: datetime | None = None
    send: bool = True
    hold_on: Sequence[str] | None = None
    return_url: str | None = None


@dataclass(frozen=True)
class SealedFile:
    """A sealed document of an envelope: its id and file name, the PDF, its digest (64 hexadecimal digits)."""

    document: str
    name: str = field(repr=False)
    content: bytes = field(repr=False)
    sha256: str


class RoomEnvelopes:
    """Makes and reads envelopes. Safe to share between threads."""

    def __init__(self, service: Service, room: str, public_url: str) -> None:
        self._service = service
        self._room = room
        self._public_url = public_url

    @property
    def own_client(self) -> str:
        """Whose the envelopes are that staff make at the room's pages: no program's, so staff alone see them."""
        return f"cli_{self._room}"

    def create(self, client: str, wanted: ToSign, *, beside: Beside | None = None, by: str | None = None) -> Created:
        """Make the envelope and, unless it is to be a draft, send it. `client` is whose it is: a client of the API, or
        `own_client` where the member of staff `by` makes it.

        It reads the documents, which takes seconds: open no transaction meanwhile. `beside` is done in the transaction
        that makes the envelope, given its id: the room's own events go there. Raises `DocumentRefused`, `FieldError`,
        `EvidenceError`, `EnvelopeError` (`external-id-taken`, `phone-of-agent`, `phone-of-staff`,
        `salesperson-unknown`, `document-unknown`, `name-not-printable`), `Refusal`, `QuarantineFailed`.
        """
        with self._service.ports.database.reading() as session:
            now = self._service.clocks.now(session, client)
        return self._service.maker.create(client, self._request(wanted, now), now=now, beside=beside, by=by)

    def get(self, session: Session, envelope: str) -> Envelope:
        """Return the envelope as it stands. Raises `Refusal` (`no-envelope`)."""
        return self._service.envelopes.get(session, envelope)

    def link(self, session: Session, envelope: str, recipient: str) -> str:
        """Return the address of a recipient's invitation: to be shown to whoever may, and to be stored nowhere.

        Raises `Refusal` (`no-envelope`, `no-recipient`).
        """
        found = self.get(session, envelope).find(recipient)
        if found is None:
            raise refusal("no-recipient")
        return f"{self._public_url}/s/{self._service.tokens.link(found.id, found.plan.person)}"

    def void(self, envelope: str, *, by: str, reason: str) -> None:
        """Withdraw an envelope that nobody is to sign any more; doing so again changes nothing.

        `by` is the id of who withdraws it, `reason` a code. Raises `Refusal`.
        """

        def voided(session: Session, state: Envelope) -> commands.Command:
            return commands.Void(at=self._service.clocks.now(session, state.client), by=by, reason=reason)

        self._service.envelopes.change(envelope, voided, actor=f"system:{self._room}")

    def sealed(self, session: Session, envelope: str, document: str | None = None) -> SealedFile:
        """Return a sealed document, the first where none is named.

        Raises `NotAvailable` (`not-sealed-yet`), `Refusal` (`no-envelope`), `RecordErased`, `BlobError`.
        """
        state = self.get(session, envelope)
        chosen = state.documents[0] if document is None else state.find_document(document)
        if state.state is not EnvelopeState.COMPLETED or chosen is None or chosen.sealed is None:
            raise NotAvailable(
                "not-sealed-yet", f"the envelope {envelope} has no such sealed document", "wait until it is completed"
            )
        name = read_about(self._service.records, session, envelope).documents[chosen.plan.id].name
        content = self._service.documents.read(session, chosen.plan.id, chosen.sealed)
        return SealedFile(chosen.plan.id, name, content, chosen.sealed)

    def _request(self, wanted: ToSign, now: datetime) -> EnvelopeRequest:
        live, roles = self._service.ports.live, tuple(wanted.photo_roles)
        consents = usual_consents(roles) if wanted.consents is None else tuple(wanted.consents)
        held = (USUALLY_HELD if live else ()) if wanted.hold_on is None else tuple(wanted.hold_on)
        return EnvelopeRequest(
            title=wanted.title,
            documents=wanted.documents,
            recipients=wanted.recipients,
            settings=Settings(
                level=PromisedLevel.B_LTA,
                mode=EnvelopeMode.LIVE if live else EnvelopeMode.TEST,
                expires_at=wanted.expires_at or now + USUAL_LIFE,
                reminders=wanted.reminders,
                photo_placement=wanted.photo_placement,
                photo_roles=roles,
                face_statement=wanted.face_statement,
                consents=tuple(one.plan() for one in consents),
                identity_levels=tuple(wanted.identity_levels or (NOT_VERIFIED,)),
                minimum_reading_seconds=wanted.reading_seconds,
                external_id=f"{self._room}:{wanted.external_id}",
                hold_on=held,
            ),
            consents=consents,
            send=wanted.send,
            return_url=wanted.return_url,
            asked=_asked(wanted),
            owner=wanted.owner,
        )


def _asked(wanted: ToSign) -> str:
    """Return a digest of what was asked for: the same when it is asked again at another time."""
    whole: JsonValue = {
        "documents": [[one.name, hashlib.sha256(one.content).hexdigest(), repr(one.seal)] for one in wanted.documents],
        "recipients": [
            [one.role.value, encode_person(one.person).decode(), one.group, one.document, repr(one.place)]
            for one in wanted.recipients
        ],
        "rest": repr(replace(wanted, documents=(), recipients=())),
    }
    return hashlib.sha256(canonical_json(whole)).hexdigest()


def whoever_signs(envelope: Envelope) -> Recipient:
    """Return the one recipient who signs where one was planned: whoever was put in their place, where somebody was."""
    return next(one for one in envelope.recipients if one.takes_part)


__all__ = [
    "SIGNING_ROLES",
    "USUAL_LIFE",
    "AtAnchor",
    "Beside",
    "Consent",
    "ConsentStage",
    "Created",
    "DefaultPlace",
    "DocumentRequest",
    "Envelope",
    "EnvelopeError",
    "EnvelopeState",
    "InField",
    "NotAvailable",
    "OnPage",
    "Owner",
    "Person",
    "PhotoPlacement",
    "Place",
    "Recipient",
    "RecipientRequest",
    "RecipientRole",
    "RecipientState",
    "Refusal",
    "Reminders",
    "RoomEnvelopes",
    "SealedFile",
    "ToSign",
    "salesperson_unknown",
    "usual_consents",
    "whoever_signs",
]
