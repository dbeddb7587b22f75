"""The customer's walk from a policy's number to the survey, page by page, as a browser without scripts has it."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from claims.domain import commands as c
from claims.hotline.models import PolicyKey
from claims.models import MotorPolicyRow
from claims.selfservice.entering import Entrances
from claims.selfservice.inviting import Inviting
from claims.service.explaining import scores_of
from demo.cars import photo
from esign.infra.models import PersonalRecord
from esign.public.codes import TEST_CODE
from tests.claims_shell import HANDLER, ClaimsHouse
from tests.service import system_now
from tests.unit.claims.selfservice.phone import SCRATCH, Phone
from tests.unit.web.console_room import form_in


def test_a_loss_is_reported_by_number_and_code_photographed_and_surveyed(claims: ClaimsHouse) -> None:
    policy = claims.register()
    phone = Phone(claims, "203.0.113.11")
    claim = phone.report_of(policy)
    assert "正在受理" in phone.open(phone.at).text
    claims.advance(claim)
    page = phone.open(phone.at)
    assert "开始拍照" in page.text
    assert "已报案" in page.text
    page = phone.open(f"{phone.at}/shots")
    assert "第 1 张：整车" in page.text
    page = phone.photograph("whole-car")
    assert "第 2 张：车牌" in page.text
    phone.photograph("plate")
    page = phone.photograph("close-up")
    assert "照片拍齐了" in page.text
    assert page.text.count("/pictures/pic_") == 3
    page = phone.send("/survey", plate="栖A00000")
    assert "填的车牌和保单上的不一样" in page.text
    phone.send("/survey", plate=f" 栖b {policy[-5:]} ")
    state = claims.state(claim)
    assert state.state.value == "assessing"
    assert state.survey is not None
    assert state.survey.fault == 100
    assert claims.house.events(claim)[-2:] == ["claim.surveyed", "claim.survey-seen"]


def test_a_photograph_that_cannot_be_used_says_why_and_can_be_taken_again(claims: ClaimsHouse) -> None:
    phone = Phone(claims, "203.0.113.12")
    claim = phone.report_of(claims.register())
    claims.advance(claim)
    phone.open(f"{phone.at}/shots")
    page = phone.photograph("whole-car", photo(4001, light=0.08))
    assert page.status_code == 422
    assert "太暗，看不清整辆车。" in page.text
    page = phone.photograph("whole-car", b"this is a letter")
    assert "这不是照片。" in page.text
    assert "第 2 张" in phone.photograph("whole-car").text
    assert claims.house.events(claim).count("claim.picture-added") == 1


def test_what_does_not_fit_is_told_at_once_and_goes_on_all_the_same(claims: ClaimsHouse) -> None:
    phone = Phone(claims, "203.0.113.13")
    claims.advance(phone.report_of(claims.register()))
    phone.open(f"{phone.at}/shots")
    page = phone.photograph("whole-car", photo(31, taken="2020:05:05 10:00:00"))
    assert page.status_code == 200
    assert "拍摄时间和您说的出险时间差得较多" in page.text


def test_the_page_says_the_same_whether_or_not_there_is_such_a_policy(claims: ClaimsHouse) -> None:
    known, unknown = Phone(claims, "203.0.113.14"), Phone(claims, "203.0.113.15")
    pages = []
    for phone, number in ((known, claims.register()), (unknown, "CX99999999")):
        phone.open("/r/claims/report")
        page = phone.send("/begin", policy=number).text
        Entrances(claims.office).send_codes()
        wrong = phone.send("/report/code", code="000000")
        assert wrong.status_code == 422
        pages.append((_bare(page), _bare(wrong.text)))
    assert pages[0] == pages[1]


def test_a_code_is_tried_five_times_and_then_opens_nothing(claims: ClaimsHouse) -> None:
    phone = Phone(claims, "203.0.113.16")
    phone.open("/r/claims/report")
    phone.send("/begin", policy=claims.register())
    Entrances(claims.office).send_codes()
    for _ in range(5):
        phone.send("/report/code", code="111111")
    assert phone.send("/report/code", code=TEST_CODE).status_code == 422


def test_codes_for_one_policy_are_few(claims: ClaimsHouse) -> None:
    policy, answers = claims.register(), []
    for number in range(6):
        phone = Phone(claims, f"203.0.114.{number}")
        phone.open("/r/claims/report")
        answers.append(phone.send("/begin", policy=policy).status_code)
    assert answers == [200] * 5 + [429]


def test_what_is_left_open_is_asked_for_question_by_question(claims: ClaimsHouse) -> None:
    phone = Phone(claims, "203.0.113.17")
    phone.open("/r/claims/report")
    phone.send("/begin", policy=claims.register())
    Entrances(claims.office).send_codes()
    phone.send("/report/code", code=TEST_CODE)
    page = phone.send("/report", when="2031-01-01T10:00", other_car="yes")
    assert page.status_code == 422
    for said in ("请选一项最接近的。", "请填在哪里出的事", "请填出险时间", "请填对方的车牌"):
        assert said in page.text
    assert 'value="2031-01-01T10:00"' in page.text


def test_a_report_sent_twice_by_one_link_is_one_claim_and_another_one_is_asked_about(claims: ClaimsHouse) -> None:
    policy = claims.register()
    first = Phone(claims, "203.0.113.18")
    claim = first.report_of(policy)
    again = Phone(claims, "203.0.113.19")
    again.open("/r/claims/report")
    again.send("/begin", policy=policy)
    Entrances(claims.office).send_codes()
    again.send("/report/code", code=TEST_CODE)
    link = again.at
    page = again.send("/report", **SCRATCH)
    assert page.status_code == 409
    assert "这次事故可能已经报过了" in page.text
    again.send("/report", **SCRATCH, anyway="yes")
    assert again.claim != claim
    second = again.claim
    again.open(link)  # the link leads to what it made
    assert again.claim == second


def test_a_link_opens_after_the_four_characters_and_shows_nothing_before(claims: ClaimsHouse) -> None:
    claim = claims.report()
    claims.advance(claim)
    phone = Phone(claims, "203.0.113.20")
    assert "请给车拍几张照片" in phone.come_by(claim).text
    stranger = Phone(claims, "203.0.113.21")
    page = stranger.open(phone.at)
    assert "先确认是您本人" in page.text
    assert claims.state(claim).reported.policy not in page.text
    assert "先确认是您本人" in stranger.open(f"{phone.at.partition('?')[0]}/shots").text


def test_who_has_no_id_number_on_the_policy_comes_in_by_a_code(claims: ClaimsHouse) -> None:
    policy = claims.register(
        insured={"name": "栖霞物流有限公司", "id_number": None, "phone": "13800005555", "vip": False}
    )
    claim = claims.report(policy)
    claims.advance(claim)
    with claims.house.database.transaction() as session:
        person = Inviting(claims.office).customer(session, claim)
    phone = Phone(claims, "203.0.113.22")
    phone.open(f"/r/claims/{claims.office.house.links.link(claim, person)}")
    page = phone.send("/code")
    assert "尾号 5555" in page.text
    assert "请给车拍几张照片" in phone.send("/enter", code=TEST_CODE).text


def test_a_person_can_be_asked_for_at_any_time(claims: ClaimsHouse) -> None:
    phone = Phone(claims, "203.0.113.23")
    claim = phone.report_of(claims.register())
    claims.advance(claim)
    page = phone.open(phone.at)
    page = phone.send("/person")
    assert "两分钟内有人打电话给您" in page.text
    assert claims.state(claim).person_asked
    assert "请给车拍几张照片" not in page.text


def test_whoever_was_refused_can_still_be_called_and_is_told_who_decided(claims: ClaimsHouse) -> None:
    phone = Phone(claims, "203.0.113.31")
    claim = phone.report_of(claims.register())
    claims.advance(claim)
    claims.give(claim, lambda _state: c.Refuse(at=system_now(), reasons=("not-covered",), words="wrd_1", by=HANDLER))
    page = phone.open(phone.at).text
    assert "不是评分作的" in page and "这不是拒赔" not in page
    page = phone.send("/person").text
    assert "两分钟内有人打电话给您" in page
    assert [one.done for one in claims.state(claim).callbacks] == [False]


@pytest.mark.parametrize("path", ["shots/selfie", "shots/whole-car", "pictures/pic_01k9x700000000000000000000"])
def test_what_is_behind_a_link_is_for_whoever_is_known_there(claims: ClaimsHouse, path: str) -> None:
    claim = claims.report()
    claims.advance(claim)
    phone = Phone(claims, "203.0.113.24")
    phone.come_by(claim)
    home = phone.at
    stranger = Phone(claims, "203.0.113.25")
    assert "先确认是您本人" in stranger.open(f"{home}/{path}").text


def _bare(page: str) -> str:
    return re.sub(r'value="[^"]*"', "", page)


def test_a_plate_that_is_not_the_policys_is_told_once_and_then_counted(claims: ClaimsHouse) -> None:
    phone = Phone(claims, "203.0.113.26")
    claim = phone.report_of(claims.register())
    claims.advance(claim)
    phone.open(f"{phone.at}/shots")
    for slot in ("whole-car", "plate", "close-up"):
        phone.photograph(slot)
    assert "还没有填车牌" in phone.send("/survey").text
    phone.send("/survey", plate="栖A00000")
    phone.send("/survey", plate="栖A00000", anyway="yes")
    assert claims.house.events(claim)[-1] == "claim.survey-seen"
    claims.advance(claim)
    with claims.house.database.reading() as session:
        observed = {one.scored.step: one.scored for one in scores_of(session, claim)}
    assert "survey" in observed


def test_papers_that_were_asked_for_are_sent_by_photograph_one_by_one(claims: ClaimsHouse) -> None:
    claim = claims.report()
    claims.advance(claim)
    items = ("repair-invoice", "vehicle-licence")
    ask = c.AskPapers(at=system_now(), request="ppr_1", items=items, message="msg_1", by=HANDLER)
    claims.give(claim, lambda _state: ask)
    phone = Phone(claims, "203.0.113.27")
    page = asked = phone.come_by(claim)
    assert "修车发票" in page.text
    page = phone.send("/papers/repair-invoice", photo=(io.BytesIO(b"no picture"), "photo.jpg"))
    assert "这不是照片。" in page.text
    page = phone.send("/papers/repair-invoice", photo=(io.BytesIO(photo(8101)), "photo.jpg"))
    assert "修车发票" not in page.text
    papers = claims.state(claim).papers
    assert papers is not None
    assert papers.missing == {"vehicle-licence"}
    pictures = claims.house.events(claim).count("claim.picture-added")
    action = f"{phone.at}/papers/repair-invoice"
    again = {**form_in(asked, action).fields, "photo": (io.BytesIO(photo(8103)), "photo.jpg")}
    assert phone._post(action, again).status_code == 422
    assert claims.house.events(claim).count("claim.picture-added") == pictures, "what nobody asks for is not kept"


def test_a_report_whose_time_has_an_offset_of_nowhere_can_be_read_again(claims: ClaimsHouse) -> None:
    phone = Phone(claims, "203.0.113.29")
    when = (system_now() - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M+23:59:59.999999")
    claim = phone.report_of(claims.register(), when=when)
    claims.advance(claim)
    assert claims.state(claim).state.value == "surveying"


def test_a_policy_that_cannot_be_read_keeps_nobody_else_waiting_for_their_code(claims: ClaimsHouse) -> None:
    broken, sound = claims.register(), claims.register()
    with claims.house.database.transaction() as session:
        record = session.get_one(MotorPolicyRow, broken).record
        session.execute(update(PersonalRecord).where(PersonalRecord.id == record).values(sealed=b"no sealed data"))
    first, second = Phone(claims, "203.0.113.61"), Phone(claims, "203.0.113.62")
    for phone, policy in ((first, broken), (second, sound)):
        phone.open("/r/claims/report")
        phone.send("/begin", policy=policy)
    Entrances(claims.office).send_codes()
    assert first.send("/report/code", code=TEST_CODE).status_code == 422
    assert second.send("/report/code", code=TEST_CODE).status_code == 200
    with claims.house.database.transaction() as session:
        session.execute(delete(PolicyKey).where(PolicyKey.number == broken))
        session.delete(session.get_one(MotorPolicyRow, broken))


def test_who_lost_the_link_of_an_open_claim_has_it_sent_again_once_to_the_phone_of_the_policy(
    claims: ClaimsHouse,
) -> None:
    policy = claims.register()
    claim = claims.report(policy)
    phone = Phone(claims, "203.0.113.40")
    phone.open("/r/claims/report")
    phone.send("/begin", policy=policy)
    Entrances(claims.office).send_codes()
    page = phone.send("/report/code", code=TEST_CODE)
    assert "把链接再发给我" in page.text and claim not in page.text
    invitation = phone.at.partition("?")[0]
    for _ in range(2):
        phone.open(invitation)
        page = phone.send("/links")
        assert f"链接已发到尾号 {policy[-4:]} 的手机" in page.text
    with claims.house.database.reading() as session:
        told = claims.house.process.messages.outbox(session, about=claim)
    assert [one.composed.to.phone for one in told if one.composed] == [f"138{policy[-8:]}"]


def test_who_has_no_open_claim_is_offered_no_link(claims: ClaimsHouse) -> None:
    policy = claims.register()
    claim = claims.report(policy)
    claims.give(claim, lambda _state: c.Withdraw(at=system_now(), reason="small"))
    phone = Phone(claims, "203.0.113.41")
    phone.open("/r/claims/report")
    phone.send("/begin", policy=policy)
    Entrances(claims.office).send_codes()
    assert "把链接再发给我" not in phone.send("/report/code", code=TEST_CODE).text
