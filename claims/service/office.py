"""What the parts of the room share: what is open for it, the streams, the bank, and what follows a change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeVar

from sqlalchemy.orm import Session

from claims.domain import Actor, Claim, next_moves
from claims.domain import events as e
from claims.domain.command import Command
from claims.domain.event import Event
from claims.domain.refusal import refusal
from claims.loss_report import LossReport, parse_report
from claims.motor_policy import MotorPolicy, parse_motor_policy
from claims.payment.port import PaymentPort
from claims.service.indexing import tell_end
from claims.service.projection import ClaimChange
from claims.service.streams import ClaimStreams, claim_streams
from esign.public.events import Event as RecordedEvent
from esign.public.events import ManyChanges, Stored, read_streams, retried
from esign.public.house import House
from esign.public.keeping import follow_holds
from esign.public.rows import gathering

ADVANCE: Final = "advance"
"""The kind of the task that does what the service itself has to do about a claim."""
ACTOR: Final = "system:claims"
PAYMENT: Final = "pay"
"""What begins the ids of payments."""

T = TypeVar("T")
CommandOf = Callable[[Session, Claim], Command]
CommandsOf = Callable[[Session, str, Claim], Sequence[Command]]
"""What is asked of a claim, given by its id and as it stands."""
ClaimChanges = ManyChanges[Claim | None, Event]

TOLD_BY: Final = tuple(
    kind.type.name
    for kind in (
        *(e.LossAssessed, e.SupplementOpened, e.PaymentApproved, e.PayeeApproved),
        *(e.PictureChecked, e.SurveySeen, e.InjurySeen, e.ShopSeen, e.PapersSeen),
    )
)
"""The events from which more is known than from the state of a claim."""
_READ, _PARSED, _TOLD = "claims_records_read", "claims_records_parsed", "claims_told"
"""Where a session keeps what was read for many claims at once. Records do not change within a transaction; what its
own steps tell is added to what was told before."""


@dataclass(frozen=True)
class Office:
    """Reads and changes claims; whatever a change leaves to the service is entered as a task, beside it."""

    house: House
    bank: PaymentPort
    claims: ClaimStreams = field(default_factory=claim_streams)

    def get(self, session: Session, claim: str) -> Claim:
        """Return the claim as it stands. Raises `ClaimRefused` (`no-claim`)."""
        state = self.claims.read(session, claim).state
        if state is None:
            raise refusal("no-claim")
        return state

    def report_of(self, session: Session, state: Claim) -> LossReport:
        """Return what was reported. Raises `RecordErased`."""
        return self._parsed(session, state.reported.record, parse_report)

    def policy_of(self, session: Session, state: Claim) -> MotorPolicy:
        """Return the motor policy as it was when the claim was reported. Raises `RecordErased`."""
        return self._parsed(session, state.reported.cover, parse_motor_policy)

    def _parsed(self, session: Session, record: str, parse: Callable[[bytes], T]) -> T:
        """Return what a record says. One that was read for many claims at once is parsed once in its transaction."""
        ahead: dict[str, bytes] = session.info.get(_READ, {})
        if record not in ahead:
            return parse(self.house.records.read(session, record))
        known: dict[tuple[str, object], T] = session.info.setdefault(_PARSED, {})
        if (record, parse) not in known:
            known[record, parse] = parse(ahead[record])
        return known[record, parse]

    def read(self, session: Session, record: str) -> bytes:
        """Return a record; one that was read for many claims at once in this transaction is not read again.

        Raises `RecordErased`.
        """
        known: dict[str, bytes] = session.info.get(_READ, {})
        return known[record] if record in known else self.house.records.read(session, record)

    def read_ahead(self, session: Session, states: Mapping[str, Claim]) -> None:
        """Read reports, policies and payees of many claims at once, for this transaction, and of those that wait to be
        scored what was told of them. Raises `RecordErased`."""
        known: dict[str, bytes] = session.info.setdefault(_READ, {})
        records = (record for state in states.values() for record in _records_of(state))
        wanted = dict.fromkeys(record for record in records if record not in known)
        known.update(self.house.records.read_many(session, list(wanted)))
        ahead: dict[str, list[Event]] = session.info.setdefault(_TOLD, {})
        scored = [claim for claim, state in states.items() if state.unscored and claim not in ahead]
        told = read_streams(session, scored, types=TOLD_BY)
        ahead.update((claim, self._events_of(told.get(claim, ()))) for claim in scored)

    def told_of(self, session: Session, claim: str) -> Sequence[Event]:
        """Return what forms, pictures and people told of a claim so far, beside what its state says."""
        ahead: dict[str, list[Event]] = session.info.get(_TOLD, {})
        if claim in ahead:
            return ahead[claim]
        return self._events_of(read_streams(session, (claim,), types=TOLD_BY).get(claim, ()))

    def _hear(self, session: Session, done: ClaimChanges) -> None:
        """Add what changes told of claims to what had been told before, where that was read ahead."""
        ahead: dict[str, list[Event]] = session.info.get(_TOLD, {})
        for claim in ahead.keys() & done.changes.keys():
            ahead[claim] += self._events_of(one for one in done.changes[claim].recorded if one.type in TOLD_BY)

    def _events_of(self, recorded: Iterable[RecordedEvent]) -> list[Event]:
        return [self.claims.forms.event_of(one) for one in recorded]

    def now(self, session: Session, state: Claim) -> datetime:
        """Return the time as the claim's client sees it."""
        return self.house.clocks.now(session, state.client or "")

    def execute(self, session: Session, claim: str, *commands: Command, actor: str) -> ClaimChange:
        """Execute the commands in the caller's transaction. Raises `ClaimRefused`, `ConcurrentChange`."""
        change = self.claims.execute(session, claim, *commands, actor=actor)
        self.follow(session, change)
        return change

    def follow(self, session: Session, change: ClaimChange) -> None:
        """Do what follows a change: the index is told how the claim ended, what is left to the service is entered, and
        the envelope in which it is signed is held as the claim is."""
        tell_end(session, change)
        for event in change.events:
            if isinstance(event, e.AgreementSent | e.OfferAgreed) and event.envelope is not None:
                follow_holds(session, self.house.records, change.stream, event.envelope, now=self.house.clock())
        if change.after is not None and any(one.actor is Actor.SERVICE for one in next_moves(change.after)):
            envelope = None if change.after.offer is None else change.after.offer.envelope
            self.house.tasks.add(session, ADVANCE, change.stream, envelope=envelope)

    def change(
        self,
        claim: str,
        command_of: CommandOf,
        *,
        actor: str,
        beside: Callable[[Session, ClaimChange], object] | None = None,
    ) -> ClaimChange:
        """Execute what `command_of` makes of the claim as it stands, in a transaction of its own.

        `beside` is done last in it. Raises `ClaimRefused`, and `ConcurrentChange` if others keep coming first.
        """

        def work(session: Session) -> ClaimChange:
            self.claims.hold(session, claim)
            change = self.execute(session, claim, command_of(session, self.get(session, claim)), actor=actor)
            if beside is not None:
                beside(session, change)
            return change

        return retried(self.house.database, work)

    def execute_many(
        self,
        session: Session,
        wanted: Mapping[str, Sequence[Command]],
        *,
        actor: str,
        refusals: tuple[type[Exception], ...] = (),
        stored: Mapping[str, Stored[Claim | None]] | None = None,
        shown: bool = True,
    ) -> ClaimChanges:
        """Execute the commands of many claims in the caller's transaction; those of one are all executed, or none.

        What raises one of `refusals` concerns its claim alone, and is returned. `stored` are the claims as they were
        read in this transaction. With `shown` False the caller brings the rows up to date. Raises as `execute` does.
        """
        done = self.claims.execute_many(session, wanted, actor=actor, refusals=refusals, stored=stored, shown=shown)
        for change in done.changes.values():
            self.follow(session, change)
        return done

    def change_many(
        self,
        claims: Sequence[str],
        commands_of: CommandsOf,
        *,
        actor: str,
        refusals: tuple[type[Exception], ...] = (),
        steps: int = 1,
    ) -> ClaimChanges:
        """Execute what `commands_of` makes of each of many claims, in one transaction, at a small part of the cost.

        It is asked again of what that led to, until it makes nothing more of any, `steps` times at most; the changes
        that are returned are the last of each claim. What it gives to `gather` is written once it was asked of all.
        Raises as `change` does, and what `commands_of` raises: it is of all then.
        """

        def work(session: Session) -> ClaimChanges:
            changes: dict[str, ClaimChange] = {}
            whole: dict[str, ClaimChange] = {}
            refused: dict[str, Exception] = {}
            stored = self.claims.read_many(session, claims)
            for _ in range(steps):
                states = {claim: one.state for claim, one in stored.items() if one.state is not None}
                self.read_ahead(session, states)
                with gathering(session):
                    made = {claim: commands_of(session, claim, state) for claim, state in states.items()}
                wanted = {claim: commands for claim, commands in made.items() if commands}
                if not wanted:
                    break
                done = self.execute_many(session, wanted, actor=actor, refusals=refusals, stored=stored, shown=False)
                self._hear(session, done)
                changes.update(done.changes)
                for claim, one in done.changes.items():
                    whole[claim] = whole[claim].followed_by(one) if claim in whole else one
                refused.update(done.refused)
                stored = {claim: Stored(one.after, one.version) for claim, one in done.changes.items() if one.events}
            self.claims.show_many(session, list(whole.values()))  # once, however many steps it were
            return ManyChanges(changes, refused)

        done = retried(self.house.database, work)
        self.claims.keep_many(done)
        return done


def _records_of(state: Claim) -> Iterator[str]:
    yield state.reported.record
    yield state.reported.cover
    if state.payee is not None:
        yield state.payee.record
