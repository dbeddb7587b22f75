"""What a claim goes through: each sentence of how motor claims are handled, and each trouble of its list."""

from __future__ import annotations

import pytest

from claims.domain import Actor, next_moves
from claims.domain import commands as c
from claims.domain.values import Agreement, ClaimState, Lane, Line, LineKind, PaymentKind, PaymentState, SurveyWay
from tests.unit.claims.claim_play import (
    ADJUDICATED,
    AGREED,
    ASSESSED,
    CLOSED,
    FAILED,
    HANDLER,
    LEAD,
    LINES,
    MANAGER,
    OFFERED,
    OTHER_ACCOUNT,
    PAID,
    PAYABLE,
    PAYING,
    REPORTED,
    SECOND_ABOVE,
    SURVEYED,
    TRIAGED,
    UNKNOWN,
    VERIFIED,
    Play,
    at,
    blocked,
    dispatched,
)

S = ClaimState
FEN = sum(line.fen for line in LINES)


def acts(play: Play) -> list[tuple[str, str]]:
    return [(move.actor.value, move.act) for move in next_moves(play.claim)]


def test_a_small_claim_goes_from_the_report_to_the_end() -> None:
    play = at(*CLOSED)
    assert (play.claim.state, play.claim.paid) == (S.CLOSED, FEN)
    assert acts(play) == [("nobody", "none")]


def test_reporting_the_same_again_is_one_report() -> None:
    play = at(*REPORTED)
    assert play.do(play.given[0]) == ()
    assert play.refused(c.Report, digest="e" * 64) == "claim-exists"


def test_nobody_reports_a_loss_that_is_still_to_come() -> None:
    play = Play()
    assert play.refused(c.Report, occurred_at=play.now.replace(hour=23)) == "loss-in-future"


def test_no_two_people_take_one_case() -> None:
    play = at(*TRIAGED, c.Take)
    assert play.refused(c.Take, by="usr_other") == "claim-taken"
    assert play.go(c.HandOver, to="usr_other").claim.handler == "usr_other"


def test_only_a_marked_customer_goes_into_the_vip_lane_and_has_a_handler_of_their_own() -> None:
    assert at(*REPORTED).refused(c.Triage, lane=Lane.VIP) == "not-vip"
    play = at(*REPORTED, vip=True).go(c.Triage, lane=Lane.VIP, handler=HANDLER)
    assert (play.claim.lane, play.claim.handler) == (Lane.VIP, HANDLER)


def test_a_score_routes_to_people_and_refuses_nobody() -> None:
    play = blocked()
    assert play.claim.lane is Lane.BLOCKED
    assert acts(play) == [("team-lead", "review-block"), ("handler", "choose-survey")]
    assert play.claim.state is S.SURVEYING


def test_a_score_before_the_triage_keeps_the_claim_out_of_the_express_lane() -> None:
    play = blocked(before=REPORTED)
    assert play.refused(c.Triage, lane=Lane.EXPRESS) == "block-first"
    assert play.go(c.Triage).claim.lane is Lane.BLOCKED


def test_a_released_block_comes_back_only_with_more_than_was_known_then() -> None:
    play = blocked(c.ReviewBlock)
    assert play.claim.lane is Lane.ORDINARY
    play.go(c.RecordScore, step="survey", score=10, maximum=60, to_people=True, trace_digest="1" * 64)
    assert play.claim.lane is Lane.ORDINARY
    play.go(c.RecordScore, step="assessment", score=70, maximum=70, to_people=True, trace_digest="2" * 64)
    assert play.claim.lane is Lane.BLOCKED


def test_the_running_maximum_never_falls_and_a_hard_stop_always_goes_to_people() -> None:
    play = blocked()
    assert play.refused(c.RecordScore, maximum=20) == "maximum-falls"
    assert play.refused(c.RecordScore, maximum=60, hard_stop=True) == "hard-stop-to-people"


def test_a_block_that_nobody_reviewed_pays_nothing() -> None:
    play = blocked(before=PAYABLE)
    assert play.refused(c.OrderPayment) == "block-first"
    play.go(c.ReviewBlock, released=False)
    assert play.refused(c.OrderPayment) == "payment-approval-missing"
    assert play.go(c.ApprovePayment, c.OrderPayment).claim.state is S.PAYING


def test_above_the_limit_a_blocked_claim_needs_a_second_person() -> None:
    play = Play({c.Triage: {"second_above": FEN - 1}}).go(*PAYABLE)
    play.go(c.RecordScore, score=60, maximum=60, to_people=True).go(c.ReviewBlock, released=False)
    play.scored().go(c.ApprovePayment)
    assert acts(play) == [("manager", "approve-payment")]
    assert play.refused(c.OrderPayment) == "payment-approval-missing"
    assert play.go(c.ApprovePayment, by=MANAGER).go(c.OrderPayment).claim.state is S.PAYING


