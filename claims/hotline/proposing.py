"""What the page proposes to an agent: the customer's own phone, or a surveyor, and why. Pure.

Before the claim is triaged it is what the limits would say without a score; afterwards it is what the triage said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from claims.domain import Claim
from claims.domain import events as e
from claims.domain.event import Event
from claims.domain.values import SurveyWay
from claims.limits.catalogue import Limits, TriageFacts, triage
from claims.loss_report import LossReport

_SPEAK_FOR: Final[Mapping[SurveyWay, frozenset[str]]] = {
    SurveyWay.SELF_SERVICE: frozenset({"small", "clear"}),
    SurveyWay.SURVEYOR: frozenset(
        {"score-blocks", "person-asked", "injured", "third-party", "above-express", "liability-unclear"}
    ),
}
"""The reasons of a triage that speak for a way: what speaks against it would only puzzle whoever reads both."""


@dataclass(frozen=True)
class Proposal:
    """How the loss is surveyed, and why (codes); `settled` tells whether the triage said so, or the limits would.

    `small_injury` tells that somebody is hurt so lightly that it can be settled on the telephone without papers.
    """

    way: SurveyWay
    reasons: tuple[str, ...]
    settled: bool
    small_injury: bool


def propose(state: Claim, report: LossReport, limits: Limits, events: Sequence[Event]) -> Proposal:
    """Return what is proposed of a claim as it stands."""
    triaged = next((one for one in reversed(events) if isinstance(one, e.ClaimTriaged)), None)
    small = report.injured and report.estimate <= limits.injury_document_free
    if state.survey is not None and triaged is not None:
        way = state.survey.way
        return Proposal(way, _speaking(triaged.reasons, way), settled=True, small_injury=small)
    facts = TriageFacts(
        estimate=report.estimate,
        injured=report.injured,
        third_party=report.third_party,
        vip=state.reported.vip,
        blocked=False,
        person_asked=state.person_asked,
        cause=report.cause,
    )
    made = triage(limits, facts)
    return Proposal(made.way, _speaking(made.reasons, made.way), settled=False, small_injury=small)


def _speaking(reasons: Iterable[str], way: SurveyWay) -> tuple[str, ...]:
    return tuple(one for one in reasons if one in _SPEAK_FOR[way])
