"""What the events from the report to the assessment make of a claim."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from claims.domain import events as e
from claims.domain.refusal import broken
from claims.domain.replacing import replace
from claims.domain.state import Assessment, CallBack, Claim, Papers, Scored, Survey, changed
from claims.domain.values import SCORED_AT_ASSESSMENT, ClaimState, Lane, SurveyWay

S = ClaimState


def _triaged(state: Claim, event: e.ClaimTriaged) -> Claim:
    """A block that a score brought was looked at, or not, before; one that the triage brings is new."""
    newly = event.lane is Lane.BLOCKED and state.lane is not Lane.BLOCKED
    return replace(
        state,
        state=S.SURVEYING,
        reviewed=state.reviewed and not newly,
        since=event.at,
        lane=event.lane,
        limits=event.limits,
        alone_upto=event.alone_upto,
        second_above=event.second_above,
        survey=Survey(event.survey, event.way, event.at),
        handler=event.handler or state.handler,
        known=state.known | {event.survey},
    )


def _scored(state: Claim, event: e.ClaimScored) -> Claim:
    scored = Scored(event.step, event.trace_digest, event.score, event.maximum, event.to_people)
    others = tuple(one for one in state.scores if one.step != event.step)
    return replace(state, scores=(*others, scored), unscored=state.unscored - {event.step})


def _blocked(state: Claim, event: e.ClaimBlocked) -> Claim:
    return replace(state, lane=Lane.BLOCKED, reviewed=False, unscored=state.unscored - {event.step})


def _reviewed(state: Claim, event: e.BlockReviewed) -> Claim:
    known = state.known | {event.reason}
    if event.released:
        return replace(state, lane=Lane.ORDINARY, reviewed=True, overturned_at=state.highest_score, known=known)
    return replace(state, reviewed=True, known=known)


def _taken(state: Claim, event: e.ClaimTaken) -> Claim:
    return replace(state, handler=event.by)


def _handed_over(state: Claim, event: e.ClaimHandedOver) -> Claim:
    return replace(state, handler=event.to)


def _person_asked(state: Claim, _event: e.PersonAsked) -> Claim:
    lane = Lane.ORDINARY if state.lane is Lane.EXPRESS else state.lane
    return replace(state, person_asked=True, lane=lane)


def _asked_back(state: Claim, event: e.CallBackAsked) -> Claim:
    return replace(state, callbacks=(*state.callbacks, CallBack(event.callback, event.at)))


def _called_back(state: Claim, event: e.CalledBack) -> Claim:
    return replace(state, callbacks=changed(state.callbacks, event.callback, done=event.reached, taken_at=None))


def _call_taken(state: Claim, event: e.CallBackTaken) -> Claim:
    return replace(state, callbacks=changed(state.callbacks, event.callback, by=event.by, taken_at=event.at))


def _papers_asked(state: Claim, event: e.PapersAsked) -> Claim:
    papers = Papers(event.request, frozenset(event.items), event.at)
    return replace(state, papers=papers, known=state.known | {event.request})


def _papers_received(state: Claim, event: e.PapersReceived) -> Claim:
    return _papers_left(state, event, event.items, event.record, complete=event.complete)


def _papers_waived(state: Claim, event: e.PapersWaived) -> Claim:
    return _papers_left(state, event, event.items, event.reason, complete=event.complete)


def _papers_left(state: Claim, event: e.Event, items: tuple[str, ...], known: str, *, complete: bool) -> Claim:
    if state.papers is None:
        raise broken("papers came in that nobody had asked for")
    left = state.papers.missing - set(items)
    papers = replace(state.papers, missing=left, complete_at=event.at if complete else None)
    return replace(state, papers=papers, known=state.known | {known})


def _picture(state: Claim, event: e.PictureAdded) -> Claim:
    return replace(state, known=state.known | {event.picture})


def _form(state: Claim, event: e.FormFiled) -> Claim:
    return replace(state, known=state.known | {event.form})


def _revoked(state: Claim, event: e.DeviceRevoked) -> Claim:
    survey = state.survey
    if survey is not None and not survey.done and survey.device == event.device:
        survey = replace(survey, surveyor=None, device=None, awaits_answer=False, since=event.at)
    return replace(state, revoked=state.revoked | {event.device}, survey=survey)


def _joined(state: Claim, event: e.ClaimJoined) -> Claim:
    return replace(state, state=S.JOINED, since=event.at, joined_into=event.into)


def _absorbed(state: Claim, event: e.ClaimAbsorbed) -> Claim:
    return replace(state, absorbed=(*state.absorbed, event.other))


def _reminded(state: Claim, event: e.ClockReminded) -> Claim:
    return replace(state, told=state.told | {(event.clock, event.due, False)})


def _broken_clock(state: Claim, event: e.ClockBroken) -> Claim:
    return replace(state, told=state.told | {(event.clock, event.due, True)})


def _acknowledged(state: Claim, event: e.AlarmAcknowledged) -> Claim:
    return replace(state, acknowledged=state.acknowledged | {(event.clock, event.due)})


def _survey(state: Claim) -> Survey:
    if state.survey is None:
        raise broken("an event names a survey that the claim does not have")
    return state.survey


def _survey_taken(state: Claim, event: e.SurveyTaken) -> Claim:
    survey = replace(_survey(state), surveyor=event.by, device=event.device, awaits_answer=False, since=event.at)
    return replace(state, survey=survey)


def _survey_reassigned(state: Claim, event: e.SurveyReassigned) -> Claim:
    survey = replace(_survey(state), surveyor=event.to, device=None, awaits_answer=False, since=event.at)
    return replace(state, survey=survey)


def _survey_changed(state: Claim, event: e.SurveyChanged) -> Claim:
    survey = Survey(event.survey, event.way, event.at)
    lane = Lane.ORDINARY if state.lane is Lane.EXPRESS and event.way is SurveyWay.SURVEYOR else state.lane
    return replace(state, survey=survey, lane=lane, known=state.known | {event.survey})


def _surveyed(state: Claim, event: e.SurveyDone) -> Claim:
    survey = replace(_survey(state), done=True, fault=event.fault)
    return replace(state, state=S.ASSESSING, since=event.at, survey=survey)


def _assessed(state: Claim, event: e.LossAssessed) -> Claim:
    assessment = Assessment(event.assessment, event.vehicle, event.injury, event.by, len(event.lines))
    known, unscored = state.known | {event.assessment}, state.unscored.union(SCORED_AT_ASSESSMENT)
    return replace(state, state=S.VERIFYING, since=event.at, assessment=assessment, known=known, unscored=unscored)


def _verified(state: Claim, event: e.LossVerified) -> Claim:
    if state.assessment is None:
        raise broken("what was never assessed was verified")
    to = S.ADJUDICATING if event.passed else S.ASSESSING
    return replace(state, state=to, since=event.at, assessment=replace(state.assessment, passed=event.passed))


def _supplemented(state: Claim, event: e.SupplementOpened) -> Claim:
    return replace(
        state,
        state=S.ASSESSING,
        since=event.at,
        settlement=None,
        offer=None,
        dispute=None,
        known=state.known | {event.supplement},
    )


HANDLING_STEPS: Final[Mapping[type[e.Event], Callable[[Claim, Any], Claim]]] = {
    e.ClaimTriaged: _triaged,
    e.ClaimScored: _scored,
    e.ClaimBlocked: _blocked,
    e.BlockReviewed: _reviewed,
    e.ClaimTaken: _taken,
    e.ClaimHandedOver: _handed_over,
    e.PersonAsked: _person_asked,
    e.CallBackAsked: _asked_back,
    e.CalledBack: _called_back,
    e.CallBackTaken: _call_taken,
    e.PapersAsked: _papers_asked,
    e.PapersReceived: _papers_received,
    e.PapersWaived: _papers_waived,
    e.PictureAdded: _picture,
    e.FormFiled: _form,
    e.DeviceRevoked: _revoked,
    e.ClaimJoined: _joined,
    e.ClaimAbsorbed: _absorbed,
    e.ClockReminded: _reminded,
    e.ClockBroken: _broken_clock,
    e.AlarmAcknowledged: _acknowledged,
    e.SurveyTaken: _survey_taken,
    e.SurveyReassigned: _survey_reassigned,
    e.SurveyChanged: _survey_changed,
    e.SurveyDone: _surveyed,
    e.LossAssessed: _assessed,
    e.LossVerified: _verified,
    e.SupplementOpened: _supplemented,
}
