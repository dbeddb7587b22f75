"""What follows a decision: acceptance, an offer, a person, something that is asked for; and the recording."""

from __future__ import annotations

from datetime import date

from policy.domain import commands as c
from policy.domain import events as e
from policy.domain.underwriting_rules import loaded
from policy.domain.values import Outcome, ProposalState, RequirementState
from tests.unit.policy.proposal_play import (
    ACCEPTED,
    CONTENT,
    ENTERED,
    SELLER,
    SIGNED,
    UNDERWRITER,
    asked,
    at,
    referred,
    wanting,
)

S = ProposalState


def test_an_acceptance_goes_on_to_the_debit() -> None:
    assert at(*ACCEPTED).proposal.state is S.ACCEPTED


def test_a_decision_is_taken_once() -> None:
    play = at(*ACCEPTED)
    assert play.do(play.given[-1]) == ()


def test_a_referred_case_waits_for_a_person_who_may_accept_with_a_loading() -> None:
    play = referred()
    assert (play.proposal.state, play.proposal.case) == (S.REFERRED, "cas_1")
    case_decided, offer = play.do(play.command(c.DecideCase, loading=50))
    assert isinstance(case_decided, e.CaseDecided)
    assert case_decided.by == UNDERWRITER
    assert isinstance(offer, e.OfferMade)
    assert offer.fen == 3_618_000
    assert play.proposal.case is None
    assert play.do(play.given[-1]) == ()


def test_a_person_may_decline() -> None:
    assert referred().go(c.DecideCase, outcome=Outcome.DECLINE).proposal.state is S.DECLINED


def test_a_person_may_ask_for_something_more_and_decides_when_it_came() -> None:
    play = referred().go(c.DecideCase, outcome=Outcome.ASK, requirements=(asked("req_a"), asked("req_b")))
    assert play.proposal.state is S.WANTING
    assert play.go(c.MeetRequirement).proposal.state is S.WANTING
    *_, referral = play.do(play.command(c.WaiveRequirement))
    assert isinstance(referral, e.UnderwritingReferred)
    assert referral.reasons == ("requirements-closed",)
    assert [one.state for one in play.proposal.requirements] == [RequirementState.MET, RequirementState.WAIVED]
    assert play.go(c.DecideCase).proposal.state is S.ACCEPTED


def test_a_requirement_names_who_sees_to_it_and_until_when() -> None:
    (requirement,) = wanting().proposal.requirements
    assert (requirement.owner, requirement.due) == (SELLER, date(2026, 12, 7))


def test_closing_a_requirement_again_changes_nothing() -> None:
    for kind in (c.MeetRequirement, c.WaiveRequirement):
        play = wanting("req_a", "req_b").go(kind)
        assert play.do(play.given[-1]) == ()


def test_a_loading_is_rounded_half_up_to_a_fen() -> None:
    assert (loaded(100, 25), loaded(2, 25), loaded(1, 49), loaded(1, 50)) == (125, 3, 1, 2)


def test_a_recording_counts_for_what_it_is_about_and_no_longer() -> None:
    play = at(*ENTERED, c.AddRecording, c.ReviewRecording, needs_recording=True)
    assert play.proposal.recording_passed
    assert not play.proposal.recording_wanted
    play.go(c.Amend)
    assert play.proposal.recording_wanted


def test_one_recording_that_passed_is_enough_among_others_that_did_not() -> None:
    play = at(*SIGNED, c.AddRecording, needs_recording=True)
    play.go(c.ReviewRecording, passed=False, reasons=("no-face", "no-sound"))
    assert play.proposal.recording_wanted
    play.go(c.AddRecording, c.ReviewRecording, c.AddRecording)
    assert play.proposal.recording_passed
    assert play.proposal.recordings[0].content == CONTENT
    assert play.do(play.given[-1]) == () == play.do(play.given[-2])


def test_a_debit_waits_for_the_recording_and_then_goes_out() -> None:
    play = at(*ACCEPTED, needs_recording=True)
    assert play.refused(c.OrderDebit) == "recording-first"
    assert play.go(c.AddRecording, c.ReviewRecording, c.OrderDebit).proposal.state is S.DEBITING
