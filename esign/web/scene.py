"""Where a recipient stands in an opened ceremony, and which page that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import g, redirect, request
from werkzeug.wrappers import Response

from esign.api.ceremony_view import StepView, step_view
from esign.ceremony.about import About
from esign.ceremony.admission import Admitted
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.domain.values import ConsentStage, EnvelopeMode, RecipientState
from esign.ceremony.page_pictures import newest_read
from esign.ceremony.people import Person
from esign.ceremony.shown import ConsentShown
from esign.infra.ids import is_id
from esign.web.errors import no_page, no_session
from esign.web.handed_over import session_here
from esign.web.page_services import PageServices
from esign.web.rendering import speak

_STAGES: Final = (ConsentStage.BEFORE_READING, ConsentStage.READING, ConsentStage.PHOTO)
_AFTERWARDS: Final = frozenset({"wait-for-signature", "wait-for-others", "download", "confirm-again"})


@dataclass(frozen=True)
class Scene:
    """An opened ceremony as it stands: whose session, what is asked, what comes next."""

    token: str
    at: Admitted
    consents: tuple[ConsentShown, ...]
    about: About
    person: Person
    step: StepView

    @property
    def recipient(self) -> str:
        return self.at.recipient.id

    @property
    def home(self) -> str:
        return f"/c/{self.recipient}"

    @property
    def pages(self) -> int:
        return self.at.envelope.document(self.at.recipient.plan.document).plan.pages

    @property
    def revision(self) -> str:
        """The digest of the revision that is read now: with what others signed before."""
        return newest_read(self.at.envelope.document(self.at.recipient.plan.document), self.at.recipient)

    @property
    def document_name(self) -> str:
        return self.about.documents[self.at.envelope.document(self.at.recipient.plan.document).plan.id].name

    @property
    def test_mode(self) -> bool:
        return self.at.envelope.settings.mode is EnvelopeMode.TEST

    @property
    def photo_asked(self) -> bool:
        return self.at.envelope.photo_asked(self.at.recipient)

    @property
    def minimum_reading_seconds(self) -> int:
        return self.at.envelope.settings.minimum_reading_seconds

    @property
    def asked_now(self) -> tuple[ConsentShown, ...]:
        """The consents of the present stage that are still to be given; while reading, one at a time."""
        missing = [one for one in self.consents if one.given_at is None]
        for stage in _STAGES:
            found = tuple(one for one in missing if one.stage is stage)
            if found:
                return found[:1] if stage is ConsentStage.READING else found
        return ()

    @property
    def next_page(self) -> int:
        """The first page that was not read, else the last one."""
        unread = [page for page in range(1, self.pages + 1) if page not in self.step.pages_read]
        return unread[0] if unread else self.pages

    @property
    def others(self) -> int:
        """How many others sign the same envelope."""
        return sum(one.id != self.recipient for one in self.at.envelope.signers)

    @property
    def can_redo(self) -> bool:
        """Whether handwriting and photo may be made anew: they were made, and nothing is confirmed."""
        return self.step.state is RecipientState.DRAWN

    def present(self) -> str:
        """Return the address of the page where the recipient stands. Raises `Refusal` where there is none."""
        awaited = self.step.next
        if awaited in _AFTERWARDS:
            return f"{self.home}/done"
        if awaited in {"read", "finish-reading"}:
            return f"{self.home}/pages/{self.next_page}"
        if awaited in {"open", "identify", "none"}:
            raise refusal(_why_nothing(self))
        return self.home + {"consent": "/consents", "draw": "/sign", "photo": "/photo", "confirm": "/confirm"}[awaited]


def scene_of(services: PageServices, recipient: str) -> Scene:
    """Return the scene of this browser's session. Raises `PageError`, `LinkRefused`, `TooManyRequests`."""
    token = token_of(services, recipient)
    at, consents, about = services.service.ceremony.progress(token)
    person = services.person(at.recipient.plan.person)
    speak(recipient, person.locale)
    scene = Scene(token, at, consents, about, person, step_view(at.envelope, at.recipient))
    g.scene = scene
    return scene


def token_of(services: PageServices, recipient: str) -> str:
    """Return the session's token that this browser has; the request is counted. Raises `PageError`."""
    if not is_id("rcp", recipient):
        raise no_page()
    speak(recipient, None)
    token = session_here(services.service.tokens, recipient)
    known = services.service.tokens.read_session(token) if token else None
    if token is None or known is None or known.recipient != recipient:
        raise no_session()
    services.rates.require(services.limits.recipient, recipient)
    return token


def acting(services: PageServices, recipient: str) -> str:
    """Return the session's token for a form of ours. Raises `PageError` (`form-forged`, `session-missing`)."""
    token = token_of(services, recipient)
    services.forms.require_own(request, token)
    return token


def onward(services: PageServices, recipient: str) -> Response:
    """Lead to where the recipient stands."""
    return redirect(scene_of(services, recipient).present(), 303)


def _why_nothing(scene: Scene) -> str:
    state = scene.step.state
    ends = {
        RecipientState.DECLINED: "recipient-declined",
        RecipientState.REPLACED: "recipient-replaced",
    }
    return ends.get(state, f"envelope-{scene.step.envelope_state.value.replace('_', '-')}")
