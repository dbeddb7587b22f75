"""Signals of signing for somebody else: raised once each, cleared by somebody whom they do not concern."""

from __future__ import annotations

from collections.abc import Mapping

from esign.ceremony.domain import commands as c
from esign.ceremony.domain import events as e
from esign.ceremony.domain import rules
from esign.ceremony.domain.consequence import with_consequences
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.domain.rule import EnvelopeRule, RecipientRule
from esign.ceremony.domain.signals import SIGNALS
from esign.ceremony.domain.state import Envelope, Recipient, Signal
from esign.ceremony.domain.values import SignalStrength

Events = tuple[e.Event, ...]


def _raised_before(state: Envelope, recipient: Recipient, command: c.RaiseSignal) -> bool:
    """Tell whether this was said already, as strongly: of the same recipient, about the same other one."""
    about = (recipient.id, command.finding, command.with_recipient, command.with_member)
    said = {one.strength for one in state.signals if about == _about(one)}
    return command.strength in said or SignalStrength.STRONG in said


def _about(signal: Signal) -> tuple[str, str, str | None, str | None]:
    return (signal.recipient, signal.finding, signal.with_recipient, signal.with_member)


def _raise(state: Envelope, recipient: Recipient, command: c.RaiseSignal) -> Events:
    if command.finding not in SIGNALS:
        raise refusal("signal-unknown", (command.finding,))
    if state.find_signal(command.signal) is not None or len(state.signals) >= rules.SIGNALS_AT_MOST:
        raise refusal("signals-full")
    return (
        e.SignalRaised(
            at=command.at,
            recipient=recipient.id,
            signal=command.signal,
            finding=command.finding,
            strength=command.strength,
            with_recipient=command.with_recipient,
            with_envelope=command.with_envelope,
            with_member=command.with_member,
        ),
    )


def _signal_of(state: Envelope, command: c.ClearSignal | c.ShowCaptures) -> Signal:
    found = state.find_signal(command.signal)
    if found is None:
        raise refusal("no-signal")
    return found


def _never(state: Envelope, command: c.ShowCaptures) -> bool:
    if not command.elsewhere:
        _signal_of(state, command)
    return False  # every look is taken down


def _show(_state: Envelope, command: c.ShowCaptures) -> Events:
    return (e.CapturesShown(at=command.at, signal=command.signal, by=command.by),)


def _cleared_before(state: Envelope, command: c.ClearSignal) -> bool:
    return _signal_of(state, command).cleared is not None


def _clear(state: Envelope, command: c.ClearSignal) -> Events:
    if command.by in (state.salesperson, _signal_of(state, command).with_member):
        raise refusal("own-signal")
    cleared = e.SignalCleared(
        at=command.at, signal=command.signal, by=command.by, reason=command.reason, note=command.note
    )
    return with_consequences(state, cleared)


RAISING_RULES: Mapping[type[c.Command], RecipientRule] = {c.RaiseSignal: RecipientRule(_raised_before, _raise)}
REVIEW_RULES: Mapping[type[c.Command], EnvelopeRule] = {
    c.ShowCaptures: EnvelopeRule(_never, _show),
    c.ClearSignal: EnvelopeRule(_cleared_before, _clear),
}
