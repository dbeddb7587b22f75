"""What a member of staff may see, and the names of what is seen. What is out of reach is as what is not there."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.ceremony.about import About, read_about
from esign.ceremony.domain import Envelope, Recipient
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.models import EnvelopeRow, RecipientRow
from esign.ceremony.people import Person, parse_person
from esign.infra.database import Database
from esign.infra.errors import RecordErased
from esign.service import Service
from esign.staff.actors import Caller
from esign.staff.domain.roles import Role
from esign.staff.models import InstitutionRow
from esign.staff.people import member_name
from esign.staff.reach import Reach
from esign.staff.rights import present
from esign.staff.room import StaffRoom


class Sight:
    """Finds what the caller reaches, in the caller's transaction, and says what it is called."""

    def __init__(self, service: Service, room: StaffRoom) -> None:
        self.service = service
        self.room = room

    @property
    def database(self) -> Database:
        return self.service.ports.database

    def reach(self, session: Session, caller: Caller) -> Reach:
        """Return what the caller reaches now. Raises `StaffRefused` (`session-over`)."""
        return Reach.of(session, present(session, self.room.sessions, caller))

    def row(self, session: Session, caller: Caller, envelope: str) -> EnvelopeRow:
        """Return the envelope's row. Raises `Refusal` (`no-envelope`), `StaffRefused` (`session-over`)."""
        reach = self.reach(session, caller)
        row = session.get(EnvelopeRow, envelope)
        if row is None or not reach.sees(row.institution, row.salesperson):
            raise refusal("no-envelope")
        return row

    def envelope(self, session: Session, caller: Caller, envelope: str) -> Envelope:
        """Return the envelope as it stands. Raises as `row` does."""
        return self.service.envelopes.get(session, self.row(session, caller, envelope).id)

    def recipient(self, session: Session, caller: Caller, envelope: str, recipient: str) -> tuple[Envelope, Recipient]:
        """Return an envelope and one of its recipients. Raises as `row` does, and `Refusal` (`no-recipient`)."""
        state = self.envelope(session, caller, envelope)
        found = state.find(recipient)
        if found is None:
            raise refusal("no-recipient")
        return state, found

    def home_of(self, session: Session, recipient: str) -> str:
        """Return the id of the envelope that a recipient is in. Raises `Refusal` (`no-recipient`)."""
        envelope = session.scalar(select(RecipientRow.envelope).where(RecipientRow.id == recipient))
        if envelope is None:
            raise refusal("no-recipient")
        return envelope

    def about(self, session: Session, envelope: str) -> About | None:
        """Return what the envelope is called, or None after an erasure."""
        try:
            return read_about(self.service.records, session, envelope)
        except RecordErased:
            return None

    def person(self, session: Session, record: str) -> Person | None:
        """Return who somebody is, or None after an erasure."""
        try:
            return parse_person(self.service.records.read(session, record))
        except RecordErased:
            return None

    def member(self, session: Session, member: str) -> str:
        """Return a member's name; the id itself where it is nobody's of ours."""
        return member_name(session, self.service.records, member)

    def institutions(self, session: Session, caller: Caller) -> dict[str, str]:
        """Return the names of the institutions within the caller's reach by their ids, in order of the names."""
        reach = self.reach(session, caller)
        chosen = select(InstitutionRow.id, InstitutionRow.name)
        rows = session.execute(chosen.where(InstitutionRow.id.in_(sorted(reach.institutions)))).all()
        known = self.room.institutions.names(session, [record for _id, record in rows])
        names = {id: known[record] for id, record in rows}
        return dict(sorted(names.items(), key=lambda one: one[1]))


def sells(caller: Caller, envelope: Envelope) -> bool:
    """Tell whether it is the caller's own sale. One that nobody sells is so of whoever sells and reaches it."""
    return Role.SALES in caller.roles and envelope.salesperson in (None, caller.member)


def masked(phone: str) -> str:
    """Return a phone number by its last four digits, the first three where enough is left to hide."""
    shown = 3 if len(phone) >= 11 else 0  # 139****7730
    return f"{phone[:shown]}{'*' * max(4, len(phone) - 4 - shown)}{phone[-4:]}"