def test_nothing_large_is_decided_without_a_person() -> None:
    play = Play({c.Triage: {"alone_upto": FEN - 1}}).go(*ASSESSED)
    assert acts(play.scored()) == [("team-lead", "verify")]
    assert play.refused(c.Verify, by=None) == "people-decide"
    assert play.go(c.Verify).refused(c.Adjudicate, by=None) == "people-decide"


def test_whoever_asks_for_a_person_gets_one() -> None:
    play = at(*TRIAGED, c.AskForPerson)
    assert play.claim.lane is Lane.ORDINARY
    assert acts(play) == [("handler", "choose-survey")]
    assert at(*SURVEYED, c.AskForPerson).refused(c.Assess, by=None) == "people-decide"


def test_a_survey_is_taken_by_one_person_and_can_be_reassigned() -> None:
    play = dispatched()
    assert play.refused(c.TakeSurvey, by="usr_other") == "survey-taken"
    play.go(c.ReassignSurvey, to="usr_other")
    assert play.refused(c.RecordSurvey, by="usr_gao", device="dev_1") == "survey-not-yours"
    play.go(c.TakeSurvey, by="usr_other", device="dev_2").go(c.RecordSurvey)
    assert play.claim.state is S.ASSESSING


def test_what_comes_from_a_lost_phone_does_not_count_and_somebody_else_goes() -> None:
    play = dispatched().go(c.FileForm).go(c.RevokeDevice)
    assert acts(play) == [("handler", "dispatch-surveyor")]
    assert play.refused(c.FileForm) == "phone-revoked"
    assert play.refused(c.TakeSurvey) == "phone-revoked"
    assert play.do(play.given[-4]) == (), "a form that came before it was lost stays, and is taken once"


def test_a_form_from_another_phone_than_the_one_that_took_the_survey_is_refused() -> None:
    assert dispatched().refused(c.RecordSurvey, device="dev_2") == "another-phone"


def test_nobody_verifies_or_approves_what_they_assessed() -> None:
    assert at(*ASSESSED).refused(c.Verify, by=HANDLER) == "own-assessment"
    play = Play({c.Adjudicate: {"approvals": 1}}).go(*PAYABLE)
    assert play.refused(c.ApprovePayment, by=HANDLER) == "own-assessment"


def test_an_assessment_that_did_not_pass_is_made_anew() -> None:
    assert at(*ASSESSED).refused(c.Verify, assessment="ass_9") == "another-assessment"
    play = at(*ASSESSED).go(c.Verify, passed=False, reasons=("photo-missing",))
    assert play.claim.state is S.ASSESSING
    assert play.go(c.Assess, c.Verify).claim.state is S.ADJUDICATING


def test_all_missing_papers_are_asked_for_once() -> None:
    play = at(*VERIFIED, c.AskPapers)
    assert play.refused(c.AskPapers) == "papers-asked"
    assert play.refused(c.Adjudicate) == "papers-first"
    play.go(c.RecordPapers, items=("invoice",))
    assert play.refused(c.RecordPapers, items=("invoice",)) == "paper-not-missing"
    assert play.go(c.WaivePapers, c.Adjudicate).claim.state is S.SETTLING


def test_what_is_offered_is_what_was_adjudicated() -> None:
    assert at(*ADJUDICATED).refused(c.MakeOffer, fen=FEN + 1) == "offer-differs"
    assert at(*VERIFIED).refused(c.Adjudicate, fen=FEN + 1) == "sum-differs"


def test_a_large_amount_is_signed_and_a_small_one_confirmed_with_a_code() -> None:
    signed = Play({c.Adjudicate: {"agreement": Agreement.SIGNATURE}}).go(*OFFERED)
    assert signed.refused(c.Agree, envelope=None, document=None, confirmation="cnf_1") == "signature-needed"
    signed.go(c.SendAgreement, c.ReturnAgreement)
    assert acts(signed) == [("handler", "send-agreement")]
    signed.go(c.SendAgreement)
    assert signed.refused(c.Agree, envelope="env_1") == "agreement-unknown"
    assert signed.go(c.Agree).claim.state is S.AGREED
    assert at(*OFFERED).refused(c.SendAgreement) == "code-is-enough"
    assert at(*OFFERED).refused(c.Agree, confirmation=None) == "confirmation-needed"


