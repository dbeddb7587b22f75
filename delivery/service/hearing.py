"""What the room hears of the trail: proposals that are signed, what they wait for, policies issued and ended, staff who
left.

A consumer: it reads every event in order, at least once, and passes over what means nothing to a delivery. Of the
policy room it knows the types and members of events, and nothing else. What is heard twice leads to nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final, TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from delivery.domain import Delivery
from delivery.domain import commands as c
from delivery.domain.clocks import day_of
from delivery.domain.command import Command
from delivery.domain.values import DeliveryState, DropReason, EndReason, Medium, Waits
from delivery.models import DeliveryRow
from delivery.service.deliveries import ACTOR, Deliveries, belongs
from delivery.service.streams import delivery_of
from esign.public.events import Event, LoggedEvent, read_stream
from esign.public.rows import table_of

PROPOSAL: Final = "prp_"
ACCEPTED: Final = "accept"
DECLINED: Final = "decline"
PLATFORM, COUNTER = "platform", "counter"
"""The channel of a proposal whose event names none: entered by a client's program, or by staff at the console."""

Follow: TypeAlias = Callable[[Session, str], None]
"""Does what follows an issue, for the delivery of this id."""
Meaning: TypeAlias = Callable[[Event], Command | None]
_ROWS: Final = table_of(DeliveryRow)


class Hearing:
    """Takes down what the trail means to deliveries."""

    def __init__(self, deliveries: Deliveries, issued: Follow = lambda _session, _delivery: None) -> None:
        self._deliveries = deliveries
        self._issued = issued

    def hear(self, session: Session, logged: LoggedEvent) -> None:
        """Take down what the event means; the consumer's handler. Raises what executing raises."""
        event = logged.event
        if event.type in _LEFT:
            self._leave(session, event)
        elif event.stream.startswith(PROPOSAL):
            self._hear_proposal(session, event)

    def _hear_proposal(self, session: Session, event: Event) -> None:
        delivery = delivery_of(event.stream)
        if event.type == "proposal.signed":
            self._open(session, delivery, event)
            return
        before, after = _BEFORE_ISSUE.get(event.type), _AFTER_ISSUE.get(event.type)
        if before is None and after is None and event.type != "policy.issued":
            return
        self._deliveries.streams.hold(session, delivery)
        state = self._deliveries.streams.read(session, delivery).state
        if state is None:  # nothing is signed yet
            return
        waiting = state.state is DeliveryState.AWAITING_ISSUE
        command: Command | None = None
        if event.type == "policy.issued":
            command = _issued(event, state, read_stream(session, event.stream))
        elif before is not None and waiting:
            command = before(event)
        elif after is not None and not waiting:
            command = after(event)
        if command is not None:
            self._execute(session, delivery, state, command)
        if event.type == "policy.issued":
            self._issued(session, delivery)

    def _open(self, session: Session, delivery: str, event: Event) -> None:
        content = _content(read_stream(session, event.stream))
        client = content.get("client")
        signed_on = event.payload.get("signed_on")
        command = c.Open(
            at=event.time,
            proposal=event.stream,
            applied_on=day_of(event.time) if signed_on is None else date.fromisoformat(str(signed_on)),
            institution=str(content["institution"]),
            salesperson=str(content["salesperson"]),
            channel=str(content.get("channel") or (COUNTER if client is None else PLATFORM)),
            product=str(content["product"]),
            hesitation_days=int(str(content["hesitation_days"])),
            client=None if client is None else str(client),
        )
        self._deliveries.execute(session, delivery, command, actor=ACTOR)
        belongs(session, str(event.payload["envelope"]), delivery)

    def _leave(self, session: Session, event: Event) -> None:
        """Whoever left sees to nothing any more: a supervisor names somebody else for each of their deliveries."""
        theirs = select(_ROWS.c.id).where(
            _ROWS.c.salesperson == event.stream, _ROWS.c.is_open.is_(True), _ROWS.c.orphaned.is_(False)
        )
        for delivery in session.scalars(theirs.order_by(_ROWS.c.id)).all():
            self._deliveries.streams.hold(session, delivery)
            state = self._deliveries.get(session, delivery)
            command = c.RecordOrphaned(at=event.time, salesperson=event.stream)
            self._execute(session, delivery, state, command)

    def _execute(self, session: Session, delivery: str, state: Delivery, command: Command) -> None:
        """Execute it at the time of what was heard, or right after what happened last, whichever is later."""
        if command.at < state.last_at:
            command = _at(command, state)
        self._deliveries.execute(session, delivery, command, actor=ACTOR)


