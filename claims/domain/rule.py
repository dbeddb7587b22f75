"""What a rule for a command is: when it had its effect already, and which events it leads to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from claims.domain.event import Event
from claims.domain.refusal import refusal
from claims.domain.state import Claim
from claims.domain.values import Lane

IDS_AT_MOST: Final = 500
"""Of forms, pictures and versions of one claim: nobody fills a claim without end."""


@dataclass(frozen=True)
class Rule:
    """Both functions take the claim and the command, and may refuse.

    `repeats` tells that the command had its effect already, so that it leads to nothing more. `events` is asked only
    where the state table accepts the command.
    """

    repeats: Callable[[Claim, Any], bool]
    events: Callable[[Claim, Any], tuple[Event, ...]]


def require_new(state: Claim, id: str) -> None:
    """Raise `ClaimRefused` (`claim-id-known`, `claim-too-long`) for an id that was given away in the claim."""
    if id in state.known:
        raise refusal("claim-id-known", (id,))
    if len(state.known) >= IDS_AT_MOST:
        raise refusal("claim-too-long")


def require_person(state: Claim, by: str | None) -> None:
    """Raise `ClaimRefused` (`people-decide`) where a blocked claim, or one whose customer asked for a person, would be
    decided by no person."""
    if by is None and (state.lane is Lane.BLOCKED or state.person_asked):
        raise refusal("people-decide")


def require_person_unless_small(state: Claim, by: str | None) -> None:
    """Raise as `require_person`, and where the claim is not express, or its loss is more than small."""
    require_person(state, by)
    if by is None and (state.lane is not Lane.EXPRESS or not state.is_small):
        raise refusal("people-decide")
