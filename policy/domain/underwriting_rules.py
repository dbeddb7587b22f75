"""Underwriting: what the table says, what a person decides, what is asked for; and the recording of the sale."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from policy.domain import commands as c
from policy.domain import events as e
from policy.domain.refusal import refusal
from policy.domain.rule import Rule
from policy.domain.state import Proposal, Recording, Requirement, find
from policy.domain.values import Asked, Outcome, RequirementState

RECORDINGS_AT_MOST: Final = 20
REQUIREMENTS_AT_MOST: Final = 50


def loaded(fen: int, loading: int) -> int:
    """Return the premium with a loading in percent, rounded half up to a fen."""
    return (fen * (100 + loading) + 50) // 100


def _was_decided(state: Proposal, command: c.Underwrite) -> bool:
    return state.decision is not None and state.decision.trace == command.trace


def _underwrite(state: Proposal, command: c.Underwrite) -> tuple[e.Event, ...]:
    if state.signed is None or command.content != state.signed.content:
        raise refusal("decision-of-something-else")
    _require_fitting(state, command.outcome, command.loading, command.requirements, command.day)
    decided = e.UnderwritingDecided(
        at=command.at,
        outcome=command.outcome,
        table=command.table,
        table_version=command.table_version,
        content=command.content,
        inputs=command.inputs,
        trace=command.trace,
        trace_digest=command.trace_digest,
        reasons=command.reasons,
        loading=command.loading,
    )
    if command.outcome is Outcome.REFER:
        return (decided, e.UnderwritingReferred(at=command.at, case=command.case, reasons=command.reasons))
    return (decided, *_following(state, command.at, command.loading, command.requirements))


def _was_judged(state: Proposal, command: c.DecideCase) -> bool:
    return command.case in state.decided_cases


def _decide_case(state: Proposal, command: c.DecideCase) -> tuple[e.Event, ...]:
    if command.case != state.case:
        raise refusal("no-case", (command.case,))
    _require_other_than_seller(state, command.by)
    if command.outcome is Outcome.REFER:
        raise refusal("case-not-decided")
    _require_fitting(state, command.outcome, command.loading, command.requirements, command.day)
    decided = e.CaseDecided(
        at=command.at,
        case=command.case,
        outcome=command.outcome,
        loading=command.loading,
        reason=command.reason,
        by=command.by,
    )
    return (decided, *_following(state, command.at, command.loading, command.requirements))


def _following(state: Proposal, at: datetime, loading: int, asked: tuple[Asked, ...]) -> tuple[e.Event, ...]:
    """Return what a decision leads to by itself: an offer where there is a loading, what was asked for."""
    if loading:
        return (e.OfferMade(at=at, loading=loading, fen=loaded(state.contents.fen, loading)),)
    return tuple(
        e.RequirementOpened(
            at=at,
            requirement=one.id,
            kind=one.kind,
            reason=one.reason,
            owner=one.owner,
            due=one.due,
            message=one.message,
        )
        for one in asked
    )


def _require_fitting(state: Proposal, outcome: Outcome, loading: int, asked: tuple[Asked, ...], today: date) -> None:
    if (outcome is Outcome.ASK) is not bool(asked):
        raise refusal("requirements-misplaced", (outcome.value,))
    if loading and outcome is not Outcome.ACCEPT:
        raise refusal("loading-misplaced", (outcome.value,))
    known = {one.id for one in state.requirements} | {one.id for one in asked}
    if len(known) < len(state.requirements) + len(asked):
        raise refusal("requirement-known")
    if len(known) > REQUIREMENTS_AT_MOST:
        raise refusal("requirements-too-many")
    if any(one.due < today for one in asked):
        raise refusal("requirement-due-past")


def _require_other_than_seller(state: Proposal, by: str) -> None:
    if by == state.salesperson:
        raise refusal("own-case")


def _is_met(state: Proposal, command: c.MeetRequirement) -> bool:
    return _requirement(state, command.requirement).state is RequirementState.MET


def _is_waived(state: Proposal, command: c.WaiveRequirement) -> bool:
    return _requirement(state, command.requirement).state is RequirementState.WAIVED


def _meet(state: Proposal, command: c.MeetRequirement) -> tuple[e.Event, ...]:
    requirement = _open_requirement(state, command.requirement)
    met = e.RequirementMet(at=command.at, requirement=requirement.id, papers=command.papers, by=command.by)
    return (met, *_after_closing(state, requirement, command))


def _waive(state: Proposal, command: c.WaiveRequirement) -> tuple[e.Event, ...]:
    requirement = _open_requirement(state, command.requirement)
    _require_other_than_seller(state, command.by)
    waived = e.RequirementWaived(at=command.at, requirement=requirement.id, reason=command.reason, by=command.by)
    return (waived, *_after_closing(state, requirement, command))


def _after_closing(state: Proposal, closed: Requirement, command: c.CloseRequirement) -> tuple[e.Event, ...]:
    """Return the referral that follows the last requirement: what came in is judged by a person."""
    if any(one.id != closed.id for one in state.open_requirements):
        return ()
    return (e.UnderwritingReferred(at=command.at, case=command.case, reasons=("requirements-closed",)),)


def _requirement(state: Proposal, requirement: str) -> Requirement:
    found = find(state.requirements, requirement)
    if found is None:
        raise refusal("no-requirement", (requirement,))
    return found


def _open_requirement(state: Proposal, requirement: str) -> Requirement:
    found = _requirement(state, requirement)
    if found.state is not RequirementState.OPEN:
        raise refusal("requirement-closed", (requirement,))
    return found


def _is_recorded(state: Proposal, command: c.AddRecording) -> bool:
    return find(state.recordings, command.recording) is not None


def _add_recording(state: Proposal, command: c.AddRecording) -> tuple[e.Event, ...]:
    if command.content != state.contents.digest:
        raise refusal("recording-of-something-else")
    if len(state.recordings) >= RECORDINGS_AT_MOST:
        raise refusal("recordings-too-many")
    return (
        e.RecordingAdded(
            at=command.at,
            recording=command.recording,
            digest=command.digest,
            content=command.content,
            checklist=command.checklist,
            seconds=command.seconds,
            by=command.by,
        ),
    )


def _is_reviewed(state: Proposal, command: c.ReviewRecording) -> bool:
    return _recording(state, command.recording).passed is command.passed


def _review(state: Proposal, command: c.ReviewRecording) -> tuple[e.Event, ...]:
    recording = _recording(state, command.recording)
    if recording.passed is not None:
        raise refusal("recording-reviewed", (recording.id,))
    if recording.content != state.contents.digest:
        raise refusal("recording-of-something-else")
    if command.by in (recording.by, state.salesperson):
        raise refusal("own-recording")
    if command.passed is bool(command.reasons):
        raise refusal("review-reasons")
    return (
        e.RecordingReviewed(
            at=command.at,
            recording=recording.id,
            passed=command.passed,
            reasons=command.reasons,
            by=command.by,
        ),
    )


def _recording(state: Proposal, recording: str) -> Recording:
    found = find(state.recordings, recording)
    if found is None:
        raise refusal("no-recording", (recording,))
    return found


UNDERWRITING_RULES: Final[Mapping[type[c.Command], Rule]] = {
    c.Underwrite: Rule(_was_decided, _underwrite),
    c.DecideCase: Rule(_was_judged, _decide_case),
    c.MeetRequirement: Rule(_is_met, _meet),
    c.WaiveRequirement: Rule(_is_waived, _waive),
    c.AddRecording: Rule(_is_recorded, _add_recording),
    c.ReviewRecording: Rule(_is_reviewed, _review),
}
