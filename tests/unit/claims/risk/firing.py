"""Asking whether a point fires: on facts that fire it, on facts that do not, and on nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from claims.risk.facts import Facts, Step
from claims.risk.places import Place
from claims.risk.rules import rules_on
from claims.risk.scoring import Scored, score_step

RULES = rules_on(date(2026, 11, 27))
CHINA = timezone(timedelta(hours=8))
NOON = datetime(2026, 11, 26, 12, 0, tzinfo=CHINA)
"""When the accidents of the tests happened, on a Thursday that is no holiday."""
SCENE = Place(31.2304, 121.4737)
NEAR = Place(31.2310, 121.4740)
FAR = Place(31.2989, 120.5853)
"""A town 85 km away."""


def scored(step: Step, facts: Facts) -> Scored:
    return score_step(RULES, step, facts)


def fired(step: Step, facts: Facts) -> set[str]:
    return {one.point for one in scored(step, facts).fired}


def unobserved(step: Step, facts: Facts) -> set[str]:
    return {one.point for one in scored(step, facts).not_observed}


def observed_points(step: Step) -> set[str]:
    """The points of a step that are computed here."""
    return {one.id for one in RULES.points.by_step[step] if one.when}


def check(step: Step, point: str, fires: Facts, quiet: Facts) -> None:
    """A point fires on what fires it, is silent where all was looked at and is in order, and unobserved on nothing."""
    assert point in fired(step, fires)
    assert point not in fired(step, quiet)
    assert point not in unobserved(step, quiet), "what is in order was observed"
    assert point in unobserved(step, Facts())
    assert fired(step, Facts()) == set(), "nothing is known, so nothing fires"
