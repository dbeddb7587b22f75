"""A score in words reads like a sentence a person would say, and teaches nobody how to cheat."""

from __future__ import annotations

import re

from claims.risk.explaining import to_customer, to_handler
from claims.risk.facts import Facts, HistoryFacts, PaymentFacts, Picture, ReportFacts, Step, SurveyFacts
from claims.risk.scoring import Scored, score_step
from claims.risk.sentences import filled
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


def said(step: Step, facts: Facts, *, maximum: int = 0) -> tuple[str, str]:
    """All that a handler is told of a step, in one go."""
    told = to_handler(RULES.points, RULES.sheet, score_step(RULES, step, facts, maximum=maximum))
    return told.paragraph.zh, told.paragraph.en


def test_a_handler_is_told_where_a_step_stands_what_was_found_and_what_is_not_known() -> None:
    zh, en = said(
        Step.PAYMENT, Facts(payment=PaymentFacts(payee_is_shop=True), history=HistoryFacts(account_known_days=0))
    )
    assert zh == (
        "支付环节 6 分，不到 20 分，照常办理。收款人是维修单位（4 分）。收款账户是第一次使用（2 分）。"
        "还没有资料、没有核对的：收款人非被保险人、账户多人共用、核赔后换账户等 6 项。"
    )
    assert en == (
        "Payment: 6 points, below the 20 from which people decide, so it takes its course. The payee is the repair "
        "shop (4). The account is used for the first time (2). Not looked at, since nothing is known of it yet: payee "
        "is not the insured, account shared by unrelated payees, account changed after approval and 3 more."
    )


def test_what_nobody_could_look_up_is_told_apart_from_what_is_not_known_yet() -> None:
    told = to_handler(RULES.points, RULES.sheet, scored(Step.DOCUMENTS, Facts()))
    assert [(one.name.en, one.why.en) for one in told.never] == [
        ("signature mismatch", "handwriting is not compared by a machine"),
        ("invoice invalid", "the tax office's check of invoices is not joined"),
    ]
    assert told.paragraph.zh.endswith("没有来源、核对不了的：签名不一致和发票无效。")


def test_a_handler_is_told_when_people_decide_and_why() -> None:
    zh, en = said(Step.REPORT, DOUBTFUL)
    assert zh.startswith(
        "报案环节 24 分，到了 20 分，所以由理赔人员决定。报案时定位与所述地点相距 84.8 公里（12 分）。"
    )
    assert en.startswith(
        "Report: 24 points. From 20 on people decide, so this is for one of you. The phone was 84.8 km"
    )


def test_a_step_with_nothing_in_it_says_that_another_one_had_it_decided_by_people() -> None:
    day = Facts(report=ReportFacts(occurred_at=NOON))
    zh, en = said(Step.REPORT, day, maximum=24)
    assert zh.startswith("报案环节没有发现疑点；但本案别的环节到过 24 分，仍由理赔人员决定。")
    assert en.startswith("Report: nothing stood out; but another step came to 24, so people decide all the same.")


def test_a_step_of_which_nothing_is_known_is_not_said_to_be_in_order() -> None:
    zh, en = said(Step.REPORT, Facts())
    assert zh.startswith("报案环节还没有资料可以核对，照常办理。")
    assert en.startswith("Report: there is nothing to look at yet, so it takes its course.")


def test_a_handler_is_told_of_what_only_a_person_may_judge() -> None:
    zh, en = said(Step.HISTORY_NETWORK, Facts(history=HistoryFacts(frauds=2)))
    assert zh.startswith(
        "历史与关联环节 100 分，其中有必须由人判断的，所以不会自动赔付。以前有 2 个案件查实欺诈（100 分）。"
    )
    assert "2 earlier claims were found to be fraudulent (100)." in en


def test_of_two_alternatives_only_the_one_that_is_known_is_told() -> None:
    late = Facts(
        report=ReportFacts(occurred_at=NOON),
        survey=SurveyFacts(pictures=(Picture(taken_at=NOON.replace(day=20)),)),
    )
    zh, en = said(Step.SURVEY, late)
    assert "有照片不是在出险的时间和地点拍的，时间相差 144 小时（12 分）。" in zh
    assert "A photograph was taken at another time or place than the accident, 144 hours apart (12)." in en


def test_every_point_is_told_in_a_whole_sentence_in_both_languages() -> None:
    """No brace, bracket or bar is left over, whether there is one of everything, or many."""
    for point in RULES.points.points.values():
        for number in (1, 7):
            for words in (point.handler.zh, point.handler.en):
                sentence = filled(words, dict.fromkeys(point.inputs, number), "?")
                assert not re.search(r"[{}\[\]|?]", sentence), point.id
