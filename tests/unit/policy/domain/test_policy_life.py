"""From the issue on: receipt, return visit, cancellation with all the money, surrender with the cash value."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from policy.domain import commands as c
from policy.domain import events as e
from policy.domain.values import ProposalState, VisitWay
from tests.unit.policy.proposal_play import FEN, ISSUED, PAID, RECEIVED, REVIEWER, at, concerned

S = ProposalState
TODAY = date(2026, 11, 27)


@pytest.mark.parametrize("days", [0, 1])
def test_a_policy_takes_effect_today_or_tomorrow(days: int) -> None:
    play = at(*PAID).go(c.Issue, effective_on=TODAY + timedelta(days=days))
    policy = play.proposal.policy
    assert policy is not None
    assert (policy.number, policy.issued_on) == ("CY330126112700", TODAY)
    assert not play.proposal.received


def test_a_policy_is_issued_once() -> None:
    play = at(*ISSUED)
    assert play.do(play.command(c.Issue)) == ()
    assert play.refused(c.Issue, policy="CY330126112701") == "proposal-issued"


@pytest.mark.parametrize("days", [15, 20])
def test_the_hesitation_period_runs_from_the_day_after_the_receipt(days: int) -> None:
    play = at(*RECEIVED, hesitation_days=days)
    policy = play.proposal.policy
    assert policy is not None
    assert policy.hesitation_ends == TODAY + timedelta(days=days)
    assert play.do(play.command(c.RecordReceived)) == ()


def test_on_its_last_day_all_the_money_goes_back() -> None:
    play = at(*RECEIVED).later(days=15)
    cancelled, owed = play.do(play.command(c.Cancel))
    assert isinstance(cancelled, e.PolicyCancelled)
    assert isinstance(owed, e.RefundOwed)
    assert (owed.fen, owed.reason, owed.refund) == (FEN, "hesitation", cancelled.refund)
    assert play.proposal.state is S.CANCELLED
    assert play.do(play.command(c.Cancel)) == ()


def test_who_asked_in_time_cancels_however_long_signing_took() -> None:
    play = at(*RECEIVED).later(days=18)
    assert play.go(c.Cancel, asked_on=TODAY + timedelta(days=15)).proposal.state is S.CANCELLED


def test_who_never_received_the_contract_may_cancel_at_any_time() -> None:
    assert at(*ISSUED).later(days=90).go(c.Cancel).proposal.state is S.CANCELLED


def test_after_it_a_surrender_pays_the_cash_value() -> None:
    play = at(*RECEIVED).later(days=16)
    surrendered, owed = play.do(play.command(c.Surrender))
    assert isinstance(surrendered, e.PolicySurrendered)
    assert isinstance(owed, e.RefundOwed)
    assert (owed.fen, owed.reason) == (800_000, "surrender")
    assert play.proposal.state is S.SURRENDERED
    assert play.do(play.command(c.Surrender)) == ()


def test_a_surrender_that_is_worth_nothing_pays_nothing() -> None:
    play = at(*RECEIVED).later(days=16).go(c.Surrender, fen=0)
    assert play.proposal.refunds == ()
    assert play.proposal.state is S.SURRENDERED


def test_a_return_visit_is_answered_in_time_or_late_but_once() -> None:
    play = at(*RECEIVED, c.InviteVisit)
    assert play.do(play.given[-1]) == ()
    late = at(*RECEIVED, c.InviteVisit, c.InviteVisit).later(days=16)
    for one, in_time in ((play, True), (late, False)):
        (answered,) = one.do(one.command(c.AnswerVisit, concerns=("not-signed-by-me",)))
        assert isinstance(answered, e.VisitAnswered)
        assert (answered.in_time, answered.concerns) == (in_time, ("not-signed-by-me",))
        assert one.do(one.given[-1]) == ()
    assert late.refused(c.AnswerVisit, visit="vis_1") == "visit-answered"


def test_who_does_not_answer_is_reminded_once() -> None:
    play = at(*RECEIVED, c.InviteVisit, c.RemindVisit)
    assert play.proposal.visit is not None and play.proposal.visit.reminded
    assert play.do(play.command(c.RemindVisit)) == ()


def test_what_staff_heard_on_the_telephone_says_who_heard_it() -> None:
    play = at(*RECEIVED, c.InviteVisit)
    (answered,) = play.do(play.command(c.AnswerVisit, way=VisitWay.PHONE, by=REVIEWER))
    assert isinstance(answered, e.VisitAnswered)
    assert (answered.way, answered.by) == (VisitWay.PHONE, REVIEWER)


def test_a_concern_is_closed_once_also_where_the_policy_was_cancelled_meanwhile() -> None:
    play = concerned().go(c.Cancel)
    (seen,) = play.do(play.command(c.SeeToVisit))
    assert isinstance(seen, e.VisitSeenTo)
    assert play.do(play.given[-1]) == ()
    assert play.proposal.state is S.CANCELLED
