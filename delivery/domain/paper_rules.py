"""From the print centre to the salesperson's hands: each scan once, in order, at the place where it belongs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from delivery.domain import commands as c
from delivery.domain import events as e
from delivery.domain.command import Command
from delivery.domain.refusal import refusal
from delivery.domain.rule import Rule
from delivery.domain.state import Delivery
from delivery.domain.values import DeliveryState, ReprintReason, RouteWay

COPIES_AT_MOST: Final = 20
"""Of one policy: whoever prints more often than that looks into what goes wrong."""


def require_paper(state: Delivery) -> None:
    """Raise `DeliveryRefused` (`delivery-is-electronic`) unless there is a paper policy."""
    if state.is_electronic:
        raise refusal("delivery-is-electronic")


def _is_in_run(state: Delivery, command: c.Print) -> bool:
    return state.copy.run == command.run


def _print(state: Delivery, command: c.Print) -> tuple[e.Event, ...]:
    copy = state.copy.number
    if command.copy not in (None, copy):  # the file was made for a print that was given up meanwhile
        raise refusal("print-other-copy", (str(copy),))
    return (e.DeliveryPrinted(at=command.at, run=command.run, copy=copy, coded=command.copy is not None),)


def _is_bound(state: Delivery, _command: c.Bind) -> bool:
    return state.copy.bound


def _bind(_state: Delivery, command: c.Bind) -> tuple[e.Event, ...]:
    return (e.DeliveryBound(at=command.at, by=command.by),)


def _is_checked(state: Delivery, command: c.Check) -> bool:
    if command.passed is (command.reason is not None):
        raise refusal("delivery-check-reason")
    return state.copy.checked if command.passed else _is_to_reprint(state, ReprintReason.CHECK_FAILED)


def _check(_state: Delivery, command: c.Check) -> tuple[e.Event, ...]:
    if command.reason is None:
        return (e.DeliveryChecked(at=command.at, by=command.by),)
    return (e.DeliveryCheckFailed(at=command.at, reason=command.reason, by=command.by),)


def _is_packed(state: Delivery, command: c.Pack) -> bool:
    _require_own_outlet(state, command.outlet)
    parcel = state.copy.parcel
    if parcel is not None and parcel != command.parcel:
        raise refusal("delivery-packed-elsewhere", (parcel,))
    return parcel is not None


def _pack(state: Delivery, command: c.Pack) -> tuple[e.Event, ...]:
    stops = command.stops
    if len(set(stops)) < len(stops) or command.outlet in stops or (stops and command.way is RouteWay.DIRECT):
        raise refusal("delivery-stops")
    return (
        e.DeliveryPacked(
            at=command.at,
            parcel=command.parcel,
            outlet=command.outlet,
            way=command.way,
            stops=stops,
            by=command.by,
        ),
    )


def _is_dispatched(state: Delivery, command: c.Dispatch) -> bool:
    if state.copy.parcel is not None and state.copy.parcel != command.parcel:
        raise refusal("delivery-packed-elsewhere", (state.copy.parcel,))
    return state.copy.dispatched_on is not None


def _dispatch(_state: Delivery, command: c.Dispatch) -> tuple[e.Event, ...]:
    return (e.DeliveryDispatched(at=command.at, parcel=command.parcel, by=command.by),)


def _has_reached(state: Delivery, command: c.Reach) -> bool:
    return command.institution in state.copy.reached


def _reach(state: Delivery, command: c.Reach) -> tuple[e.Event, ...]:
    """A stop that was passed without a scan is not waited for: what is here is here."""
    copy = state.copy
    if command.institution not in copy.stops:
        raise refusal("delivery-not-on-route", (command.institution,))
    if copy.stops.index(command.institution) < copy.passed:
        raise refusal("delivery-stop-passed", (command.institution,))
    return (e.DeliveryRelayed(at=command.at, institution=command.institution, by=command.by),)


def _is_forwarded(state: Delivery, command: c.Forward) -> bool:
    return command.institution in state.copy.forwarded


def _forward(state: Delivery, command: c.Forward) -> tuple[e.Event, ...]:
    if command.institution != state.copy.reached[-1]:
        raise refusal("delivery-not-at-stop", (command.institution,))
    return (e.DeliveryForwarded(at=command.at, institution=command.institution, by=command.by),)


def _has_arrived(state: Delivery, command: c.Arrive) -> bool:
    _require_own_outlet(state, command.outlet)
    return state.copy.arrived_on is not None


def _arrive(_state: Delivery, command: c.Arrive) -> tuple[e.Event, ...]:
    return (e.DeliveryArrived(at=command.at, outlet=command.outlet, by=command.by),)


def _is_handed(state: Delivery, command: c.Hand) -> bool:
    if command.salesperson != state.salesperson:
        raise refusal("delivery-other-salesperson", (state.salesperson,))
    return state.copy.handed_to is not None


def _hand(state: Delivery, command: c.Hand) -> tuple[e.Event, ...]:
    if state.orphaned:
        raise refusal("delivery-orphaned", (state.salesperson,))
    return (e.DeliveryHanded(at=command.at, salesperson=command.salesperson, by=command.by),)


def _is_ordered_again(state: Delivery, command: c.Reprint) -> bool:
    if command.reason is ReprintReason.CHECK_FAILED:
        raise refusal("delivery-reprint-reason")
    return _is_to_reprint(state, command.reason)


def _reprint(state: Delivery, command: c.Reprint) -> tuple[e.Event, ...]:
    require_paper(state)
    if state.copy.number >= COPIES_AT_MOST:
        raise refusal("delivery-copies-too-many")
    return (e.DeliveryReprinted(at=command.at, reason=command.reason, by=command.by),)


def _is_to_reprint(state: Delivery, reason: ReprintReason) -> bool:
    return state.state is DeliveryState.TO_PRINT and state.copy.printed_for is reason


def _require_own_outlet(state: Delivery, outlet: str) -> None:
    if outlet != state.application.institution:
        raise refusal("delivery-other-outlet", (state.application.institution,))


PAPER_RULES: Final[Mapping[type[Command], Rule]] = {
    c.Print: Rule(_is_in_run, _print),
    c.Bind: Rule(_is_bound, _bind),
    c.Check: Rule(_is_checked, _check),
    c.Pack: Rule(_is_packed, _pack),
    c.Dispatch: Rule(_is_dispatched, _dispatch),
    c.Reach: Rule(_has_reached, _reach),
    c.Forward: Rule(_is_forwarded, _forward),
    c.Arrive: Rule(_has_arrived, _arrive),
    c.Hand: Rule(_is_handed, _hand),
    c.Reprint: Rule(_is_ordered_again, _reprint),
}
