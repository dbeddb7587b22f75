"""What the parts of the room share: what is open for it, the streams, the bank, and what follows a change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from claims.domain import Actor, Claim, next_moves
from claims.domain.command import Command
from claims.domain.event import Event
from claims.domain.refusal import refusal
from claims.loss_report import LossReport, parse_report
from claims.motor_policy import MotorPolicy, parse_motor_policy
from claims.payment.port import PaymentPort
from claims.service.indexing import tell_end
from claims.service.projection import ClaimChange
from claims.service.streams import ClaimStreams, claim_streams
from esign.public.events import ManyChanges, retried
from esign.public.house import House

ADVANCE: Final = "advance"
"""The kind of the task that does what the service itself has to do about a claim."""
ACTOR: Final = "system:claims"
PAYMENT: Final = "pay"
"""What begins the ids of payments."""

CommandOf = Callable[[Session, Claim], Command]
CommandsOf = Callable[[Session, str, Claim], Sequence[Command]]
"""What is asked of a claim, given by its id and as it stands."""
ClaimChanges = ManyChanges[Claim | None, Event]


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
        return parse_report(self.house.records.read(session, state.reported.record))

    def policy_of(self, session: Session, state: Claim) -> MotorPolicy:
        """Return the motor policy as it was when the claim was reported. Raises `RecordErased`."""
        return parse_motor_policy(self.house.records.read(session, state.reported.cover))

    def now(self, session: Session, state: Claim) -> datetime:
        """Return the time as the claim's client sees it."""
        return self.house.clocks.now(session, state.client or "")

    def execute(self, session: Session, claim: str, *commands: Command, actor: str) -> ClaimChange:
        """Execute the commands in the caller's transaction. Raises `ClaimRefused`, `ConcurrentChange`."""
        change = self.claims.execute(session, claim, *commands, actor=actor)
        self.follow(session, change)
        return change

    def follow(self, session: Session, change: ClaimChange) -> None:
        """Do what follows a change: the index is told how the claim ended, what is left to the service is entered."""
        tell_end(session, change)
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
    ) -> ClaimChanges:
        """Execute the commands of many claims in the caller's transaction; those of one are all executed, or none.

        What raises one of `refusals` concerns its claim alone, and is returned. Raises as `execute` does.
        """
        done = self.claims.execute_many(session, wanted, actor=actor, refusals=refusals)
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
    ) -> ClaimChanges:
        """Execute what `commands_of` makes of each of many claims, in one transaction, at a small part of the cost.

        Raises as `change` does, and what `commands_of` raises: it is of all then.
        """

        def work(session: Session) -> ClaimChanges:
            stored = self.claims.read_many(session, claims)
            wanted = {
                claim: commands_of(session, claim, one.state) for claim, one in stored.items() if one.state is not None
            }
            return self.execute_many(session, wanted, actor=actor, refusals=refusals)

        done = retried(self.house.database, work)
        self.claims.keep_many(done)
        return done
