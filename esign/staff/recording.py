"""Members, institutions and approvals over the trail: read as the fold of their events, changed by commands.

A command is decided on the state that was read, its events are appended at the version that was read, and the rows
that people query are brought up to date: all of that in the caller's transaction.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.infra.database import Database
from esign.staff.domain import approvals, institutions, member_rules
from esign.staff.domain.events import Event
from esign.staff.domain.member import Member, fold
from esign.staff.domain.member_commands import Command
from esign.staff.domain.record import VOCABULARY, event_of, new_events
from esign.staff.domain.refusal import refusal
from esign.staff.models import ApprovalRow, StaffRow
from esign.staff.projection import (
    INSTITUTIONS,
    MEMBER_PREFIX,
    project_approval,
    project_institution,
    project_member,
)
from esign.trail.errors import ConcurrentChange
from esign.trail.log import Trail, read_stream

ATTEMPTS: Final = 6
MEMBERS_KEPT: Final = 2000
Done = TypeVar("Done")


class StaffRecords:
    """Reads and changes what the trail tells of staff. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._trail = Trail(VOCABULARY)
        self._known: OrderedDict[str, tuple[Member | None, int]] = OrderedDict()
        self._guard = threading.Lock()

    def in_transaction(self, work: Callable[[Session], Done]) -> Done:
        """Do the work in a transaction of its own; where another command came first, do it anew.

        Raises `ConcurrentChange` if others keep coming first.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self.database.transaction() as session:
                    return work(session)
            except ConcurrentChange:
                if attempt == ATTEMPTS:
                    raise
        raise AssertionError("unreachable")

    def remember(self, member_id: str) -> None:
        """Read the member's stream now, so that the next command reads only what came after it.

        A stream grows with every login. Only what is committed is remembered, so it reads in a session of its own.
        """
        with self.database.reading() as session:
            self._remembered(session, member_id)

    def shown_member(self, reading: Session, member_id: str) -> Member:
        """Return the member for a page, and remember them as `remember` does: a page reads many, and one of them each
        time. The session must be one that only reads. Raises `StaffRefused` (`no-member`)."""
        state = self._remembered(reading, member_id)
        if state is None:
            raise refusal("no-member")
        return state

    def hold_member(self, session: Session, member_id: str) -> None:
        """Keep other commands from the member until the end of the transaction.

        Whoever needs the credentials too holds the member first, so that no two wait for each other.
        """
        session.execute(select(StaffRow.id).where(StaffRow.id == member_id).with_for_update())

    def member(self, session: Session, member_id: str) -> Member:
        """Return the member. Raises `StaffRefused` (`no-member`)."""
        state, _version = self._member(session, member_id)
        if state is None:
            raise refusal("no-member")
        return state

    def change_member(self, session: Session, member_id: str, command: Command, *, actor: str) -> Sequence[Event]:
        """Decide the command and record what follows; return that. Raises `StaffRefused`, `ConcurrentChange`."""
        self.hold_member(session, member_id)
        state, version = self._member(session, member_id)
        events = member_rules.decide(state, command)
        after = fold(events, state)
        self._append(session, member_id, version, events, actor)
        if events and after is not None:
            project_member(session, member_id, after, version + len(events))
        return events

    def tree(self, session: Session) -> institutions.Tree:
        """Return the tree of institutions as its stream tells: for deciding upon it."""
        return institutions.fold(map(event_of, read_stream(session, INSTITUTIONS)))

    def change_tree(self, session: Session, command: institutions.TreeCommand, *, actor: str) -> Sequence[Event]:
        """Decide the command and record what follows; return that. Raises `StaffRefused`, `ConcurrentChange`."""
        recorded = read_stream(session, INSTITUTIONS)
        tree = institutions.fold(map(event_of, recorded))
        events = institutions.decide(tree, command)
        self._append(session, INSTITUTIONS, len(recorded), events, actor)
        for event in events:
            tree = institutions.evolve(tree, event)
            project_institution(session, tree.institutions[event.institution])
        return events

    def approval(self, session: Session, approval: str) -> approvals.Approval | None:
        """Return the approval, or None if there is none."""
        return approvals.fold(map(event_of, read_stream(session, approval)))

    def change_approval(self, session: Session, approval: str, command: approvals.Command, *, actor: str) -> None:
        """Decide the command and record what follows. Raises `StaffRefused`, `ConcurrentChange`."""
        session.execute(select(ApprovalRow.id).where(ApprovalRow.id == approval).with_for_update())
        recorded = read_stream(session, approval)
        state = approvals.fold(map(event_of, recorded))
        events = approvals.decide(state, command)
        after = approvals.fold(events, state)
        self._append(session, approval, len(recorded), events, actor)
        if after is not None:
            project_approval(session, approval, after)

    def _member(self, session: Session, member_id: str) -> tuple[Member | None, int]:
        if not member_id.startswith(MEMBER_PREFIX):
            return None, 0  # the stream of something else
        with self._guard:
            state, version = self._known.get(member_id, (None, 0))
        newer = read_stream(session, member_id, after=version)
        if not newer:
            return state, version
        return fold(map(event_of, newer), state), newer[-1].version

    def _remembered(self, reading: Session, member_id: str) -> Member | None:
        found = self._member(reading, member_id)
        if found[0] is None:
            return None
        with self._guard:
            self._known[member_id] = found
            self._known.move_to_end(member_id)
            while len(self._known) > MEMBERS_KEPT:
                self._known.popitem(last=False)
        return found[0]

    def _append(self, session: Session, stream: str, version: int, events: Sequence[Event], actor: str) -> None:
        if events:
            self._trail.append(session, stream, version, new_events(events), actor=actor, time=events[-1].at)
