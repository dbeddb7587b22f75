"""One scan: what was read and what it is to mean, checked by place, given to the domain, answered in words.

A scan is recorded when it reaches the service. The same scan twice is one: the second is answered as such. There is no
taking back: an event stands. Who scanned the wrong policy has it printed again, or scans the right one.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from delivery.domain import Delivery
from delivery.domain.clocks import day_of
from delivery.domain.parcel import Parcel
from delivery.domain.print_code import LINK, CodeRead, read_code, require_current
from delivery.domain.refusal import refusal
from delivery.domain.values import DeliveryState
from delivery.errors import DeliveryRefused
from delivery.models import DeliveryRow
from delivery.printing.acts import AT_CENTRE, AT_OUTLET, AT_STOP, Act
from delivery.printing.asking import Scan, command_of
from delivery.printing.earlier_prints import EarlierPrint, earlier_print
from delivery.printing.parcels import Parcels, label_of, parcel_named
from delivery.service.deliveries import Deliveries
from delivery.service.routing import Routing
from esign.public.console import Caller, Role, name_of
from esign.public.events import retried

CODE_AT_MOST: Final = 300


class Tone(StrEnum):
    """How an answer is shown: done, done before, refused."""

    DONE = "done"
    AGAIN = "again"
    NO = "no"


@dataclass(frozen=True)
class Scanned:
    """The answer. `policy` is the number, None where a parcel was scanned; `parcel` is the one that is chosen now.

    `policies` is of how many policies this was recorded. `refused` says why it was not; `earlier` tells of the print
    that was scanned where it is not the one that counts.
    """

    tone: Tone
    act: Act
    policy: str | None = None
    parcel: str | None = None
    policies: int = 0
    refused: DeliveryRefused | None = None
    earlier: EarlierPrint | None = None


class Scanning:
    """Takes scans of members of staff."""

    def __init__(self, deliveries: Deliveries, routing: Routing, parcels: Parcels) -> None:
        self._deliveries = deliveries
        self._routing = routing
        self._parcels = parcels
        self._house = deliveries.house

    def take(self, caller: Caller, scan: Scan) -> Scanned:
        """Record what a scan means, in a transaction of its own; what is refused is told in the answer."""
        code = _straightened(scan.code.strip()[:CODE_AT_MOST])
        parcel = parcel_named(code)
        try:
            self.require_role(caller, scan.act)
            if parcel is not None:
                return self._parcel(caller, scan, parcel)
            return self._policy(caller, scan, code)
        except DeliveryRefused as refused:
            read = read_code(code)
            number = None if read is None else read.number
            earlier = self._earlier(read) if refused.code == "scan-earlier-print" and read is not None else None
            return Scanned(Tone.NO, scan.act, number, scan.parcel, refused=refused, earlier=earlier)

    def require_role(self, caller: Caller, act: Act) -> None:
        """Refuse (`scan-elsewhere`) an act that belongs to another role."""
        allowed: set[Act] = set()
        if Role.PRINTER in caller.roles:
            allowed |= {*AT_CENTRE, Act.LOST, Act.DAMAGED}
        if Role.CLERK in caller.roles:
            allowed |= {*AT_STOP, *AT_OUTLET, Act.LOST}
        if act not in allowed:
            raise refusal("scan-elsewhere")

    def _parcel(self, caller: Caller, scan: Scan, parcel: str) -> Scanned:
        with self._house.database.reading() as session:
            self._require_parcel(caller, scan.act, self._parcels.get(session, parcel))
        if scan.act is Act.DISPATCH:
            sent = self._parcels.dispatch(parcel, by=caller.member, actor=name_of(caller))
            return Scanned(Tone.DONE, scan.act, parcel=parcel, policies=sent)
        if scan.act in AT_STOP:
            return self._whole(caller, scan.act, parcel)
        if scan.act is Act.PACK:
            with self._house.database.transaction() as session:
                self._parcels.require_open(session, parcel)
        return Scanned(Tone.DONE, scan.act, parcel=parcel)

    def arrive_all(self, caller: Caller, parcel: str) -> Scanned:
        """Record that all of a parcel that was not scanned yet is at the outlet. Raises `DeliveryRefused`."""
        with self._house.database.reading() as session:
            self._require_parcel(caller, Act.ARRIVE, self._parcels.get(session, parcel))
        return self._whole(caller, Act.ARRIVE, parcel)

    def _whole(self, caller: Caller, act: Act, parcel: str) -> Scanned:
        """Record an act of everything in a parcel; the first refusal is told if none was taken."""

        def work(session: Session) -> Scanned:
            scan = Scan(act, "", parcel)
            lying = self._parcels.hold_contents(session, parcel)
            if not lying:
                raise refusal("parcel-empty")
            now = self._house.clock()
            asked = [(one.delivery, command_of(caller, scan, None, max(now, one.last_at))) for one in lying]
            done = self._deliveries.execute_many(session, asked, actor=name_of(caller), refusals=DeliveryRefused)
            moved = sum(1 for one in done.changes.values() if one.events)
            refused = next((one for one in done.refused.values() if isinstance(one, DeliveryRefused)), None)
            if not moved and refused is not None:
                raise refused
            return Scanned(Tone.DONE if moved else Tone.AGAIN, act, parcel=parcel, policies=moved)

        return retried(self._house.database, work)

    def _policy(self, caller: Caller, scan: Scan, code: str) -> Scanned:
        if scan.act is Act.DISPATCH:
            raise refusal("parcel-wanted")

        def work(session: Session) -> Scanned:
            read = read_code(code)
            delivery = self._find(session, read)
            if scan.act is Act.PACK and scan.parcel is not None:
                self._parcels.hold(session, scan.parcel)
            self._deliveries.streams.hold(session, delivery)
            state = self._deliveries.get(session, delivery)
            self._require_place(session, caller, scan.act, state)
            require_current(state, None if read is None else read.mark, is_at_hand=scan.act is not Act.LOST)
            _require_parcel_scanned(scan, state)
            parcel = None if scan.act is not Act.PACK else self._open_parcel(session, caller, scan)
            command = command_of(caller, scan, parcel, max(self._house.clock(), state.last_at))
            change = self._deliveries.execute(session, delivery, command, actor=name_of(caller))
            policy = None if state.issued is None else state.issued.policy
            tone = Tone.DONE if change.events else Tone.AGAIN
            return Scanned(tone, scan.act, policy, scan.parcel, 1 if change.events else 0)

        return retried(self._house.database, work)

    def _find(self, session: Session, read: CodeRead | None) -> str:
        """Return the delivery of a number, or of the QR code of a cover sheet. Raises `DeliveryRefused`."""
        if read is not None and read.number is not None:
            return self._deliveries.find(session, read.number)
        subject = None if read is None or read.link is None else self._house.links.subject_of(read.link)
        if subject is None or session.get(DeliveryRow, subject) is None:
            raise refusal("no-delivery")
        return subject

    def _earlier(self, read: CodeRead) -> EarlierPrint | None:
        """Return what became of the print that was scanned."""
        with self._house.database.reading() as session:
            return earlier_print(session, self._find(session, read), int((read.mark or "0?")[:-1]))

    def _open_parcel(self, session: Session, caller: Caller, scan: Scan) -> Parcel:
        if scan.parcel is None:
            raise refusal("parcel-wanted")
        parcel = self._parcels.require_open(session, scan.parcel)
        if parcel.print_centre != caller.institution:
            raise refusal("scan-elsewhere")
        return parcel

    def _require_parcel(self, caller: Caller, act: Act, parcel: Parcel) -> None:
        """Refuse a parcel of another place than the caller's."""
        here = caller.institution
        places = {parcel.print_centre} if act in AT_CENTRE else set(parcel.stops) if act in AT_STOP else {parcel.outlet}
        if here not in places:
            raise refusal("scan-elsewhere")

    def _require_place(self, session: Session, caller: Caller, act: Act, state: Delivery) -> None:
        """Refuse (`scan-elsewhere`) what the caller's institution has nothing to do with.

        Each act has its place, also for who works in both roles: a clerk at a stop of the relay has to do with what
        comes through, and not with what lies at its outlet; nobody at a print centre hands over.
        """
        here, outlet = caller.institution, state.application.institution
        if Role.CLERK in caller.roles and act not in AT_CENTRE and (outlet == here or _comes_through(here, act, state)):
            return
        if Role.PRINTER in caller.roles and act not in (Act.ARRIVE, Act.HAND, *AT_STOP):
            served = self._routing.served_by(session, here, day_of(self._house.clock()))
            if outlet in served:
                return
        if act in (Act.ARRIVE, Act.HAND):
            raise refusal("delivery-other-outlet", (outlet,))
        raise refusal("scan-elsewhere", (outlet,))


