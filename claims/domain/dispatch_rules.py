"""Who drives to a loss: one surveyor is asked at a time, and says whether they go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from claims.domain import commands as c
from claims.domain import events as e
from claims.domain.refusal import broken, refusal
from claims.domain.replacing import replace
from claims.domain.rule import Rule
from claims.domain.state import Claim, Survey
from claims.domain.values import SurveyWay


def _survey(state: Claim, id: str) -> Survey:
    if state.survey is None or state.survey.id != id:
        raise refusal("no-survey", (id,))
    if state.survey.way is not SurveyWay.SURVEYOR:
        raise refusal("survey-by-customer")
    return state.survey


def _is_sent(state: Claim, command: c.SendSurveyor) -> bool:
    survey = _survey(state, command.survey)
    return survey.surveyor == command.to and survey.awaits_answer


def _send(state: Claim, command: c.SendSurveyor) -> tuple[e.Event, ...]:
    survey = _survey(state, command.survey)
    if survey.surveyor is not None and not survey.awaits_answer:
        raise refusal("survey-taken")
    if command.to in survey.declined:
        raise refusal("survey-declined")
    return (e.SurveyorSent(**vars(command)),)


def _is_declined(state: Claim, command: c.DeclineSurvey) -> bool:
    survey = _survey(state, command.survey)
    return survey.surveyor != command.by and command.by in survey.declined


def _decline(state: Claim, command: c.DeclineSurvey) -> tuple[e.Event, ...]:
    survey = _survey(state, command.survey)
    if survey.surveyor != command.by:
        raise refusal("survey-not-yours")
    return (e.SurveyDeclined(**vars(command)),)


def _is_told(state: Claim, command: c.RecordNobodyFree) -> bool:
    return _survey(state, command.survey).nobody_free


def _tell(state: Claim, command: c.RecordNobodyFree) -> tuple[e.Event, ...]:
    if _survey(state, command.survey).surveyor is not None:
        raise refusal("survey-taken")
    return (e.NobodyFree(**vars(command)),)


def _known(state: Claim) -> Survey:
    if state.survey is None:
        raise broken("an event names a survey that the claim does not have")
    return state.survey


def _sent(state: Claim, event: e.SurveyorSent) -> Claim:
    survey = replace(_known(state), surveyor=event.to, device=None, awaits_answer=True, nobody_free=False)
    return replace(state, survey=survey)


def _declined(state: Claim, event: e.SurveyDeclined) -> Claim:
    """The clock of the dispatch runs on: the customer waits since then."""
    survey = _known(state)
    since = survey.since if survey.awaits_answer else event.at
    declined = survey.declined | {event.by}
    survey = replace(survey, surveyor=None, device=None, awaits_answer=False, declined=declined, since=since)
    return replace(state, survey=survey)


def _nobody(state: Claim, _event: e.NobodyFree) -> Claim:
    return replace(state, survey=replace(_known(state), nobody_free=True))


DISPATCH_RULES: Final[Mapping[type[c.Command], Rule]] = {
    c.SendSurveyor: Rule(_is_sent, _send),
    c.DeclineSurvey: Rule(_is_declined, _decline),
    c.RecordNobodyFree: Rule(_is_told, _tell),
}
DISPATCH_STEPS: Final[Mapping[type[e.Event], Callable[[Claim, Any], Claim]]] = {
    e.SurveyorSent: _sent,
    e.SurveyDeclined: _declined,
    e.NobodyFree: _nobody,
}
