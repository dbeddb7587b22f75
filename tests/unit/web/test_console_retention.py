"""What is kept of people, in the console: found by person, held and freed by two, erased by two; and their requests."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from esign.infra.models import PersonalRecord
from esign.retention.periods import day_of
from esign.retention.projection import retention_projection
from esign.staff.actors import Caller
from esign.staff.domain.roles import Role
from esign.trail.consumers import catch_up
from tests.ended_contracts import record_end_long_ago
from tests.service import YU
from tests.unit.desk.desk_office import JIANG
from tests.unit.web.console_room import form_in
from tests.unit.web.envelope_console import EnvelopeConsole
from tests.vectors.trail.stored import place

HERE, REQUESTS = "/console/retention", "/console/requests"


@pytest.fixture
def second(office: EnvelopeConsole) -> Caller:
    return office.branch.member("xu.wei", office.branch.head.institution, Role.COMPLIANCE)


@pytest.fixture
def officer(office: EnvelopeConsole, second: Caller) -> Caller:
    return office.branch.member("gu.heng", office.branch.east, Role.COMPLIANCE)


def follow(office: EnvelopeConsole) -> None:
    database = office.branch.service.ports.database
    place(database)
    catch_up(database, retention_projection())


def end_contract(office: EnvelopeConsole, envelope: str, *, years_ago: int) -> None:
    """Let the client tell that the contract ended so many years ago."""
    now = office.branch.office.now
    with office.branch.service.ports.database.transaction() as session:
        record_end_long_ago(session, envelope, day_of(now) - timedelta(days=366 * years_ago), now=now)
    follow(office)


def test_an_officer_finds_what_is_held_on_somebody_and_a_stranger_does_not(
    office: EnvelopeConsole, officer: Caller
) -> None:
    branch = office.branch
    branch.completed(JIANG)
    follow(office)
    at = office.at(officer)
    found = at.send(HERE, f"{HERE}/find", name=JIANG.name, phone=JIANG.phone).location
    assert JIANG.phone not in found
    told = at.get(found).text
    table = at.get(found.replace("/person?", "/person.csv?")).data.decode("utf-8-sig").splitlines()
    assert table[0] == "envelope,role,kind,kept_until,legal_hold,restricted"
    assert "evidence,until-told,False,False" in table[2]
    assert "鸿福一生终身寿险合同" in told
    assert "保存到告知合同终止之后" in told
    elsewhere = office.at(branch.member("he.chi", branch.west, Role.COMPLIANCE))
    nothing = elsewhere.send(HERE, f"{HERE}/find", name=JIANG.name, phone=JIANG.phone).location
    assert "没有查到" in elsewhere.get(nothing).text
    assert "鸿福" not in elsewhere.get(HERE).text
    totals = at.get(f"{HERE}/totals.csv")
    assert totals.data.decode("utf-8-sig").splitlines()[0] == "kind,kept_until_year,count"
    assert "documents,until-told,1" in totals.text
    assert office.at(branch.lead).get(HERE).status_code == 403


def test_a_hold_is_set_by_one_keeps_everything_and_is_lifted_by_two(
    office: EnvelopeConsole, officer: Caller, second: Caller
) -> None:
    branch = office.branch
    envelope = branch.completed(JIANG).id
    follow(office)
    end_contract(office, envelope, years_ago=11)
    there, at = f"{HERE}/envelopes/{envelope}", office.at(officer)
    assert "已到期" in at.get(there).text
    assert at.send(there, f"{there}/hold", reason="court", words="（2026）沪01民初1号").status_code == 303
    held = at.get(there).text
    assert "民初1号" in held
    assert "申请删除到期的内容" not in held
    assert at.send(there, f"{there}/hold", reason="court").status_code == 409
    hold = held.partition("/console/retention/holds/")[2].partition("/")[0]
    asked = at.send(there, f"{HERE}/holds/{hold}/ask-lift", words="已经结案").location.partition("?")[0]
    assert "申请和审批必须是两个人" in at.get(asked).text
    branch.approve(asked.rpartition("/")[2], second)
    assert at.send(asked, f"{asked}/carry-out", act="0").location.startswith(there)
    free = at.get(there).text
    assert "已解除" in free
    assert "申请删除到期的内容" in free


def test_what_is_over_is_erased_by_two_and_the_page_says_so(
    office: EnvelopeConsole, officer: Caller, second: Caller
) -> None:
    branch = office.branch
    envelope = branch.completed(JIANG).id
    follow(office)
    end_contract(office, envelope, years_ago=11)
    there, at = f"{HERE}/envelopes/{envelope}", office.at(officer)
    assert envelope in at.get(HERE).text
    assert at.send(there, f"{there}/ask-erasure", words=" ").status_code == 422
    asked = at.send(there, f"{there}/ask-erasure", words="期限已过").location.partition("?")[0]
    approval = at.get(asked).text
    assert "永远删除：合同和页面图片、签署证据" in approval
    branch.approve(asked.rpartition("/")[2], second)
    assert at.send(asked, f"{asked}/carry-out", act="0").location.startswith(there)
    follow(office)
    assert "都已删除" in at.get(there).text
    assert envelope not in at.get(HERE).text
    with branch.service.ports.database.reading() as session:
        person = branch.ceremonies.envelope(envelope).recipients[0].plan.person
        assert session.get(PersonalRecord, person) is None


def test_a_request_is_entered_listed_by_urgency_and_answered_with_what_the_law_demands(
    office: EnvelopeConsole, officer: Caller
) -> None:
    branch = office.branch
    envelope = branch.completed(JIANG).id
    follow(office)
    at = office.at(officer)
    new = f"{REQUESTS}/new"
    assert at.send(new, new, name="", phone="", kind="copy").status_code == 422
    assert at.send(new, new, name=JIANG.name, phone=JIANG.phone, kind="nothing").status_code == 422
    entered = at.send(new, new, name=JIANG.name, phone=JIANG.phone, kind="erasure", words="请删除我的资料")
    made = entered.location.partition("?")[0]
    assert at.send(new, new, name=JIANG.name, phone=JIANG.phone, kind="erasure").status_code == 422
    office.room.office.wait(minutes=1)
    later = at.send(new, new, name=YU.name, phone=YU.phone, kind="copy").location.partition("?")[0]
    listed = at.get(REQUESTS).text
    assert listed.index(made) < listed.index(later)
    told = at.get(made).text
    assert "请删除我的资料" in told
    assert "其余只保存，不再使用，到告知合同终止并满期为止" in told
    assert at.send(made, f"{made}/answer", words=" ", outcome="granted").status_code == 422
    done = at.send(made, f"{made}/answer", words="法律要求保存，我们只保存、不再使用。", outcome="granted")
    assert done.status_code == 303
    after = at.get(made).text
    assert "只保存，不再使用" in after
    assert at.send(later, f"{later}/answer", words="没有您的资料。", outcome="refused").status_code == 303
    assert "没有照办" in at.get(REQUESTS).text
    keeping = at.get(f"{HERE}/envelopes/{envelope}").text
    assert JIANG.name in keeping
    stranger = office.at(branch.member("he.chi", branch.west, Role.COMPLIANCE))
    assert stranger.get(made).status_code == 404
    assert made not in stranger.get(REQUESTS).text


def test_a_request_that_erases_takes_two_and_is_answered_in_the_words_that_both_saw(
    office: EnvelopeConsole, officer: Caller, second: Caller
) -> None:
    branch = office.branch
    envelope = branch.completed(JIANG).id
    follow(office)
    end_contract(office, envelope, years_ago=11)
    at = office.at(officer)
    new = f"{REQUESTS}/new"
    made = at.send(new, new, name=JIANG.name, phone=JIANG.phone, kind="erasure").location.partition("?")[0]
    assert at.send(made, f"{made}/answer", words="都删。", outcome="granted").status_code == 409
    token = form_in(at.get(made), f"{made}/answer").fields["form_token"]
    words = {"form_token": token, "words": "您的合同早已终止，资料全部删除。"}
    asked = at.post(f"{made}/ask-erasure", words).location.partition("?")[0]
    assert "您的合同早已终止" in office.at(second).get(asked).text
    branch.approve(asked.rpartition("/")[2], second)
    assert at.send(asked, f"{asked}/carry-out", act="0").location.startswith(made)
    follow(office)
    told = at.get(made).text
    assert "已照办" in told
    assert "您的合同早已终止" in told
    assert "都已删除" in at.get(f"{HERE}/envelopes/{envelope}").text


def spoken(page: str) -> str:
    """Return a page without the spans that keep the parts of a command together."""
    return re.sub(r"</?span>", "", page)


def test_what_is_done_at_the_machine_is_asked_for_and_agreed_to_in_the_console(
    office: EnvelopeConsole, officer: Caller, second: Caller
) -> None:
    branch = office.branch
    envelope = branch.completed(JIANG).id
    follow(office)
    there, at = f"{HERE}/envelopes/{envelope}", office.at(officer)
    assert at.send(there, f"{there}/ask-machine", kind="roles", words="x").status_code == 422
    for kind, command in (("evidence-erasure", "evidence erase"), ("envelope-key", "evidence key")):
        asked = at.send(there, f"{there}/ask-machine", kind=kind, words="法院要求").location.partition("?")[0]
        approval = asked.rpartition("/")[2]
        waiting = office.at(second).get(asked).text
        assert "在服务器上用这项审批办理" in waiting and "法院要求" in waiting and command not in waiting
        branch.approve(approval, second)
        agreed = at.get(asked).text
        assert f"esign {command} {envelope} " in spoken(agreed) and f"--approval {approval}" in agreed
        assert f"{asked}/carry-out" not in agreed
        assert f'href="/console/approvals/{approval}"' in at.get(f"/console/envelopes/{envelope}").text


def test_officers_of_the_whole_insurer_ask_one_another_to_agree_to_the_rules(
    office: EnvelopeConsole, officer: Caller, second: Caller
) -> None:
    whole, ask = office.at(second), f"{HERE}/ask-agreement"
    assert whole.send(HERE, ask, words=" ").status_code == 422
    assert office.at(officer).send(HERE, ask, words="每年复核").status_code in (403, 404, 409)  # of a part
    asked = whole.send(HERE, ask, words="每年复核").location.partition("?")[0]
    third = office.branch.member("tang.yi", second.institution, Role.COMPLIANCE)
    assert "留存规则" in office.at(third).get(asked).text
    office.branch.approve(asked.rpartition("/")[2], third)
    assert f"esign retention agree --approval {asked.rpartition('/')[2]}" in spoken(whole.get(asked).text)