def _require_parcel_scanned(scan: Scan, state: Delivery) -> None:
    """Refuse (`scan-other-parcel`) what is on its way in another parcel than the one that is unpacked.

    It names that parcel's label. Who holds the policy all the same says so (`apart`), and it arrives.
    """
    lies_in = state.copy.parcel
    if scan.act is not Act.ARRIVE or scan.parcel is None or lies_in in (None, scan.parcel, scan.apart):
        return
    if state.state in (DeliveryState.UNDERWAY, DeliveryState.AT_RELAY):
        raise refusal("scan-other-parcel", (label_of(str(lies_in)),))


def _comes_through(here: str, act: Act, state: Delivery) -> bool:
    """Tell whether it is on its way through this stop, or the act is that of a stop, which the domain judges."""
    on_the_way = state.state in (DeliveryState.UNDERWAY, DeliveryState.AT_RELAY)
    return here in state.copy.stops and (act in AT_STOP or (act in (Act.DAMAGED, Act.LOST) and on_the_way))


def _straightened(code: str) -> str:
    """Return what the scanner read, where a keyboard twisted it: full-width letters of an input method, and a link
    whose letters came out the other way round under a locked Caps key, which breaks its proof."""
    plain = unicodedata.normalize("NFKC", code)
    return plain.swapcase() if LINK not in plain and LINK in plain.swapcase() else plain
