"""Who acts next on a delivery, since when and up to which day: so that none ever lies about without a name on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from delivery.domain.clocks import (
    DIRECT_DAYS,
    HANDED_DAYS,
    RELAY_DAYS,
    RETURN_DAYS,
    chase_day,
    day_of,
    days_after,
    late_day,
)
from delivery.domain.state import Delivery
from delivery.domain.table import TABLE, Owner
from delivery.domain.values import DeliveryState, RouteWay, Waits

S = DeliveryState

WAITS: Final[Mapping[Waits, tuple[Owner, str]]] = {
    Waits.UNDERWRITING: (Owner.SERVICE, "underwrite"),
    Waits.CASE: (Owner.UNDERWRITER, "decide-case"),
    Waits.EXAMINATION: (Owner.OWNER, "bring-examination"),
    Waits.INVESTIGATION: (Owner.OWNER, "bring-investigation"),
    Waits.PAPERS: (Owner.OWNER, "bring-papers"),
    Waits.OFFER: (Owner.SALESPERSON, "have-offer-signed"),
    Waits.DEBIT: (Owner.SERVICE, "debit"),
    Waits.DEBIT_FAILED: (Owner.OPERATIONS, "order-debit-again"),
    Waits.ISSUE: (Owner.SERVICE, "issue"),
}
"""Who acts while it waits for its issue, doing what."""
_AT_ONCE: Final = frozenset({S.TO_PRINT, S.PRINTED, S.BOUND, S.CHECKED, S.PACKED, S.TO_SEND})
"""What is done on the day on which it falls due (T+0)."""


@dataclass(frozen=True)
class Move:
    """An act that is awaited: whose, which (a code), since when, up to and including which day, and about what."""

    owner: Owner
    act: str
    since: datetime
    until: date | None = None
    about: str | None = None


def next_move(state: Delivery) -> Move:
    """Return who acts next on the delivery itself."""
    row = TABLE[state.state]
    if row.owner is Owner.NOBODY:
        return _reason_wanted(state) or Move(Owner.NOBODY, "none", state.since)
    if state.state is S.AWAITING_ISSUE:
        owner, act = WAITS[state.wait.waits_for]
        move = Move(owner, act, state.since, _first(state.wait.until, state.due_on), state.wait.owner)
    else:
        move = Move(row.owner, row.act, state.since, _until(state), _about(state))
    if state.orphaned and Owner.SALESPERSON in (move.owner, _receiver(state)):
        return Move(Owner.SUPERVISOR, "reassign", state.since, move.until, state.salesperson)
    return move


def next_moves(state: Delivery) -> tuple[Move, ...]:
    """Return everything that is awaited: first what takes it on, then its chase and the reason of lateness."""
    moves = [next_move(state)]
    if state.is_open and state.chase is not None:
        owner = Owner.SUPERVISOR if state.orphaned else Owner.SALESPERSON
        moves.append(Move(owner, "chase", state.chase.opened_at, state.due_on, state.chase.id))
    wanted = _reason_wanted(state)
    if wanted is not None and wanted not in moves:
        moves.append(wanted)
    return tuple(moves)


def watch_day(state: Delivery) -> date | None:
    """Return the first day on which the daily sweep has something to record: a chase, lateness; None where it has not.

    A day in the past is due: a sweep that did not run misses nothing.
    """
    if not state.is_open or is_signed_in_time(state):
        return None
    applied_on = state.application.applied_on
    if state.chase is None:
        return chase_day(applied_on)
    return None if state.late else late_day(applied_on)


def wants_reminder(state: Delivery) -> bool:
    """Tell whether it is chased and its salesperson, who has not left, was not reminded of that yet."""
    chase = state.chase
    return chase is not None and not chase.reminders and state.is_open and not state.orphaned


def is_signed_in_time(state: Delivery) -> bool:
    """Tell whether a paper receipt of a day in time waits to be compared: neither late nor to be chased meanwhile."""
    return state.state is S.PHOTOGRAPHED and state.photo is not None and state.photo.signed_on <= state.due_on


def _reason_wanted(state: Delivery) -> Move | None:
    if not state.was_late or state.late_reason is not None or state.state in (S.ENDED, S.SIGNED_AFTER_END, S.DROPPED):
        return None
    about = None if state.foretold is None else state.foretold.reason
    return Move(Owner.SUPERVISOR, "explain-late", state.since, None, about)


def _receiver(state: Delivery) -> Owner:
    """Return to whom the next act leads: at the outlet it is handed to the salesperson."""
    return Owner.SALESPERSON if state.state is S.AT_OUTLET else Owner.NOBODY


def _until(state: Delivery) -> date | None:
    """Return the last day for the leg, and none after day 15."""
    since = day_of(state.since)
    if state.state in _AT_ONCE:
        return _first(since, state.due_on)
    if state.state in (S.UNDERWAY, S.AT_RELAY):
        days = RELAY_DAYS if state.copy.way is RouteWay.RELAY else DIRECT_DAYS
        return _first(days_after(state.copy.dispatched_on or since, days), state.due_on)
    if state.state is S.AT_OUTLET:
        return _first(days_after(since, HANDED_DAYS), state.due_on)
    if state.state is S.CUSTOMER_AWAY:
        return _first(state.again_on, state.due_on)
    if state.state in (S.RECEIVED, S.PHOTOGRAPHED, S.SIGNED_AFTER_END):
        return days_after(since, RETURN_DAYS)
    return state.due_on


def _about(state: Delivery) -> str | None:
    """Return what the act is about: the parcel, the next stop, the picture, the salesperson."""
    copy = state.copy
    if state.state is S.PACKED:
        return copy.parcel
    if state.state is S.UNDERWAY:
        return copy.stops[copy.passed] if copy.passed < len(copy.stops) else state.application.institution
    if state.state is S.AT_RELAY:
        return copy.reached[-1]
    if state.state is S.PHOTOGRAPHED:
        return None if state.photo is None else state.photo.id
    return state.salesperson if TABLE[state.state].owner is Owner.SALESPERSON else None


def _first(day: date | None, due: date) -> date:
    return due if day is None else min(day, due)
