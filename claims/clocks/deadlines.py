"""Which clocks run for a claim as it stands, when each ends, and what has to be told now. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from claims.clocks.catalogue import Clocks, Span, WorkingDays, end_of
from claims.domain import commands as c
from claims.domain.state import Claim, Supply
from claims.domain.table import Actor
from claims.domain.values import ENDS, ClaimState, PaymentState, SurveyWay
from claims.limits.catalogue import Tier

S = ClaimState
TierOf = Callable[[str, str], Tier | None]
"""Returns the tier of a version of the limits by its code."""
MONEY: Final = (S.AGREED, S.PAYING, S.PAYMENT_FAILED, S.PAYMENT_UNKNOWN)
BEFORE_DECISION: Final = frozenset(set(S) - ENDS - {*MONEY, S.PAID, S.OFFERED})


@dataclass(frozen=True)
class Deadline:
    """A clock that runs: when it ends, from when on its owner is reminded (both in UTC), and who that is."""

    clock: str
    due: datetime
    warn_at: datetime
    owner: Actor


def deadlines(state: Claim, clocks: Clocks, days: WorkingDays, tier_of: TierOf) -> tuple[Deadline, ...]:
    """Return every clock that runs for the claim, the first to end first."""
    found = []
    for code, since in _running(state):
        clock = clocks.get(code)
        span = _span_of(state, code, clock.span, tier_of)
        due = end_of(span, since, clocks.closing, days).astimezone(UTC)
        warn = min(timedelta(seconds=clock.warn_seconds), (due - since) / 2)
        found.append(Deadline(code, due, (due - warn).astimezone(UTC), _owner(state, code, clock.owner)))
    return tuple(sorted(found, key=lambda one: (one.due, one.clock)))


def look_at(state: Claim, running: tuple[Deadline, ...]) -> datetime | None:
    """Return when somebody has to be told next, None where nothing is left to tell."""
    moments = [one.warn_at for one in running if not _is_told(state, one)]
    moments += [one.due for one in running if (one.clock, one.due, True) not in state.told]
    return min(moments, default=None)


def to_tell(state: Claim, running: tuple[Deadline, ...], now: datetime) -> tuple[c.Command, ...]:
    """Return the commands that tell of the clocks that are nearly over, or over, and were not told of."""
    told: list[c.Command] = []
    for one in running:
        if now >= one.due:
            if (one.clock, one.due, True) not in state.told:
                told.append(c.Alarm(at=now, clock=one.clock, due=one.due, owner=one.owner.value))
        elif now >= one.warn_at and not _is_told(state, one):
            told.append(c.Remind(at=now, clock=one.clock, due=one.due, owner=one.owner.value))
    return tuple(told)


def _is_told(state: Claim, one: Deadline) -> bool:
    """Whether there is no reminder to give any more: it was given, or the clock broke."""
    return (one.clock, one.due, False) in state.told or (one.clock, one.due, True) in state.told


def _running(state: Claim) -> Iterator[tuple[str, datetime]]:
    """Yield the codes of the clocks that run, and from when."""
    if state.state is not S.JOINED:
        yield from (("call-back", one.since) for one in state.callbacks if not one.done)
        yield from (_of_supply(one) for one in state.supplies if one.is_open)
    if state.ended:
        if state.state is S.REFUSED and state.notice is None:
            yield "notify-refusal", state.since
        return
    if state.block_waits:
        yield "review-block", max(state.since, state.reported_at)
    step = _STEPS.get(state.state)
    if step is not None:
        yield step(state)
    if state.state in BEFORE_DECISION:
        papers = state.papers
        if papers is None or papers.complete_at is not None:
            complete_at = None if papers is None else papers.complete_at
            yield "decide", complete_at or state.reported_at
        if not state.paid and state.advance is None:
            yield "certain", state.reported_at
    if state.state in MONEY and state.offer is not None and state.offer.agreed_at is not None:
        yield "pay", state.offer.agreed_at


def _of_survey(state: Claim) -> tuple[str, datetime]:
    survey = state.survey
    if survey is None:
        return "dispatch", state.since
    if survey.way is SurveyWay.SELF_SERVICE:
        return "self-service", survey.since
    return ("dispatch" if survey.surveyor is None or survey.awaits_answer else "survey"), survey.since


def _of_supply(supply: Supply) -> tuple[str, datetime]:
    return ("parts-order", supply.asked_at) if supply.ordered_at is None else ("parts-delivery", supply.ordered_at)


def _of_dispute(state: Claim) -> tuple[str, datetime]:
    dispute = state.dispute
    if dispute is None or dispute.passed_at is None:
        return "answer-dispute", state.since
    return "quotation", dispute.passed_at


_STEPS: Final[Mapping[ClaimState, Callable[[Claim], tuple[str, datetime]]]] = {
    S.REPORTED: lambda state: ("triage", state.since),
    S.SURVEYING: _of_survey,
    S.ASSESSING: lambda state: ("assess", state.since),
    S.VERIFYING: lambda state: ("verify", state.since),
    S.ADJUDICATING: lambda state: ("adjudicate", state.since),
    S.SETTLING: lambda state: ("offer", state.since),
    S.OFFERED: lambda state: ("agreement", state.since),
    S.DISPUTED: _of_dispute,
    S.AGREED: lambda state: ("approve", state.since),
}


def _span_of(state: Claim, code: str, usual: Span, tier_of: TierOf) -> Span:
    if code == "pay":
        return _paid_within(state, usual, tier_of)
    if code == "parts-delivery":  # as the shop promised
        days = next((one.days for one in state.supplies if one.is_open and one.ordered is not None), None)
        return usual if days is None else Span(days * 86_400, 0)
    return usual


def _paid_within(state: Claim, statutory: Span, tier_of: TierOf) -> Span:
    """Return how soon it is paid: as its tier promises, and never later than the law says."""
    settlement = state.settlement
    tier = None if settlement is None else tier_of(settlement.limits, settlement.tier)
    return statutory if tier is None else Span(min(statutory.seconds, tier.pay_within * 60), 0)


def _owner(state: Claim, code: str, usual: Actor) -> Actor:
    """Return whose clock it is: for a payment, of whoever it waits for."""
    if code != "pay" or state.state is S.AGREED:
        return usual
    unknown = any(one.state is PaymentState.UNANSWERED for one in state.payments)
    return Actor.MANAGER if unknown else Actor.HANDLER if state.state is S.PAYMENT_FAILED else usual
