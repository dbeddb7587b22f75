"""Streams over the trail: read as the fold of their events, changed by commands, one decision at a time.

A command is decided on the state that was read, its events are appended at the version that was read, and the rows
that people query are brought up to date: all of that in the caller's transaction. Whoever finds that another command
came first (`ConcurrentChange`) gives its transaction up and does all of it anew (`retried`).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeAlias, TypeVar, cast

from sqlalchemy import bindparam, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from esign.infra.bulk import among
from esign.infra.database import Base, Database
from esign.trail.consumers import Handler, Projection
from esign.trail.errors import ConcurrentChange
from esign.trail.event import Event as RecordedEvent
from esign.trail.event import LoggedEvent
from esign.trail.forms import DomainEvent, EventForms
from esign.trail.log import ToAppend, Trail, read_stream, read_streams, stream_versions

ATTEMPTS: Final = 6
_GAVE_WAY: Final = frozenset({"40P01", "40001"})
"""SQLSTATE of a transaction that PostgreSQL ended for another's sake: a deadlock, a serialization failure."""
FOLLOWED_AT_ONCE: Final = 2000
S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E", bound=DomainEvent)
Done = TypeVar("Done")
Hold: TypeAlias = Callable[[Session, Sequence[str]], object]
"""Keeps other commands from streams until the end of the transaction."""


@dataclass(frozen=True)
class Stored(Generic[S]):
    """The state of a stream, and its version, which is 0 where there is no event yet."""

    state: S
    version: int


@dataclass(frozen=True)
class Change(Generic[S, E]):
    """What commands led to: the state before and after, the events, and the same as the trail recorded them.

    `version` is that of the stream afterwards.
    """

    stream: str
    before: S
    after: S
    events: tuple[E, ...]
    recorded: tuple[RecordedEvent, ...]
    version: int

    def followed_by(self, later: Change[S, E]) -> Change[S, E]:
        """Return this change and the one right after it as one."""
        events, recorded = (*self.events, *later.events), (*self.recorded, *later.recorded)
        return Change(self.stream, self.before, later.after, events, recorded, later.version)


def retried(database: Database, work: Callable[[Session], Done]) -> Done:
    """Do the work in a transaction of its own; where another command came first, do it anew.

    Of two transactions that wait for each other's rows PostgreSQL ends one: nothing of it has happened, and it is done
    anew as well. Raises `ConcurrentChange` if others keep coming first.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with database.transaction() as session:
                return work(session)
        except (ConcurrentChange, DBAPIError) as error:
            if attempt == ATTEMPTS or not _gave_way(error):
                raise
    raise AssertionError("unreachable")


def _gave_way(error: ConcurrentChange | DBAPIError) -> bool:
    """Tell whether all that hindered the work was another transaction."""
    return isinstance(error, ConcurrentChange) or getattr(error.orig, "sqlstate", None) in _GAVE_WAY


@dataclass(frozen=True)
class ManyChanges(Generic[S, E]):
    """What commands about many streams led to: a change of each, and what refused those that did not change at all."""

    changes: Mapping[str, Change[S, E]]
    refused: Mapping[str, Exception]


def holding(model: type[Base]) -> Hold:
    """Return what holds streams by their rows, which have the streams' names for `id`; in one order, whoever asks."""
    column = cast("Any", model).id
    one = select(column).where(column == bindparam("stream")).with_for_update()
    many = select(column).order_by(column).with_for_update()

    def hold(session: Session, streams: Sequence[str]) -> None:
        if len(streams) == 1:
            session.execute(one, {"stream": streams[0]})
        elif session.get_bind().dialect.name != "sqlite":  # it has one writer: nobody is to be kept away
            session.execute(many.where(among(session, column, streams))).all()

    return hold


def _unheld(_session: Session, _streams: Sequence[str]) -> None:
    """Hold nothing: the unique version of each event lets one of two commands win."""


def _unshown(_session: Session, _change: object) -> None:
    """Write no rows: a stream that nobody queries."""


