"""How events make a delivery what it is: `evolve(state, event) -> state`, pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

from delivery.domain import events as e
from delivery.domain.clocks import day_of
from delivery.domain.refusal import broken
from delivery.domain.state import (
    Application,
    Chase,
    Copy,
    Delivery,
    End,
    Foretold,
    Issued,
    Photo,
    Receipt,
    Wait,
    changed,
)
from delivery.domain.table import MOVES
from delivery.domain.values import (
    INCOMPLETE,
    DeliveryState,
    Medium,
    RejectReason,
    ReprintReason,
)

S = DeliveryState
REMINDERS_KEPT: Final = 10
Changes: TypeAlias = dict[str, Any]
_LEFT_BEHIND: Final = frozenset({S.WITH_SALESPERSON, S.CUSTOMER_AWAY, S.SIGNED_BY_OTHER})
"""Where a paper policy lies with a salesperson, and goes back to the outlet when another one takes over."""


def evolve(state: Delivery | None, event: e.Event) -> Delivery:
    """Return the delivery after `event`. Raises `DeliveryTrailBroken` for an event that cannot follow `state`."""
    if isinstance(event, e.DeliveryOpened):
        if state is not None:
            raise broken("a delivery was opened twice")
        return _opened(event)
    step = _STEPS.get(type(event))
    if state is None or step is None:
        raise broken("an event stands where no delivery is, or is none of a delivery")
    changes = step(state, event)
    changes["last_at"] = event.at
    after = changes.get("state", state.state)
    if after is not state.state:
        if (state.state, after) not in MOVES:
            raise broken(f"{event.type.name} cannot follow where a delivery is {state.state}")
        changes["since"] = event.at
    return changed(state, **changes)


def fold(events: Iterable[e.Event], state: Delivery | None = None) -> Delivery | None:
    """Return the delivery after all `events`, in order, starting from `state`. Raises `DeliveryTrailBroken`."""
    for event in events:
        state = evolve(state, event)
    return state


def _opened(event: e.DeliveryOpened) -> Delivery:
    application = Application(
        event.proposal,
        event.applied_on,
        event.institution,
        event.salesperson,
        event.channel,
        event.product,
        event.hesitation_days,
        event.client,
    )
    return Delivery(application, event.salesperson, event.at, event.at, papers_on=event.applied_on)


def _waited(state: Delivery, event: e.DeliveryWaited) -> Changes:
    """The papers are complete on the day on which the last of what was missing came in."""
    papers_on = state.papers_on
    if event.waits_for in INCOMPLETE:
        papers_on = None
    elif papers_on is None:
        papers_on = day_of(event.at)
    return {"wait": Wait(event.waits_for, event.owner, event.until), "papers_on": papers_on, "since": event.at}


def _dropped(_state: Delivery, _event: e.DeliveryDropped) -> Changes:
    return {"state": S.DROPPED}


def _issued(state: Delivery, event: e.DeliveryIssued) -> Changes:
    issued = Issued(event.policy, event.underwritten_on, event.issued_on, event.medium, event.note)
    after = S.TO_SEND if event.medium is Medium.ELECTRONIC else S.TO_PRINT
    return {"state": after, "issued": issued, "papers_on": state.papers_on or day_of(event.at)}


def _ended(state: Delivery, event: e.DeliveryEnded) -> Changes:
    """What was received stays received."""
    changes: Changes = {"end": End(event.reason, event.ended_on)}
    if state.is_open:
        changes["state"] = S.ENDED
    return changes


def _printed(state: Delivery, event: e.DeliveryPrinted) -> Changes:
    return {"state": S.PRINTED, "copy": changed(state.copy, run=event.run, coded=event.coded)}


def _bound(state: Delivery, _event: e.DeliveryBound) -> Changes:
    return {"state": S.BOUND, "copy": changed(state.copy, bound=True)}


def _checked(state: Delivery, _event: e.DeliveryChecked) -> Changes:
    return {"state": S.CHECKED, "copy": changed(state.copy, checked=True)}


def _check_failed(state: Delivery, _event: e.DeliveryCheckFailed) -> Changes:
    return _again(state, ReprintReason.CHECK_FAILED)


def _reprinted(state: Delivery, event: e.DeliveryReprinted) -> Changes:
    return _again(state, event.reason)


def _again(state: Delivery, reason: ReprintReason) -> Changes:
    return {"state": S.TO_PRINT, "copy": Copy(state.copy.number + 1, reason), "again_on": None}


def _packed(state: Delivery, event: e.DeliveryPacked) -> Changes:
    copy = changed(state.copy, parcel=event.parcel, way=event.way, stops=event.stops)
    return {"state": S.PACKED, "copy": copy}


def _dispatched(state: Delivery, event: e.DeliveryDispatched) -> Changes:
    return {"state": S.UNDERWAY, "copy": changed(state.copy, dispatched_on=day_of(event.at))}


def _relayed(state: Delivery, event: e.DeliveryRelayed) -> Changes:
    if event.institution not in state.copy.stops:
        raise broken("a delivery was scanned at a stop that its relay has not")
    copy = changed(state.copy, reached=(*state.copy.reached, event.institution))
    return {"state": S.AT_RELAY, "copy": copy, "since": event.at}


def _forwarded(state: Delivery, event: e.DeliveryForwarded) -> Changes:
    copy = changed(state.copy, forwarded=(*state.copy.forwarded, event.institution))
    return {"state": S.UNDERWAY, "copy": copy}


def _arrived(state: Delivery, event: e.DeliveryArrived) -> Changes:
    return {"state": S.AT_OUTLET, "copy": changed(state.copy, arrived_on=day_of(event.at))}


def _handed(state: Delivery, event: e.DeliveryHanded) -> Changes:
    return {"state": S.WITH_SALESPERSON, "copy": changed(state.copy, handed_to=event.salesperson)}


def _link_sent(state: Delivery, event: e.DeliveryLinkSent) -> Changes:
    return {"state": S.LINK_SENT, "links": (*state.links, event.message), "again_on": None}


def _link_opened(_state: Delivery, _event: e.DeliveryLinkOpened) -> Changes:
    return {"state": S.LINK_OPENED}


def _switched(state: Delivery, _event: e.DeliverySwitched) -> Changes:
    if state.issued is None:
        raise broken("a policy was switched to paper that was never issued")
    return {"state": S.TO_PRINT, "issued": changed(state.issued, medium=Medium.PAPER), "again_on": None}


def _missed(_state: Delivery, event: e.DeliveryMissed) -> Changes:
    return {"state": S.CUSTOMER_AWAY, "again_on": event.again_on}


def _address_wrong(_state: Delivery, _event: e.DeliveryAddressWrong) -> Changes:
    return {"state": S.ADDRESS_WRONG, "again_on": None}


def _address_corrected(state: Delivery, event: e.DeliveryAddressCorrected) -> Changes:
    if state.issued is None:
        raise broken("an address was corrected where no policy was issued")
    return {"state": _back(state), "issued": changed(state.issued, note=event.note)}


def _refused(_state: Delivery, _event: e.DeliveryRefused) -> Changes:
    return {"state": S.REFUSED, "again_on": None}


def _resumed(state: Delivery, _event: e.DeliveryResumed) -> Changes:
    return {"state": _back(state)}


def _back(state: Delivery) -> DeliveryState:
    """Return where a delivery stands once what was in its way is out of it."""
    if state.is_electronic:
        return S.TO_SEND
    return S.AT_OUTLET if state.copy.handed_to is None else S.WITH_SALESPERSON


def _signed_by_other(state: Delivery, event: e.DeliverySignedByOther) -> Changes:
    return {"state": S.SIGNED_BY_OTHER, "strays": (*state.strays, event.receipt), "photo": None, "again_on": None}


def _photographed(state: Delivery, event: e.DeliveryPhotographed) -> Changes:
    photo = Photo(event.photo, event.receipt, event.signed_on, event.by)
    return {"state": S.PHOTOGRAPHED, "photo": photo, "photos": (*state.photos, event.photo), "again_on": None}


def _rejected(state: Delivery, event: e.DeliveryRejected) -> Changes:
    if state.photo is None or state.photo.id != event.photo:
        raise broken("a picture was rejected that nobody took")
    after = S.SIGNED_BY_OTHER if event.reason is RejectReason.SIGNED_BY_OTHER else _back(state)
    return {"state": after, "photo": None, "strays": (*state.strays, state.photo.receipt)}


def _received(_state: Delivery, event: e.DeliveryReceived) -> Changes:
    receipt = Receipt(event.receipt, event.received_on, event.way, event.record)
    return {"state": S.RECEIVED, "receipt": receipt, "photo": None, "again_on": None}


def _returned(_state: Delivery, _event: e.DeliveryReturned) -> Changes:
    return {"state": S.RETURNED}


def _signed_after_end(state: Delivery, event: e.DeliverySignedAfterEnd) -> Changes:
    return {"state": S.SIGNED_AFTER_END, "strays": (*state.strays, event.receipt)}


def _released(state: Delivery, event: e.DeliveryReceiptReleased) -> Changes:
    return {"released": (*state.released, event.envelope)}


def _settled(_state: Delivery, _event: e.DeliverySettled) -> Changes:
    return {"state": S.ENDED}


def _orphaned(_state: Delivery, _event: e.DeliveryOrphaned) -> Changes:
    return {"orphaned": True}


def _reassigned(state: Delivery, event: e.DeliveryReassigned) -> Changes:
    changes: Changes = {"salesperson": event.salesperson, "orphaned": False}
    if state.copy.handed_to is not None:
        changes["copy"] = changed(state.copy, handed_to=None)
        if state.state in _LEFT_BEHIND:
            changes |= {"state": S.AT_OUTLET, "again_on": None}
    return changes


def _chased(_state: Delivery, event: e.DeliveryChased) -> Changes:
    return {"chase": Chase(event.chase, event.at)}


def _reminded(state: Delivery, event: e.DeliveryReminded) -> Changes:
    if state.chase is None:
        raise broken("somebody was reminded of a delivery that nobody chases")
    reminders = (*state.chase.reminders, event.reminder)[-REMINDERS_KEPT:]
    return {"chase": changed(state.chase, reminders=reminders)}


def _called(state: Delivery, event: e.DeliveryCalled) -> Changes:
    return {"calls": (*state.calls, event.call)}


def _foretold(_state: Delivery, event: e.DeliveryForetold) -> Changes:
    return {"foretold": Foretold(event.reason, event.expected_on)}


def _fell_late(_state: Delivery, _event: e.DeliveryFellLate) -> Changes:
    return {"late": True}


def _explained(_state: Delivery, event: e.DeliveryExplained) -> Changes:
    return {"late_reason": event.reason}


_STEPS: Final[Mapping[type[e.Event], Callable[[Delivery, Any], Changes]]] = {
    e.DeliveryWaited: _waited,
    e.DeliveryDropped: _dropped,
    e.DeliveryIssued: _issued,
    e.DeliveryEnded: _ended,
    e.DeliveryPrinted: _printed,
    e.DeliveryBound: _bound,
    e.DeliveryChecked: _checked,
    e.DeliveryCheckFailed: _check_failed,
    e.DeliveryPacked: _packed,
    e.DeliveryDispatched: _dispatched,
    e.DeliveryRelayed: _relayed,
    e.DeliveryForwarded: _forwarded,
    e.DeliveryArrived: _arrived,
    e.DeliveryHanded: _handed,
    e.DeliveryReprinted: _reprinted,
    e.DeliveryLinkSent: _link_sent,
    e.DeliveryLinkOpened: _link_opened,
    e.DeliverySwitched: _switched,
    e.DeliveryMissed: _missed,
    e.DeliveryAddressWrong: _address_wrong,
    e.DeliveryAddressCorrected: _address_corrected,
    e.DeliveryRefused: _refused,
    e.DeliveryResumed: _resumed,
    e.DeliverySignedByOther: _signed_by_other,
    e.DeliveryPhotographed: _photographed,
    e.DeliveryRejected: _rejected,
    e.DeliveryReceived: _received,
    e.DeliveryReturned: _returned,
    e.DeliverySignedAfterEnd: _signed_after_end,
    e.DeliveryReceiptReleased: _released,
    e.DeliverySettled: _settled,
    e.DeliveryOrphaned: _orphaned,
    e.DeliveryReassigned: _reassigned,
    e.DeliveryChased: _chased,
    e.DeliveryReminded: _reminded,
    e.DeliveryCalled: _called,
    e.DeliveryForetold: _foretold,
    e.DeliveryFellLate: _fell_late,
    e.DeliveryExplained: _explained,
}
