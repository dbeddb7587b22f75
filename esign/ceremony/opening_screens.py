"""Looking at what a person was shown: two people, a reason, and an event that tells of it (SECURITY.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from esign.ceremony.documents import Documents
from esign.ceremony.domain import Recipient
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.envelopes import Envelopes
from esign.ceremony.records import CeremonyRecords
from esign.ceremony.screens import Screens, Shown
from esign.evidence.handwriting import parse_handwriting
from esign.evidence.ink import render_png
from esign.infra.errors import RecordErased
from esign.infra.personal_records import PersonalRecords
from esign.trail.event import EventType
from esign.trail.log import Trail, stream_version
from esign.trail.vocabulary import Vocabulary

OPENED: Final = EventType("screens.opened")
VOCABULARY: Final = Vocabulary((OPENED,))
STREAM: Final = "openings"
PREVIEW: Final = (720, 270)
"""Width and height of the handwriting's picture, px."""


@dataclass(frozen=True)
class OpenedScreens:
    """What one recipient was shown: each with its salt and its content, None where it was erased.

    `pictures` are by their names on the pages.
    """

    recipient: str
    role: str
    screens: tuple[tuple[Shown, tuple[bytes, bytes] | None], ...] = field(repr=False)
    pictures: Mapping[str, bytes] = field(repr=False)


class ScreenOpener:
    """Opens screens."""

    def __init__(
        self, envelopes: Envelopes, documents: Documents, records: PersonalRecords, screens: Screens, trail: Trail
    ) -> None:
        """`trail` is one whose vocabulary has `screens.opened`."""
        self._envelopes = envelopes
        self._documents = documents
        self._ceremony_records = CeremonyRecords(records)
        self._screens = screens
        self._trail = trail

    def open(
        self,
        envelope: str,
        *,
        by: str,
        approved_by: str | None,
        reason: str,
        now: datetime,
        actor: str = "operator",
        only: str | None = None,
    ) -> list[OpenedScreens]:
        """Return what each recipient of the envelope was shown, and record that it was looked at.

        `by` and `approved_by` are the ids of two people, `reason` is a code, `actor` is who the trail says did it, and
        `only` the record of the one screen that is looked at: where nobody was shown that, nothing is returned and
        nothing recorded.
        Raises `Refusal` (`no-envelope`, `own-approval`), `EventRefused` for an id or reason that is not one word,
        `BlobError`, `SealedDataError`.
        """
        with self._envelopes.database.transaction() as session:
            return self.open_in(
                session, envelope, by=by, approved_by=approved_by, reason=reason, now=now, actor=actor, only=only
            )

    def open_in(
        self,
        session: Session,
        envelope: str,
        *,
        by: str,
        approved_by: str | None,
        reason: str,
        now: datetime,
        actor: str = "operator",
        only: str | None = None,
    ) -> list[OpenedScreens]:
        """Do as `open` does, in the caller's transaction; `approved_by` is None where there were no two people yet."""
        if by == approved_by:
            raise refusal("own-approval")
        state = self._envelopes.get(session, envelope)
        opened = [self._of(session, recipient, only) for recipient in state.recipients]
        if only is not None and not any(one.screens for one in opened):
            return []
        event = OPENED(
            envelope=envelope,
            by=by,
            approved_by=approved_by,
            reason=reason,
            screens=sum(len(one.screens) for one in opened),
        )
        version = stream_version(session, STREAM)
        self._trail.append(session, STREAM, version, [event], actor=actor, time=now)
        return [one for one in opened if one.screens]

    def _of(self, session: Session, recipient: Recipient, only: str | None) -> OpenedScreens:
        screens = tuple(
            (shown, self._content(session, shown.record))
            for shown in self._screens.shown_to(session, recipient.id)
            if only in (None, shown.record)
        )
        pictures = dict(self._pictures(session, recipient)) if screens else {}
        return OpenedScreens(recipient.id, recipient.plan.role.value, screens, pictures)

    def _content(self, session: Session, record: str) -> tuple[bytes, bytes] | None:
        try:
            return self._screens.content(session, record)
        except RecordErased:
            return None

    def _pictures(self, session: Session, recipient: Recipient) -> list[tuple[str, bytes]]:
        found: list[tuple[str, bytes]] = []
        shown = {stay.page: stay.image for stay in recipient.session.stays}  # as it was when it was read last
        for page, digest in sorted(shown.items()):
            image = self._documents.page_image_seen(session, str(recipient.plan.document), page, digest)
            if image is not None:
                found.append((f"pages/{page}.jpg", self._documents.read_page_image(session, image)))
        handwriting, photo = recipient.session.handwriting, recipient.session.photo
        try:
            if handwriting is not None:
                strokes = parse_handwriting(self._ceremony_records.capture(session, handwriting.record).data)
                found.append(("handwriting.png", render_png(strokes, width=PREVIEW[0], height=PREVIEW[1])))
            if photo is not None:
                found.append(("photo.jpg", self._ceremony_records.capture(session, photo.record).data))
        except RecordErased:
            return found  # what was erased is shown no more
        return found
