"""Members, institutions and approvals over the trail (`esign.trail.streams`), and the rows that people query.

Everything is done in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from sqlalchemy.orm import Session

from esign.infra.database import Database
from esign.staff.domain import approvals, institutions
from esign.staff.domain.events import Event
from esign.staff.domain.member import Member
from esign.staff.domain.member_commands import Command
from esign.staff.domain.refusal import refusal
from esign.staff.projection import INSTITUTIONS, approval_streams, institution_streams, member_streams
from esign.trail.streams import retried

MEMBERS_KEPT: Final = 2000
Done = TypeVar("Done")


class StaffRecords:
    """Reads and changes what the trail tells of staff. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._members = member_streams(kept=MEMBERS_KEPT)
        self._institutions = institution_streams()
        self._approvals = approval_streams()

    def in_transaction(self, work: Callable[[Session], Done]) -> Done:
        """Do the work in a transaction of its own; where another command came first, do it anew.

        Raises `ConcurrentChange` if others keep coming first.
        """
        return retried(self.database, work)

    def remember(self, member_id: str) -> None:
        """Read the member's stream now, so that the next command reads only what came after it.

        A stream grows with every login. Only what is committed is remembered, so it reads in a session of its own.
        """
        with self.database.reading() as session:
            self._members.remember(session, member_id)

    def shown_member(self, reading: Session, member_id: str) -> Member:
        """Return the member for a page, and remember them as `remember` does: a page reads many, and one of them each
        time. The session must be one that only reads. Raises `StaffRefused` (`no-member`)."""
        return _there(self._members.remember(reading, member_id).state)

    def hold_member(self, session: Session, member_id: str) -> None:
        """Keep other commands from the member until the end of the transaction.

        Whoever needs the credentials too holds the member first, so that no two wait for each other.
        """
        self._members.hold(session, member_id)

    def member(self, session: Session, member_id: str) -> Member:
        """Return the member. Raises `StaffRefused` (`no-member`)."""
        return _there(self._members.read(session, member_id).state)

    def change_member(self, session: Session, member_id: str, command: Command, *, actor: str) -> Sequence[Event]:
        """Decide the command and record what follows; return that. Raises `StaffRefused`, `ConcurrentChange`."""
        return self._members.execute(session, member_id, command, actor=actor).events

    def tree(self, session: Session) -> institutions.Tree:
        """Return the tree of institutions as its stream tells: for deciding upon it."""
        return self._institutions.read(session, INSTITUTIONS).state

    def change_tree(self, session: Session, command: institutions.TreeCommand, *, actor: str) -> Sequence[Event]:
        """Decide the command and record what follows; return that. Raises `StaffRefused`, `ConcurrentChange`."""
        return self._institutions.execute(session, INSTITUTIONS, command, actor=actor).events

    def approval(self, session: Session, approval: str) -> approvals.Approval | None:
        """Return the approval, or None if there is none."""
        return self._approvals.read(session, approval).state

    def change_approval(self, session: Session, approval: str, command: approvals.Command, *, actor: str) -> None:
        """Decide the command and record what follows. Raises `StaffRefused`, `ConcurrentChange`."""
        self._approvals.execute(session, approval, command, actor=actor)


def _there(member: Member | None) -> Member:
    if member is None:
        raise refusal("no-member")
    return member
