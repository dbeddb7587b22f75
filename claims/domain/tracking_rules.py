"""Clocks: reminders and alarms, each once; who saw an alarm; one person makes a call."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from claims.domain import commands as c
from claims.domain import events as e
from claims.domain.refusal import refusal
from claims.domain.rule import Rule
from claims.domain.state import CallBack, Claim, find

CALL_HELD: Final = timedelta(minutes=5)
"""So long a call that somebody took is theirs; after that another may make it."""


def callback(state: Claim, id: str) -> CallBack:
    """Return the call of this id. Raises `ClaimRefused` (`no-call-back`)."""
    found = find(state.callbacks, id)
    if found is None:
        raise refusal("no-call-back", (id,))
    return found


def _was_told(state: Claim, command: c.Remind | c.Alarm) -> bool:
    return (command.clock, command.due, isinstance(command, c.Alarm)) in state.told


def _remind(_state: Claim, command: c.Remind) -> tuple[e.Event, ...]:
    if command.at >= command.due:
        raise refusal("clock-over")
    return (e.ClockReminded(**vars(command)),)


def _alarm(_state: Claim, command: c.Alarm) -> tuple[e.Event, ...]:
    if command.at < command.due:
        raise refusal("clock-runs")
    return (e.ClockBroken(**vars(command)),)


def _is_acknowledged(state: Claim, command: c.AcknowledgeAlarm) -> bool:
    return (command.clock, command.due) in state.acknowledged


def _acknowledge(state: Claim, command: c.AcknowledgeAlarm) -> tuple[e.Event, ...]:
    if (command.clock, command.due, True) not in state.told:
        raise refusal("no-alarm", (command.clock,))
    return (e.AlarmAcknowledged(**vars(command)),)


def _is_call_taken(state: Claim, command: c.TakeCallBack) -> bool:
    found = callback(state, command.callback)
    return found.done or (found.by == command.by and found.taken_at is not None and _is_held(found, command))


def _take_call(state: Claim, command: c.TakeCallBack) -> tuple[e.Event, ...]:
    found = callback(state, command.callback)
    if found.by != command.by and _is_held(found, command):
        raise refusal("call-back-taken")
    return (e.CallBackTaken(**vars(command)),)


def _is_held(found: CallBack, command: c.TakeCallBack) -> bool:
    return found.taken_at is not None and command.at < found.taken_at + CALL_HELD


TRACKING_RULES: Final[Mapping[type[c.Command], Rule]] = {
    c.Remind: Rule(_was_told, _remind),
    c.Alarm: Rule(_was_told, _alarm),
    c.AcknowledgeAlarm: Rule(_is_acknowledged, _acknowledge),
    c.TakeCallBack: Rule(_is_call_taken, _take_call),
}
