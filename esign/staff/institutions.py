"""The tree of institutions as it is kept: opened, renamed, moved and closed by administrators of what is above."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from esign.infra.ids import new_id
from esign.infra.personal_records import PersonalRecords
from esign.staff.actors import Actor, Caller, id_of, name_of
from esign.staff.domain import institutions as domain
from esign.staff.domain.member import MemberState
from esign.staff.domain.refusal import refusal
from esign.staff.models import InstitutionRow, StaffRow
from esign.staff.people import institution_name
from esign.staff.projection import read_tree
from esign.staff.recording import StaffRecords
from esign.staff.rights import present, require_admin
from esign.staff.sessions import Sessions

KIND: Final = "institution-name"
NAMES_KEPT: Final = 5000


@dataclass(frozen=True)
class InstitutionFacts:
    """An institution as a page shows it; `level` is 0 for the first of a list."""

    id: str
    name: str
    parent: str | None
    level: int
    closed: bool


class Institutions:
    """Changes the tree, each time in a transaction of its own."""

    def __init__(self, records: StaffRecords, personal: PersonalRecords, sessions: Sessions) -> None:
        self._records = records
        self._personal = personal
        self._sessions = sessions
        self._known: dict[str, str] = {}

    def open(self, actor: Actor, name: str, parent: str, *, now: datetime) -> str:
        """Open an institution below another; return its id. Raises `StaffRefused`."""

        def work(session: Session) -> str:
            require_admin(session, self._sessions, actor, parent)
            return self.open_in(session, actor, name, parent, now=now)

        return self._records.in_transaction(work)

    def open_in(self, session: Session, actor: Actor, name: str, parent: str | None, *, now: datetime) -> str:
        """Open an institution, in the caller's transaction, who has asked for the rights; `parent` is None for the
        first of all. Raises `StaffRefused`, `ConcurrentChange`."""
        institution = new_id("ins", now)
        kept = self._keep_name(session, name, now)
        command = domain.Open(at=now, institution=institution, by=id_of(actor), parent=parent, name=kept)
        self._records.change_tree(session, command, actor=name_of(actor))
        return institution

    def rename(self, actor: Actor, institution: str, name: str, *, now: datetime) -> None:
        """Give it another name; the record of the old one stays, for what was said then. Raises `StaffRefused`."""

        def work(session: Session) -> None:
            require_admin(session, self._sessions, actor, institution)
            kept = self._keep_name(session, name, now)
            command = domain.Rename(at=now, institution=institution, by=id_of(actor), name=kept)
            self._records.change_tree(session, command, actor=name_of(actor))

        self._records.in_transaction(work)

    def move(self, actor: Actor, institution: str, parent: str, *, now: datetime) -> None:
        """Put it, with all below it, under another. Raises `StaffRefused`."""

        def work(session: Session) -> None:
            for place in (institution, parent):
                require_admin(session, self._sessions, actor, place)
            command = domain.Move(at=now, institution=institution, by=id_of(actor), parent=parent)
            self._records.change_tree(session, command, actor=name_of(actor))

        self._records.in_transaction(work)

    def close(self, actor: Actor, institution: str, *, now: datetime) -> None:
        """Close it; nothing and nobody may be in it any more. Raises `StaffRefused`."""

        def work(session: Session) -> None:
            require_admin(session, self._sessions, actor, institution)
            # Whoever puts a member here holds the same row.
            session.execute(select(InstitutionRow.id).where(InstitutionRow.id == institution).with_for_update())
            there = (MemberState.INVITED.value, MemberState.ACTIVE.value)
            members = session.scalar(
                select(func.count())
                .select_from(StaffRow)
                .where(StaffRow.institution == institution, StaffRow.state.in_(there))
            )
            command = domain.Close(at=now, institution=institution, by=id_of(actor), members=members or 0)
            self._records.change_tree(session, command, actor=name_of(actor))

        self._records.in_transaction(work)

    def require_open(self, session: Session, institution: str) -> None:
        """Keep the institution from being closed until the end of the transaction.

        Raises `StaffRefused` (`no-institution`, `institution-closed`).
        """
        chosen = select(InstitutionRow).where(InstitutionRow.id == institution).with_for_update(read=True)
        row = session.scalars(chosen).first()
        if row is None:
            raise refusal("no-institution")
        if row.closed:
            raise refusal("institution-closed")

    def visible(self, actor: Actor) -> Sequence[InstitutionFacts]:
        """Return what the actor sees of the tree, each institution before those below it. Raises `StaffRefused`."""
        with self._records.database.reading() as session:
            tree = read_tree(session)
            top = present(session, self._sessions, actor).institution if isinstance(actor, Caller) else None
            if top is None:
                top = tree.root.id if tree.root is not None else None
            places = [] if top is None else [(tree.institutions[one], level) for one, level in tree.downwards(top)]
            names = self.names(session, [one.name for one, _level in places])
            return [InstitutionFacts(one.id, names[one.name], one.parent, level, one.closed) for one, level in places]

    def name_of(self, session: Session, institution: str) -> str:
        """Return the name of an institution. Raises `StaffRefused` (`no-institution`)."""
        row = session.get(InstitutionRow, institution)
        if row is None:
            raise refusal("no-institution")
        return self.names(session, [row.name])[row.name]

    def names(self, session: Session, records: Sequence[str]) -> Mapping[str, str]:
        """Return the names that these records hold. A record never changes, for another name is another record: so
        what was read once is kept, since every page of the console names institutions."""
        names = {one: self._known.get(one) or self._personal.read(session, one).decode() for one in records}
        if len(self._known) > NAMES_KEPT:
            self._known.clear()
        self._known.update(names)
        return names

    def _keep_name(self, session: Session, name: str, now: datetime) -> str:
        record = new_id("rec", now)
        self._personal.keep(session, record, KIND, institution_name(name).encode(), at=now)
        return record