def test_a_price_dispute_that_stalls_goes_to_the_quotation_desk() -> None:
    play = at(*OFFERED, c.Dispute)
    assert acts(play)[0] == ("handler", "answer-dispute")
    assert acts(play.go(c.PassDispute))[0] == ("quotation-desk", "answer-dispute")
    assert play.go(c.AnswerDispute).claim.state is S.OFFERED
    assert play.go(c.Dispute).go(c.AnswerDispute, changed=True).claim.state is S.ASSESSING


def test_an_amount_that_changes_after_the_approval_is_not_paid_by_it() -> None:
    play = Play({c.Adjudicate: {"approvals": 1}}).go(*PAYABLE, c.ApprovePayment)
    play.go(c.Supplement)
    assert play.types[-2:] == ["approval-fallen", "supplement-opened"]
    play.go(c.Assess, lines=LINES[:1]).go(c.Verify, c.Adjudicate, c.MakeOffer, c.Agree)
    assert play.refused(c.OrderPayment) == "payment-approval-missing"
    assert play.refused(c.ApprovePayment, fen=FEN) == "payment-changed"


def test_a_payee_that_changes_after_the_approval_needs_a_second_person() -> None:
    play = Play({c.Adjudicate: {"approvals": 1}}).go(*PAYABLE, c.ApprovePayment)
    play.go(c.SetPayee, account=OTHER_ACCOUNT, by="usr_clerk")
    assert acts(play.scored()) == [("manager", "approve-payee")]
    assert play.refused(c.ApprovePayment) == "payee-unapproved"
    assert play.refused(c.ApprovePayee, by="usr_clerk") == "payee-second-person"
    assert play.refused(c.ApprovePayee, by=LEAD) == "payee-second-person", "theirs fell"
    play.go(c.ApprovePayee, c.ApprovePayment, c.OrderPayment)
    assert play.claim.payments[-1].account == OTHER_ACCOUNT


def test_whoever_is_not_the_insured_is_paid_only_after_an_approval() -> None:
    play = Play({c.SetPayee: {"matches": False}}).go(*PAYABLE)
    assert play.refused(c.OrderPayment) == "payee-unapproved"
    assert play.go(c.ApprovePayee, c.OrderPayment).claim.state is S.PAYING


def test_a_payment_that_times_out_and_was_made_is_not_made_again() -> None:
    play = at(*UNKNOWN)
    assert play.refused(c.OrderPayment) == "claim-payment-unknown"
    play.later(minutes=5).go(c.RecordPaid, asked_at=play.now)
    assert (play.claim.state, play.claim.paid) == (S.PAID, FEN)
    assert play.do(play.given[-1]) == ()


def test_a_payment_that_failed_is_ordered_under_another_id() -> None:
    play = at(*FAILED)
    assert play.refused(c.OrderPayment, payment="pay_1") == "payment-known"
    assert play.go(c.OrderPayment).claim.state is S.PAYING


def test_a_payment_that_never_arrived_goes_again_to_the_same_account_once_somebody_confirms_it() -> None:
    play = Play({c.Adjudicate: {"approvals": 1}}).go(*PAYABLE).scored().go(c.ApprovePayment, c.OrderPayment)
    play.go(c.RecordPaymentFailed, reason="not-received")
    before = play.claim.payee
    play.go(c.SetPayee)
    assert (play.claim.state, play.claim.payee) == (S.AGREED, before), "it is the account that was good"
    assert acts(play.scored()) == [("service", "order-payment")], "what was approved is what is paid"
    play.go(c.OrderPayment, c.RecordPaid, c.Close)
    assert play.claim.paid == FEN


def test_a_failed_payment_that_was_made_after_all_beside_another_is_asked_back() -> None:
    play = at(*FAILED, c.OrderPayment).go(c.RecordPaid, payment="pay_1")
    assert play.claim.payments[0].state is PaymentState.SURPLUS
    assert ("manager", "reclaim-surplus") in acts(play)
    assert play.go(c.RecordPaid).claim.paid == FEN


def test_money_that_the_bank_gives_back_is_asked_about_and_paid_once_more() -> None:
    play = at(*CLOSED).go(c.RecordPaymentFailed)
    assert (play.claim.state, play.claim.paid) == (S.PAYMENT_UNKNOWN, 0)
    assert play.do(play.command(c.RecordPaid)) == (), "an old answer settles nothing"
    play.later(minutes=1).go(c.RecordPaymentFailed, asked_at=play.now)
    assert play.claim.state is S.PAYMENT_FAILED
    play.go(c.SetPayee, account=OTHER_ACCOUNT).go(c.ApprovePayee, c.OrderPayment, c.RecordPaid, c.Close)
    assert (play.claim.state, play.claim.paid) == (S.CLOSED, FEN)


