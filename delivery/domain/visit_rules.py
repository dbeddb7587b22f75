"""The way to the customer: the link, the visit, and what is in the way of either."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from delivery.domain import commands as c
from delivery.domain import events as e
from delivery.domain.command import Command
from delivery.domain.refusal import refusal
from delivery.domain.rule import Rule, never
from delivery.domain.state import Delivery
from delivery.domain.values import DeliveryState, Medium

LINKS_AT_MOST: Final = 20


def _was_sent(state: Delivery, command: c.SendLink) -> bool:
    return command.message in state.links


def _send_link(state: Delivery, command: c.SendLink) -> tuple[e.Event, ...]:
    if not state.is_electronic:
        raise refusal("delivery-is-paper")
    if len(state.links) >= LINKS_AT_MOST:
        raise refusal("delivery-links-too-many")
    return (e.DeliveryLinkSent(at=command.at, message=command.message),)


def _was_opened(state: Delivery, _command: c.OpenLink) -> bool:
    """It may be opened again at any time, and that says nothing more."""
    return bool(state.links) and state.state is not DeliveryState.LINK_SENT


def _open_link(_state: Delivery, command: c.OpenLink) -> tuple[e.Event, ...]:
    return (e.DeliveryLinkOpened(at=command.at),)


def _is_on_paper(state: Delivery, _command: c.SwitchToPaper) -> bool:
    return state.issued is not None and state.issued.medium is Medium.PAPER


def _switch(_state: Delivery, command: c.SwitchToPaper) -> tuple[e.Event, ...]:
    return (e.DeliverySwitched(at=command.at, by=command.by),)


def _is_away(state: Delivery, command: c.ReportAway) -> bool:
    return state.state is DeliveryState.CUSTOMER_AWAY and state.again_on == command.again_on


def _report_away(_state: Delivery, command: c.ReportAway) -> tuple[e.Event, ...]:
    if command.again_on <= command.day:
        raise refusal("delivery-again-past", (command.again_on.isoformat(),))
    return (e.DeliveryMissed(at=command.at, again_on=command.again_on, by=command.by),)


def _is_wrong(state: Delivery, _command: c.ReportAddressWrong) -> bool:
    return state.state is DeliveryState.ADDRESS_WRONG


def _report_wrong(_state: Delivery, command: c.ReportAddressWrong) -> tuple[e.Event, ...]:
    return (e.DeliveryAddressWrong(at=command.at, by=command.by),)


def _is_corrected(state: Delivery, command: c.CorrectAddress) -> bool:
    return state.issued is not None and state.issued.note == command.note


def _correct(_state: Delivery, command: c.CorrectAddress) -> tuple[e.Event, ...]:
    return (e.DeliveryAddressCorrected(at=command.at, note=command.note, by=command.by),)


def _is_refused(state: Delivery, _command: c.ReportRefused) -> bool:
    return state.state is DeliveryState.REFUSED


def _report_refused(_state: Delivery, command: c.ReportRefused) -> tuple[e.Event, ...]:
    return (e.DeliveryRefused(at=command.at, reason=command.reason, by=command.by),)


def _resume(_state: Delivery, command: c.Resume) -> tuple[e.Event, ...]:
    return (e.DeliveryResumed(at=command.at, by=command.by),)


VISIT_RULES: Final[Mapping[type[Command], Rule]] = {
    c.SendLink: Rule(_was_sent, _send_link),
    c.OpenLink: Rule(_was_opened, _open_link),
    c.SwitchToPaper: Rule(_is_on_paper, _switch),
    c.ReportAway: Rule(_is_away, _report_away),
    c.ReportAddressWrong: Rule(_is_wrong, _report_wrong),
    c.CorrectAddress: Rule(_is_corrected, _correct),
    c.ReportRefused: Rule(_is_refused, _report_refused),
    c.Resume: Rule(never, _resume),
}