class Streams(Generic[S, C, E]):
    """Reads and changes the streams of one kind. Safe to share between threads."""

    def __init__(
        self,
        forms: EventForms[E],
        *,
        prefix: str,
        start: S,
        decide: Callable[[S, C], Sequence[E]],
        evolve: Callable[[S, E], S],
        project: Callable[[Session, Change[S, E]], object] = _unshown,
        project_many: Callable[[Session, Sequence[Change[S, E]]], object] | None = None,
        hold: Hold = _unheld,
        kept: int = 0,
    ) -> None:
        """`prefix` begins the name of each stream of this kind, and of no other; `start` is the state before any event.

        `project` brings the rows to the state after a change, `project_many` those of many streams at once (None: one
        after another). `kept` is how many states are remembered at most, each from the moment somebody has it
        remembered: for streams that grow long, or that are changed by thousands.
        """
        self.forms = forms
        self.prefix = prefix
        self._trail = Trail(forms.vocabulary)
        self._start = start
        self._decide = decide
        self._evolve = evolve
        self._project = project
        self._project_many = project_many or self._project_each
        self._hold = hold
        self._kept = kept
        self._known: OrderedDict[str, Stored[S]] = OrderedDict()
        self._guard = threading.Lock()

    def read(self, session: Session, stream: str) -> Stored[S]:
        """Return the stream as it stands; the start at version 0 where there is none, or it is one of another kind.

        Raises what the forms and `evolve` raise for a trail that is broken.
        """
        if not stream.startswith(self.prefix):
            return Stored(self._start, 0)
        with self._guard:
            known = self._known.get(stream, Stored(self._start, 0))
        newer = read_stream(session, stream, after=known.version)
        return Stored(self._fold(newer, known.state), newer[-1].version) if newer else known

    def read_many(self, session: Session, streams: Sequence[str]) -> dict[str, Stored[S]]:
        """Return each of these streams as it stands, in two questions to the database. Raises as `read` does."""
        return self._read_many(session, streams)

    def execute(self, session: Session, stream: str, *commands: C, actor: str) -> Change[S, E]:
        """Decide the commands, each upon what the one before it led to, and record what follows: of all, or of none.

        Raises what `decide` raises (nothing has changed), `ValueError` for a stream of another kind, and
        `ConcurrentChange`: give the transaction up and begin anew.
        """
        self._hold(session, (stream,))
        return self._execute(session, stream, self.read(session, stream), commands, actor)

    def _execute(
        self, session: Session, stream: str, stored: Stored[S], commands: Sequence[C], actor: str
    ) -> Change[S, E]:
        """Do as `execute`, upon the stream as it was read: of what came since, `ConcurrentChange` tells."""
        state, events = self._decided(stored.state, commands)
        if not events:
            return Change(stream, stored.state, state, (), (), stored.version)
        if not stream.startswith(self.prefix):
            raise ValueError(f"a stream of this kind begins with {self.prefix}")
        new = self.forms.new_events(events)
        recorded = self._trail.append(session, stream, stored.version, new, actor=actor, time=events[-1].at)
        change = Change(stream, stored.state, state, events, recorded, recorded[-1].version)
        self._project(session, change)
        return change

    def execute_many(
        self,
        session: Session,
        wanted: Mapping[str, Sequence[C]],
        *,
        actor: str,
        refusals: type[Exception] | tuple[type[Exception], ...] = (),
        stored: Mapping[str, Stored[S]] | None = None,
        shown: bool = True,
    ) -> ManyChanges[S, E]:
        """Execute the commands about each of many streams; those of one stream are all executed, or none.

        It costs a small part of what as many `execute` cost. What `decide` raises of the class `refusals` concerns
        its stream alone, and is returned; anything else is raised, as by `execute`, and is of all. `stored` are these
        streams as the caller read them, or left them, in this transaction; None has them read. Whoever takes several
        steps in one transaction shows them at its end (`show_many`), and says `shown=False` here.
        """
        streams = sorted(wanted)
        for stream in streams:
            if not stream.startswith(self.prefix):
                raise ValueError(f"a stream of this kind begins with {self.prefix}")
        self._hold(session, streams)
        stored = self._read_many(session, streams) if stored is None else stored
        changes: dict[str, Change[S, E]] = {}
        decided: list[tuple[str, S, tuple[E, ...]]] = []
        refused: dict[str, Exception] = {}
        for stream in streams:
            before = stored[stream]
            try:
                state, events = self._decided(before.state, wanted[stream])
            except refusals as error:
                refused[stream] = error
                continue
            if events:
                decided.append((stream, state, events))
            else:
                changes[stream] = Change(stream, before.state, state, (), (), before.version)
        appended = [
            ToAppend(stream, stored[stream].version, self.forms.new_events(events), events[-1].at)
            for stream, _, events in decided
        ]
        changed: list[Change[S, E]] = []
        recorded_of_all = self._trail.append_many(session, appended, actor=actor)
        for (stream, state, events), recorded in zip(decided, recorded_of_all, strict=True):
            before = stored[stream]
            changed.append(Change(stream, before.state, state, events, recorded, recorded[-1].version))
        if shown:
            self.show_many(session, changed)
        changes.update((change.stream, change) for change in changed)
        return ManyChanges(changes, refused)

    def show_many(self, session: Session, changes: Sequence[Change[S, E]]) -> None:
        """Bring the rows of these streams to where the changes, one of each stream, leave them."""
        changed = [change for change in changes if change.events]
        if changed:
            self._project_many(session, changed)

    def change_many(
        self,
        database: Database,
        wanted: Mapping[str, Sequence[C]],
        *,
        actor: str,
        refusals: type[Exception] | tuple[type[Exception], ...] = (),
        beside: Callable[[Session, ManyChanges[S, E]], object] | None = None,
    ) -> ManyChanges[S, E]:
        """Do as `execute_many` in a transaction of its own, and remember the states that it leaves, up to `kept`.

        `beside` is done last in that transaction. Where another command came first, all of it is done anew.
        """

        def work(session: Session) -> ManyChanges[S, E]:
            done = self.execute_many(session, wanted, actor=actor, refusals=refusals)
            if beside is not None:
                beside(session, done)
            return done

        done = retried(database, work)
        self.keep_many(done)
        return done

    def keep_many(self, done: ManyChanges[S, E]) -> None:
        """Remember the states that changes left, up to `kept`: once their transaction is committed, not before."""
        for change in done.changes.values():
            self._keep(change.stream, Stored(change.after, change.version))

    def change(
        self,
        database: Database,
        stream: str,
        command_of: Callable[[Session, S], C],
        *,
        actor: str,
        beside: Callable[[Session, Change[S, E]], object] | None = None,
    ) -> Change[S, E]:
        """Execute what `command_of` makes of the stream as it stands, in a transaction of its own.

        `beside` is done last in that transaction, also where nothing changed. Where another command came first, all of
        it is done anew. Raises as `execute` does.
        """

        def work(session: Session) -> Change[S, E]:
            self._hold(session, (stream,))
            stored = self.read(session, stream)
            command = command_of(session, stored.state)
            change = self._execute(session, stream, stored, (command,), actor)
            if beside is not None:
                beside(session, change)
            return change

        return retried(database, work)

    def hold(self, session: Session, stream: str) -> None:
        """Keep other commands from the stream until the end of the transaction."""
        self._hold(session, (stream,))

    def hold_many(self, session: Session, streams: Sequence[str]) -> None:
        """Do as `hold` with many: what is read of them afterwards is how they stand."""
        if streams:
            self._hold(session, sorted(streams))

    def remember(self, reading: Session, stream: str) -> Stored[S]:
        """Read the stream, so that whoever asks next reads only what came after it; return it.

        The session must be one that only reads: no more than what is committed is remembered.
        """
        found = self.read(reading, stream)
        if found.version:
            self._keep(stream, found)
        return found

    def forget(self, streams: Iterable[str]) -> None:
        """Remember these no longer: nobody asks for them soon."""
        with self._guard:
            for stream in streams:
                self._known.pop(stream, None)

    def follower(self) -> Handler:
        """Return what brings the rows to where each event of the trail leaves them, read in order."""
        followed: OrderedDict[str, Stored[S]] = OrderedDict()

        def follow(session: Session, logged: LoggedEvent) -> None:
            event = logged.event
            if not event.stream.startswith(self.prefix):
                return
            before = followed.pop(event.stream, Stored(self._start, 0))
            if before.version != event.version - 1:
                earlier = read_stream(session, event.stream)[: event.version - 1]
                before = Stored(self._fold(earlier, self._start), event.version - 1)
            happened = self.forms.event_of(event)
            after = self._evolve(before.state, happened)
            followed[event.stream] = Stored(after, event.version)
            if len(followed) > FOLLOWED_AT_ONCE:
                followed.popitem(last=False)
            self._project(session, Change(event.stream, before.state, after, (happened,), (event,), event.version))

        return follow

    def projection(self, name: str, clear: Callable[[Session], None]) -> Projection:
        """Return the projection that makes the rows anew from the trail; `clear` removes all of them."""
        return Projection(name, self.follower(), clear)

    def _decided(self, state: S, commands: Iterable[C]) -> tuple[S, tuple[E, ...]]:
        """Return the state that the commands lead to, one upon the other, and the events between."""
        events: list[E] = []
        for command in commands:
            for event in self._decide(state, command):
                state = self._evolve(state, event)
                events.append(event)
        return state, tuple(events)

    def _read_many(self, session: Session, streams: Sequence[str]) -> dict[str, Stored[S]]:
        nothing = Stored(self._start, 0)
        with self._guard:
            known = {stream: self._known.get(stream, nothing) for stream in streams}
        versions = stream_versions(session, streams)
        newer = [stream for stream in streams if versions.get(stream, 0) > known[stream].version]
        for stream, events in read_streams(session, newer).items():
            known[stream] = Stored(self._fold(events, self._start), events[-1].version)
        return known

    def _keep(self, stream: str, stored: Stored[S]) -> None:
        """Remember a state that is committed, unless a later one of the stream is known."""
        if not self._kept:
            return
        with self._guard:
            if stored.version >= self._known.get(stream, stored).version:
                self._known[stream] = stored
                self._known.move_to_end(stream)
            while len(self._known) > self._kept:
                self._known.popitem(last=False)

    def _project_each(self, session: Session, changes: Sequence[Change[S, E]]) -> None:
        for change in changes:
            self._project(session, change)

    def _fold(self, recorded: Sequence[RecordedEvent], state: S) -> S:
        for event in recorded:
            state = self._evolve(state, self.forms.event_of(event))
        return state
