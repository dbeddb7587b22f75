"""Which version of each data file holds for a claim: those of the day on which it was reported, in China.

So a claim keeps the limits and clocks under which it began, and rows made anew from the trail are the rows that were.
"""

from __future__ import annotations

from claims.clocks.catalogue import Clocks
from claims.clocks.days import load_days
from claims.clocks.deadlines import Deadline, deadlines
from claims.clocks.files import load_clocks
from claims.domain.state import Claim
from claims.domain.values import day_of
from claims.limits.catalogue import Limits, Tier
from claims.limits.files import load_limits
from claims.risk.rules import RiskRules, rules_on
from claims.sheets import in_force, named


def limits_of(state: Claim) -> Limits:
    """Return the limits of a claim: those it was triaged by, or those of its day. Raises `ClaimDataBroken`."""
    if state.limits is not None:
        return named(load_limits(), state.limits)
    return in_force(load_limits(), day_of(state.reported_at))


def risk_rules_of(state: Claim) -> RiskRules:
    """Return the rules by which all steps of a claim are scored. Raises `ScoringFailed`, `RiskDataBroken`."""
    return rules_on(day_of(state.reported_at))


def clocks_of(state: Claim) -> Clocks:
    """Return the clocks of a claim. Raises `ClaimDataBroken`."""
    return in_force(load_clocks(), day_of(state.reported_at))


def deadlines_of(state: Claim) -> tuple[Deadline, ...]:
    """Return the clocks that run for a claim, the first to end first. Raises `ClaimDataBroken`."""
    return deadlines(state, clocks_of(state), load_days(), _tier)


def _tier(version: str, code: str) -> Tier | None:
    limits = named(load_limits(), version)
    return next((one for one in limits.tiers if one.code == code), None)
