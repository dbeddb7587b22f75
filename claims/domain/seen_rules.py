"""What was seen is taken down once, and marks the step of risk that compares it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from claims.domain import events as e
from claims.domain import seen_commands as c
from claims.domain.command import Command
from claims.domain.refusal import refusal
from claims.domain.rule import Rule, require_new
from claims.domain.state import Claim

Seen = c.TellSurvey | c.TellInjury | c.TellShop | c.TellPapers
CHECKED: Final = "-checked"
"""Ends what a claim remembers of a picture that was checked, beside the picture's own id."""


def _is_checked(state: Claim, command: c.CheckPicture) -> bool:
    return command.picture + CHECKED in state.known


def _check(state: Claim, command: c.CheckPicture) -> tuple[e.Event, ...]:
    if command.picture not in state.known:
        raise refusal("no-picture", (command.picture,))
    return (e.PictureChecked(**vars(command)),)


def _is_told(state: Claim, command: Seen) -> bool:
    return command.seen in state.known


def _rule(event: type[e.Event]) -> Rule:
    def tell(state: Claim, command: Seen) -> tuple[e.Event, ...]:
        require_new(state, command.seen)
        return (event(**vars(command)),)

    return Rule(_is_told, tell)


SEEN_RULES: Final[Mapping[type[Command], Rule]] = {
    c.CheckPicture: Rule(_is_checked, _check),
    c.TellSurvey: _rule(e.SurveySeen),
    c.TellInjury: _rule(e.InjurySeen),
    c.TellShop: _rule(e.ShopSeen),
    c.TellPapers: _rule(e.PapersSeen),
}
