"""Envelopes over the trail: read as the fold of their events, changed by commands, one decision at a time.

A command is decided on the state that was read, its events are appended at the version that was read, the rows that
people query are brought up to date, and the reactions are entered (tasks, messages): all of that in one transaction.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, TypeVar

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from esign.ceremony.domain import Envelope, decide, event_of, evolve, fold, new_events
from esign.ceremony.domain.commands import Command
from esign.ceremony.domain.event import Event
from esign.ceremony.domain.refusal import Refusal, refusal
from esign.ceremony.models import EnvelopeRow, RecipientRow
from esign.ceremony.projection import project
from esign.infra.clock import ahead_of, know_ahead
from esign.infra.database import Database
from esign.infra.statements import table_of
from esign.trail.errors import ConcurrentChange
from esign.trail.event import Event as RecordedEvent
from esign.trail.log import Trail, read_stream
from esign.trail.models import TrailEvent

ATTEMPTS: Final = 6
STATES_KEPT: Final = 2000
_SEEN: Final = "esign_envelopes"
_ROWS, _RECIPIENTS, _EVENTS = table_of(EnvelopeRow), table_of(RecipientRow), table_of(TrailEvent)
_HOLD: Final = (
    select(_ROWS.c.version, ahead_of(_ROWS.c.client).label("ahead"))
    .where(_ROWS.c.id == bindparam("envelope"))
    .with_for_update(of=_ROWS)
)
_VERSION: Final = select(func.max(_EVENTS.c.version)).where(_EVENTS.c.stream == bindparam("envelope"))
_LOOK: Final = select(
    _VERSION.scalar_subquery().label("version"),
    ahead_of(bindparam("client", type_=_ROWS.c.client.type)).label("ahead"),
)
"""Asks for the version of an envelope's stream and for its client's time at once: hardly anything is done without."""
_HOME: Final = select(_RECIPIENTS.c.envelope).where(_RECIPIENTS.c.id == bindparam("recipient"))


@dataclass(frozen=True)
class Stored:
    """An envelope and the version of its stream, which is 0 where there is none yet."""

    envelope: Envelope | None
    version: int


@dataclass(frozen=True)
class Change:
    """What a command led to: the envelope before and after, the events, and the same as the trail recorded them."""

    before: Envelope | None
    after: Envelope
    events: tuple[Event, ...]
    recorded: tuple[RecordedEvent, ...]


Reaction: TypeAlias = Callable[[Session, Change], None]
Watch: TypeAlias = Callable[["Envelopes", Session, Change], None]
"""What looks at every change last and may lead to further ones, in its transaction."""
Done = TypeVar("Done")
CommandOf: TypeAlias = Callable[[Session, Envelope], Command]


class Envelopes:
    """Reads and changes envelopes. Safe to share between threads."""

    def __init__(
        self, database: Database, trail: Trail, reactions: Sequence[Reaction] = (), watch: Watch | None = None
    ) -> None:
        self.database = database
        self._watch = watch
        self._trail = trail
        self._reactions = tuple(reactions)
        self._known: OrderedDict[str, Stored] = OrderedDict()
        self._homes: OrderedDict[str, str] = OrderedDict()
        self._guard = threading.Lock()

    def read(self, session: Session, envelope: str) -> Stored:
        """Return the envelope as it stands, or `Stored(None, 0)`. Raises `TrailDamaged`, `BrokenTrail`.

        Within one session it is read once: what is decided on it is appended at its version or not at all.
        """
        seen = _seen_in(session)
        if envelope in seen:
            return seen[envelope]
        known = self._remembered(envelope)
        if known.envelope is not None:
            found = session.execute(_LOOK, {"envelope": envelope, "client": known.envelope.client}).one()
            if _is_still(session, known, found.version, found.ahead):
                return known
        return self._read_after(session, envelope, known)

    def _remembered(self, envelope: str) -> Stored:
        with self._guard:
            return self._known.get(envelope, Stored(None, 0))

    def _read_after(self, session: Session, envelope: str, known: Stored) -> Stored:
        newer = read_stream(session, envelope, after=known.version)
        stored = known
        if newer:
            stored = Stored(fold(map(event_of, newer), known.envelope), newer[-1].version)
            self._keep(envelope, stored)
        if stored.envelope is not None:
            _seen_in(session)[envelope] = stored
        return stored

    def get(self, session: Session, envelope: str) -> Envelope:
        """Return the envelope. Raises `Refusal` (`no-envelope`)."""
        found = self.read(session, envelope).envelope
        if found is None:
            raise refusal("no-envelope")
        return found

    def find_of_recipient(self, session: Session, recipient: str) -> Envelope | None:
        """Return the envelope in which the recipient is, or None."""
        with self._guard:
            envelope = self._homes.get(recipient)
        if envelope is None:
            envelope = session.scalar(_HOME, {"recipient": recipient})
        found = None if envelope is None else self.read(session, envelope).envelope
        if found is not None and found.find(recipient) is not None:
            self._keep_home(recipient, found.id)
        return found

    def home_of(self, recipient: str) -> str:
        """Return the id of the envelope in which the recipient is. Raises `Refusal` (`no-recipient`)."""
        with self._guard:
            envelope = self._homes.get(recipient)
        if envelope is not None:
            return envelope
        with self.database.reading() as session:
            return self.of_recipient(session, recipient).id

    def of_recipient(self, session: Session, recipient: str) -> Envelope:
        """Return the envelope in which the recipient is. Raises `Refusal` (`no-recipient`)."""
        envelope = self.find_of_recipient(session, recipient)
        if envelope is None:
            raise refusal("no-recipient")
        return envelope

    def execute(self, session: Session, envelope: str, command: Command, *, actor: str) -> Change:
        """Decide the command and record what follows, in the caller's transaction.

        Raises `Refusal` (nothing has changed), or `ConcurrentChange`: give the transaction up and begin anew.
        """
        return self.execute_all(session, envelope, (command,), actor=actor)

    def execute_all(self, session: Session, envelope: str, commands: Sequence[Command], *, actor: str) -> Change:
        """Execute the commands as one, each upon what the one before it led to: all of them, or none.

        Raises as `execute` does.
        """
        stored = self.read(session, envelope)
        state, events = stored.envelope, tuple[Event, ...]()
        for command in commands:
            further = decide(state, command)
            events += further
            for event in further:
                state = evolve(state, event)
        return self._record(session, envelope, stored, events, actor)

    def remember(self, session: Session, envelope: str) -> None:
        """Remember an envelope as this session recorded it, which has committed: whoever asks next need not read it."""
        stored = _seen_in(session)[envelope]
        self._keep(envelope, stored)
        for recipient in () if stored.envelope is None else stored.envelope.recipients:
            self._keep_home(recipient.id, envelope)

    def _record(self, session: Session, envelope: str, stored: Stored, events: tuple[Event, ...], actor: str) -> Change:
        """Append the events that were decided on the envelope as stored, and do all that follows from them."""
        after = stored.envelope
        for event in events:
            after = evolve(after, event)
        if after is None:
            raise refusal("no-envelope")
        if not events:
            return Change(stored.envelope, after, (), ())
        recorded = self._trail.append(
            session, envelope, stored.version, new_events(events), actor=actor, time=events[-1].at
        )
        _seen_in(session)[envelope] = Stored(after, recorded[-1].version)
        project(session, stored.envelope, after, recorded)
        change = Change(stored.envelope, after, events, recorded)
        for react in self._reactions:
            react(session, change)
        if self._watch is not None:
            self._watch(self, session, change)
        return change

    def change(self, envelope: str, command_of: CommandOf, *, actor: str, beside: Reaction | None = None) -> Change:
        """Execute what `command_of` makes of the envelope as it stands, in a transaction of its own.

        `beside` is done last in that transaction, also where nothing changed. Where another command came first, all
        of it is done anew. Raises `Refusal`, and `ConcurrentChange` if others keep coming first.
        """

        def work(session: Session) -> Change:
            command = command_of(session, self.get(session, envelope))
            change = self.execute(session, envelope, command, actor=actor)
            if beside is not None:
                beside(session, change)
            return change

        return self._in_transaction(envelope, work)

    def change_each(self, envelope: str, commands: Sequence[CommandOf], *, actor: str) -> Change:
        """Execute several commands, at least one, each upon what the one before it led to; return what all led to.

        They are recorded at once, so what makes a command may only read. If one is refused, those before it stand,
        and its `Refusal` is raised. Raises `ConcurrentChange` too.
        """

        def work(session: Session) -> tuple[Change, Refusal | None]:
            stored, state = self.read(session, envelope), self.get(session, envelope)
            events: tuple[Event, ...] = ()
            refused: Refusal | None = None
            for command_of in commands:
                try:
                    further = decide(state, command_of(session, state))
                except Refusal as error:
                    refused = error
                    break
                events += further
                for event in further:
                    state = evolve(state, event)
            return self._record(session, envelope, stored, events, actor), refused

        change, refused = self._in_transaction(envelope, work)
        if refused is not None:
            raise refused
        return change

    def _in_transaction(self, envelope: str, work: Callable[[Session], Done]) -> Done:
        """Do the work on an envelope in a transaction of its own; where another command came first, do it anew."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self.database.transaction() as session:
                    self._hold(session, envelope)
                    done = work(session)
                    decided_on = _seen_in(session)[envelope]
            except ConcurrentChange:
                self._forget(envelope)
                if attempt == ATTEMPTS:
                    raise
            else:
                self._keep(envelope, decided_on)
                return done
        raise AssertionError("unreachable")

    def _hold(self, session: Session, envelope: str) -> None:
        """Keep others from changing the envelope until the end of the transaction, and see whether it is known as it
        stands: its row has the version, so that its stream need not be read."""
        known = self._remembered(envelope)  # before the lock is waited for: what is told with it is as old
        held = session.execute(_HOLD, {"envelope": envelope}).one_or_none()
        if held is not None:
            _is_still(session, known, held.version, held.ahead)

    def _forget(self, envelope: str) -> None:
        with self._guard:
            self._known.pop(envelope, None)

    def _keep_home(self, recipient: str, envelope: str) -> None:
        """Remember in which envelope a recipient is: that never changes."""
        with self._guard:
            self._homes[recipient] = envelope
            while len(self._homes) > STATES_KEPT:
                self._homes.popitem(last=False)

    def _keep(self, envelope: str, stored: Stored) -> None:
        """Remember how the envelope stands, for whoever asks next; one that has ended is hardly asked for again."""
        with self._guard:
            if stored.envelope is not None and stored.envelope.ended:
                self._known.pop(envelope, None)
                return
            kept = self._known.get(envelope)
            if kept is None or kept.version < stored.version:
                self._known[envelope] = stored
            self._known.move_to_end(envelope)
            while len(self._known) > STATES_KEPT:
                self._known.popitem(last=False)


def _is_still(session: Session, known: Stored, version: int, ahead: int | None) -> bool:
    """Tell whether the envelope is at the version at which it is known; the session then has it, and the client's time.

    Where it is not, the time is asked for anew: it may have been moved before what is not known was recorded.
    """
    if known.envelope is None or known.version != version:
        return False
    _seen_in(session)[known.envelope.id] = known
    know_ahead(session, known.envelope.client, ahead)
    return True


def _seen_in(session: Session) -> dict[str, Stored]:
    """Return the envelopes that were read in this session, as they stand in it."""
    seen: dict[str, Stored] = session.info.setdefault(_SEEN, {})
    return seen