def _at(command: Command, state: Delivery) -> Command:
    return type(command)(**{**vars(command), "at": state.last_at})


def _content(events: Sequence[Event]) -> dict[str, object]:
    """Return the members that say what is proposed: of its entering, then of each amendment."""
    content: dict[str, object] = {}
    for event in events:
        if event.type in ("proposal.entered", "proposal.amended"):
            content.update(event.payload)
    return content


def _issued(event: Event, state: Delivery, events: Sequence[Event]) -> Command:
    """Underwritten is the day on which it was accepted last, by the table or by a person."""
    accepted = [one.time for one in events if one.type in _DECISIONS and one.payload["outcome"] == ACCEPTED]
    issued_on = day_of(event.time)
    note = event.payload.get("note")
    return c.RecordIssued(
        at=event.time,
        policy=str(event.payload["policy"]),
        underwritten_on=max(day_of(accepted[-1]) if accepted else issued_on, state.application.applied_on),
        issued_on=issued_on,
        medium=Medium(str(event.payload.get("delivery", Medium.PAPER.value))),
        note=None if note is None else str(note),
    )


def _decided(event: Event) -> Command | None:
    """Referring and asking are told by events of their own, which follow at once."""
    outcome = event.payload["outcome"]
    if outcome == ACCEPTED:
        return c.RecordWait(at=event.time, waits_for=Waits.DEBIT)
    return c.RecordDropped(at=event.time, reason=DropReason.DECLINED) if outcome == DECLINED else None


def _required(event: Event) -> Command:
    return c.RecordWait(
        at=event.time,
        waits_for=Waits(str(event.payload["kind"])),
        owner=str(event.payload["owner"]),
        until=date.fromisoformat(str(event.payload["due"])),
    )


def _waits(waits_for: Waits) -> Meaning:
    return lambda event: c.RecordWait(at=event.time, waits_for=waits_for)


def _dropped(reason: DropReason) -> Meaning:
    return lambda event: c.RecordDropped(at=event.time, reason=reason)


def _ended(reason: EndReason) -> Meaning:
    return lambda event: c.RecordEnded(at=event.time, reason=reason, ended_on=day_of(event.time))


_DECISIONS: Final = ("underwriting.decided", "case.decided")
_LEFT: Final = ("staff.suspended", "staff.forgotten")
_BEFORE_ISSUE: Final[Mapping[str, Meaning]] = {
    "underwriting.decided": _decided,
    "underwriting.referred": _waits(Waits.CASE),
    "requirement.opened": _required,
    "case.decided": _decided,
    "offer.made": _waits(Waits.OFFER),
    "offer.signed": _waits(Waits.DEBIT),
    "debit.ordered": _waits(Waits.DEBIT),
    "debit.unanswered": _waits(Waits.DEBIT),
    "debit.contradicted": _waits(Waits.DEBIT),
    "debit.failed": _waits(Waits.DEBIT_FAILED),
    "debit.collected": _waits(Waits.ISSUE),
    "proposal.withdrawn": _dropped(DropReason.WITHDRAWN),
    "proposal.refused": _dropped(DropReason.REFUSED),
}
_AFTER_ISSUE: Final[Mapping[str, Meaning]] = {
    "policy.cancelled": _ended(EndReason.CANCELLED),
    "policy.surrendered": _ended(EndReason.SURRENDERED),
    "policy.voided": _ended(EndReason.VOIDED),
}
