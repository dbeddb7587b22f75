"""What a client writes to have something signed, and how it becomes the request that the ceremony's maker takes."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Discriminator, Field, Tag, model_validator

from esign.api.errors import ApiError, Issue
from esign.api.json_body import Body
from esign.ceremony.consents import Consent, usual_consents
from esign.ceremony.creation import DocumentRequest, EnvelopeRequest, Owner, RecipientRequest
from esign.ceremony.domain import rules
from esign.ceremony.domain.signals import SIGNALS, USUALLY_HELD
from esign.ceremony.domain.values import (
    ConsentStage,
    EnvelopeMode,
    PhotoPlacement,
    PromisedLevel,
    RecipientRole,
    Reminders,
    Settings,
)
from esign.ceremony.identity import NOT_VERIFIED
from esign.ceremony.people import Locale, Person
from esign.errors import EvidenceError
from esign.pades.fields import AtAnchor, InField, OnPage, Place

USUAL_LIFE: Final = timedelta(days=14)
CODE: Final = r"^[a-z][a-z0-9-]{0,63}$"
ID: Final = r"^[a-z]{2,8}_[0-9A-Za-z_-]{1,64}$"
_FAR: Final = 20_000.0

Role = Annotated[RecipientRole, Field(strict=False)]


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("has characters that are not printed")
    return text


def _page(url: str) -> str:
    """Return the address of a page that a browser may be sent to: https, or http on the integrator's own machine."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise ValueError("is not a web address") from None
    own_machine = parts.scheme == "http" and host in {"127.0.0.1", "localhost"}
    if not host or "@" in parts.netloc or not (parts.scheme == "https" or own_machine):
        raise ValueError("must be https (or http on this machine), without a user")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError("has characters that an address does not have")
    return url


Text = Annotated[str, Field(min_length=1, pattern=r"^\S(?:.*\S)?$"), AfterValidator(_printable)]
"""A printable text without a space at either end."""


def _dialled(phone: str) -> str:
    if not phone.strip("+0"):
        raise ValueError("nobody has this number")
    return phone


Phone = Annotated[str, Field(pattern=r"^\+?[0-9]{5,15}$"), AfterValidator(_dialled)]


class Anchor(Body):
    """A rectangle beside a text that stands in the document."""

    text: str = Field(min_length=1, max_length=200, description="The text, as it stands on the page.")
    right: float = Field(8.0, ge=-_FAR, le=_FAR, description="From the text's lower right corner, in points.")
    up: float = Field(-30.0, ge=-_FAR, le=_FAR, description="From the text's lower right corner, in points.")
    width: float = Field(240.0, ge=1, le=_FAR)
    height: float = Field(80.0, ge=1, le=_FAR)
    occurrence: int | None = Field(None, ge=1, le=10_000, description="Which one, where the text stands often.")


class AnchorPlace(Body):
    """Beside a text."""

    anchor: Anchor

    def place(self) -> Place:
        wanted = self.anchor
        return AtAnchor(wanted.text, wanted.right, wanted.up, wanted.width, wanted.height, wanted.occurrence)


class PagePlace(Body):
    """A rectangle on a page."""

    page: int = Field(ge=1, le=rules.PAGES_AT_MOST, description="Counted from 1.")
    box: tuple[float, float, float, float] = Field(description="Left, bottom, right, top, in points of the page.")

    def place(self) -> Place:
        return OnPage(self.page, self.box)


class FieldPlace(Body):
    """An empty signature field that the document has."""

    field: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")

    def place(self) -> Place:
        return InField(self.field)


def _kind(value: object) -> str | None:
    """Tell by its member which kind of place is meant, as it comes in or as it was read."""
    members = value if isinstance(value, dict) else type(value).__dict__.get("__pydantic_fields__", {})
    return next((kind for kind in ("anchor", "page", "field") if kind in members), None)


PlaceBody = Annotated[
    Annotated[AnchorPlace, Tag("anchor")] | Annotated[PagePlace, Tag("page")] | Annotated[FieldPlace, Tag("field")],
    Discriminator(_kind),
]


