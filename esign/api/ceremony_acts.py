"""A recipient's acts in an opened ceremony, from the first consent to the confirmation, as operations of a session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

from pydantic import AwareDatetime, Discriminator, Field, RootModel, Tag

from esign.api.call import JSON, Call, Reply
from esign.api.ceremony_refusals import OVER, SESSION, as_told
from esign.api.ceremony_view import StepView, step_view
from esign.api.json_body import Body
from esign.api.material_words import MATERIAL_WORDS
from esign.api.operations import Raw, Resource
from esign.api.scopes import Door
from esign.ceremony.envelopes import Change
from esign.evidence.handwriting import BYTES_AT_MOST as HANDWRITING_BYTES
from esign.evidence.photo import PhotoLimits
from esign.service import Service

STAYS_AT_MOST: Final = 100
CONSENTS_AT_MOST: Final = 20
_CODE: Final = "^[a-z][a-z0-9-]{0,63}$"
_PICTURES: Final = ("image/jpeg", "image/png", "image/webp")
_ACT: Final = (*SESSION, *OVER, "confirmed-already", "signed-already", "confirm-again", "malformed-command")
_EARLY: Final = ("identify-first", "open-first", "not-your-turn")
_HANDWRITING: Final = tuple(code for code in MATERIAL_WORDS if code.startswith("handwriting-"))
_PHOTO: Final = tuple(code for code in MATERIAL_WORDS if code.startswith("photo-"))


def _one_or_many(several: str) -> Callable[[object], str]:
    """Return what tells a body that is one thing from one that has several of it under this name."""
    return lambda given: "many" if (several in given if isinstance(given, dict) else hasattr(given, several)) else "one"


class ConsentBody(Body):
    """The text that is agreed to: exactly this one."""

    id: str = Field(pattern=_CODE)
    version: str = Field(pattern="^[0-9A-Za-z][0-9A-Za-z.-]{0,31}$")
    digest: str = Field(pattern="^[0-9a-f]{64}$")


class ConsentsBody(Body):
    """Several texts that are agreed to, each by itself. If one is refused, those before it stand."""

    consents: list[ConsentBody] = Field(min_length=1, max_length=CONSENTS_AT_MOST)


class AgreementBody(
    RootModel[
        Annotated[
            Annotated[ConsentBody, Tag("one")] | Annotated[ConsentsBody, Tag("many")],
            Discriminator(_one_or_many("consents")),
        ]
    ]
):
    """One text that is agreed to, or several of one stage as `consents`."""

    @property
    def consents(self) -> list[ConsentBody]:
        return self.root.consents if isinstance(self.root, ConsentsBody) else [self.root]


class StayBody(Body):
    """One stay on one page, by the service's time (`now` of the ceremony)."""

    page: int = Field(ge=1, le=2000)
    entered_at: AwareDatetime
    left_at: AwareDatetime


class StaysBody(Body):
    """Several stays, in order. If one is refused, those before it stand; sending them again changes nothing."""

    stays: list[StayBody] = Field(min_length=1, max_length=STAYS_AT_MOST)


class PagesBody(
    RootModel[
        Annotated[
            Annotated[StayBody, Tag("one")] | Annotated[StaysBody, Tag("many")], Discriminator(_one_or_many("stays"))
        ]
    ]
):
    """One stay on a page, or several as `stays`."""

    @property
    def stays(self) -> list[StayBody]:
        return self.root.stays if isinstance(self.root, StaysBody) else [self.root]


class NoFaceBody(Body):
    """Why there is no photo, and who of the insurer's people assists."""

    reason: str = Field(pattern=_CODE, description="A code, such as camera-missing or declined-photo.")
    assisted_by: str = Field(pattern="^[a-z]{2,8}_[0-9A-Za-z_-]{1,64}$", description="The id of who assists.")


class DeclineBody(Body):
    """Why the recipient declines."""

    reason: str = Field(pattern=_CODE, description="A code, such as terms-not-accepted.")
    words: str | None = Field(None, max_length=2000, description="The recipient's own words; kept sealed.")


