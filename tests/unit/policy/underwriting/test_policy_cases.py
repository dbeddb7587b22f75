"""Underwriters at their pages: the trace in words, each decision and what follows, and who must not decide."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from esign.infra.models import Message
from esign.public.people import ERASED_TEXT
from policy.domain.values import day_of
from policy.models import ProposalRow
from tests.service import system_now
from tests.unit.policy.insurer import SUGAR, Insurer
from tests.unit.web.console_room import form_in

HERE = "/console/policy/cases"


@pytest.fixture(scope="module")
def undecided(house: Insurer) -> str:
    """A referred proposal that stays undecided."""
    return house.sell_on_paper(sick=True)


def decide(house: Insurer, proposal: str, by: str = "he.yun", **filled: Any) -> Any:
    page = f"{HERE}/{proposal}"
    return house.staff[by].send(page, f"{page}/decide", **filled)


def messages(house: Insurer, kind: str) -> list[Any]:
    with house.house.database.reading() as session:
        return [one.facts for one in session.scalars(select(Message).where(Message.kind == kind))]


def test_the_trace_is_told_in_words_and_the_oldest_case_comes_first(house: Insurer, undecided: str) -> None:
    younger = house.sell_on_paper(sick=True, age=41)
    listed = house.underwriter.get(HERE).text
    assert listed.index(undecided) < listed.index(younger)
    told = house.underwriter.get(f"{HERE}/{undecided}").text
    assert "患有糖尿病" in told
    assert "是否患有或者曾经患有糖尿病" in told
    assert "答“是”" in told
    assert "转人工" in told
    assert SUGAR in told
    english = house.underwriter.get(f"{HERE}/{undecided}", headers={"Accept-Language": "en"}).text
    assert "Refer to a person" in english
    assert "answered yes" in english


def test_what_is_missing_in_the_form_is_said_and_nothing_is_decided(house: Insurer, undecided: str) -> None:
    for filled, said in (
        ({}, "还没有选结论"),
        ({"choice": "accept"}, "还没有写理由"),
        ({"choice": "loaded", "words": "加费", "loading": "0"}, "加费要写 1 到 500"),
        ({"choice": "ask", "words": "看报告", "kind": "papers", "asked": " "}, "请写明要客户做什么"),
        ({"choice": "ask", "words": "看报告", "kind": "papers", "asked": "报告", "due": "明天"}, "请选一个今天或以后"),
    ):
        answer = decide(house, undecided, **filled)
        assert (answer.status_code, said in answer.text) == (422, True), filled
    late = {"choice": "ask", "words": "看报告", "kind": "papers", "asked": "报告", "due": "2026-01-01"}
    answer = decide(house, undecided, **late)
    assert (answer.status_code, "要求的期限已过" in answer.text) == (409, True)
    assert "看报告" in answer.text
    assert house.state(undecided) == "referred"


def test_with_a_loading_the_customer_signs_again_before_money_is_taken(house: Insurer) -> None:
    proposal = house.sell(sick=True, age=42)
    before = house.told(proposal)
    assert decide(house, proposal, choice="loaded", loading="25", words="血糖平稳，加费承保。").status_code == 303
    house.work()
    told = house.told(proposal)
    assert (told["state"], told["next"][0]["act"]) == ("offered", "send-offer")
    assert float(told["premium"]) == float(before["premium"]) * 1.25
    assert "加费 25%" in house.underwriter.get(f"{HERE}/{proposal}").text
    sent = house.house.call("POST", f"/v1/proposals/{proposal}/send")
    house.sign(sent.get_json()["envelope"], 42)
    assert house.state(proposal) == "issued"
    events = house.house.events(proposal)
    assert events.index("offer.signed") < events.index("debit.ordered")


def test_who_is_declined_is_told_and_pays_nothing(house: Insurer) -> None:
    proposal = house.sell_on_paper(sick=True, age=43)
    case = form_in(house.underwriter.get(f"{HERE}/{proposal}"), f"{HERE}/{proposal}/decide").fields
    assert decide(house, proposal, choice="decline", words="并发症较多，风险过高。").status_code == 303
    house.work()
    assert house.state(proposal) == "declined"
    assert "debit.ordered" not in house.house.events(proposal)
    assert [one["subject"] for one in messages(house, "policy-declined")] == [proposal]
    again = house.underwriter.post(f"{HERE}/{proposal}/decide", {**case, "choice": "accept", "words": "再看看"})
    assert (again.status_code, "没有此待审件" in again.text) == (409, True)
    assert house.house.events(proposal).count("case.decided") == 1


def test_papers_that_were_asked_for_come_in_and_the_case_comes_back(house: Insurer) -> None:
    proposal = house.sell_on_paper(sick=True, age=44)
    due = (day_of(system_now()) + timedelta(days=10)).isoformat()
    asked = {"kind": "papers", "asked": "请提供糖化血红蛋白报告", "due": due, "owner": "me"}
    assert decide(house, proposal, choice="ask", words="先看报告。", **asked).status_code == 303
    assert house.state(proposal) == "wanting"
    told = messages(house, "policy-papers")[0]
    assert (told["subject"], told["day"]) == (proposal, due)
    assert "报告" not in str(told)
    assert proposal in house.underwriter.get(f"{HERE}?show=wanting").text
    page = f"{HERE}/{proposal}"
    shown = house.underwriter.get(page).text
    assert "请提供糖化血红蛋白报告" in shown
    assert f"{page}/decide" not in shown
    assert house.underwriter.send(page, f"{page}/meet", words=" ").status_code == 422
    assert house.underwriter.send(page, f"{page}/meet", words="报告一页，6.2%").status_code == 303
    assert house.state(proposal) == "referred"
    assert "报告一页，6.2%" in house.underwriter.get(page).text
    assert decide(house, proposal, choice="accept", words="控制良好。").status_code == 303
    house.work()
    assert "debit.ordered" in house.house.events(proposal)


def test_a_requirement_can_be_waived_for_a_reason(house: Insurer) -> None:
    proposal = house.sell_on_paper(sick=True, age=45)
    page = f"{HERE}/{proposal}"
    decide(house, proposal, choice="ask", words="先体检。", kind="examination", asked="请到指定医院体检")
    assert house.underwriter.send(page, f"{page}/waive", words="三个月前刚体检过。").status_code == 303
    assert house.state(proposal) == "referred"
    assert "三个月前刚体检过。" in house.underwriter.get(page).text


def test_whoever_sold_it_is_told_before_and_cannot_decide(house: Insurer, undecided: str) -> None:
    proposal = house.sell_on_paper(sick=True, by="xu.an", age=46)
    page, seller = f"{HERE}/{proposal}", house.staff["xu.an"]
    shown = seller.get(page)
    assert "不能由您核保" in shown.text
    assert f"{page}/decide" not in shown.text
    other = f"{HERE}/{undecided}"
    token = form_in(seller.get(other), f"{other}/decide").fields
    case = form_in(house.underwriter.get(page), f"{page}/decide").fields["case"]
    answer = seller.post(f"{page}/decide", {**token, "case": case, "choice": "accept", "words": "很健康"})
    assert (answer.status_code, "销售人员不能核保自己的投保单" in answer.text) == (409, True)
    assert house.state(proposal) == "referred"


def test_nobody_but_underwriters_sees_health(house: Insurer, undecided: str) -> None:
    for login in ("zhou.ming", "tang.yi"):
        assert house.staff[login].get(f"{HERE}/{undecided}").status_code == 403
    assert house.underwriter.get(f"{HERE}/prp_0").status_code == 404


def test_a_case_whose_people_were_erased_is_still_shown(house: Insurer) -> None:
    proposal = house.sell_on_paper(sick=True, age=47)
    with house.house.database.transaction() as session:
        content = session.get_one(ProposalRow, proposal).content
        house.house.process.service.records.erase(session, content, at=system_now())
    assert ERASED_TEXT in house.underwriter.get(HERE).text
    shown = house.underwriter.get(f"{HERE}/{proposal}")
    assert (shown.status_code, SUGAR in shown.text) == (200, False)
