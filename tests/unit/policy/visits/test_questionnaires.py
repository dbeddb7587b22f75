"""Questionnaires as data, what one customer is asked of them, and how answers are kept."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from policy.errors import PolicyDataBroken
from policy.proposal import Frequency, Proposal
from policy.visits.answers import Answers, blank, encode_answers, parse_answers, with_answer
from policy.visits.asking import Matter, asked_of
from policy.visits.questionnaires import FOLDER, questionnaire, questionnaire_on, read_questionnaire
from tests.unit.policy.policy_people import for_himself, product, proposal

NEWEST = questionnaire("2026-1")
SHEET = (FOLDER / "2026-1.json").read_bytes()


def matter(of: Proposal, **changes: Any) -> Matter:
    made = Matter("CY20261127000001", of, product(of.product), Decimal("8040.00"), date(2026, 12, 12))
    return replace(made, **changes)


def ids(of: Matter) -> list[str]:
    return [one.id for one in asked_of(NEWEST, of)]


def all_answered(of: Matter, choice: int = 0) -> Answers:
    asked = asked_of(NEWEST, of)
    answers = blank("vis_1", "2026-1", "zh-CN", asked)
    for one in asked:
        answers = with_answer(answers, one, one.answers[choice].id)
    return answers


def test_the_version_of_a_day_is_the_last_one_that_began() -> None:
    assert questionnaire_on(date(2026, 11, 27)).version == "2026-1"
    with pytest.raises(PolicyDataBroken, match="none is asked on 2025-12-31"):
        questionnaire_on(date(2025, 12, 31))


def test_it_asks_what_a_return_visit_has_to_ask() -> None:
    assert ids(matter(proposal())) == [
        "signed-myself",
        "insured-signed",
        "is-insurance",
        "premium",
        "health",
        "exclusions",
        "hesitation",
        "surrender",
        "received",
        "coached",
    ]


def test_nobody_is_asked_about_what_their_policy_has_not() -> None:
    assert "insured-signed" not in ids(matter(for_himself()))
    once = proposal()
    once = replace(once, payment=replace(once.payment, years=1, frequency=Frequency.ONCE))
    assert "premium-once" in ids(matter(once)) and "premium" not in ids(matter(once))
    uncertain = replace(product(), benefits_guaranteed=False)
    assert "not-guaranteed" in ids(matter(proposal(), product=uncertain))


def test_amounts_days_and_names_stand_in_the_questions_in_both_languages() -> None:
    asked = {one.id: one.text for one in asked_of(NEWEST, matter(proposal()))}
    assert "每年交 8,040.00 元" in asked["premium"].zh and "10 年" in asked["premium"].zh
    assert "CNY 8,040.00 each year, for 10 years" in asked["premium"].en
    assert "2026 年 12 月 12 日" in asked["hesitation"].zh and "12 December 2026" in asked["hesitation"].en
    assert "叶小禾" in asked["insured-signed"].zh
    assert not any("{" in text.zh + text.en for text in asked.values())


def test_a_name_with_braces_is_a_name() -> None:
    odd = proposal()
    odd = replace(odd, insured=replace(odd.insured, name="{premium}"))
    assert "{premium}" in next(one.text.zh for one in asked_of(NEWEST, matter(odd)) if one.id == "insured-signed")


def test_answers_come_back_as_they_were_kept() -> None:
    answers = replace(all_answered(matter(proposal())), remark="请回电")
    assert parse_answers(encode_answers(answers)) == answers
    assert parse_answers(WRITTEN).given == answers.given
    assert answers.complete and answers.concerns == ("remark",)


def test_the_same_answers_of_two_visits_have_digests_that_tell_nobody_so() -> None:
    first, second = (all_answered(matter(proposal())) for _ in range(2))
    assert first.given == second.given
    assert encode_answers(first) != encode_answers(second)


def test_each_answer_that_is_a_concern_raises_it_once() -> None:
    answers = all_answered(matter(proposal()), choice=1)
    assert answers.concerns[:2] == ("not-signed-by-me", "insured-not-signed")
    assert len(set(answers.concerns)) == len(answers.concerns) == 10
    assert all(NEWEST.concern(code) is not None for code in answers.concerns)


def test_an_answer_can_be_given_anew_and_no_other_one() -> None:
    asked = asked_of(NEWEST, matter(proposal()))
    answers = with_answer(blank("vis_1", "2026-1", "zh-CN", asked), asked[0], "no")
    assert answers.concerns == ("not-signed-by-me",) and not answers.complete
    assert with_answer(answers, asked[0], "yes").concerns == ()
    with pytest.raises(ValueError, match="no such answer"):
        with_answer(answers, asked[0], "perhaps")


WRITTEN = encode_answers(replace(all_answered(matter(proposal())), salt=""))
"""As a record was written before records had salts."""


@pytest.mark.parametrize("data", [b"", b"{}", b"x" * 70_000, WRITTEN + b" "])
def test_other_bytes_are_no_answers(data: bytes) -> None:
    with pytest.raises(PolicyDataBroken, match="none that this product wrote"):
        parse_answers(data)


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (lambda sheet: sheet["questions"].append(sheet["questions"][0]), "there twice"),
        (lambda sheet: sheet["concerns"].pop(), "has no words"),
        (lambda sheet: sheet["concerns"].append({"code": "other", "text": {"zh": "其他", "en": "other"}}), "raises it"),
        (lambda sheet: sheet["questions"][0]["answers"].pop(0), "every one is a concern"),
        (lambda sheet: sheet["questions"][0]["text"].update(zh="{id_number}"), "names a fact"),
        (lambda sheet: sheet.update(more=1), "not of its form"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(change: Any, cause: str) -> None:
    sheet = json.loads(SHEET)
    change(sheet)
    with pytest.raises(PolicyDataBroken, match=cause):
        read_questionnaire(json.dumps(sheet).encode())
