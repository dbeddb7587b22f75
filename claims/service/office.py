"""What the parts of the room share: what is open for it, the streams, the bank, and what follows a change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from claims.domain import Actor, Claim, next_moves
from claims.domain.command import Command
from claims.domain.refusal import refusal
from claims.loss_report import LossReport, parse_report
from claims.motor_policy import MotorPolicy, parse_motor_policy
from claims.payment.port import PaymentPort
from claims.service.indexing import tell_end
from claims.service.projection import ClaimChange
from claims.service.streams import ClaimStreams, claim_streams
from esign.public.events import retried
from esign.public.house import House

ADVANCE: Final = "advance"
"""The kind of the task that does what the service itself has to do about a claim."""
ACTOR: Final = "system:claims"
PAYMENT: Final = "pay"
"""What begins the ids of payments."""

CommandOf = Callable[[Session, Claim], Command]


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
        tell_end(session, change)
        if change.after is not None and any(one.actor is Actor.SERVICE for one in next_moves(change.after)):
            envelope = None if change.after.offer is None else change.after.offer.envelope
            self.house.tasks.add(session, ADVANCE, claim, envelope=envelope)
        return change

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
