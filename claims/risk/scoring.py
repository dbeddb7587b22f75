"""Scoring a step of a claim: which points fired and why, which were not observed and why, and where that routes it.

A score routes, it never refuses. What nobody knows is listed as not observed, and weighs nothing; a table that gives no
answer is an error, and the claim goes to people.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Final

from claims.risk.comparing import Input
from claims.risk.errors import failed
from claims.risk.facts import Facts, Step
from claims.risk.inputs.steps import COMPUTED
from claims.risk.points import Point, Strength
from claims.risk.rules import RiskRules, RuleSheet
from claims.risk.tables import LAST, RiskTable, point_of
from esign.public.values import Words

UNKNOWN: Final = Words("目前还不知道", "it is not known yet")


@dataclass(frozen=True)
class Fired:
    """A point that fired, what it weighs, and the inputs that it asked for."""

    point: str
    strength: Strength
    weight: int
    inputs: Mapping[str, Input]


@dataclass(frozen=True)
class NotObserved:
    """A point that could not be asked, why, and the inputs that were missing: none where nobody observes it here."""

    point: str
    why: Words
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Scored:
    """The score of a step. `maximum` is the largest of all steps so far. Points are in the order of their table;
    `asked` are all of the step.

    `trace` is the whole way there as canonical JSON, with all inputs: the same inputs by the same table give the same
    bytes again. Neither it nor anything else here names a person.
    """

    step: Step
    score: int
    maximum: int
    fired: tuple[Fired, ...]
    table: RiskTable
    asked: tuple[Point, ...]
    inputs: Mapping[str, Input]
    trace: bytes

    @property
    def table_version(self) -> str:
        return self.table.version

    @property
    def table_digest(self) -> str:
        return self.table.digest

    @cached_property
    def not_observed(self) -> tuple[NotObserved, ...]:
        """What could not be asked, by point: told where somebody reads the score, not where it is made."""
        return tuple(_not_observed(self.table, self.asked, self.inputs, {one.point for one in self.fired}))

    @property
    def hard_stop(self) -> bool:
        """Whether a point fired after which a person has to look, whatever the score."""
        return any(one.strength is Strength.HARD_STOP for one in self.fired)

    @cached_property
    def trace_digest(self) -> str:
        """The SHA-256 of the trace, in hexadecimal digits."""
        return sha256(self.trace).hexdigest()


def score_step(rules: RiskRules, step: Step, facts: Facts, *, maximum: int = 0) -> Scored:
    """Score a step on what is known. `maximum` is the largest score so far. Raises `ScoringFailed`."""
    inputs = COMPUTED[step](facts)
    return score_inputs(rules.tables[step], rules.points.by_step[step], step, inputs, maximum=maximum)


def score_inputs(
    table: RiskTable, points: tuple[Point, ...], step: Step, inputs: Mapping[str, Input], *, maximum: int = 0
) -> Scored:
    """Score a step on inputs that were computed, or kept. Raises `ScoringFailed`.

    `points` are those of the step: they say which of them nobody observes here.
    """
    evaluation = table.evaluate(inputs)
    fired: dict[str, Fired] = {}
    for row in evaluation.rows[:-1]:
        asked = {name: inputs[name] for name in table.conditions[row.reason]}
        point = point_of(row.reason)
        if row.strength is None or any(one is None for one in asked.values()):
            raise failed("a row fired on what was not observed")
        earlier = fired[point].inputs if point in fired else {}
        fired[point] = Fired(point, row.strength, row.weight, {**earlier, **asked})
    score = sum(one.weight for one in fired.values())
    return Scored(
        step=step,
        score=score,
        maximum=max(maximum, score),
        fired=tuple(fired.values()),
        table=table,
        asked=points,
        inputs=inputs,
        trace=evaluation.trace,
    )


def goes_to_people(sheet: RuleSheet, scored: Scored) -> bool:
    """Tell whether people decide from here on. A claim that once went to people is for its room to keep there."""
    return scored.hard_stop or scored.maximum >= sheet.people_from


def is_for_express(sheet: RuleSheet, scored: Scored) -> bool:
    """Tell whether the score is low enough for the express lane."""
    return not scored.hard_stop and scored.maximum <= sheet.express_up_to


def _not_observed(
    table: RiskTable, points: tuple[Point, ...], inputs: Mapping[str, Input], fired: Collection[str]
) -> list[NotObserved]:
    missing: dict[str, list[str]] = {}
    for reason, cells in table.conditions.items():
        gaps = [name for name in cells if inputs[name] is None] if reason != LAST else []
        if gaps and point_of(reason) not in fired:
            missing.setdefault(point_of(reason), []).extend(name for name in gaps)
    nowhere = [NotObserved(one.id, one.not_observed, ()) for one in points if one.not_observed is not None]
    unknown = [NotObserved(point, UNKNOWN, tuple(dict.fromkeys(names))) for point, names in missing.items()]
    return sorted([*nowhere, *unknown], key=lambda one: one.point)