class PersonBody(Body):
    """A person, and how they are reached."""

    name: Text = Field(max_length=64, description="As on the contract; 64 bytes at most.")
    phone: Phone = Field(description="The person's own. The one-time code goes there and nowhere else.")
    id_number: str | None = Field(None, pattern=r"^[0-9A-Za-z](?:[0-9A-Za-z()/-]{0,30}[0-9A-Za-z)])?$")
    email: str | None = Field(
        None,
        max_length=254,
        pattern=r"^[0-9A-Za-z.!#$%&'*+/=?^_`{|}~-]{1,64}@[0-9A-Za-z-]{1,63}(?:\.[0-9A-Za-z-]{1,63})+$",
    )
    locale: Locale = Field("zh-CN", description="The language of messages and pages.")

    @model_validator(mode="after")
    def _is_somebody(self) -> PersonBody:
        try:
            self.person()
        except EvidenceError:
            raise ValueError("not a person as they are kept") from None
        return self

    def person(self) -> Person:
        return Person(self.name, self.phone, self.id_number, self.email, self.locale)


class RecipientBody(PersonBody):
    """Somebody who signs, or gets a copy."""

    role: Role
    group: int = Field(1, ge=1, le=1000, description="Recipients of a group sign side by side, groups in order.")
    document: int = Field(0, ge=0, lt=rules.DOCUMENTS_AT_MOST, description="Which document, counted from 0.")
    place: PlaceBody | None = Field(None, description="Null: beside the role's usual text, else on a page at the end.")


class DocumentBody(Body):
    """A PDF that is signed."""

    model_config = ConfigDict(val_json_bytes="base64")

    name: Text = Field(max_length=200, description="What the file is called.")
    content: bytes = Field(
        min_length=1,
        json_schema_extra={"format": "byte", "contentEncoding": "base64"},
        description="Base64 of the PDF.",
    )
    seal: PlaceBody | None = Field(None, description="Where the insurer's seal stands; null for its usual place.")


class PhotoBody(Body):
    """Who is asked for a face photo, and where it goes."""

    roles: list[Role] = Field(min_length=1, max_length=len(RecipientRole))
    placement: Annotated[PhotoPlacement, Field(strict=False)] = PhotoPlacement.SEALED
    face_statement: bool = Field(False, description="Whether the salesperson says of each photo whose face it is.")


class ConsentBody(Body):
    """A text that is agreed to on its own. To change a text, give it another version."""

    id: str = Field(pattern=CODE)
    version: str = Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,31}$")
    text: str = Field(min_length=1, max_length=20_000)
    stage: Annotated[ConsentStage, Field(strict=False)]
    roles: list[Role] = Field(min_length=1, max_length=len(RecipientRole))


class RemindersBody(Body):
    """When those whose turn it is are reminded."""

    first_after_hours: int = Field(ge=1, le=8760)
    every_hours: int = Field(ge=1, le=8760)
    at_most: int = Field(ge=1, le=100)


