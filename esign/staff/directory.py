"""Who is there: members of staff as they are shown to those who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.infra.personal_records import PersonalRecords
from esign.infra.search_index import ERASED_TEXT
from esign.staff.actors import Actor, Caller
from esign.staff.domain.member import Member
from esign.staff.domain.refusal import refusal
from esign.staff.models import StaffRow
from esign.staff.people import parse_person
from esign.staff.projection import read_tree
from esign.staff.recording import StaffRecords
from esign.staff.rights import present, sees
from esign.staff.sessions import Sessions


@dataclass(frozen=True)
class MemberFacts:
    """A member as a page shows it; name and login read as erased where the record was."""

    id: str
    name: str = field(repr=False)
    login: str = field(repr=False)
    member: Member


class Directory:
    """Reads members, each within what the actor may see: their own institution and those below it."""

    def __init__(self, records: StaffRecords, personal: PersonalRecords, sessions: Sessions) -> None:
        self._records = records
        self._personal = personal
        self._sessions = sessions

    def visible(self, actor: Actor, *, after: str = "", at_most: int = 200) -> Sequence[MemberFacts]:
        """Return the members that the actor may see, in order of their ids. Raises `StaffRefused` (`session-over`)."""
        with self._records.database.reading() as session:
            chosen = select(StaffRow.id).where(StaffRow.id > after)
            if isinstance(actor, Caller):
                own = present(session, self._sessions, actor).institution
                chosen = chosen.where(StaffRow.institution.in_(read_tree(session).subtree(own)))
            ids = session.scalars(chosen.order_by(StaffRow.id).limit(at_most)).all()
            return [self._facts(session, one) for one in ids]

    def get(self, actor: Actor, member: str) -> MemberFacts:
        """Return one member; one that is not the actor's to see is as one that is not there.

        Raises `StaffRefused` (`no-member`, `session-over`).
        """
        with self._records.database.reading() as session:
            facts = self._facts(session, member)
            if isinstance(actor, Caller):
                now = present(session, self._sessions, actor)
                if not sees(session, now, facts.member.institution):
                    raise refusal("no-member")
            return facts

    def _facts(self, session: Session, id: str) -> MemberFacts:
        member = self._records.shown_member(session, id)
        if self._personal.is_erased(session, member.person):
            return MemberFacts(id, ERASED_TEXT, ERASED_TEXT, member)
        person = parse_person(self._personal.read(session, member.person))
        return MemberFacts(id, person.name, person.login, member)
