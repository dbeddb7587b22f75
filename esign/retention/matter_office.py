"""What officers do about a matter that no envelope holds: look until when it is kept, hold it, have it erased by two.

Where a request of the person asks for more, it is answered as all requests are (`esign.retention.request_office`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from esign.ceremony.erasing import Erased, Order
from esign.retention.agreements import REASON
from esign.retention.errors import RetentionRefused, refused
from esign.retention.holds import Hold, HoldReason, is_held
from esign.retention.matters import Matter
from esign.retention.office import OFFICERS, READERS, RetentionOffice
from esign.retention.periods import day_of
from esign.retention.requests import is_matter_restricted, notes_on
from esign.retention.room import RetentionRoom
from esign.staff.actors import Caller, name_of
from esign.staff.approvals import ApprovalFacts
from esign.staff.domain.roles import ApprovalKind


@dataclass(frozen=True)
class KeptMatter:
    """A matter as officers see it; `notes` are corrections that were granted, with their times."""

    matter: Matter
    holds: Sequence[Hold]
    held: bool
    restricted: bool
    notes: Sequence[tuple[datetime, str]]
    today: date

    @property
    def is_due(self) -> bool:
        return self.matter.envelope is None and self.matter.is_due(self.today) and not self.held


class MatterOffice:
    """Does and shows it. Every method raises `StaffRefused` (`not-allowed`, `session-over`) and `RetentionRefused`
    (`no-matter`) for what is not there, or not in the caller's reach."""

    def __init__(self, office: RetentionOffice) -> None:
        self._office = office
        self._room = office.room

    def keeping(self, caller: Caller, matter: str) -> KeptMatter:
        """Return what is kept of a matter, and its holds."""
        now = self._office.clock()
        with self._office.database.reading() as session:
            self._require(session, caller, matter, for_reading=True)
            return KeptMatter(
                matter=self._room.matters.get(session, matter, now),
                holds=self._room.holds.of(session, matter),
                held=is_held(session, matter),
                restricted=is_matter_restricted(session, matter),
                notes=notes_on(session, self._room.records, matter),
                today=day_of(now),
            )

    def hold_all(
        self, caller: Caller, *, name: str, phone: str, reason: HoldReason, words: str | None, review_on: date | None
    ) -> int:
        """Put a hold on all that is kept now on whoever has this name and phone, in reach of the caller, with an
        envelope or without; return how many. What is held for this reason already stays as it is.

        Raises `RetentionRefused` (`request-empty`) where one of the two is missing.
        """
        if not name or not phone:
            raise refused("request-empty")
        found = self._office.on_person(caller, name=name, phone=phone)
        subjects = dict.fromkeys(one.recipient.envelope for one in found.envelopes)
        subjects |= dict.fromkeys(one.matter.id for one in found.matters if one.matter.erased_at is None)
        count = 0
        with self._office.database.transaction() as session:
            for subject in subjects:
                self._office.place_of(session, caller, subject, OFFICERS)
                try:
                    self._room.holds.set(
                        session,
                        subject,
                        reason,
                        by=caller.member,
                        actor=name_of(caller),
                        now=self._office.clock(),
                        words=words,
                        review_on=review_on,
                    )
                except RetentionRefused as error:
                    if error.code != "hold-there":
                        raise
                else:
                    count += 1
        return count

    def erase(self, caller: Caller, facts: ApprovalFacts) -> None:
        """Use the approval up: what the matter keeps on people is erased.

        Raises `RetentionRefused` (`legal-hold`, `nothing-due`, `kept-with-envelope`); then the approval is not used up.
        """
        now, matter, office = self._office.clock(), facts.approval.subject, self._office

        def work(session: Session) -> Erased:
            place = office.place_of(session, caller, matter, OFFICERS) or facts.approval.institution
            kind = ApprovalKind.ERASURE
            office.staff.approvals.consume(session, caller, facts.id, kind, matter, place, now=now)
            order = Order(caller.member, facts.approval.decided_by or "", REASON, actor=name_of(caller))
            return erase_due(self._room, session, matter, order, now)

        self._room.retention.delete_blobs(office.staff.records.in_transaction(work))

    def _require(self, session: Session, caller: Caller, matter: str, *, for_reading: bool) -> None:
        if not self._room.matters.has(matter):
            raise refused("no-matter")
        self._office.place_of(session, caller, matter, READERS if for_reading else OFFICERS)


def erase_due(room: RetentionRoom, session: Session, matter: str, order: Order, now: datetime) -> Erased:
    """Erase a matter whose time is over, in the caller's transaction.

    Raises `RetentionRefused`: `legal-hold`, `nothing-due`, `kept-with-envelope`, `no-matter`.
    """
    own = room.matters.room(matter)
    own.lock(session, matter)
    found = room.matters.get(session, matter, now)
    if found.envelope is not None:
        raise refused("kept-with-envelope")
    if is_held(session, matter):
        raise refused("legal-hold")
    if not found.is_due(day_of(now)):
        raise refused("nothing-due")
    return own.erase(session, matter, order, now)
