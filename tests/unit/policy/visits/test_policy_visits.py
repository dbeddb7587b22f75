"""Compliance and operations at their pages: who has not answered, what was raised, and visits on the telephone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from policy.domain import commands as c
from policy.domain.values import VisitWay, day_of
from policy.models import VisitOf
from policy.service.keeping import records_about
from policy.visits.desk import Show
from tests.service import system_now
from tests.unit.policy.deliveries import advance, later, on_own_clock, state_of, visited
from tests.unit.policy.insurer import Insurer
from tests.unit.policy.visits.test_visitor_pages import Phone, begun, visit_of
from tests.unit.web.console_room import Member

HERE = "/console/policy/visits"
WELL = {
    "signed-myself": "yes",
    "insured-signed": "yes",
    "is-insurance": "yes",
    "premium": "yes",
    "health": "yes",
    "exclusions": "yes",
    "hesitation": "yes",
    "surrender": "yes",
    "received": "yes",
    "coached": "no",
}


def concerned(house: Insurer, by: str = "zhou.ming") -> tuple[str, str]:
    proposal, visit = visited(house, by)
    phone = Phone(house, proposal, visit)
    phone.enter()
    phone.send(phone.answer_all(n1="no"), "/hand-in", remark="我没有签过字")
    return proposal, visit


def ends(house: Insurer, visit: str, days: int) -> None:
    """Have the hesitation period end in so many days, as if the receipt had been earlier."""
    with house.house.database.transaction() as session:
        end = day_of(system_now()) + timedelta(days=days)
        session.execute(update(VisitOf).where(VisitOf.visit == visit).values(ends_on=end))


def listed(member: Member, show: str) -> str:
    told = member.get(f"{HERE}?show={show}")
    assert told.status_code == 200, told.text
    return told.text


def test_each_visit_is_in_the_list_where_somebody_has_to_act(house: Insurer) -> None:
    (_, waiting), (_, near), (_, late), (_, raised) = visited(house), visited(house), visited(house), concerned(house)
    ends(house, near, 2)
    ends(house, late, -1)
    there = {show: listed(house.operations, show.value) for show in Show}
    assert [show for show in Show if waiting in there[show]] == [Show.OPEN]
    assert [show for show in Show if near in there[show]] == [Show.NEAR]
    assert [show for show in Show if late in there[show]] == [Show.LATE]
    assert [show for show in Show if raised in there[show]] == [Show.CONCERNS]
    assert "投保人签名不是自己写的" in there[Show.CONCERNS]


def test_a_concern_is_read_in_words_and_closed_in_words(house: Insurer) -> None:
    proposal, visit = concerned(house)
    page = f"{HERE}/{visit}"
    told = house.operations.get(page).text
    for words in ("是您自己亲手写的吗", "不是，是别人写的", "我没有签过字", "客户说投保人签名不是自己写的"):
        assert words in told
    english = house.operations.get(page, headers={"Accept-Language": "en"}).text
    assert "No, somebody else did" in english and "What the customer raised" in english
    assert house.operations.send(page, f"{page}/see-to", words=" ").status_code == 422
    done = house.operations.send(page, f"{page}/see-to", words="已电话核实，重新签署。")
    assert done.status_code == 303, done.text
    told = house.operations.get(page).text
    assert "已电话核实，重新签署。" in told and "唐仪" in told
    assert house.told(proposal)["next"][0]["act"] == "none"
    note = visit_of(house, proposal).note
    with house.house.database.reading() as session:
        assert note in records_about(session, [state_of(house, proposal).sent[-1]])


def test_nobody_closes_a_concern_about_their_own_sale(house: Insurer) -> None:
    _proposal, visit = concerned(house, by="xu.an")
    told = house.staff["xu.an"].get(f"{HERE}/{visit}").text
    assert "请另一位同事办理" in told and "see-to" not in told
    assert "请另一位同事打电话" in house.staff["xu.an"].get(f"{HERE}/{visit}/phone").text


def test_what_was_heard_on_the_telephone_says_who_asked(house: Insurer) -> None:
    proposal, visit = visited(house)
    page = f"{HERE}/{visit}/phone"
    assert "和这里的 2218 核对" in house.operations.get(page).text
    typed = {f"q-{question}": answer for question, answer in WELL.items()}
    lacking = house.operations.send(page, page, **(typed | {"q-premium": ""}))
    assert lacking.status_code == 422 and "还有问题没有回答" in lacking.text
    told = house.operations.send(page, page, **typed, remark="都清楚")
    assert told.status_code == 303, told.text
    answered = visit_of(house, proposal)
    assert (answered.way, answered.concerns) == (VisitWay.PHONE, ("remark",))
    assert "电话回访" in house.operations.get(f"{HERE}/{visit}").text
    assert "唐仪" in house.operations.get(f"{HERE}/{visit}").text
    assert "不用再打电话" in house.operations.get(page).text
    phone = Phone(house, proposal, visit)
    assert "谢谢您，已经收到" in phone.enter().text


def test_a_late_answer_is_marked_late(house: Insurer) -> None:
    own = on_own_clock(house)
    proposal, visit, phone = begun(own)
    advance(own, proposal, days=17)
    assert "犹豫期已经过了" in phone.get().text
    phone.enter()
    thanks = phone.send(phone.answer_all(), "/hand-in").text
    assert "犹豫期已在" in thanks
    assert visit_of(house, proposal).in_time is False
    assert "过了犹豫期" in listed(house.operations, "done")
    assert visit in listed(house.operations, "done")


def test_a_concern_stays_somebodys_after_the_cancellation(house: Insurer) -> None:
    proposal, visit = concerned(house)
    later(house, proposal, c.Cancel, request=f"srq_v{visit[4:]}", refund=f"rfd_v{visit[4:]}")
    assert visit in listed(house.operations, "concerns")
    page = f"{HERE}/{visit}"
    assert house.operations.send(page, f"{page}/see-to", words="已核实").status_code == 303


@pytest.mark.parametrize("login", ["zhou.ming", "he.yun"])
def test_salespeople_and_underwriters_do_not_come_here(house: Insurer, login: str) -> None:
    assert house.staff[login].get(HERE).status_code == 403
