"""What figures count, over claims that are played: pure, with no database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from claims.domain import commands as c
from claims.domain.values import ENDS, ClaimState, CoverPart, Lane, PaymentKind, ReportWay
from claims.errors import ClaimRefused
from claims.figures.courses import UNSETTLED, Block, Standing, read_course
from claims.figures.figures import Hits, ToolUse
from claims.figures.rows import csv_of
from claims.figures.stretches import DAY, Stretch, class_names, minutes_of
from claims.figures.tallies import Tally, read_tally
from claims.figures.told import Told
from esign.public.figures import Month
from tests.unit.claims.claim_play import ADJUDICATED, AGREED, CLOSED, HANDLER, PAID, PAYABLE, Play, at, blocked
from tests.unit.claims.figures.recorded import recorded, told

STEPS: tuple[type[c.Command], ...] = (
    c.Report,
    c.Triage,
    c.RecordSurvey,
    c.Assess,
    c.Verify,
    c.Adjudicate,
    c.MakeOffer,
    c.Agree,
    c.SetPayee,
)


def paid_after(play: Play | None = None, **time: int) -> Play:
    """Return a claim that is paid so long after its report."""
    return (play or at(*PAYABLE)).later(**time).go(c.OrderPayment, c.RecordPaid)


def _for(fen: int) -> dict[str, Any]:
    """Return the members of an adjudication of this amount."""
    return {"fen": fen, "covers": (CoverPart("vehicle", fen),)}


def test_the_time_from_report_to_payment_is_told_with_its_classes() -> None:
    whole = told([paid_after(minutes=8), paid_after(minutes=45), paid_after(hours=30)]).whole
    assert (whole.paid, whole.payment.median, whole.payment.ninth) == (3, 45, 30 * 60)
    assert dict(zip(class_names(), whole.classes, strict=True)) == {
        **dict.fromkeys(class_names(), 0),
        "upto-10": 1,
        "31-60": 1,
        "1441-4320": 1,
    }


def test_an_hour_to_the_second_is_real_time_and_a_second_more_is_not() -> None:
    whole = told([paid_after(seconds=3600), paid_after(seconds=3601), paid_after(minutes=20)]).whole
    assert (whole.real_time, whole.real_time_mean_seconds, whole.real_time_share) == (2, 2400, 667)


def test_a_small_claim_is_paid_within_a_day_or_later_or_waits() -> None:
    late = paid_after(seconds=DAY * 60 + 1)
    refused = at(*ADJUDICATED, c.Refuse)
    whole = told([paid_after(hours=24), late, at(*ADJUDICATED), refused]).whole
    assert (whole.small_in_time, whole.small_late, whole.small_waiting) == (1, 1, 1)
    assert whole.small_share == 333


def test_who_is_hurt_or_has_more_than_5000_yuan_to_get_is_in_no_small_claim() -> None:
    hurt, large = paid_after(play=at(*PAYABLE, injured=True)), at(c.Report, estimate=500_001)
    found_hurt = at(*STEPS[:3]).go(c.Assess, injury=100)
    assert told([hurt, large, found_hurt]).whole.small == 0


def test_a_claim_that_was_never_adjudicated_counts_as_small_by_what_it_is_thought_to_cost() -> None:
    assert told([at(c.Report)]).whole.small_waiting == 1
    assert told([at(c.Report, estimate=600_000)]).whole.small_waiting == 0


def test_midnight_in_beijing_ends_the_day_on_which_a_claim_is_paid() -> None:
    whole = told([paid_after(hours=11, minutes=59), paid_after(hours=12)]).whole
    assert (whole.paid, whole.same_day) == (2, 1)


def test_each_step_takes_its_own_time_and_what_is_done_again_counts_as_it_was_done_last() -> None:
    play = at(c.Report).later(minutes=1).go(c.Triage).later(minutes=2).go(c.RecordSurvey).later(minutes=4)
    play.go(c.Assess).later(minutes=8).go(c.Verify, c.Adjudicate, c.MakeOffer).later(minutes=16)
    play.go(c.Supplement).go(c.Assess, c.Verify, c.Adjudicate, c.MakeOffer).later(minutes=32).go(c.Agree, c.SetPayee)
    whole = told([paid_after(play=play, minutes=64)]).whole
    assert {step: one.median for step, one in whole.steps.items()} == {
        Stretch.SURVEY: 3,
        Stretch.ASSESS: 4 + 8 + 16,
        Stretch.VERIFY: 0,
        Stretch.AGREE: 32,
        Stretch.PAY: 64,
    }
    assert whole.payment.median == 127


def test_a_payment_that_the_bank_took_back_is_none_until_it_is_made_again() -> None:
    back = paid_after(minutes=5).later(minutes=1).go(c.RecordPaymentFailed)
    assert told([back]).whole.standings[Standing.OPEN] == 1
    back.later(minutes=30).go(c.RecordPaid, asked_at=back.now)
    whole = told([back]).whole
    assert (whole.paid, whole.payment.median) == (1, 36)


def test_an_advance_is_no_payment_of_the_settlement_unless_it_was_all_of_it() -> None:
    play = at(*STEPS[:5]).go(c.SetPayee).go(c.AllowAdvance).go(c.OrderPayment, c.RecordPaid)
    assert play.claim.payments[0].kind is PaymentKind.ADVANCE
    assert (told([play]).whole.paid, told([play]).whole.paid_fen) == (0, play.claim.paid)
    play.later(hours=1).go(c.Adjudicate, **_for(play.claim.paid)).go(c.MakeOffer).later(hours=1).go(c.Agree)
    play.later(hours=5).go(c.Close)
    whole = told([play]).whole
    assert (whole.paid, whole.payment.median, whole.closing.median) == (1, 120, 420)


def test_what_is_found_after_the_payment_changes_neither_tier_nor_amount_nor_time() -> None:
    play = paid_after(minutes=9).go(c.Close).later(days=3)
    play.go(c.Reopen).go(c.Assess, injury=900_000).go(c.Verify).go(c.Adjudicate, tier="ordinary")
    report = told([play])
    assert list(report.tiers) == ["document-free"]
    assert (report.whole.small_in_time, report.whole.payment.median, report.whole.running) == (1, 9, 1)


def test_what_was_joined_to_another_claim_is_in_no_other_figure() -> None:
    report = told([at(*STEPS[:2]).go(c.AddPicture).go(c.Join), at(*PAID)])
    assert (report.whole.reported, report.whole.joined, report.whole.by_tools) == (1, 1, 1)


def test_a_blocked_claim_waits_is_upheld_or_let_go_and_amounts_tell_what_that_was_worth() -> None:
    plays = [blocked(), blocked(), blocked(), at(*PAID)]
    plays[1].go(c.ReviewBlock, released=False)
    plays[2].go(c.ReviewBlock)
    whole = told(plays).whole
    assert whole.blocks == {Block.WAITING: 1, Block.UPHELD: 1, Block.RELEASED: 1}
    assert (whole.overturned_share, whole.blocked_fen, whole.overturned_fen) == (333, 450_000, 150_000)
    assert whole.hits["R077"] == Hits(3, 3, 1)
    assert whole.scores[-1] == 3


def test_what_was_let_go_and_is_blocked_anew_waits_again() -> None:
    play = blocked(c.ReviewBlock).go(c.RecordScore, score=90, maximum=90, to_people=True, points=("R011",))
    assert play.claim.block_waits
    assert told([play]).whole.blocks[Block.WAITING] == 1


def test_a_blocked_claim_that_people_paid_is_counted_with_what_was_paid() -> None:
    play = blocked(c.ReviewBlock)
    play.go(*STEPS[2:]).go(c.OrderPayment, c.RecordPaid)
    whole = told([play]).whole
    assert (whole.blocked_paid, whole.blocked_paid_fen) == (1, play.claim.paid)


def test_a_hard_stop_and_the_highest_score_of_a_claim_are_told() -> None:
    play = at(*STEPS[:2]).go(c.RecordScore, score=35, maximum=35, hard_stop=True, to_people=True)
    whole = told([play, at(c.Report)]).whole
    assert (whole.hard_stops, whole.scores[3], whole.unscored) == (1, 1, 1)


def test_forms_of_staff_and_acts_by_phone_are_the_tools_that_a_claim_used() -> None:
    staffed = at(*STEPS[:2]).go(c.FileForm, seconds=100).go(c.FileForm, seconds=41)
    staffed.go(c.ChangeSurvey).go(c.SendSurveyor)
    phoned = at(*STEPS[:2]).go(c.AddPicture, by=None).go(c.RecordSurvey)
    by_telephone = at(c.Report, way=ReportWay.HOTLINE, by=HANDLER)
    whole = told([staffed, phoned, by_telephone, by_telephone]).whole
    assert whole.tools == {"survey": ToolUse(1, 2, 141), "dispatch": ToolUse(1, 1, 0)}
    assert (whole.tools["survey"].mean_seconds, whole.tools["dispatch"].mean_seconds) == (71, None)
    assert {act: n for act, n in whole.phone.items() if n} == {"report": 2, "pictures": 1, "survey": 1}
    assert (whole.by_staff, whole.by_phone, whole.by_tools, whole.coverage) == (1, 2, 2, 500)


def test_a_call_counts_by_its_first_ring_and_two_minutes_to_the_second_are_in_time() -> None:
    prompt = at(*STEPS[:2]).go(c.AskCallBack).later(minutes=2).go(c.RecordCalledBack, reached=False)
    prompt.later(hours=1).go(c.RecordCalledBack, reached=True)
    late = at(*STEPS[:2]).go(c.AskCallBack).later(minutes=2, seconds=1).go(c.RecordCalledBack, reached=True)
    waiting = at(*STEPS[:2]).go(c.AskCallBack)
    whole = told([prompt, prompt, late, waiting]).whole
    assert (whole.calls_in_time, whole.calls_late, whole.calls_waiting) == (2, 1, 1)
    assert (whole.calls, whole.calls_share) == (3, 667)
    assert told([at(*STEPS[:2])]).whole.calls_share is None


def test_the_fastest_payment_is_told() -> None:
    assert told([paid_after(hours=3), paid_after(minutes=8), at(c.Report)]).whole.fastest == 8


def test_stars_have_a_mean() -> None:
    whole = told([at(*CLOSED).go(c.Rate, stars=5), at(*CLOSED).go(c.Rate, stars=4), at(*CLOSED)]).whole
    assert (whole.rated, whole.mean_tenths_of_stars) == (2, 45)


def test_a_month_is_that_of_the_report_and_provisional_while_a_claim_of_it_runs() -> None:
    november = at(*CLOSED)
    december = at(c.Report)
    december.now += timedelta(days=40)
    later = Play()
    later.now = december.now
    report = told([november, later.go(c.Report)])
    assert [list(report.months), list(report.tiers)] == [["2026-11", "2027-01"], ["document-free", UNSETTLED]]
    assert not report.months[Month("2026-11")].is_provisional
    assert report.months[Month("2027-01")].is_provisional
    assert "month,2026-11,no,paid,1" in csv_of(report)


def test_minutes_are_begun_ones_and_beyond_a_day_hours() -> None:
    assert [minutes_of(one) for one in (0, 1, 60, 61, 86_400, 86_401)] == [0, 1, 1, 2, 1440, 1500]


_OF_EVENTS = st.lists(st.tuples(st.sampled_from(sorted(c.COMMANDS, key=str)), st.integers(0, 90)), max_size=30)


@given(st.sampled_from((STEPS[:1], STEPS[:2], STEPS, PAID, CLOSED)), _OF_EVENTS)
def test_whatever_happens_the_course_agrees_with_the_domain_and_a_claim_taken_away_leaves_nothing(
    begin: tuple[type[c.Command], ...], steps: list[tuple[type[c.Command], int]]
) -> None:
    play = at(*begin)
    for kind, hours in steps:
        try:
            play.later(hours=hours).go(kind)
        except (ClaimRefused, KeyError, IndexError):
            continue
    heard = Told()
    for event in recorded(play):
        heard.hear(event)
    course, claim = heard.courses["clm_1"], play.claim
    assert (course.lane, course.paid_fen) == (claim.lane.value, claim.paid)
    assert (course.score or 0) == claim.highest_score
    assert (course.end is None) == (claim.state not in ENDS)
    if claim.lane is Lane.BLOCKED:
        assert course.block is (Block.WAITING if claim.block_waits else Block.UPHELD)
    if claim.state in {ClaimState.PAID, ClaimState.CLOSED} and claim.paid:
        assert course.standing is Standing.PAID
    assert read_course(course.kept()) == course
    tally = Tally()
    tally.count(course)
    assert read_tally(tally.kept()).kept() == tally.kept()
    tally.count(course, -1)
    assert not any(tally.kept().values())  # type: ignore[union-attr]


def test_lots_are_told_apart_by_institution_tier_and_lane() -> None:
    report = told([at(*AGREED, institution="ins_a"), at(c.Report, institution="ins_b"), at(c.Report)])
    assert list(report.institutions) == ["", "ins_a", "ins_b"]
    assert list(report.lanes) == [Lane.EXPRESS.value, Lane.ORDINARY.value]
