"""The customer behind the link: who they are, one question after another, interrupted, handed in, thanked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import Client, TestResponse

import policy.visits.inviting as inviting_module
from esign.public.events import read_stream
from esign.public.people import RecordErased
from policy.api.examples import PROPOSAL_EXAMPLE
from policy.domain import Proposal
from policy.domain import commands as c
from policy.domain.state import Visit
from policy.domain.values import VisitWay, day_of
from policy.errors import PolicyTrailBroken
from policy.models import PersonOf, VisitDraft, VisitOf
from policy.requests.sending import RequestSending
from policy.service.keeping import records_about
from policy.service.office import Office
from policy.visits.answers import digest_of, parse_answers
from policy.visits.inviting import Inviting
from tests.proposals import signer
from tests.rooms import PUBLIC_URL
from tests.service import system_now
from tests.unit.policy.deliveries import advance, later, number_of, on_own_clock, shell, state_of, visited
from tests.unit.policy.insurer import Insurer
from tests.unit.policy.requests.served import CONTACT, Served
from tests.unit.web.console_room import form_in
from tests.unit.web.page_room import SAME

LAST = "10"
"""The question whether somebody told them what to answer."""
TAIL = "2218"
"""The last four of the applicant's number in the API's example."""


class Phone:
    """A browser with the link open."""

    def __init__(self, house: Insurer, proposal: str, visit: str) -> None:
        with house.house.database.reading() as session:
            person = session.get_one(PersonOf, (proposal, "applicant")).person
        self.home = f"/r/policy/{house.office.house.links.link(visit, person)}"
        self.client = Client(house.house.outside.application)
        self.at = self.home

    def get(self, path: str = "", language: str = "zh-CN") -> TestResponse:
        headers = {"Accept-Language": language}
        told = self.client.get(self.home + path, base_url=PUBLIC_URL, headers=headers, follow_redirects=True)
        self.at = told.request.path
        return told

    def send(self, told: TestResponse, action: str, **filled: Any) -> TestResponse:
        form = form_in(told, self.home + action)
        data = {name: value for name, value in form.fields.items() if name != "answer"} | filled
        told = self.client.post(form.action, base_url=PUBLIC_URL, data=data, headers=SAME, follow_redirects=True)
        self.at = told.request.path
        return told

    def enter(self, tail: str = TAIL) -> TestResponse:
        return self.send(self.get(), "/identify", tail=tail)

    def answer_all(self, **others: str) -> TestResponse:
        """Answer one question after another, each as if all were well but for the others; return the look over all."""
        told = self.get()
        while "/questions/" in self.at:
            place = self.at.rpartition("/")[2]
            answer = others.get(f"n{place}", "no" if place == LAST else "yes")
            told = self.send(told, f"/questions/{place}", answer=answer)
        assert self.at == f"{self.home}/check", self.at
        return told


def visit_of(house: Insurer, proposal: str) -> Visit:
    visit = state_of(house, proposal).visit
    assert visit is not None
    return visit


def begun(house: Insurer) -> tuple[str, str, Phone]:
    proposal, visit = visited(house)
    return proposal, visit, Phone(house, proposal, visit)


def test_whoever_has_the_link_sees_nothing_of_the_person_before_they_say_who_they_are(house: Insurer) -> None:
    _proposal, _visit, phone = begun(house)
    told = phone.get()
    assert "有几个问题，请您本人回答" in told.text
    for secret in ("于文山", "叶小禾", "8,040", TAIL):
        assert secret not in told.text
    assert "有几个问题" in phone.get("/questions/1").text and phone.at == phone.home
    assert "有几个问题" in phone.get("/check").text and phone.at == phone.home


def test_the_right_four_open_the_first_question_and_others_do_not(house: Insurer) -> None:
    _proposal, _visit, phone = begun(house)
    assert phone.enter("").status_code == 422
    wrong = phone.enter("221X")
    assert wrong.status_code == 422 and "没有对上" in wrong.text
    assert "第 1 题" in phone.enter("２２１８").text  # as some keyboards write digits
    assert phone.at == f"{phone.home}/questions/1"


def test_after_five_tries_the_link_rests_even_for_who_is_right(house: Insurer) -> None:
    _proposal, _visit, phone = begun(house)
    for guess in ("0001", "0002", "0003", "0004", "0005"):
        assert phone.enter(guess).status_code == 422
    told = phone.enter()
    assert told.status_code == 429 and "过一小时再来" in told.text


def test_who_is_known_at_one_link_is_nobody_at_another(house: Insurer) -> None:
    _proposal, visit, phone = begun(house)
    phone.enter()
    other_proposal, other = visited(house)
    name = f"__Host-linked-{visit}"
    known = phone.client.get_cookie(name, "sign.example")
    assert known is not None and known.http_only and known.secure
    phone.client.set_cookie(f"__Host-linked-{other}", known.value, domain="sign.example", secure=True)
    elsewhere = Phone(house, other_proposal, other)
    elsewhere.client = phone.client
    assert "有几个问题，请您本人回答" in elsewhere.get().text


def test_a_browser_that_keeps_no_cookie_is_told_so_and_nothing_goes_round_in_circles(house: Insurer) -> None:
    _proposal, _visit, phone = begun(house)
    form = form_in(phone.get(), f"{phone.home}/identify")
    fresh = Client(house.house.outside.application, use_cookies=False)
    data = form.fields | {"tail": TAIL}
    told = fresh.post(form.action, base_url=PUBLIC_URL, data=data, headers=SAME, follow_redirects=True)
    assert "这个浏览器记不住您" in told.text


def test_who_is_interrupted_goes_on_where_they_were_in_another_browser(house: Insurer) -> None:
    proposal, visit, phone = begun(house)
    told = phone.enter()
    told = phone.send(told, "/questions/1", answer="yes")
    assert phone.send(told, "/questions/2").status_code == 422  # nothing was chosen
    other = Phone(house, proposal, visit)
    assert "第 2 题" in other.enter().text
    assert 'value="yes" required checked' in other.get("/questions/1").text


def test_what_is_handed_in_is_final_and_the_trail_has_its_digest(house: Insurer) -> None:
    proposal, visit, phone = begun(house)
    phone.enter()
    check = phone.answer_all()
    thanks = phone.send(check, "/hand-in")
    assert "谢谢您，已经收到" in thanks.text and number_of(proposal) in thanks.text
    end = day_of(system_now()) + timedelta(days=15)
    assert f"{end.month} 月 {end.day} 日" in thanks.text
    answered = state_of(house, proposal).visit
    assert answered is not None and (answered.in_time, answered.way, answered.concerns) == (True, VisitWay.LINK, ())
    with house.house.database.reading() as session:
        assert session.get(VisitDraft, visit) is None
        events = read_stream(session, proposal)
        (record,) = [str(one.payload["answers"]) for one in events if one.type == "visit.answered"]
        data = house.office.house.records.read(session, record)
    assert digest_of(data) == answered.digest
    assert parse_answers(data).complete
    assert phone.get("/questions/1").text == phone.get().text  # the thanks, whatever is asked for
    assert house.told(proposal)["visit"] == {
        "id": visit,
        "questionnaire": "2026-1",
        "state": "answered",
        "due": end.isoformat(),
        "way": "link",
        "in_time": True,
        "has_concerns": False,
        "seen_to": False,
    }


def test_a_remark_and_an_answer_that_is_a_concern_are_looked_into(house: Insurer) -> None:
    proposal, _visit, phone = begun(house)
    phone.enter()
    check = phone.answer_all(n1="no")
    assert "不是，是别人写的" in check.text
    thanks = phone.send(check, "/hand-in", remark="请给我\n回个电话")
    assert "我们会有人核实" in thanks.text
    visit = state_of(house, proposal).visit
    assert visit is not None and visit.concerns == ("not-signed-by-me", "remark")
    assert house.told(proposal)["next"][0] == {
        "actor": "reviewer",
        "act": "see-to-visit",
        "due": None,
        "about": visit.id,
    }


def test_nothing_is_handed_in_that_lacks_an_answer(house: Insurer) -> None:
    proposal, _visit, phone = begun(house)
    phone.enter()
    told = phone.send(phone.get("/check"), "/hand-in")
    assert told.status_code == 422 and "还有问题没有回答" in told.text
    assert not visit_of(house, proposal).answered


def test_an_answer_is_changed_from_the_look_over_all(house: Insurer) -> None:
    _proposal, _visit, phone = begun(house)
    phone.enter()
    phone.answer_all()
    told = phone.send(phone.get("/questions/1?back=check"), "/questions/1", answer="unsure")
    assert phone.at == f"{phone.home}/check" and "记不清了" in told.text


def test_the_page_speaks_the_applicants_language(house: Insurer) -> None:
    applicant = PROPOSAL_EXAMPLE["applicant"] | {"locale": "en"}
    proposal, visit = visited(house, applicant=applicant)
    phone = Phone(house, proposal, visit)
    assert "A few questions for you yourself" in phone.get().text
    told = phone.enter().text
    assert "did you write the applicant" in told and "第" not in told.split("<main")[1]


def test_after_the_cancellation_nobody_is_asked_any_more(house: Insurer) -> None:
    proposal, visit, phone = begun(house)
    phone.enter()
    later(house, proposal, c.Cancel, request=f"srq_{visit[4:]}", refund=f"rfd_{visit[4:]}")
    assert "不用再回答了" in phone.get().text
    assert "不用再回答了" in phone.get("/questions/1").text


def test_who_has_not_answered_is_reminded_once_and_not_too_early(house: Insurer) -> None:
    own = on_own_clock(house)
    proposal, visit, _phone = begun(own)
    inviting = Inviting(house.office)
    inviting.remind()
    assert not visit_of(house, proposal).reminded
    advance(own, proposal, days=11)
    assert inviting.remind() >= 1
    assert inviting.remind() == 0
    assert visit_of(house, proposal).reminded
    with house.house.database.reading() as session:
        assert session.get_one(VisitOf, visit).reminded_at is not None


def test_a_broken_proposal_keeps_nobody_else_from_being_reminded(
    house: Insurer, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = on_own_clock(house)
    broken, _ = visited(own)
    sound, _ = visited(own)
    advance(own, broken, days=11)
    get = Office.get

    def fails(office: Office, session: Session, proposal: str) -> Proposal:
        if proposal == broken:
            raise PolicyTrailBroken("trail-broken", "an event is unknown", "use a build that knows it")
        return get(office, session, proposal)

    with monkeypatch.context() as patched:
        patched.setattr(Office, "get", fails)
        Inviting(house.office).remind()
    assert visit_of(house, sound).reminded and not visit_of(house, broken).reminded


def test_visits_that_are_late_keep_nobody_from_being_reminded(house: Insurer, monkeypatch: pytest.MonkeyPatch) -> None:
    late, sound = visited(house)[1], visited(house)[1]
    today = day_of(system_now())
    with house.house.database.transaction() as session:
        ends = {one.visit: one.ends_on for one in session.scalars(select(VisitOf))}
        for one in session.scalars(select(VisitOf)):
            one.ends_on = today - timedelta(days=1) if one.visit == late else today + timedelta(days=2)
    asked: list[str] = []
    monkeypatch.setattr(inviting_module, "LOOKED_AT_MOST", 1)
    monkeypatch.setattr(Inviting, "_remind", lambda _self, visit, _proposal: bool(asked.append(visit)))
    Inviting(replace(house.office, house=replace(house.office.house, live=True))).remind()
    with house.house.database.transaction() as session:
        for one in session.scalars(select(VisitOf)):
            one.ends_on = ends[one.visit]
    assert len(asked) == 1 and late not in asked and sound in ends


def test_answers_that_were_never_handed_in_go_with_the_people_and_after_half_a_year(house: Insurer) -> None:
    proposal, visit, phone = begun(house)
    phone.send(phone.enter(), "/questions/1", answer="yes")
    with house.house.database.reading() as session:
        record = session.get_one(VisitDraft, visit).record
        assert record in records_about(session, [state_of(house, proposal).sent[-1]])
    (clean,) = [one for part in house.house.process.parts for one in part.cleanings if "Answering" in repr(one)]
    with house.house.database.transaction() as session:
        clean(session, system_now() + timedelta(days=181))
    with house.house.database.reading() as session:
        assert session.get(VisitDraft, visit) is None
        try:
            house.office.house.records.read(session, record)
        except RecordErased:
            return
    raise AssertionError("the answers are still there")


def test_the_message_leads_to_the_page_and_names_nobody(house: Insurer) -> None:
    proposal, visit, phone = begun(house)
    with house.house.database.reading() as session:
        person = session.scalars(select(PersonOf.person).filter_by(proposal=proposal, part="applicant")).one()
        outbox = house.house.process.messages.outbox(session, person=person)
    texts = [one.composed.words.text for one in outbox if one.kind == "policy-visit" and one.composed is not None]
    assert len(texts) == 1 and f"{PUBLIC_URL}{phone.home} " in texts[0] and "于文山" not in texts[0]
    assert number_of(proposal) in texts[0] and visit in phone.home


def test_who_is_reached_anew_has_a_new_link_and_the_old_one_opens_nothing(house: Insurer) -> None:
    proposal, visit, before = begun(house)
    served = Served(shell(house))
    request = served.enter(proposal, CONTACT)
    served.sign(RequestSending(served.register).send(request, actor="tests"), 0, signer("applicant"))
    assert served.told(request)["state"] == "done"
    assert before.get().status_code == 404
    after = Phone(house, proposal, visit)
    assert after.home != before.home and "第 1 题" in after.enter().text
    with house.house.database.reading() as session:
        person = session.get_one(PersonOf, (proposal, "applicant")).person
        told = [one.kind for one in house.house.process.messages.outbox(session, person=person)]
    assert sorted(told) == ["policy-address-done", "policy-visit"]
