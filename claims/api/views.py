"""What goes out: motor policies and claims as they stand, who acts next and until when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from pydantic import BaseModel, Field

from claims.domain import Claim, next_moves
from claims.models import ClaimRow
from claims.rules_in_force import deadlines_of
from claims.service.registering import Registered
from esign.public.api import Page


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


def claim_view(row: ClaimRow, state: Claim, *, simulated: bool) -> ClaimView:
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
    "joined_into": None,
    "occurred_at": "2026-11-27T00:02:00Z",
    "reported_at": "2026-11-27T00:20:00Z",
    "updated_at": "2026-11-27T00:20:01Z",
}
