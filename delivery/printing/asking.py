"""What the domain is asked by a scan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from delivery.domain import commands as c
from delivery.domain.command import Command
from delivery.domain.parcel import Parcel
from delivery.domain.refusal import refusal
from delivery.domain.values import CheckReason, ReprintReason
from delivery.printing.acts import Act
from esign.public.console import Caller


@dataclass(frozen=True)
class Scan:
    """What was scanned at a page, which says what it means: an act, a parcel, a salesperson, a reason.

    `apart` is another parcel, of which somebody was told that the policy belongs to it, and said that they hold it.
    """

    act: Act
    code: str
    parcel: str | None = None
    salesperson: str | None = None
    reason: CheckReason | None = None
    apart: str | None = None


Asking: TypeAlias = Callable[[Caller, Scan, Parcel | None, datetime], Command]


def command_of(caller: Caller, scan: Scan, parcel: Parcel | None, at: datetime) -> Command:
    """Return the command of a scan. `parcel` is the open one of `scan.parcel`, for packing.

    Raises `DeliveryRefused` (`parcel-wanted`, `scan-no-salesperson`) where the page did not say enough.
    """
    return _COMMANDS[scan.act](caller, scan, parcel, at)


def _pack(caller: Caller, scan: Scan, parcel: Parcel | None, at: datetime) -> Command:
    if parcel is None or scan.parcel is None:
        raise refusal("parcel-wanted")
    return c.Pack(at=at, parcel=scan.parcel, outlet=parcel.outlet, way=parcel.way, stops=parcel.stops, by=caller.member)


def _dispatch(_caller: Caller, _scan: Scan, _parcel: Parcel | None, _at: datetime) -> Command:
    """Parcels are dispatched, no policy by itself."""
    raise refusal("parcel-wanted")


def _hand(caller: Caller, scan: Scan, _parcel: Parcel | None, at: datetime) -> Command:
    if scan.salesperson is None:
        raise refusal("scan-no-salesperson")
    return c.Hand(at=at, salesperson=scan.salesperson, by=caller.member)


def _reprint(reason: ReprintReason) -> Asking:
    return lambda caller, _scan, _parcel, at: c.Reprint(at=at, reason=reason, by=caller.member)


_COMMANDS: Final[Mapping[Act, Asking]] = {
    Act.BIND: lambda caller, _scan, _parcel, at: c.Bind(at=at, by=caller.member),
    Act.PASS: lambda caller, _scan, _parcel, at: c.Check(at=at, passed=True, by=caller.member),
    Act.FAIL: lambda caller, scan, _parcel, at: c.Check(at=at, passed=False, reason=scan.reason, by=caller.member),
    Act.PACK: _pack,
    Act.DISPATCH: _dispatch,
    Act.REACH: lambda caller, _scan, _parcel, at: c.Reach(at=at, institution=caller.institution, by=caller.member),
    Act.FORWARD: lambda caller, _scan, _parcel, at: c.Forward(at=at, institution=caller.institution, by=caller.member),
    Act.ARRIVE: lambda caller, _scan, _parcel, at: c.Arrive(at=at, outlet=caller.institution, by=caller.member),
    Act.HAND: _hand,
    Act.LOST: _reprint(ReprintReason.LOST),
    Act.DAMAGED: _reprint(ReprintReason.DAMAGED),
}
