"""A parcel: opened for an outlet, filled by scanning, closed, dispatched. Its policies' events tell what lies in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, ClassVar

from delivery.domain.command import ByAnybody, Command
from delivery.domain.event import Event
from delivery.domain.forms import Counted, FormError, Id, check_members
from delivery.domain.refusal import broken, refusal
from delivery.domain.values import RouteWay
from esign.trail.event import EventType

Policies = Annotated[int, Counted(0, 9_999)]


class ParcelState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    DISPATCHED = "dispatched"


@dataclass(frozen=True, kw_only=True)
class ParcelOpened(Event):
    """`stops` are the institutions at which a relay is scanned, none where it goes direct."""

    type: ClassVar[EventType] = EventType("parcel.opened")
    print_centre: Id
    outlet: Id
    way: RouteWay
    stops: tuple[Id, ...]
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class ParcelClosed(Event):
    """With so many policies in it."""

    type: ClassVar[EventType] = EventType("parcel.closed")
    policies: Policies
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class ParcelDispatched(Event):
    type: ClassVar[EventType] = EventType("parcel.dispatched")
    by: Id | None


@dataclass(frozen=True, kw_only=True)
class OpenParcel(ByAnybody):
    """The members are those of `ParcelOpened`."""

    print_centre: Id
    outlet: Id
    way: RouteWay
    stops: tuple[Id, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FillParcel(ByAnybody):
    """A policy is about to be packed: asks whether the parcel still takes one, and records nothing."""


@dataclass(frozen=True, kw_only=True)
class CloseParcel(ByAnybody):
    policies: Policies


@dataclass(frozen=True, kw_only=True)
class DispatchParcel(ByAnybody):
    pass


@dataclass(frozen=True)
class Parcel:
    """`policies` is how many were in it when it was closed, 0 before."""

    print_centre: str
    outlet: str
    way: RouteWay
    stops: tuple[str, ...]
    state: ParcelState = ParcelState.OPEN
    policies: int = 0


def decide_parcel(state: Parcel | None, command: Command) -> tuple[Event, ...]:
    """Return the events that `command` leads to; none where it had its effect. Raises `DeliveryRefused`."""
    try:
        check_members(command)
    except FormError as error:
        raise refusal("malformed-command", (error.place,)) from error
    if isinstance(command, OpenParcel):
        return () if state is not None else (ParcelOpened(**vars(command)),)
    if state is None:
        raise refusal("no-parcel")
    if isinstance(command, FillParcel):
        if state.state is not ParcelState.OPEN:
            raise refusal("parcel-closed")
        return ()
    if isinstance(command, CloseParcel):
        if state.state is not ParcelState.OPEN:
            return ()
        if not command.policies:
            raise refusal("parcel-empty")
        return (ParcelClosed(**vars(command)),)
    if not isinstance(command, DispatchParcel):
        raise refusal("malformed-command", (type(command).__name__,))
    if state.state is ParcelState.OPEN:
        raise refusal("parcel-open")
    return () if state.state is ParcelState.DISPATCHED else (ParcelDispatched(**vars(command)),)


def evolve_parcel(state: Parcel | None, event: Event) -> Parcel:
    """Return the parcel after `event`. Raises `DeliveryTrailBroken` for one that cannot follow."""
    if isinstance(event, ParcelOpened) and state is None:
        return Parcel(event.print_centre, event.outlet, event.way, event.stops)
    if state is None:
        raise broken("a parcel has events before it was opened")
    if isinstance(event, ParcelClosed):
        return replace(state, state=ParcelState.CLOSED, policies=event.policies)
    if isinstance(event, ParcelDispatched):
        return replace(state, state=ParcelState.DISPATCHED)
    raise broken("an event of a parcel is none of a parcel")


PARCEL_EVENTS: tuple[type[Event], ...] = (ParcelOpened, ParcelClosed, ParcelDispatched)