def declare_reading(resource: Resource, service: Service) -> None:
    """Declare the acts up to the end of reading."""
    ceremony = service.ceremony

    @resource.operation(
        "POST",
        "/v1/ceremony/consents",
        access=Door.SESSION,
        zh="同意",
        en="Give consents",
        about="Each at its stage, by id, version and digest of the text that was shown and agreed to by itself. "
        "Sending them again changes nothing.",
        body=AgreementBody,
        answer=StepView,
        problems=(*_ACT, *_EARLY, "consent-unknown", "consent-out-of-step", "step-over", "draw-first"),
        example={"id": "personal-information", "version": "2026-11", "digest": "5e" * 32},
    )
    @as_told
    def consent(call: Call) -> Reply:
        texts = [(one.id, one.version, one.digest) for one in call.body(AgreementBody).consents]
        return _step(ceremony.give_consents(call.recipient.token, texts), call)

    @resource.operation(
        "POST",
        "/v1/ceremony/pages",
        access=Door.SESSION,
        zh="记录阅读",
        en="Record that pages were read",
        body=PagesBody,
        answer=StepView,
        problems=(
            *_ACT,
            *_EARLY,
            "page-unknown",
            "page-not-shown",
            "page-times",
            "page-views-full",
            "consents-missing",
            "step-over",
        ),
        example={"page": 1, "entered_at": "2026-03-01T04:01:00Z", "left_at": "2026-03-01T04:01:20Z"},
    )
    @as_told
    def pages(call: Call) -> Reply:
        stays = [(stay.page, stay.entered_at, stay.left_at) for stay in call.body(PagesBody).stays]
        return _step(ceremony.record_pages(call.recipient.token, stays), call)

    @resource.operation(
        "POST",
        "/v1/ceremony/finish-reading",
        access=Door.SESSION,
        zh="阅读完毕",
        en="Finish reading",
        answer=StepView,
        problems=(*_ACT, *_EARLY, "pages-unread", "consents-missing", "reading-too-short"),
    )
    @as_told
    def finish_reading(call: Call) -> Reply:
        return _step(ceremony.finish_reading(call.recipient.token), call)


def declare_signing(resource: Resource, service: Service) -> None:
    """Declare the acts from the handwriting to the confirmation, and declining."""
    ceremony = service.ceremony

    @resource.operation(
        "POST",
        "/v1/ceremony/handwriting",
        access=Door.SESSION,
        zh="手写签名",
        en="Hand in the handwriting",
        about="In the form esign-handwriting/1 (docs/evidence-format.md). If it has to be drawn again, `errors` says "
        "why, in words for the person. Drawing again before the confirmation replaces it.",
        body=Raw((JSON,)),
        bytes_at_most=HANDWRITING_BYTES,
        answer=StepView,
        problems=(*_ACT, *_EARLY, *_HANDWRITING, "read-first", "too-many-captures"),
    )
    @as_told
    def draw(call: Call) -> Reply:
        return _step(ceremony.draw(call.recipient.token, call.raw_body), call)

    @resource.operation(
        "POST",
        "/v1/ceremony/photo",
        access=Door.SESSION,
        zh="人脸照片",
        en="Hand in the face photo",
        about="JPEG, PNG or WebP. If it has to be taken again, `errors` says why, in words for the person.",
        body=Raw(_PICTURES),
        bytes_at_most=PhotoLimits().bytes_at_most,
        answer=StepView,
        problems=(
            *_ACT,
            *_EARLY,
            *_PHOTO,
            "read-first",
            "draw-first",
            "photo-not-asked",
            "too-many-captures",
            "consents-missing",
            "file-breaks-reader",
            "file-too-heavy",
            "workers-busy",
            "vendor-unavailable",
        ),
    )
    @as_told
    def photo(call: Call) -> Reply:
        return _step(ceremony.take_photo(call.recipient.token, call.raw_body), call)

    @resource.operation(
        "POST",
        "/v1/ceremony/no-face",
        access=Door.SESSION,
        zh="协助签署，不拍照",
        en="Go on without the face",
        about="Assisted by a person of the insurer's, and recorded as such.",
        body=NoFaceBody,
        answer=StepView,
        problems=(*_ACT, *_EARLY, "read-first", "draw-first", "photo-not-asked"),
        example={"reason": "camera-missing", "assisted_by": "usr_01k9x7m2qv8w3c5t6r4n0b1d2e"},
    )
    @as_told
    def no_face(call: Call) -> Reply:
        body = call.body(NoFaceBody)
        return _step(ceremony.give_no_face(call.recipient.token, body.reason, body.assisted_by), call)

    @resource.operation(
        "POST",
        "/v1/ceremony/confirm",
        access=Door.SESSION,
        zh="确认签署",
        en="Confirm",
        about="The evidence is frozen and the signature follows by itself. After this, declining is over. Confirming "
        "again changes nothing, except where the signature could not be made: then it starts anew.",
        answer=StepView,
        problems=(*_ACT, *_EARLY, "read-first", "draw-first", "photo-missing"),
    )
    @as_told
    def confirm(call: Call) -> Reply:
        return _step(ceremony.confirm(call.recipient.token), call)

    @resource.operation(
        "POST",
        "/v1/ceremony/decline",
        access=Door.SESSION,
        zh="拒签",
        en="Decline",
        about="This ends the envelope for everybody.",
        body=DeclineBody,
        answer=StepView,
        problems=(*_ACT, *_EARLY),
        example={"reason": "terms-not-accepted", "words": None},
    )
    @as_told
    def decline(call: Call) -> Reply:
        body = call.body(DeclineBody)
        return _step(ceremony.decline(call.recipient.token, body.reason, body.words), call)


def _step(change: Change, call: Call) -> Reply:
    return Reply(step_view(change.after, change.after.recipient(call.recipient.recipient)))
