"""Who sees to a delivery, and how it is chased: one chase under one id, and lateness with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from delivery.domain import commands as c
from delivery.domain import events as e
from delivery.domain.clocks import chase_day
from delivery.domain.command import Command
from delivery.domain.next_actor import is_signed_in_time
from delivery.domain.refusal import refusal
from delivery.domain.rule import Rule
from delivery.domain.state import Chase, Delivery, Foretold

CALLS_AT_MOST: Final = 50


def _is_orphaned(state: Delivery, command: c.RecordOrphaned) -> bool:
    return state.orphaned or command.salesperson != state.salesperson


def _orphan(state: Delivery, command: c.RecordOrphaned) -> tuple[e.Event, ...]:
    return (e.DeliveryOrphaned(at=command.at, salesperson=state.salesperson),)


def _is_theirs(state: Delivery, command: c.Reassign) -> bool:
    return command.salesperson == state.salesperson and not state.orphaned


def _reassign(_state: Delivery, command: c.Reassign) -> tuple[e.Event, ...]:
    return (e.DeliveryReassigned(at=command.at, salesperson=command.salesperson, by=command.by),)


def _is_chased(state: Delivery, _command: c.OpenChase) -> bool:
    return state.chase is not None


def _open_chase(state: Delivery, command: c.OpenChase) -> tuple[e.Event, ...]:
    begins = chase_day(state.application.applied_on)
    if command.day < begins:
        raise refusal("delivery-chase-early", (begins.isoformat(),))
    return (e.DeliveryChased(at=command.at, chase=command.chase),)


def _was_reminded(state: Delivery, command: c.Remind) -> bool:
    return state.chase is not None and command.reminder in state.chase.reminders


def _remind(state: Delivery, command: c.Remind) -> tuple[e.Event, ...]:
    _chase(state)
    return (e.DeliveryReminded(at=command.at, reminder=command.reminder, salesperson=state.salesperson),)


def _chase(state: Delivery) -> Chase:
    if state.chase is None:
        raise refusal("delivery-no-chase")
    return state.chase


def _was_called(state: Delivery, command: c.LogCall) -> bool:
    return command.call in state.calls


def _log_call(state: Delivery, command: c.LogCall) -> tuple[e.Event, ...]:
    if len(state.calls) >= CALLS_AT_MOST:
        raise refusal("delivery-calls-too-many")
    return (
        e.DeliveryCalled(at=command.at, call=command.call, outcome=command.outcome, note=command.note, by=command.by),
    )


def _was_foretold(state: Delivery, command: c.ForetellLate) -> bool:
    return state.foretold == Foretold(command.reason, command.expected_on)


def _foretell(state: Delivery, command: c.ForetellLate) -> tuple[e.Event, ...]:
    due = state.due_on
    if command.day > due:
        raise refusal("delivery-late-already", (due.isoformat(),))
    if command.expected_on <= due:
        raise refusal("delivery-expected-in-time", (due.isoformat(),))
    return (e.DeliveryForetold(at=command.at, reason=command.reason, expected_on=command.expected_on, by=command.by),)


def _is_late(state: Delivery, _command: c.FallLate) -> bool:
    return state.late


def _fall_late(state: Delivery, command: c.FallLate) -> tuple[e.Event, ...]:
    """A paper receipt that was signed in time and waits to be compared is not late by waiting."""
    if is_signed_in_time(state):
        return ()
    if command.day <= state.due_on:
        raise refusal("delivery-not-late", (state.due_on.isoformat(),))
    return (e.DeliveryFellLate(at=command.at),)


def _is_explained(state: Delivery, command: c.ExplainLate) -> bool:
    return state.late_reason == command.reason


def _explain(state: Delivery, command: c.ExplainLate) -> tuple[e.Event, ...]:
    if not state.was_late:
        raise refusal("delivery-not-late", (state.due_on.isoformat(),))
    return (e.DeliveryExplained(at=command.at, reason=command.reason, by=command.by),)


CHASE_RULES: Final[Mapping[type[Command], Rule]] = {
    c.RecordOrphaned: Rule(_is_orphaned, _orphan),
    c.Reassign: Rule(_is_theirs, _reassign),
    c.OpenChase: Rule(_is_chased, _open_chase),
    c.Remind: Rule(_was_reminded, _remind),
    c.LogCall: Rule(_was_called, _log_call),
    c.ForetellLate: Rule(_was_foretold, _foretell),
    c.FallLate: Rule(_is_late, _fall_late),
    c.ExplainLate: Rule(_is_explained, _explain),
}
