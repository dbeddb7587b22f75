"""The steps that the board shows beside one another, and which states are in each. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from claims.domain.values import ENDS, ClaimState

S = ClaimState


class BoardStep(StrEnum):
    SURVEY = "survey"
    ASSESS = "assess"
    VERIFY = "verify"
    AGREE = "agree"
    PAY = "pay"
    AFTER = "after"
    """It has ended, and a clock still runs: a notice, a call, parts that come."""


STEP_OF: Final[Mapping[ClaimState, BoardStep]] = {
    S.REPORTED: BoardStep.SURVEY,
    S.SURVEYING: BoardStep.SURVEY,
    S.ASSESSING: BoardStep.ASSESS,
    S.VERIFYING: BoardStep.VERIFY,
    S.ADJUDICATING: BoardStep.VERIFY,
    S.SETTLING: BoardStep.VERIFY,
    S.OFFERED: BoardStep.AGREE,
    S.DISPUTED: BoardStep.AGREE,
    S.AGREED: BoardStep.PAY,
    S.PAYING: BoardStep.PAY,
    S.PAYMENT_FAILED: BoardStep.PAY,
    S.PAYMENT_UNKNOWN: BoardStep.PAY,
    S.PAID: BoardStep.PAY,
    **dict.fromkeys(ENDS, BoardStep.AFTER),
}


def states_of(step: BoardStep) -> tuple[str, ...]:
    """Return the states of a step, as rows have them."""
    return tuple(state.value for state, other in STEP_OF.items() if other is step)
