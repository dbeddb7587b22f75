"""Deliveries as the rooms' parts ask for them: read, found by what is scanned, changed one by one or many at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from delivery.domain import Delivery
from delivery.domain.command import Command
from delivery.domain.event import Event
from delivery.domain.events import DeliveryReceived
from delivery.domain.refusal import refusal
from delivery.errors import DeliveryRefused
from delivery.models import DeliveryRow, EnvelopeOf, ReceiptEnvelope
from delivery.service.projection import DeliveryChange
from delivery.service.streams import DeliveryStreams, delivery_streams
from delivery.service.telling import Telling
from esign.public.events import ManyChanges, retried
from esign.public.house import House
from esign.public.rows import insert_if_absent, table_of

ACTOR: Final = "system:delivery"
ENVELOPE: Final = "env_"

CommandOf: TypeAlias = Callable[[Session, Delivery], Command]
Asked: TypeAlias = tuple[str, Command]
"""A delivery by its id, and what is asked of it."""
DeliveryChanges: TypeAlias = ManyChanges[Delivery | None, Event]

_ROWS: Final = table_of(DeliveryRow)
_BELONGS: Final = insert_if_absent(EnvelopeOf, "envelope", "delivery")


@dataclass(frozen=True)
class Deliveries:
    """Reads and changes deliveries; what follows a change is entered beside it, in the same transaction.

    A receipt's envelope is found again, and the salesperson is told of an arrival.
    """

    house: House
    streams: DeliveryStreams = field(default_factory=delivery_streams)

    def get(self, session: Session, delivery: str) -> Delivery:
        """Return the delivery as it stands. Raises `DeliveryRefused` (`no-delivery`)."""
        state = self.streams.read(session, delivery).state
        if state is None:
            raise refusal("no-delivery")
        return state

    def find(self, session: Session, policy: str) -> str:
        """Return the id of the delivery of the policy of this number. Raises `DeliveryRefused` (`no-delivery`)."""
        found: str | None = session.scalar(select(_ROWS.c.id).where(_ROWS.c.policy == policy))
        if found is None:
            raise refusal("no-delivery")
        return found

    def now(self, session: Session, client: str | None) -> datetime:
        """Return the time as whoever sold it sees it: in test mode a client may have moved its clock."""
        return self.house.clocks.now(session, client or "")

    def execute(self, session: Session, delivery: str, *commands: Command, actor: str) -> DeliveryChange:
        """Execute the commands in the caller's transaction. Raises `DeliveryRefused`, `ConcurrentChange`."""
        change = self.streams.execute(session, delivery, *commands, actor=actor)
        self._follow(session, (change,))
        return change

    def execute_many(
        self, session: Session, asked: Sequence[Asked], *, actor: str, refusals: type[DeliveryRefused] | None = None
    ) -> DeliveryChanges:
        """Execute commands of many deliveries in the caller's transaction; those of one are all executed, or none.

        What is asked of one delivery is asked at one time, since the trail records one. With `refusals` what is refused
        concerns its delivery alone, and is returned. Raises `DeliveryRefused` otherwise, `ConcurrentChange`.
        """
        done = self.streams.execute_many(session, _by_delivery(asked), actor=actor, refusals=refusals or ())
        self._follow(session, tuple(done.changes.values()))
        return done

    def change_many(
        self, asked: Sequence[Asked], *, actor: str, refusals: type[DeliveryRefused] | None = None
    ) -> DeliveryChanges:
        """Do as `execute_many` in a transaction of its own; `streams` remember what it leaves, up to what they keep."""
        return self.streams.change_many(
            self.house.database,
            _by_delivery(asked),
            actor=actor,
            refusals=refusals or (),
            beside=lambda session, done: self._follow(session, tuple(done.changes.values())),
        )

    def change(
        self,
        delivery: str,
        command_of: CommandOf,
        *,
        actor: str,
        beside: Callable[[Session, DeliveryChange], object] | None = None,
    ) -> DeliveryChange:
        """Execute what `command_of` makes of the delivery as it stands, in a transaction of its own.

        `beside` is done last in it. Raises `DeliveryRefused`, and `ConcurrentChange` if others keep coming first.
        """

        def work(session: Session) -> DeliveryChange:
            self.streams.hold(session, delivery)
            command = command_of(session, self.get(session, delivery))
            change = self.execute(session, delivery, command, actor=actor)
            if beside is not None:
                beside(session, change)
            return change

        return retried(self.house.database, work)

    def _follow(self, session: Session, changes: Sequence[DeliveryChange]) -> None:
        envelopes = [
            {"envelope": event.record, "delivery": change.stream}
            for change in changes
            for event in change.events
            if isinstance(event, DeliveryReceived) and event.record.startswith(ENVELOPE)
        ]
        if envelopes:
            session.execute(_BELONGS, envelopes)
        Telling(self.house).tell_arrivals(session, changes)


def _by_delivery(asked: Sequence[Asked]) -> dict[str, list[Command]]:
    wanted: dict[str, list[Command]] = {}
    for delivery, command in asked:
        wanted.setdefault(delivery, []).append(command)
    return wanted


def belongs(session: Session, envelope: str, delivery: str) -> None:
    """Keep that an envelope belongs to a delivery; again changes nothing."""
    session.execute(_BELONGS, {"envelope": envelope, "delivery": delivery})


def signed_in(session: Session, delivery: str) -> str | None:
    """Return the envelope in which the application was signed: whoever sees its messages sees those of the delivery."""
    found: str | None = session.scalar(
        select(EnvelopeOf.envelope)
        .where(EnvelopeOf.delivery == delivery)
        .where(EnvelopeOf.envelope.not_in(select(ReceiptEnvelope.envelope).where(ReceiptEnvelope.delivery == delivery)))
        .order_by(EnvelopeOf.envelope)
        .limit(1)
    )
    return found
