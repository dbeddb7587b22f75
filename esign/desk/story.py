"""How an envelope went, with the pictures as they were shown: pages, handwriting, photo, and the screens themselves.

That a screen was shown, for how long, and what was pressed on it, is told to whoever may ask for sealed evidence. What
stood on it opens once two people agreed, and each look at one is an event (`screens.opened`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from esign.ceremony.domain import VOCABULARY, Envelope, Recipient
from esign.ceremony.screens import Shown
from esign.desk.aftermath import aftermath
from esign.desk.errors import no_page_image
from esign.desk.evidence import OPENERS, Evidence
from esign.desk.sight import Sight
from esign.desk.timeline import READ, Happening, hidden_from, timeline
from esign.infra.logs import log_for
from esign.infra.search_index import ERASED_TEXT
from esign.staff.actors import Caller
from esign.staff.domain.refusal import refusal
from esign.trail.event import plain_payload
from esign.trail.log import read_stream

READERS: Final = OPENERS
"""Whose roles let them read the story: compliance and auditors."""
_log = log_for(__name__)


@dataclass(frozen=True)
class SeenPage:
    """A page as a recipient saw it. `image` is the SHA-256 of its picture."""

    recipient: str
    page: int
    image: str


@dataclass(frozen=True)
class Scene:
    """A moment of the story: something that happened, or a screen that was shown to a recipient, whose name it has."""

    at: datetime
    happening: Happening | None = None
    shown: Shown | None = None
    name: str | None = field(default=None, repr=False)
    pages: tuple[SeenPage, ...] = ()


class EnvelopeStories:
    """Tells stories, within the caller's reach. Every method raises `Refusal` (`no-envelope`) and `StaffRefused`."""

    def __init__(self, sight: Sight, evidence: Evidence) -> None:
        self._sight = sight
        self._evidence = evidence

    def get(self, caller: Caller, envelope: str) -> Sequence[Scene]:
        """Return the scenes, the earliest first. Raises `TrailDamaged`."""
        with self._sight.database.reading() as session:
            state = self._readable(session, caller, envelope)
            told = [
                Scene(one.at, happening=one, pages=_pages_of(one))
                for one in timeline(self._sight, session, state, hidden_from(caller))
            ]
            later = [Scene(one.at, happening=one) for one in aftermath(self._sight, session, envelope)]
            shown = [
                Scene(screen.shown_at, shown=screen, name=self._name(session, recipient))
                for recipient in state.recipients
                for screen in self._sight.service.screens.shown_to(session, recipient.id)
            ]
        return sorted([*reversed(told), *later, *shown], key=lambda scene: scene.at)

    def page(self, caller: Caller, envelope: str, recipient: str, page: int, image: str) -> bytes:
        """Return the picture (JPEG) of a page as this recipient saw it.

        Raises `Refusal` (`no-recipient`), `DeskRefused` (`no-page-image` for one that they did not see,
        `evidence-restricted` for what is only stored), `RecordErased`, `BlobError`, `SealedDataError`.
        """
        with self._sight.database.reading() as session:
            self._readable(session, caller, envelope)
            _state, found = self._sight.recipient(session, caller, envelope, recipient)
            self._evidence.require_unrestricted(session, caller, envelope, recipient)
            documents, document = self._sight.service.documents, str(found.plan.document)
            is_seen = (recipient, page, image) in _seen(session, envelope)
            picture = documents.page_image_seen(session, document, page, image) if is_seen else None
            if picture is None:
                raise no_page_image()
            content = documents.read_page_image(session, picture)
        _log.info("a page was looked at", envelope=envelope, recipient=recipient, page=page, member=caller.member)
        return content

    def _readable(self, session: Session, caller: Caller, envelope: str) -> Envelope:
        state = self._sight.envelope(session, caller, envelope)
        if READERS.isdisjoint(caller.roles):
            raise refusal("not-allowed")
        return state

    def _name(self, session: Session, recipient: Recipient) -> str:
        person = self._sight.person(session, recipient.plan.person)
        return ERASED_TEXT if person is None else person.name


def _seen(session: Session, envelope: str) -> frozenset[tuple[object, object, object]]:
    """Return what the trail says of pages: recipient, page, and the digest of the picture."""
    read = (event for event in read_stream(session, envelope) if event.type == READ)
    told = (plain_payload(VOCABULARY.current(event)) for event in read)
    return frozenset((one["recipient"], one["page"], one["image"]) for one in told)


def _pages_of(happening: Happening) -> tuple[SeenPage, ...]:
    recipient = str(happening.facts.get("recipient"))
    return tuple(SeenPage(recipient, page, image) for page, image in happening.images)
