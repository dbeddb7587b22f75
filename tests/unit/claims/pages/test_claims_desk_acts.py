"""What staff do about a claim beside the forms: pictures, lost phones, blocks, payments, refusals and their notice."""

from __future__ import annotations

import io

import pypdfium2
import pytest

from claims.domain import commands as c
from claims.domain.values import ClaimState, Lane
from claims.pictures.store import Pictures
from claims.refusing.notices import Notices
from demo.cars import photo
from esign.infra.models import Message
from tests.service import system_now
from tests.unit.claims.claims_desk import HERE, ClaimsDesk

JSON = {"Accept": "application/json"}


@pytest.fixture
def surveying(desk: ClaimsDesk) -> str:
    """A claim whose survey the surveyor has taken on this phone."""
    claim = desk.large()
    assert desk.act(desk.surveyor, claim, "take-survey").status_code == 303
    return claim


def test_pictures_are_seen_with_what_does_not_fit_and_taken_by_the_surveyor(desk: ClaimsDesk, surveying: str) -> None:
    Pictures(desk.claims.office).take(surveying, "whole-car", photo(71, software="Photoshop"), actor="tests")
    told = desk.page(desk.surveyor, surveying)
    assert "整车" in told and "用修图软件保存过" in told and "客户拍的" in told
    with desk.claims.house.database.reading() as session:
        (picture,) = Pictures(desk.claims.office).of(session, surveying)
    seen = desk.surveyor.get(f"{HERE}/{surveying}/pictures/{picture.id}")
    assert seen.mimetype == "image/jpeg" and seen.headers["Cache-Control"] == "private, no-store"
    assert desk.surveyor.get(f"{HERE}/{desk.large()}/pictures/{picture.id}").status_code == 404
    page = f"{HERE}/{surveying}/imaging"
    fields = desk.surveyor.form(page, f"{HERE}/{surveying}/pictures").fields
    sent = fields | {"slot": "close-up", "picture": (io.BytesIO(photo(72)), "a.jpg")}
    assert desk.surveyor.post(f"{HERE}/{surveying}/pictures", sent).status_code == 303
    broken = fields | {"slot": "close-up", "picture": (io.BytesIO(b"no picture"), "a.jpg")}
    assert desk.surveyor.post(f"{HERE}/{surveying}/pictures", broken).status_code == 422
    assert desk.page(desk.surveyor, surveying).count("<figure") == 2


def test_the_customer_is_asked_once_to_take_pictures_again(desk: ClaimsDesk) -> None:
    claim = desk.taken(desk.report())
    page = f"{HERE}/{claim}/imaging"
    fields = desk.handler.form(page, page).fields | {"slots": "plate", "reason": "blurred"}
    for _ in range(2):
        assert desk.handler.post(page, fields).status_code == 303
    assert desk.events(claim).count("form-filed") == 1
    with desk.claims.house.database.reading() as session:
        asked = session.query(Message).filter_by(kind="claims-retake").all()
    assert len([one for one in asked if claim in str(one.facts)]) == 1


def test_a_lost_phone_is_logged_out_and_what_it_sends_is_refused(desk: ClaimsDesk, surveying: str) -> None:
    page = f"{HERE}/{surveying}/survey"
    filled = desk.surveyor.form(page, page).fields | {"fault": "100", "zones": "front"}
    listed = desk.lead.get(f"{HERE}/phones").text
    assert "高枫" in listed
    device = desk.state(surveying).survey
    assert device is not None and device.device is not None
    assert desk.handler.get(f"{HERE}/phones").status_code == 403
    assert desk.lead.send(f"{HERE}/phones", f"{HERE}/phones/lost", phone=device.device).status_code == 303
    assert desk.events(surveying)[-1] == "device-revoked"
    state = desk.state(surveying)
    assert state.survey is not None and state.survey.surveyor is None
    late = desk.surveyor.post(page, filled)
    assert late.status_code in (303, 401, 403) and "surveyed" not in desk.events(surveying)
    again = desk.office.console.log_in(desk.surveyor.login)
    taking = f"{HERE}/{surveying}/do/take-survey"
    fields = again.form(f"{HERE}/{surveying}", taking).fields
    again.client.set_cookie("__Host-claims-phone", device.device, domain="sign.example", secure=True, path="/")
    told = again.post(taking, fields)
    assert told.status_code == 409 and "此手机已挂失" in told.text
    desk.office.staff[desk.surveyor.login] = desk.office.console.log_in(desk.surveyor.login)