class EnvelopeBody(Body):
    """An envelope that is wanted."""

    title: Text = Field(max_length=200, description="What people read that they sign.")
    documents: list[DocumentBody] = Field(min_length=1, max_length=rules.DOCUMENTS_AT_MOST)
    recipients: list[RecipientBody] = Field(min_length=1, max_length=rules.RECIPIENTS_AT_MOST)
    level: Annotated[PromisedLevel, Field(strict=False)] = Field(
        PromisedLevel.B_LTA, description="What is promised is reached, or said not to be; never lowered."
    )
    expires_at: AwareDatetime | None = Field(None, description="Null: 14 days from now.")
    reminders: RemindersBody | None = Field(None, description="Null: nobody is reminded by schedule.")
    photo: PhotoBody | None = Field(None, description="Null: nobody is asked for a photo.")
    consents: list[ConsentBody] | None = Field(
        None, min_length=1, max_length=rules.CONSENTS_AT_MOST, description="Null: the usual ones."
    )
    identity_levels: list[Annotated[str, Field(pattern=CODE)]] | None = Field(
        None, min_length=1, max_length=20, description="Accepted assurances. Needed in live mode; null is any in test."
    )
    minimum_reading_seconds: int = Field(0, ge=0, le=rules.READING_SECONDS_AT_MOST)
    hold_on: list[Annotated[str, Field(json_schema_extra={"enum": [*sorted(SIGNALS)]})]] | None = Field(
        None,
        max_length=len(SIGNALS),
        json_schema_extra={"uniqueItems": True},
        description="Signals of signing for somebody else that keep the seal until a supervisor releases the envelope; "
        f"none with an empty list. Null: {' and '.join(USUALLY_HELD)}, and none in test mode.",
    )
    external_id: str | None = Field(
        None, pattern=r"^[0-9A-Za-z][0-9A-Za-z._:/-]{0,127}$", description="Your own id, unique among your envelopes."
    )
    send: bool = Field(True, description="Whether it goes out at once; false leaves a draft.")
    return_url: Annotated[str, AfterValidator(_page)] | None = Field(
        None, max_length=2000, description="Where a recipient's device goes when the ceremony is over: a page of yours."
    )
    salesperson: str | None = Field(
        None, pattern=ID, description="Whose envelope it is (usr_...): it stands on their live page in the console."
    )
    institution: str | None = Field(
        None, pattern=ID, description="Whose staff see it in the console (ins_...). Null: the salesperson's own."
    )

    @property
    def size(self) -> int:
        """Bytes of all documents."""
        return sum(len(document.content) for document in self.documents)

    def request(self, mode: EnvelopeMode, now: datetime) -> EnvelopeRequest:
        """Return what is wanted, with what was left open filled in. Raises `ApiError` (`request-invalid`)."""
        consents = self._consents()
        return EnvelopeRequest(
            title=self.title,
            documents=[_document(document) for document in self.documents],
            recipients=[
                RecipientRequest(
                    one.role, one.person(), one.group, one.document, one.place.place() if one.place else None
                )
                for one in self.recipients
            ],
            settings=self._settings(consents, mode, now),
            consents=consents,
            send=self.send,
            return_url=self.return_url,
            asked=self._asked(),
            owner=Owner(self.institution, self.salesperson),
        )

    def _consents(self) -> tuple[Consent, ...]:
        if self.consents is None:
            return usual_consents(tuple(self.photo.roles) if self.photo else ())
        return tuple(Consent(one.id, one.version, one.text, one.stage, tuple(one.roles)) for one in self.consents)

    def _settings(self, consents: tuple[Consent, ...], mode: EnvelopeMode, now: datetime) -> Settings:
        reminders, photo, levels = self.reminders, self.photo, self.identity_levels
        if levels is None and mode is EnvelopeMode.LIVE:
            raise ApiError(
                "request-invalid", issues=[Issue("/identity_levels", "正式模式必填", "is needed in live mode")]
            )
        return Settings(
            level=self.level,
            mode=mode,
            expires_at=self.expires_at or now + USUAL_LIFE,
            reminders=Reminders(**dict(reminders)) if reminders else None,
            photo_placement=photo.placement if photo else PhotoPlacement.SEALED,
            photo_roles=tuple(photo.roles) if photo else (),
            face_statement=photo.face_statement if photo else False,
            consents=tuple(consent.plan() for consent in consents),
            identity_levels=tuple(levels or (NOT_VERIFIED,)),
            minimum_reading_seconds=self.minimum_reading_seconds,
            hold_on=self._hold_on(mode),
            external_id=self.external_id,
        )

    def _hold_on(self, mode: EnvelopeMode) -> tuple[str, ...]:
        if self.hold_on is None:
            return USUALLY_HELD if mode is EnvelopeMode.LIVE else ()
        return tuple(self.hold_on)

    def _asked(self) -> str:
        """Return a digest of what was asked: the same for a repetition at another time, or by a later version."""
        asked = self.model_dump(mode="json", exclude_defaults=True, exclude={"documents": {"__all__": {"content"}}})
        contents = [hashlib.sha256(document.content).hexdigest() for document in self.documents]
        whole = json.dumps([asked, contents], sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(whole.encode("ascii")).hexdigest()


def _document(body: DocumentBody) -> DocumentRequest:
    wanted = DocumentRequest(body.name, body.content)
    return wanted if body.seal is None else DocumentRequest(body.name, body.content, body.seal.place())
