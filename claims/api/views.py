"""What goes out: motor policies and claims as they stand, who acts next and until when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from pydantic import BaseModel, Field

from claims.domain import Claim, next_moves
from claims.domain.commands import AskForPerson
from claims.domain.table import TABLE
from claims.models import ClaimRow
from claims.rules_in_force import deadlines_of
from claims.service.explaining import ExplainedScore
from claims.service.registering import Registered
from esign.public.api import Page
from esign.public.values import Words


class MotorPolicyView(BaseModel):
    """A motor policy as it is registered. It has nobody's data: who registered it has that."""

    number: str
    sha256: str = Field(description="The digest of what is registered.")
    covers: list[str]
    starts_on: date
    ends_on: date


class MoveView(BaseModel):
    """An act that is awaited."""

    actor: str
    act: str
    about: str | None


class ClockView(BaseModel):
    """A clock that runs."""

    clock: str
    due: datetime
    owner: str


class CoverView(BaseModel):
    """What a cover pays."""

    cover: str
    amount: str


class PointView(BaseModel):
    """A risk point that fired."""

    point: str
    strength: str
    weight: int


class ScoreView(BaseModel):
    """The risk of one step."""

    step: str
    score: int
    maximum: int = Field(description="The highest of all steps so far.")
    hard_stop: bool
    to_people: bool = Field(description="Whether people decide from here on.")
    points: list[PointView]
    not_observed: list[str] = Field(description="The points that nobody could ask; they weigh nothing.")
    table_version: str
    zh: str
    en: str


class ExplanationView(BaseModel):
    """What the customer is told of the way that their claim goes: never a number, a limit or a point."""

    claim: str
    lane: str
    zh: str
    en: str
    person_asked: bool = Field(description="Whether the customer asked for a person already.")
    can_ask: bool = Field(description="Whether a person can be asked for now.")


class ClaimView(BaseModel):
    """A claim as it stands."""

    id: str
    policy: str
    state: str
    lane: str
    tier: str | None
    estimate: str = Field(description="What was reported, in yuan.")
    assessed: str | None = Field(description="What was assessed last, in yuan.")
    settlement: list[CoverView] | None = Field(description="What each cover pays, once it is adjudicated.")
    paid: str = Field(description="What was paid so far, in yuan.")
    simulated: bool = Field(description="Whether the bank is a stand-in, and nobody's money moves.")
    next: list[MoveView] = Field(description="Who acts next; never empty.")
    clocks: list[ClockView] = Field(description="Which clocks run, the first to end first.")
    scores: list[ScoreView] | None = Field(
        description="The newest score of each step: on reading one claim, with the scope claims:risk; otherwise null."
    )
    joined_into: str | None
    occurred_at: datetime
    reported_at: datetime
    updated_at: datetime


class ClaimPage(Page[ClaimView]):
    """A page of claims, oldest first."""


def motor_policy_view(found: Registered) -> MotorPolicyView:
    policy = found.policy
    return MotorPolicyView(
        number=policy.number,
        sha256=found.digest,
        covers=[one.cover.value for one in policy.covers],
        starts_on=policy.starts_on,
        ends_on=policy.ends_on,
    )


def score_view(one: ExplainedScore) -> ScoreView:
    scored = one.scored
    return ScoreView(
        step=scored.step.value,
        score=scored.score,
        maximum=scored.maximum,
        hard_stop=scored.hard_stop,
        to_people=one.to_people,
        points=[PointView(point=it.point, strength=it.strength.value, weight=it.weight) for it in scored.fired],
        not_observed=[it.point for it in scored.not_observed],
        table_version=scored.table_version,
        zh=one.told.paragraph.zh,
        en=one.told.paragraph.en,
    )


def explanation_view(claim: str, state: Claim, told: Words) -> ExplanationView:
    return ExplanationView(
        claim=claim,
        lane=state.lane.value,
        zh=told.zh,
        en=told.en,
        person_asked=state.person_asked,
        can_ask=not state.person_asked and AskForPerson in TABLE[state.state].accepts,
    )


def claim_view(
    row: ClaimRow, state: Claim, *, simulated: bool, scores: Sequence[ExplainedScore] | None = None
) -> ClaimView:
    """Return the claim; `scores` is None for whoever may not see them."""
    settlement = state.settlement
    parts = () if settlement is None else settlement.covers
    covers = [CoverView(cover=one.cover, amount=in_digits(one.fen)) for one in parts]
    return ClaimView(
        id=row.id,
        policy=row.policy,
        state=state.state.value,
        lane=state.lane.value,
        tier=row.tier,
        estimate=in_digits(state.reported.estimate),
        assessed=None if state.assessment is None else in_digits(state.loss),
        settlement=None if settlement is None else covers,
        paid=in_digits(state.paid),
        simulated=simulated,
        next=[MoveView(actor=one.actor.value, act=one.act, about=one.about) for one in next_moves(state)],
        clocks=[ClockView(clock=one.clock, due=one.due, owner=one.owner.value) for one in deadlines_of(state)],
        scores=None if scores is None else [score_view(one) for one in scores],
        joined_into=state.joined_into,
        occurred_at=row.occurred_at,
        reported_at=row.reported_at,
        updated_at=row.updated_at,
    )


def in_digits(fen: int) -> str:
    """Return an amount in yuan with two decimals and no separator."""
    return f"{fen // 100}.{fen % 100:02d}"


MOTOR_POLICY_ANSWER: Final[dict[str, Any]] = {
    "number": "CX330126112700",
    "sha256": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
    "covers": ["compulsory", "vehicle", "third-party", "occupants"],
    "starts_on": "2026-01-01",
    "ends_on": "2026-12-31",
}
CLAIM_ANSWER: Final[dict[str, Any]] = {
    "id": "clm_01k9x7m2qv8w3c5t6r4n0b1d2e",
    "policy": "CX330126112700",
    "state": "surveying",
    "lane": "express",
    "tier": None,
    "estimate": "1200.00",
    "assessed": None,
    "settlement": None,
    "paid": "0.00",
    "simulated": True,
    "next": [{"actor": "customer", "act": "survey-by-phone", "about": "svy_01k9x7m2qv8w3c5t6r4n0b1d2e"}],
    "clocks": [{"clock": "self-service", "due": "2026-11-29T00:20:01Z", "owner": "customer"}],
    "scores": None,
    "joined_into": None,
    "occurred_at": "2026-11-27T00:02:00Z",
    "reported_at": "2026-11-27T00:20:00Z",
    "updated_at": "2026-11-27T00:20:01Z",
}
EXPLANATION_ANSWER: Final[dict[str, Any]] = {
    "claim": "clm_01k9x7m2qv8w3c5t6r4n0b1d2e",
    "lane": "express",
    "zh": "您的赔案正在按正常流程办理，没有需要您补充说明的地方。您随时可以要求由专人和您通话，解释这个结果。",
    "en": "Your claim is taking its normal course, and there is nothing you need to explain. You can ask for a person "
    "to call you and explain this at any time.",
    "person_asked": False,
    "can_ask": True,
}
