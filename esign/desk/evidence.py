"""Looking at what a recipient drew and took. Every look is logged; what is sealed opens for whom two people let in.

On the live page a photo is also its salesperson's to see, who sits beside the customer and is asked whether the face is
theirs: while the envelope is going, and until that is said.

An approval to open an envelope's evidence is used up by opening it, which is in the trail; from then on whoever asked
may look, for half an hour, in that session or another.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from ca.ports import Clock
from esign.ceremony.domain import Envelope, Recipient
from esign.ceremony.domain.values import EnvelopeState, PhotoPlacement
from esign.ceremony.errors import NotAvailable
from esign.ceremony.opening_screens import VOCABULARY, OpenedScreens, ScreenOpener
from esign.ceremony.records import HANDWRITING, PHOTO, CeremonyRecords
from esign.desk.errors import evidence_closed, evidence_restricted, no_manifest, nothing_asked, reason_missing
from esign.desk.sight import Sight, sells
from esign.evidence.handwriting import parse_handwriting
from esign.evidence.ink import render_png
from esign.infra.logs import log_for
from esign.retention.requests import is_restricted
from esign.staff.actors import Caller, name_of
from esign.staff.domain.approvals import ApprovalState
from esign.staff.domain.refusal import refusal as staff_refusal
from esign.staff.domain.roles import DECIDERS, ApprovalKind, Role
from esign.staff.models import ApprovalRow
from esign.trail.log import Trail, read_stream

OPEN_FOR: Final = timedelta(minutes=30)
LOOKERS: Final = frozenset({Role.SALES, Role.SUPERVISOR, Role.COMPLIANCE, Role.AUDITOR})
"""Whose roles let them see the ink, and a photo that is in the document for all to see."""
OPENERS: Final = DECIDERS[ApprovalKind.OPEN_EVIDENCE].ask
REASON: Final = "inspection"
WIDTH: Final = 960
_HEIGHT_AT_LEAST, _HEIGHT_AT_MOST = 120, 1920
_log = log_for(__name__)


@dataclass(frozen=True)
class Opening:
    """Until when evidence is open, and who agreed to it."""

    until: datetime
    approved_by: str


class Evidence:
    """Shows evidence, within the caller's reach. Every method raises `Refusal` (`no-envelope`, `no-recipient`)."""

    def __init__(self, sight: Sight, clock: Clock) -> None:
        self._sight = sight
        self._clock = clock
        service = sight.service
        self._records = CeremonyRecords(service.records)
        self._opener = ScreenOpener(
            service.envelopes, service.documents, service.records, service.screens, Trail(VOCABULARY)
        )

    def handwriting(
        self, caller: Caller, envelope: str, recipient: str, *, size: tuple[int, int] | None = None
    ) -> bytes:
        """Return the ink as a PNG of this size, in pixels, or of the pad's form.

        Raises `StaffRefused` (`not-allowed`), `NotAvailable`, `RecordErased`.
        """
        with self._sight.database.reading() as session:
            state, found = self._sight.recipient(session, caller, envelope, recipient)
            if LOOKERS.isdisjoint(caller.roles):
                raise staff_refusal("not-allowed")
            self.require_unrestricted(session, caller, envelope, recipient)
            capture = found.session.handwriting
            if capture is None:
                raise _nothing_there(HANDWRITING)
            drawn = parse_handwriting(self._records.capture(session, capture.record).data)
        self._looked(caller, HANDWRITING, state, recipient, capture.record)
        height = round(WIDTH * drawn.pad_height / drawn.pad_width)
        width, height = size or (WIDTH, min(_HEIGHT_AT_MOST, max(_HEIGHT_AT_LEAST, height)))
        return render_png(drawn, width=width, height=height)

    def photo(self, caller: Caller, envelope: str, recipient: str, *, live: bool = False) -> bytes:
        """Return the photo as a JPEG, `live` as the live page shows it.

        Raises as `handwriting` does, and `DeskRefused` (`evidence-closed`).
        """
        with self._sight.database.reading() as session:
            state, found = self._sight.recipient(session, caller, envelope, recipient)
            asked = live and _is_asked_of(caller, state, found)
            if not asked and not self._shows_photo(session, caller, state):
                raise staff_refusal("not-allowed") if LOOKERS.isdisjoint(caller.roles) else evidence_closed()
            self.require_unrestricted(session, caller, envelope, recipient)
            capture = found.session.photo
            if capture is None:
                raise _nothing_there(PHOTO)
            data = self._records.capture(session, capture.record).data
        self._looked(caller, PHOTO, state, recipient, capture.record)
        return data

    def shows_photo(self, caller: Caller, envelope: str) -> bool:
        """Tell whether the caller may look at the photos of the envelope now."""
        with self._sight.database.reading() as session:
            return self._shows_photo(session, caller, self._sight.envelope(session, caller, envelope))

    def live_photos(self, session: Session, caller: Caller, state: Envelope) -> frozenset[str]:
        """Return the recipients at whose photos the caller may look on the live page, in the caller's transaction."""
        shows_all = self._shows_photo(session, caller, state)
        return frozenset(one.id for one in state.recipients if shows_all or _is_asked_of(caller, state, one))

    def open_until(self, caller: Caller, envelope: str) -> datetime | None:
        """Return until when the envelope's evidence is open to the caller, None where it is not."""
        with self._sight.database.reading() as session:
            self._sight.row(session, caller, envelope)
            opening = self.opening(session, caller, envelope)
            return None if opening is None else opening.until

    def ask(self, caller: Caller, envelope: str, words: str) -> str:
        """Ask a second person to have the evidence opened; return the approval's id.

        Raises `StaffRefused`, `DeskRefused` (`reason-missing`) without words.
        """
        if not words.strip():
            raise reason_missing()
        with self._sight.database.reading() as session:
            owner = self._sight.row(session, caller, envelope).institution
        institution = owner or caller.institution
        return self._sight.room.approvals.request(
            caller,
            ApprovalKind.OPEN_EVIDENCE,
            envelope,
            institution,
            reason=REASON,
            now=self._clock(),
            words=words,
        )

    def open(self, caller: Caller, envelope: str, approval: str) -> None:
        """Use the approval up: the evidence is open to the caller for half an hour.

        Raises `StaffRefused` (`approval-open`, `approval-not-given`, `approval-expired`, `approval-used`, ...) and
        `DeskRefused` (`no-approval-to-use`).
        """
        room = self._sight.room

        def work(session: Session) -> None:
            row, asked = self._sight.row(session, caller, envelope), session.get(ApprovalRow, approval)
            if asked is None or asked.subject != envelope:
                raise nothing_asked()
            room.approvals.consume(
                session,
                caller,
                approval,
                ApprovalKind.OPEN_EVIDENCE,
                envelope,
                row.institution or asked.institution,
                now=self._clock(),
            )

        room.records.in_transaction(work)

    def manifest(self, caller: Caller, envelope: str, recipient: str) -> bytes:
        """Return the manifest that a recipient confirmed, as it is in the document.

        Raises `DeskRefused` (`no-manifest`), and as `handwriting` does.
        """
        with self._sight.database.reading() as session:
            state, found = self._sight.recipient(session, caller, envelope, recipient)
            if LOOKERS.isdisjoint(caller.roles):
                raise staff_refusal("not-allowed")
            self.require_unrestricted(session, caller, envelope, recipient)
            if found.confirmation is None:
                raise no_manifest()
            frozen = self._records.confirmation(session, found.confirmation)
        self._looked(caller, "manifest", state, recipient, found.confirmation)
        return frozen.evidence.manifest

    def screens(self, caller: Caller, envelope: str, *, only: str | None = None) -> list[OpenedScreens]:
        """Return what each recipient was shown, or the one screen of this record, and record that it was looked at.

        Raises `DeskRefused` (`evidence-closed`), `StaffRefused`, `BlobError`, `SealedDataError`.
        """
        with self._sight.database.reading() as session:
            self._sight.row(session, caller, envelope)
            opening = self.opening(session, caller, envelope)
        if opening is None:
            raise evidence_closed()
        return self._opener.open(
            envelope,
            by=caller.member,
            approved_by=opening.approved_by,
            reason=REASON,
            now=self._clock(),
            actor=name_of(caller),
            only=only,
        )

    def require_unrestricted(self, session: Session, caller: Caller, envelope: str, recipient: str) -> None:
        """Refuse a look at what is only stored since the person asked for erasure, unless two people opened it.

        Raises `DeskRefused` (`evidence-restricted`).
        """
        if is_restricted(session, recipient) and self.opening(session, caller, envelope) is None:
            raise evidence_restricted()

    def _shows_photo(self, session: Session, caller: Caller, state: Envelope) -> bool:
        if self.opening(session, caller, state.id) is not None:
            return True
        is_visible = state.settings.photo_placement is PhotoPlacement.VISIBLE
        return is_visible and not LOOKERS.isdisjoint(caller.roles)

    def opening(self, session: Session, caller: Caller, envelope: str) -> Opening | None:
        """Return what the caller opened and is still open; only a role that may ask keeps it open."""
        if OPENERS.isdisjoint(caller.roles):
            return None
        opened = session.scalars(
            select(ApprovalRow).where(
                ApprovalRow.subject == envelope,
                ApprovalRow.kind == ApprovalKind.OPEN_EVIDENCE.value,
                ApprovalRow.state == ApprovalState.CONSUMED.value,
                ApprovalRow.requested_by == caller.member,
            )
        )
        openings = [Opening(read_stream(session, row.id)[-1].time + OPEN_FOR, row.decided_by or "") for row in opened]
        latest = max(openings, key=lambda one: one.until, default=None)
        return latest if latest is not None and latest.until > self._clock() else None

    def _looked(self, caller: Caller, kind: str, state: Envelope, recipient: str, record: str) -> None:
        _log.info(
            "evidence was looked at",
            type=kind,
            envelope=state.id,
            recipient=recipient,
            record=record,
            member=caller.member,
        )


def _is_asked_of(caller: Caller, state: Envelope, recipient: Recipient) -> bool:
    """Tell whether the caller has yet to say whose face this is."""
    going = state.state is EnvelopeState.IN_PROGRESS
    return going and recipient.session.face_stated is None and sells(caller, state)


def _nothing_there(kind: str) -> NotAvailable:
    return NotAvailable(f"no-{kind}", f"the recipient has given no {kind}", "wait until they have")
