"""What a new table would have done to past claims: asked before it goes live, on the inputs that were kept.

Nothing is computed anew from facts: each claim's step is scored on the inputs that were kept with its score. Other
steps keep the scores they had. An input that was not kept, since nobody computed it then, is not observed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from claims.risk.comparing import Input
from claims.risk.facts import Step
from claims.risk.points import Point
from claims.risk.rules import RuleSheet
from claims.risk.scoring import Scored, score_inputs
from claims.risk.tables import RiskTable


@dataclass(frozen=True)
class KeptScore:
    """The score of a step as it was kept: its inputs, the points that fired, and whether one was a hard stop."""

    inputs: Mapping[str, Input]
    score: int
    points: tuple[str, ...]
    hard_stop: bool


@dataclass(frozen=True)
class PastClaim:
    """A claim that was scored. `amount` is what was claimed, in fen.

    `in_order` tells whether people, or its course, found it in order: None while nobody knows.
    """

    claim: str
    amount: int
    scores: Mapping[Step, KeptScore]
    in_order: bool | None


@dataclass
class Outcome:
    """What a table does to the claims: how often each point fires, and what goes to people.

    `blocked` are the claims that go to people, `blocked_amount` what they claim in fen, `overturned` those of them that
    were found in order, `overturned_amount` what these claim.
    """

    hits: Counter[str] = field(default_factory=Counter)
    blocked: int = 0
    blocked_amount: int = 0
    overturned: int = 0
    overturned_amount: int = 0

    def take(self, claim: PastClaim, points: Iterable[str], *, to_people: bool) -> None:
        """Count a claim with the points that fire in the step."""
        self.hits.update(points)
        if not to_people:
            return
        self.blocked += 1
        self.blocked_amount += claim.amount
        if claim.in_order:
            self.overturned += 1
            self.overturned_amount += claim.amount


@dataclass(frozen=True)
class WhatIf:
    """What was, and what would be. `newly` and `no_longer` are the ids of claims that change their way."""

    step: Step
    table_version: str
    claims: int
    was: Outcome
    would: Outcome
    newly: tuple[str, ...]
    no_longer: tuple[str, ...]


def what_if(
    table: RiskTable, points: tuple[Point, ...], step: Step, sheet: RuleSheet, claims: Iterable[PastClaim]
) -> WhatIf:
    """Run a table of a step over past claims; those whose step was never scored are left out.

    `sheet` is the rules that would hold beside it, for both sides of the comparison. Raises `ScoringFailed`.
    """
    was, would, count = Outcome(), Outcome(), 0
    newly: list[str] = []
    no_longer: list[str] = []
    for claim in claims:
        if step not in claim.scores:
            continue
        count += 1
        kept = claim.scores[step]
        inputs = {name: kept.inputs.get(name) for name in table.kind.columns}
        scored = score_inputs(table, points, step, inputs)
        before = any(_to_people(sheet, one) for one in claim.scores.values())
        others = any(_to_people(sheet, one) for name, one in claim.scores.items() if name is not step)
        after = others or _to_people(sheet, _kept(scored))
        was.take(claim, kept.points, to_people=before)
        would.take(claim, (one.point for one in scored.fired), to_people=after)
        if after and not before:
            newly.append(claim.claim)
        if before and not after:
            no_longer.append(claim.claim)
    return WhatIf(step, table.version, count, was, would, tuple(newly), tuple(no_longer))


def _kept(scored: Scored) -> KeptScore:
    return KeptScore(scored.inputs, scored.score, tuple(one.point for one in scored.fired), scored.hard_stop)


def _to_people(sheet: RuleSheet, kept: KeptScore) -> bool:
    return kept.hard_stop or kept.score >= sheet.people_from
