"""How events make a claim what it is: `evolve(state, event) -> state`, pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from claims.domain import events as e
from claims.domain.dispatch_rules import DISPATCH_STEPS
from claims.domain.evolve_handling import HANDLING_STEPS
from claims.domain.evolve_money import MONEY_STEPS
from claims.domain.evolve_seen import SEEN_STEPS
from claims.domain.evolve_settling import SETTLING_STEPS
from claims.domain.refusal import broken
from claims.domain.state import Claim, Reported
from claims.domain.supply_rules import SUPPLY_STEPS
from claims.domain.table import MOVES
from claims.domain.values import SCORED_AT_REPORT

STEPS: Final[Mapping[type[e.Event], Callable[[Claim, Any], Claim]]] = {
    **HANDLING_STEPS,
    **DISPATCH_STEPS,
    **SUPPLY_STEPS,
    **SEEN_STEPS,
    **SETTLING_STEPS,
    **MONEY_STEPS,
}


def evolve(state: Claim | None, event: e.Event) -> Claim:
    """Return the claim after `event`. Raises `ClaimTrailBroken` for an event that cannot follow `state`."""
    if isinstance(event, e.ClaimReported):
        if state is not None:
            raise broken("a claim was reported twice")
        return _reported(event)
    step = STEPS.get(type(event))
    if state is None or step is None:
        raise broken("an event stands where no claim is, or is none of a claim")
    after = step(state, event)
    if after.state is not state.state and (state.state, after.state) not in MOVES:
        raise broken(f"{event.type.name} cannot follow where a claim is {state.state}")
    return after


def fold(events: Iterable[e.Event], state: Claim | None = None) -> Claim | None:
    """Return the claim after all `events`, in order, starting from `state`. Raises `ClaimTrailBroken`."""
    for event in events:
        state = evolve(state, event)
    return state


def _reported(event: e.ClaimReported) -> Claim:
    reported = Reported(
        event.policy,
        event.cover,
        event.cover_digest,
        event.record,
        event.digest,
        event.way,
        event.occurred_at,
        event.cause,
        event.injured,
        event.estimate,
        event.vip,
    )
    unscored = frozenset(SCORED_AT_REPORT)
    return Claim(reported, event.client, event.institution, event.at, event.at, unscored=unscored)