def test_whoever_reports_their_own_phone_from_elsewhere_stays_logged_in_there(desk: ClaimsDesk, surveying: str) -> None:
    survey = desk.state(surveying).survey
    assert survey is not None and survey.device is not None
    desk.surveyor.client.delete_cookie("__Host-claims-phone", domain="sign.example", path="/")  # another browser
    told = desk.surveyor.send(f"{HERE}/phones", f"{HERE}/phones/lost", phone=survey.device)
    assert told.status_code == 303
    assert desk.surveyor.get(HERE).status_code == 200


def test_a_person_reviews_a_block_in_words_of_their_own(desk: ClaimsDesk) -> None:
    claim = desk.office.report()
    desk.claims.give(claim, lambda _state: c.SendToPeople(at=system_now(), step="report")).advance(claim)
    desk.taken(claim)
    assert "do/review-block" not in desk.page(desk.handler, claim)
    assert desk.act(desk.lead, claim, "review-block", released="yes", words=" ").status_code == 422
    assert (
        desk.act(desk.lead, claim, "review-block", released="yes", words="与客户核对过，是同一辆车").status_code == 303
    )
    assert desk.state(claim).lane is Lane.ORDINARY
    assert "与客户核对过，是同一辆车" in desk.page(desk.handler, claim)


def test_an_approval_is_of_what_was_seen_and_falls_with_it(desk: ClaimsDesk) -> None:
    claim = desk.taken(desk.large())
    desk.claims.survey(claim).assess(claim, (("front-left-door", 8),)).advance(claim)
    desk.act(desk.lead, claim, "verify", passed="yes")
    desk.file(desk.handler, claim, "settlement")
    desk.claims.advance(claim).agree(claim).payee(claim).advance(claim)
    form = desk.lead.form(f"{HERE}/{claim}", f"{HERE}/{claim}/do/approve-payment")
    assert form.fields["fen"] == str(desk.state(claim).payable)
    changed = desk.lead.post(f"{HERE}/{claim}/do/approve-payment", form.fields | {"fen": "1"}, headers=JSON)
    assert changed.status_code == 409 and changed.get_json()["code"] == "payment-changed"
    account = {"name": "江一帆", "id_number": "990106198807159999", "bank_code": "102331000018", "account": "62000001"}
    assert desk.act(desk.handler, claim, "payee", **account).status_code == 303
    desk.claims.advance(claim)
    told = desk.page(desk.lead, claim)
    assert "收款账户在客户同意之后换过" in told and "0001" in told
    stale = desk.lead.post(f"{HERE}/{claim}/do/approve-payment", form.fields, headers=JSON)
    assert stale.status_code == 409
    assert desk.act(desk.manager, claim, "approve-payee").status_code == 303
    desk.claims.advance(claim)
    assert desk.act(desk.lead, claim, "approve-payment").status_code == 303


def test_an_advance_whose_form_comes_again_is_paid_once(desk: ClaimsDesk) -> None:
    claim = desk.taken(desk.large())
    desk.claims.survey(claim).assess(claim, (("front-left-door", 8),)).advance(claim).payee(claim)
    form = desk.lead.form(f"{HERE}/{claim}", f"{HERE}/{claim}/do/advance").fields | {"yuan": "500"}
    for _ in range(2):  # before it is paid, the same again changes nothing
        assert desk.lead.post(f"{HERE}/{claim}/do/advance", form, headers=JSON).status_code == 200
    desk.claims.advance(claim)
    assert desk.state(claim).paid == 50_000
    again = desk.lead.post(f"{HERE}/{claim}/do/advance", form, headers=JSON)
    assert again.status_code == 409 and again.get_json()["code"] == "advance-made"
    desk.claims.advance(claim)
    assert desk.state(claim).paid == 50_000


