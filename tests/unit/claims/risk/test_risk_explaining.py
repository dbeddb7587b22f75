"""A score in words reads like a sentence a person would say, and teaches nobody how to cheat."""

from __future__ import annotations

import re

from claims.risk.explaining import to_customer, to_handler
from claims.risk.facts import Facts, HistoryFacts, Picture, ReportFacts, Step, SurveyFacts
from claims.risk.scoring import Scored
from tests.unit.claims.risk.firing import NOON, RULES, SCENE, scored
from tests.unit.claims.risk.test_risk_scoring import DOUBTFUL

PHOTOS = Facts(
    report=ReportFacts(occurred_at=NOON, stated_place=SCENE), survey=SurveyFacts(pictures=(Picture(distance=2),))
)


def told(*scores: Scored) -> tuple[str, str]:
    words = to_customer(RULES.points, RULES.sheet, scores)
    return words.zh, words.en


def test_a_customer_whose_claim_takes_its_course_is_told_so_and_that_a_person_can_be_asked_for() -> None:
    assert told(scored(Step.REPORT, Facts())) == (
        "您的赔案正在按正常流程办理，没有需要您补充说明的地方。您随时可以要求由专人和您通话，解释这个结果。",
        "Your claim is taking its normal course, and there is nothing you need to explain. "
        "You can ask for a person to call you and explain this at any time.",
    )


def test_a_customer_whose_claim_goes_to_people_is_told_what_is_looked_at_and_that_it_is_no_refusal() -> None:
    zh, en = told(scored(Step.REPORT, DOUBTFUL))
    assert zh == (
        "为了把您的赔案办准，我们想再核对一下事情发生的地点、保单的保障期间和事情发生的时间，所以接下来由理赔人员为您办理。"
        "这不是拒赔，也不是说您讲的不对。您随时可以要求由专人和您通话，解释这个结果。"
    )
    assert en == (
        "To get your claim right we would like to look again at where it happened, the dates of your cover and when it "
        "happened, so one of our claims staff takes it from here. This is not a refusal, and it does not mean that we "
        "doubt you. You can ask for a person to call you and explain this at any time."
    )


def test_what_a_customer_is_told_holds_no_number_that_could_be_kept_below() -> None:
    for step, facts in ((Step.REPORT, DOUBTFUL), (Step.HISTORY_NETWORK, Facts(history=HistoryFacts(frauds=1)))):
        for words in told(scored(step, facts)):
            assert not re.search(r"[0-9]|score|point|fraud|欺诈|分", words)


def test_the_points_of_all_steps_are_told_together_the_heaviest_first() -> None:
    zh, _ = told(scored(Step.REPORT, DOUBTFUL), scored(Step.SURVEY, PHOTOS))
    assert "您提供的照片、事情发生的地点和保单的保障期间" in zh


def test_a_handler_is_told_the_score_the_points_with_their_inputs_and_what_is_not_known() -> None:
    words = to_handler(RULES.points, RULES.sheet, scored(Step.SURVEY, PHOTOS))
    assert words.zh.startswith("查勘环节 20 分，本案最高 20 分（20 分起由人处理）：转由理赔人员处理。")
    assert "照片与另一案件的照片几乎相同（相差 2 位）（强，20 分）。" in words.zh
    assert "没有核对的：非第一现场、现场移动、单方事故等 15 项——目前还不知道。" in words.zh
    assert words.en.startswith(
        "Survey: a score of 20, 20 at most so far (people decide from 20 on): it goes to people."
    )
    assert "A photograph is all but the same as one of another claim (bits apart: 2) (strong, 20)." in words.en


def test_a_handler_is_told_of_a_hard_stop() -> None:
    words = to_handler(RULES.points, RULES.sheet, scored(Step.HISTORY_NETWORK, Facts(history=HistoryFacts(frauds=2))))
    assert "触发必须由人处理的风险点，不能自动赔付" in words.zh
    assert "Earlier claims that were found fraudulent: 2 (hard stop, 100)." in words.en


def test_an_alternative_that_is_not_known_is_said_to_be_unknown() -> None:
    late = Facts(
        report=ReportFacts(occurred_at=NOON),
        survey=SurveyFacts(pictures=(Picture(taken_at=NOON.replace(day=20)),)),
    )
    words = to_handler(RULES.points, RULES.sheet, scored(Step.SURVEY, late))
    assert "A photograph was taken 144 hours or unknown km away" in words.en
