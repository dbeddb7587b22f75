"""The loss: one person surveys it, it is assessed in versions, somebody else verifies it, more of it is found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from claims.domain import commands as c
from claims.domain import events as e
from claims.domain.handling_rules import require_device
from claims.domain.money_rules import fallen
from claims.domain.refusal import refusal
from claims.domain.rule import Rule, require_new, require_person, require_person_unless_small
from claims.domain.state import Assessment, Claim, Survey
from claims.domain.values import SurveyWay


def _survey(state: Claim, id: str) -> Survey:
    if state.survey is None or state.survey.id != id:
        raise refusal("no-survey", (id,))
    return state.survey


def _is_taken(state: Claim, command: c.TakeSurvey) -> bool:
    survey = _survey(state, command.survey)
    return survey.surveyor == command.by and survey.device == command.device and not survey.awaits_answer


def _take(state: Claim, command: c.TakeSurvey) -> tuple[e.Event, ...]:
    survey = _survey(state, command.survey)
    require_device(state, command.device)
    if survey.way is not SurveyWay.SURVEYOR:
        raise refusal("survey-by-customer")
    if survey.surveyor not in (None, command.by):
        raise refusal("survey-taken")
    return (e.SurveyTaken(**vars(command)),)


def _is_reassigned(state: Claim, command: c.ReassignSurvey) -> bool:
    return _survey(state, command.survey).surveyor == command.to


def _reassign(state: Claim, command: c.ReassignSurvey) -> tuple[e.Event, ...]:
    if _survey(state, command.survey).way is not SurveyWay.SURVEYOR:
        raise refusal("survey-by-customer")
    return (e.SurveyReassigned(**vars(command)),)


def _is_changed(state: Claim, command: c.ChangeSurvey) -> bool:
    return state.survey is not None and state.survey.id == command.survey


def _change(state: Claim, command: c.ChangeSurvey) -> tuple[e.Event, ...]:
    require_new(state, command.survey)
    if command.way is SurveyWay.SELF_SERVICE:
        require_person(state, command.by)
    return (e.SurveyChanged(**vars(command)),)


def _is_surveyed(state: Claim, command: c.RecordSurvey) -> bool:
    return _survey(state, command.survey).done


def _record(state: Claim, command: c.RecordSurvey) -> tuple[e.Event, ...]:
    survey = _survey(state, command.survey)
    require_device(state, command.device)
    if survey.way is SurveyWay.SURVEYOR:
        if survey.surveyor is None or command.by != survey.surveyor:
            raise refusal("survey-not-yours")
        if survey.device != command.device:
            raise refusal("another-phone")
    return (e.SurveyDone(**vars(command)),)


def _is_assessed(state: Claim, command: c.Assess) -> bool:
    return command.assessment in state.known


def _assess(state: Claim, command: c.Assess) -> tuple[e.Event, ...]:
    require_person(state, command.by)
    require_new(state, command.assessment)
    if not command.lines and not command.injury:
        raise refusal("nothing-assessed")
    vehicle = sum(line.fen for line in command.lines)
    return (e.LossAssessed(**vars(command), vehicle=vehicle),)


def assessed(state: Claim, id: str) -> Assessment:
    """Return the assessment of now, which must be the one of this id. Raises `ClaimRefused`."""
    if state.assessment is None or state.assessment.id != id:
        raise refusal("another-assessment")
    return state.assessment


def _is_verified(state: Claim, command: c.Verify) -> bool:
    known = state.assessment
    return known is not None and known.id == command.assessment and known.passed is command.passed


def _verify(state: Claim, command: c.Verify) -> tuple[e.Event, ...]:
    assessment = assessed(state, command.assessment)
    require_person_unless_small(state, command.by)
    if command.by is not None and command.by == assessment.by:
        raise refusal("own-assessment")
    if command.passed is bool(command.reasons):
        raise refusal("verification-reasons")
    return (e.LossVerified(**vars(command)),)


def _is_supplemented(state: Claim, command: c.Supplement) -> bool:
    return command.supplement in state.known


def _supplement(state: Claim, command: c.Supplement) -> tuple[e.Event, ...]:
    require_new(state, command.supplement)
    return (*fallen(state, command.at, "supplement"), e.SupplementOpened(**vars(command)))


LOSS_RULES: Final[Mapping[type[c.Command], Rule]] = {
    c.TakeSurvey: Rule(_is_taken, _take),
    c.ReassignSurvey: Rule(_is_reassigned, _reassign),
    c.ChangeSurvey: Rule(_is_changed, _change),
    c.RecordSurvey: Rule(_is_surveyed, _record),
    c.Assess: Rule(_is_assessed, _assess),
    c.Verify: Rule(_is_verified, _verify),
    c.Supplement: Rule(_is_supplemented, _supplement),
}
