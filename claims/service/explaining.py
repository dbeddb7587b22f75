"""Why a claim goes the way it goes: in plain words to the customer, with points and inputs to handlers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.domain import Claim
from claims.domain.values import ClaimState, Lane
from claims.risk.comparing import Input
from claims.risk.explaining import ToldScore, to_customer, to_handler
from claims.risk.facts import Step
from claims.risk.models import KeptScoreRow
from claims.risk.rules import RiskRules, rules_of
from claims.risk.scoring import Scored, goes_to_people, score_inputs
from claims.rules_in_force import risk_rules_of
from esign.public.values import Words

_LOOKED: Final = Words(
    "理赔人员已经核对过您的赔案，现在按正常流程办理。您随时可以要求由专人和您通话。",
    "One of our claims staff has looked at your claim, and it takes its normal course now. You can ask for a person to "
    "call you at any time.",
)
_BY_STAFF: Final = Words(
    "您的赔案接下来由理赔人员办理。这不是拒赔，也不是说您讲的不对。您随时可以要求由专人和您通话，解释这个结果。",
    "One of our claims staff takes your claim from here. This is not a refusal, and it does not mean that we doubt "
    "you. You can ask for a person to call you and explain this at any time.",
)
_SORTING: Final = Words(
    "我们刚收到您的报案，正在核对。您随时可以要求由专人和您通话。",
    "We have just received your report and are looking at it. You can ask for a person to call you at any time.",
)
_OVER: Final[Mapping[ClaimState, Words]] = {
    ClaimState.REFUSED: Words(
        "这个决定是理赔人员看过您的赔案之后作的，不是评分作的。您可以请专人打电话给您解释。",
        "One of our claims staff decided this after looking at your claim; no score did. You can have a person call "
        "you and explain it.",
    ),
    ClaimState.PAID: Words("您的赔款已经付出。", "Your claim is paid."),
    ClaimState.CLOSED: Words("您的赔案已经办完。", "Your claim is finished."),
    ClaimState.WITHDRAWN: Words(
        "您的赔案已经撤销，不再办理。", "Your claim was withdrawn; nothing more is done about it."
    ),
    ClaimState.JOINED: Words(
        "您的赔案已并入同一次事故的案件，在那里办理。",
        "Your claim was joined to another one of the same accident, and is handled there.",
    ),
}
"""What a customer is told once a claim is decided: what was looked at before says nothing any more."""
_ASKED: Final = Words("您要求的专人会尽快给您打电话。", "The person you asked for will call you soon.")


@dataclass(frozen=True)
class ExplainedScore:
    """The newest score of a step: what fired, and the same in words for the handler."""

    scored: Scored
    to_people: bool
    told: ToldScore


def scores_of(session: Session, claim: str) -> Sequence[ExplainedScore]:
    """Return the newest score of each step, made again from the inputs that were kept, in the order of the steps.

    Raises `ScoringFailed` where the version of the rules is gone.
    """
    return [
        ExplainedScore(one, goes_to_people(rules.sheet, one), to_handler(rules.points, rules.sheet, one))
        for rules, one in _kept(session, claim)
    ]


def told_to_customer(session: Session, claim: str, state: Claim) -> Words:
    """Return what the customer is told of the way of their claim. Raises `ScoringFailed`."""
    kept = _kept(session, claim)
    by_staff = state.lane is Lane.BLOCKED
    if state.state in _OVER:
        told = _OVER[state.state]
    elif state.state is ClaimState.REPORTED and not kept and not by_staff:
        told = _SORTING
    elif not by_staff and state.overturned_at is not None:
        told = _LOOKED
    elif by_staff and not any(goes_to_people(rules.sheet, one) for rules, one in kept):
        told = _BY_STAFF  # a step could not be scored
    else:
        rules = kept[-1][0] if kept else risk_rules_of(state)
        told = to_customer(rules.points, rules.sheet, [one for _, one in kept])
    if any(not one.done for one in state.callbacks):
        told = Words(told.zh + _ASKED.zh, f"{told.en} {_ASKED.en}")
    return told


def _kept(session: Session, claim: str) -> list[tuple[RiskRules, Scored]]:
    chosen = select(KeptScoreRow).where(KeptScoreRow.claim == claim).order_by(KeptScoreRow.at, KeptScoreRow.id)
    newest = {row.step: row for row in session.scalars(chosen)}
    return [_again(newest[step.value]) for step in Step if step.value in newest]


def _again(row: KeptScoreRow) -> tuple[RiskRules, Scored]:
    """A score made again: the same inputs by the same table."""
    rules, step = rules_of(row.table_version), Step(row.step)
    inputs = cast("Mapping[str, Input]", row.inputs)
    return rules, score_inputs(rules.tables[step], rules.points.by_step[step], step, inputs, maximum=row.maximum)