def test_what_is_certain_can_be_paid_before_the_rest_and_is_not_paid_again() -> None:
    play = at(*VERIFIED).go(c.SetPayee).go(c.AllowAdvance, fen=50_000)
    assert ("service", "order-advance") in acts(play.scored())
    play.go(c.OrderPayment, c.RecordPaid)
    assert play.claim.state is S.ADJUDICATING
    play.go(c.Adjudicate, c.MakeOffer, c.Agree, c.OrderPayment)
    assert (play.claim.payments[-1].fen, play.claim.payments[-1].kind) == (FEN - 50_000, PaymentKind.FINAL)


def test_nobody_changes_the_account_while_a_payment_to_it_is_under_way() -> None:
    play = at(*VERIFIED, c.SetPayee, c.AllowAdvance, c.OrderPayment)
    assert play.refused(c.SetPayee, account=OTHER_ACCOUNT, matches=False) == "payment-open"
    play.go(c.RecordUnanswered)
    assert play.refused(c.SetPayee, account=OTHER_ACCOUNT) == "payment-open"
    assert play.go(c.SetPayee).claim.payee == play.claim.payee  # the same one again changes nothing
    play.go(c.RecordPaid, c.SetPayee, account=OTHER_ACCOUNT)
    assert play.claim.payee is not None and not play.claim.payee.is_good


def test_several_advances_together_stay_within_the_limit_of_one_person() -> None:
    dear = (Line(LineKind.PART, "front-left-door", 9, 2_800_000),)
    play = at(*SURVEYED).go(c.Assess, lines=dear).go(c.Verify, c.SetPayee)
    play.go(c.AllowAdvance, fen=SECOND_ABOVE - 1).go(c.OrderPayment, c.RecordPaid)
    assert play.refused(c.AllowAdvance, fen=2) == "advance-above-limit"
    assert play.go(c.AllowAdvance, fen=1).claim.advance == 1


def test_an_advance_stays_within_the_loss_and_the_limit_of_one_person() -> None:
    assert at(*VERIFIED).refused(c.AllowAdvance, fen=FEN + 1) == "advance-above-loss"
    small = Play({c.Triage: {"second_above": 10_000}}).go(*VERIFIED)
    assert small.refused(c.AllowAdvance, fen=10_001) == "advance-above-limit"


def test_a_settlement_of_nothing_is_closed_without_a_payment() -> None:
    play = Play({c.Adjudicate: {"covers": (), "fen": 0}}).go(*AGREED)
    assert acts(play) == [("service", "close")]
    assert play.go(c.Close).types[-1] == "closed"


def test_a_refusal_has_reasons_and_is_told() -> None:
    assert at(*VERIFIED).refused(c.Refuse, reasons=()) == "refusal-reasons"
    play = at(*VERIFIED, c.Refuse)
    assert acts(play) == [("handler", "notify-refusal")]
    assert acts(play.go(c.RecordNotice)) == [("nobody", "none")]


@pytest.mark.parametrize("kind", [c.Refuse, c.Withdraw, c.Join])
def test_nothing_ends_without_payment_once_money_went_out(kind: type[c.Command]) -> None:
    play = at(*VERIFIED).go(c.SetPayee).go(c.AllowAdvance).go(c.OrderPayment, c.RecordPaid)
    assert play.refused(kind) == "money-out"


def test_two_reports_of_one_event_are_one_claim() -> None:
    younger, older = at(*TRIAGED), at(*TRIAGED)
    younger.go(c.Join)
    older.go(c.Absorb)
    assert (younger.claim.state, younger.claim.joined_into) == (S.JOINED, "clm_other")
    assert older.claim.absorbed == ("clm_second",)
    assert older.refused(c.Join) == "has-absorbed"
    assert younger.refused(c.Reopen) == "claim-joined"


def test_parts_that_were_asked_for_come_or_are_cancelled_also_where_the_claim_was_joined() -> None:
    play = at(*VERIFIED, c.AskQuotes, c.RecordQuote, c.OrderParts, c.Join)
    assert not play.go(c.CancelParts).claim.supplies[-1].is_open


def test_a_claim_that_is_opened_again_pays_only_what_is_more() -> None:
    play = at(*CLOSED).go(c.Reopen)
    assert play.claim.state is S.ASSESSING
    play.go(c.Assess, lines=(*LINES, LINES[0])).go(c.Verify, c.Adjudicate, c.MakeOffer, c.Agree, c.OrderPayment)
    assert play.claim.payments[-1].fen == LINES[0].fen
    again = at(*REPORTED, c.Withdraw, c.Reopen)
    assert again.claim.state is S.REPORTED


