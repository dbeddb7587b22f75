"""Where a claim stands for its customer: the one thing to do now, and the way so far with its times. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from claims.domain import Claim
from claims.domain import events as e
from claims.domain.event import Event
from claims.domain.values import Agreement, ClaimState, Lane, SurveyWay
from claims.limits.catalogue import Limits, tier_of
from claims.pictures.slots import Slot, wanted
from claims.wording import Words

S = ClaimState


class Stage(StrEnum):
    """The one thing that the page is about."""

    SORTING = "sorting"
    PHOTOGRAPH = "photograph"
    DAMAGE = "damage"
    OFFER = "offer"
    SIGN = "sign"
    PAYEE = "payee"
    WAIT = "wait"
    PAYING = "paying"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    JOINED = "joined"


_WAITS: Final = {
    S.REPORTED: Stage.SORTING,
    S.VERIFYING: Stage.WAIT,
    S.ADJUDICATING: Stage.WAIT,
    S.SETTLING: Stage.WAIT,
    S.DISPUTED: Stage.WAIT,
    S.PAYING: Stage.PAYING,
    S.PAYMENT_UNKNOWN: Stage.PAYING,
    S.PAYMENT_FAILED: Stage.PAYEE,
    S.PAID: Stage.DONE,
    S.CLOSED: Stage.DONE,
    S.REFUSED: Stage.REFUSED,
    S.WITHDRAWN: Stage.WITHDRAWN,
    S.JOINED: Stage.JOINED,
}


def by_phone(state: Claim) -> bool:
    """Tell whether the customer surveys the loss: nobody else was chosen, no block, no person asked for."""
    survey = state.survey
    alone = state.lane is not Lane.BLOCKED and not state.person_asked
    return survey is not None and survey.way is SurveyWay.SELF_SERVICE and not survey.done and alone


def may_assess(state: Claim) -> bool:
    """Tell whether the customer may say which parts are damaged: an express claim that they surveyed themselves."""
    survey = state.survey
    own = survey is not None and survey.way is SurveyWay.SELF_SERVICE
    return state.lane is Lane.EXPRESS and not state.person_asked and own and not state.reported.injured


def stage_of(state: Claim) -> Stage:
    """Return what the customer's page is about."""
    if state.state is S.SURVEYING:
        return Stage.PHOTOGRAPH if by_phone(state) else Stage.WAIT
    if state.state is S.ASSESSING:
        return Stage.DAMAGE if may_assess(state) and state.assessment is None else Stage.WAIT
    if state.state is S.OFFERED:
        signs = state.offer is not None and state.offer.agreement is Agreement.SIGNATURE
        return Stage.SIGN if signs else Stage.OFFER
    if state.state is S.AGREED:
        return Stage.PAYEE if state.payee is None and state.payable else Stage.PAYING
    return _WAITS[state.state]


def slots_of(state: Claim, limits: Limits, *, other_car: bool) -> tuple[Slot, ...]:
    """Return the photographs that the claim wants: papers where the tier of its estimate asks for them, and the other
    car where there was one."""
    return wanted(papers=tier_of(limits, state.reported.estimate).papers, other_car=other_car)


def clear_fault(state: Claim, cause: str, *, third_party: bool) -> int | None:
    """Return the share of the liability where the report alone makes it clear: the own car only, hit by or against a
    thing. None where somebody has to say: another car was there."""
    return 100 if not third_party and not state.reported.injured and cause in _ALONE else None


_ALONE: Final = frozenset({"scratch", "collision", "parked", "glass"})


@dataclass(frozen=True)
class Milestone:
    """A thing that happened, in words, and when."""

    words: Words
    at: datetime


_TOLD: Final[tuple[tuple[type[Event], Words], ...]] = (
    (e.ClaimReported, Words("已报案", "reported")),
    (e.ClaimTriaged, Words("已受理", "accepted")),
    (e.SurveyDone, Words("照片和现场情况已收齐", "pictures and facts are complete")),
    (e.LossAssessed, Words("损失已核定", "the damage is assessed")),
    (e.LossVerified, Words("核定已复核", "the assessment is checked")),
    (e.ClaimAdjudicated, Words("赔款已算好", "the payment is worked out")),
    (e.OfferMade, Words("赔付方案已发给您", "the offer is with you")),
    (e.PriceDisputed, Words("您对金额有异议", "you objected to the amount")),
    (e.DisputeAnswered, Words("异议已答复", "your objection is answered")),
    (e.PapersAsked, Words("请您补材料", "papers were asked for")),
    (e.PapersReceived, Words("材料已收到", "papers came in")),
    (e.PersonAsked, Words("您要求专人联系", "you asked for a person")),
    (e.CalledBack, Words("我们给您打过电话", "we called you")),
    (e.OfferAgreed, Words("您已同意赔付金额", "you agreed")),
    (e.PayeeSet, Words("收款账户已登记", "the account is entered")),
    (e.PaymentOrdered, Words("已通知银行付款", "the bank is told to pay")),
    (e.PaymentMade, Words("赔款已付出", "paid")),
    (e.PaymentFailed, Words("银行没有付成", "the bank could not pay")),
    (e.RefusalDecided, Words("已作出拒赔决定", "refused by a person")),
    (e.ClaimWithdrawn, Words("案件已撤销", "withdrawn")),
    (e.ClaimReopened, Words("案件重新办理", "opened again")),
    (e.SupplementOpened, Words("补充定损", "more damage is assessed")),
    (e.ClaimClosed, Words("已结案", "closed")),
)


def milestones(events: Sequence[Event]) -> list[Milestone]:
    """Return the way so far. What a score says and who works on it is not in it: `told_to_customer` says that."""
    words = dict(_TOLD)
    return [Milestone(words[type(one)], one.at) for one in events if type(one) in words]
