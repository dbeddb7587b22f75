"""What the insurance does to a delivery: it begins with a signed application, and ends with the policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from delivery.domain import commands as c
from delivery.domain import events as e
from delivery.domain.command import Command
from delivery.domain.refusal import refusal
from delivery.domain.rule import Rule
from delivery.domain.state import Delivery, Wait
from delivery.domain.values import DeliveryState


def opened(state: Delivery | None, command: c.Open) -> tuple[e.Event, ...]:
    """Return the event of opening; none where exactly this was opened already. Raises `DeliveryRefused`."""
    if state is not None:
        known = state.application
        if (known.proposal, known.applied_on) != (command.proposal, command.applied_on):
            raise refusal("delivery-exists", (known.proposal,))
        return ()
    if command.applied_on > command.day:
        raise refusal("delivery-applied-in-future", (command.applied_on.isoformat(),))
    return (
        e.DeliveryOpened(
            at=command.at,
            proposal=command.proposal,
            applied_on=command.applied_on,
            institution=command.institution,
            salesperson=command.salesperson,
            channel=command.channel,
            product=command.product,
            hesitation_days=command.hesitation_days,
            client=command.client,
        ),
    )


def _waits_so(state: Delivery, command: c.RecordWait) -> bool:
    same = state.wait == Wait(command.waits_for, command.owner, command.until)
    return same and state.state is DeliveryState.AWAITING_ISSUE


def _wait(_state: Delivery, command: c.RecordWait) -> tuple[e.Event, ...]:
    return (e.DeliveryWaited(at=command.at, waits_for=command.waits_for, owner=command.owner, until=command.until),)


def _is_dropped(state: Delivery, _command: c.RecordDropped) -> bool:
    return state.state is DeliveryState.DROPPED


def _drop(_state: Delivery, command: c.RecordDropped) -> tuple[e.Event, ...]:
    return (e.DeliveryDropped(at=command.at, reason=command.reason),)


def _is_issued(state: Delivery, command: c.RecordIssued) -> bool:
    return state.issued is not None and state.issued.policy == command.policy


def _issue(state: Delivery, command: c.RecordIssued) -> tuple[e.Event, ...]:
    if not state.application.applied_on <= command.underwritten_on <= command.issued_on <= command.day:
        raise refusal(
            "delivery-days-out-of-order", (command.underwritten_on.isoformat(), command.issued_on.isoformat())
        )
    return (
        e.DeliveryIssued(
            at=command.at,
            policy=command.policy,
            underwritten_on=command.underwritten_on,
            issued_on=command.issued_on,
            medium=command.medium,
            note=command.note,
        ),
    )


def _has_ended(state: Delivery, _command: c.RecordEnded) -> bool:
    return state.end is not None


def _end(_state: Delivery, command: c.RecordEnded) -> tuple[e.Event, ...]:
    if command.ended_on > command.day:
        raise refusal("delivery-ended-in-future", (command.ended_on.isoformat(),))
    return (e.DeliveryEnded(at=command.at, reason=command.reason, ended_on=command.ended_on),)


CONTRACT_RULES: Final[Mapping[type[Command], Rule]] = {
    c.RecordWait: Rule(_waits_so, _wait),
    c.RecordDropped: Rule(_is_dropped, _drop),
    c.RecordIssued: Rule(_is_issued, _issue),
    c.RecordEnded: Rule(_has_ended, _end),
}