def test_papers_are_asked_for_once_and_all_at_once(desk: ClaimsDesk) -> None:
    claim = desk.taken(desk.report())
    page = f"{HERE}/{claim}"
    fields = desk.handler.form(page, f"{page}/do/ask-papers").fields
    asked = fields | {"items": ["repair-invoice", "driving-licence"]}
    for _ in range(2):  # the same form twice is one
        assert desk.handler.post(f"{page}/do/ask-papers", asked).status_code == 303
    assert desk.events(claim).count("papers-asked") == 1
    assert "do/ask-papers" not in desk.page(desk.handler, claim)
    assert desk.act(desk.handler, claim, "papers-in", items="repair-invoice").status_code == 303
    assert "驾驶证" in desk.page(desk.handler, claim)


def test_a_refusal_has_reasons_and_its_notice_is_sealed_and_told_within_the_clock(desk: ClaimsDesk) -> None:
    claim = desk.taken(desk.report())
    assert desk.act(desk.handler, claim, "refuse", words="理由").status_code == 422  # no reason was chosen
    words = "驾驶证已于出险前过期。\n依照条款第八条。"
    told = desk.act(desk.handler, claim, "refuse", reasons="no-licence", words=words)
    assert told.status_code == 303
    assert desk.state(claim).state is ClaimState.REFUSED
    assert desk.handler.get(f"{HERE}/{claim}/notice.pdf").status_code == 404
    notices = Notices(desk.claims.office)
    assert notices.sweep() >= 1
    notices.make(claim)
    notices.make(claim)  # again changes nothing
    assert desk.events(claim)[-1] == "refusal-notified" and desk.events(claim).count("refusal-notified") == 1
    pdf = desk.handler.get(f"{HERE}/{claim}/notice.pdf")
    with pypdfium2.PdfDocument(pdf.data) as document:
        text = document[0].get_textpage().get_text_range()
    assert "拒赔通知书" in text and "驾驶人没有驾驶资格" in text and "依照条款第八条" in text
    assert desk.surveyor.get(f"{HERE}/{claim}/notice.pdf").status_code in (403, 404)
    with desk.claims.house.database.reading() as session:
        told_of = session.query(Message).filter_by(kind="claims-notice").all()
    assert len([one for one in told_of if claim in str(one.facts)]) == 1


def test_two_reports_of_one_event_are_shown_and_joined_by_a_person(desk: ClaimsDesk) -> None:
    policy = desk.claims.register(institution=desk.office.institution)
    first, second = desk.claims.report(policy), desk.claims.report(policy, what="停车场里刮到了柱子")
    for claim in (first, second):
        desk.taken(claim)
    elsewhere = desk.taken(desk.report())
    fields = desk.handler.form(f"{HERE}/{second}", f"{HERE}/{second}/do/join").fields
    wrong = desk.handler.post(f"{HERE}/{second}/do/join", fields | {"into": elsewhere}, headers=JSON)
    assert wrong.status_code == 409 and wrong.get_json()["code"] == "not-one-event"
    for _ in range(2):
        assert desk.handler.post(f"{HERE}/{second}/do/join", fields | {"into": first}).status_code == 303
    assert desk.state(second).state is ClaimState.JOINED and desk.state(first).absorbed == (second,)
    assert "可能是同一事故" not in desk.page(desk.handler, elsewhere)


def test_whoever_was_sent_says_on_their_phone_that_they_go(desk: ClaimsDesk) -> None:
    claim, surveyor = desk.large(), desk.id_of(desk.surveyor)
    survey = desk.state(claim).survey
    assert survey is not None
    sent = {"survey": survey.id, "to": surveyor, "metres": None, "by": desk.id_of(desk.lead)}
    desk.claims.give(claim, lambda _state: c.SendSurveyor(at=system_now(), **sent))
    assert f"{claim}/survey" not in desk.page(desk.surveyor, claim)
    assert desk.act(desk.surveyor, claim, "take-survey").status_code == 303
    assert f"{claim}/survey" in desk.page(desk.surveyor, claim)
    assert desk.file(desk.surveyor, claim, "survey", fault="50", zones="rear").status_code == 303


def test_a_page_that_follows_asks_for_a_number_and_keeps_no_session_open(desk: ClaimsDesk) -> None:
    claim = desk.report()
    before = desk.handler.get(f"{HERE}/{claim}/now").get_json()
    desk.taken(claim)
    assert desk.handler.get(f"{HERE}/{claim}/now").get_json()["version"] > before["version"]
    assert desk.quotation.get(f"{HERE}/{claim}/now").status_code == 404
    assert desk.office.console.console.access["claims_now"].by_itself