def test_no_more_is_recovered_than_was_paid() -> None:
    play = at(*PAID)
    assert play.refused(c.OpenRecovery, fen=FEN + 1) == "recovery-above-paid"
    play.go(c.OpenRecovery).go(c.RecordRecovered)
    assert play.refused(c.RecordRecovered, fen=601) == "recovery-above-paid"
    assert ("handler", "recover") in acts(play)
    play.go(c.RecordRecovered, fen=600)
    assert play.claim.recoveries[0].closed


def test_whoever_was_not_reached_is_called_again() -> None:
    play = at(*TRIAGED, c.AskCallBack).go(c.RecordCalledBack, reached=False)
    assert ("handler", "call-back") in acts(play)
    assert ("handler", "call-back") not in acts(play.go(c.RecordCalledBack))


def test_a_clock_is_told_of_once_and_only_when_it_is_so() -> None:
    play = at(*SURVEYED, c.Remind)
    assert play.do(play.given[-1]) == ()
    assert play.refused(c.Alarm, due=play.now.replace(hour=9)) == "clock-runs"
    assert play.refused(c.Remind, due=play.now) == "clock-over"


def test_the_customer_says_once_how_it_was() -> None:
    play = at(*CLOSED, c.Rate)
    assert play.do(play.command(c.Rate, stars=1)) == ()
    assert play.refused(c.Reopen, words="Müller") == "malformed-command"


def test_a_survey_goes_another_way_when_pictures_do_not_do() -> None:
    play = at(*TRIAGED, c.ChangeSurvey)
    assert (play.claim.lane, play.claim.survey.way if play.claim.survey else None) == (
        Lane.ORDINARY,
        SurveyWay.SURVEYOR,
    )


@pytest.mark.parametrize("road", [REPORTED, TRIAGED, ASSESSED, OFFERED, PAYABLE, PAYING, FAILED, CLOSED])
def test_the_first_who_is_named_has_something_to_do(road: tuple[type[c.Command], ...]) -> None:
    play = at(*road)
    first = next_moves(play.claim)[0]
    assert (first.actor is Actor.NOBODY) is play.claim.ended


def test_a_triage_waits_for_the_scores_of_the_report_and_a_verification_for_that_of_the_assessment() -> None:
    play = at(*REPORTED)
    assert acts(play) == [("service", "score")]
    play.scored()
    assert [one.step for one in play.claim.scores] == ["report", "vehicle-policy", "history-network"]
    assert acts(play) == [("service", "triage")]
    play.go(c.Triage, c.RecordSurvey, c.Assess)
    assert play.claim.to_score == ("assessment",)
    assert acts(play) == [("service", "score")]
    assert acts(play.scored()) == [("service", "verify")]


def test_a_payee_is_scored_before_anybody_approves_or_orders_and_again_when_it_changes() -> None:
    play = at(*AGREED).scored().go(c.SetPayee)
    assert play.claim.to_score == ("history-network", "payment")
    assert acts(play) == [("service", "score")]
    assert acts(play.scored()) == [("service", "order-payment")]
    play.go(c.SetPayee, account=OTHER_ACCOUNT, matches=False)
    assert acts(play) == [("service", "score")]


def test_a_step_that_cannot_be_scored_goes_to_people_and_never_counts_as_nothing() -> None:
    play = at(*REPORTED).go(c.SendToPeople, step="report")
    assert (play.claim.lane, play.claim.scores) == (Lane.BLOCKED, ())
    assert "report" not in play.claim.to_score
    assert play.do(play.given[-1]) == ()


def test_the_same_score_again_is_heard_when_it_was_waited_for() -> None:
    play = at(*PAYABLE).scored()
    digest = play.claim.scores[-1].trace_digest
    play.go(c.SetPayee, account=OTHER_ACCOUNT).go(c.RecordScore, step="payment", trace_digest=digest)
    assert play.claim.to_score == ("history-network",)
    assert play.do(play.given[-1]) == ()


def test_a_block_that_was_looked_at_before_triage_is_looked_at_and_one_that_the_triage_brings_is_not() -> None:
    upheld = blocked(before=REPORTED).go(c.ReviewBlock, released=False).go(c.Triage)
    assert (upheld.claim.lane, upheld.claim.block_waits) == (Lane.BLOCKED, False)
    released = blocked(before=REPORTED).go(c.ReviewBlock).go(c.Triage, lane=Lane.BLOCKED)
    assert released.claim.block_waits
