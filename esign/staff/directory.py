"""Who is there: members of staff as they are shown to those who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import Select, and_, false, or_, select
from sqlalchemy.orm import Session

from esign.infra.models import SearchEntry
from esign.infra.personal_records import PersonalRecords
from esign.infra.search_index import ERASED_TEXT, SearchField
from esign.staff.actors import Actor, Caller
from esign.staff.credentials import Credentials
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

    def __init__(
        self, records: StaffRecords, personal: PersonalRecords, sessions: Sessions, credentials: Credentials
    ) -> None:
        self._records = records
        self._personal = personal
        self._sessions = sessions
        self._credentials = credentials

    def visible(self, actor: Actor, *, after: str = "", at_most: int = 200) -> Sequence[MemberFacts]:
        """Return the members that the actor may see, in order of their ids. Raises `StaffRefused` (`session-over`)."""
        with self._records.database.reading() as session:
            chosen = self._within(session, actor).where(StaffRow.id > after)
            ids = session.scalars(chosen.order_by(StaffRow.id).limit(at_most)).all()
            return [self._facts(session, one) for one in ids]

    def find(self, actor: Actor, typed: str, *, at_most: int = 50) -> Sequence[MemberFacts]:
        """Return the members whose whole name, phone or login name this is, among those that the actor may see.

        Raises `StaffRefused` (`session-over`).
        """
        with self._records.database.reading() as session:
            items = []
            for field in (SearchField.NAME, SearchField.PHONE):
                with suppress(ValueError):  # nothing of it could be a phone
                    digest = self._personal.index.digest(field, typed)
                    items.append(and_(SearchEntry.field == field.value, SearchEntry.digest == digest))
            known = self._credentials.find(session, typed)
            named = select(SearchEntry.record_id).where(or_(false(), *items))
            wanted = or_(StaffRow.person.in_(named), StaffRow.id == ("" if known is None else known.member))
            chosen = self._within(session, actor).where(wanted)
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

    def _within(self, session: Session, actor: Actor) -> Select[str]:
        """Return the choice of those whom the actor may see. Raises `StaffRefused` (`session-over`)."""
        chosen = select(StaffRow.id)
        if not isinstance(actor, Caller):
            return chosen
        own = present(session, self._sessions, actor).institution
        return chosen.where(StaffRow.institution.in_(read_tree(session).subtree(own)))

    def _facts(self, session: Session, id: str) -> MemberFacts:
        member = self._records.shown_member(session, id)
        if self._personal.is_erased(session, member.person):
            return MemberFacts(id, ERASED_TEXT, ERASED_TEXT, member)
        person = parse_person(self._personal.read(session, member.person))
        return MemberFacts(id, person.name, person.login, member)
