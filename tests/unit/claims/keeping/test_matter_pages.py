"""A claim without an envelope at the console: found by its person, held by one, let go by two, erased by two."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from claims.keeping.models import ErasedClaim
from claims.models import ClaimRow, MotorPolicyRow
from esign.infra.database import Database
from esign.retention.people import Told
from esign.retention.periods import day_of
from esign.retention.requests import Channel, Outcome, RequestKind
from esign.staff.domain.roles import Role
from tests.service import system_now
from tests.unit.claims.claims_desk import ClaimsDesk
from tests.unit.web.console_room import Member

HERE, APPROVALS = "/console/retention", "/console/approvals"


@pytest.fixture(scope="module")
def officers(desk: ClaimsDesk) -> tuple[Member, Member]:
    office = desk.office
    named = (("xu.lan", "许岚"), ("wei.ning", "卫宁"))
    one, two = (
        office.console.member(login, Role.COMPLIANCE, institution=office.institution, name=name)
        for login, name in named
    )
    return one, two


def closed(desk: ClaimsDesk) -> str:
    claim = desk.report()
    desk.claims.survey(claim).assess(claim).advance(claim).agree(claim).payee(claim).advance(claim)
    assert desk.state(claim).state.value == "closed"
    return claim


def insured(desk: ClaimsDesk, claim: str) -> tuple[str, str]:
    with desk.claims.house.database.reading() as session:
        person = desk.claims.house.process.retention.matters.room(claim).person(session, claim)
    assert person is not None
    return person.name, person.phone


def approved(asked: str, first: Member, second: Member) -> None:
    """Have a second officer agree, and the first do it."""
    page = asked.partition("?")[0]
    assert second.send(page, f"{page}/approve").status_code == 303
    assert first.send(page, f"{page}/carry-out", act="0").status_code == 303


def test_all_of_a_persons_claims_are_held_at_once_and_each_is_let_go_by_two(
    desk: ClaimsDesk, officers: tuple[Member, Member]
) -> None:
    one, two = officers
    claim, today = closed(desk), day_of(desk.office.console.office.now)
    name, phone = insured(desk, claim)
    found = one.send(HERE, f"{HERE}/find", name=name, phone=phone).location
    told = one.get(found).text
    assert f"车险案件 {claim[-6:]}" in told and "保存到" in told
    table = one.get(found.replace("/person?", "/person.csv?")).data.decode("utf-8-sig")
    assert re.search(rf"{claim},,matter,\d{{4}}-\d\d-\d\d,False,False", table)
    action = found.replace("/person?", "/person/hold?")
    past = (today - timedelta(days=1)).isoformat()
    assert one.send(found, action, reason="court", review_on=past).status_code == 422
    assert one.send(found, action, reason="court", words="民初1号", review_on=today.isoformat()).status_code == 303
    there = f"{HERE}/matters/{claim}"
    held = one.get(there).text
    assert "民初1号" in held and "有法律保全" in held and "到了复查的日子" in held
    assert one.send(there, f"{there}/hold", reason="court").status_code == 409
    assert f"车险案件 {claim[-6:]}" in one.get(HERE).text
    hold = held.partition("/console/retention/holds/")[2].partition("/")[0]
    assert one.send(there, f"{HERE}/holds/{hold}/ask-lift", words=" ").status_code == 422
    approved(one.send(there, f"{HERE}/holds/{hold}/ask-lift", words="已经结案").location, one, two)
    assert "已解除" in one.get(there).text
    assert one.get(f"{HERE}/matters/clm_00000000000000000000000000").status_code == 404
    assert desk.handler.get(there).status_code == 403


def test_a_claim_that_is_over_is_erased_by_two_at_the_console(
    desk: ClaimsDesk, officers: tuple[Member, Member]
) -> None:
    one, two = officers
    claim = closed(desk)
    there, database = f"{HERE}/matters/{claim}", desk.claims.house.database
    assert "申请删除到期的内容" not in one.get(there).text
    age(database, claim)
    assert "已到期" in one.get(there).text
    assert f"车险案件 {claim[-6:]}" in one.get(HERE).text
    assert one.send(there, f"{there}/ask-erasure", words=" ").status_code == 422
    approved(one.send(there, f"{there}/ask-erasure", words="期限已过").location, one, two)
    assert "都已删除" in one.get(there).text
    with database.reading() as session:
        assert session.get(ErasedClaim, claim) is not None


def test_a_claim_that_is_only_stored_opens_for_nobody_at_the_claims_desk(
    desk: ClaimsDesk, officers: tuple[Member, Member]
) -> None:
    claim, room, now = closed(desk), desk.claims.house.process.retention, system_now()
    assert desk.manager.get(f"/console/claims/{claim}").status_code == 200
    name, phone = insured(desk, claim)
    with desk.claims.house.database.transaction() as session:
        matters = room.matters.find(session, name=name, phone=phone, now=now)
        told = Told(name, phone, "请删除")
        asked = room.requests.receive(
            session,
            RequestKind.ERASURE,
            told,
            [],
            channel=Channel.PAGE,
            by=None,
            actor="person",
            now=now,
            matters=matters,
        )
    one, _two = officers
    page = one.get(f"/console/requests/{asked}").text
    assert f"车险案件 {claim[-6:]}" in page and "其余只保存，不再使用" in page
    assert (
        one.send(f"/console/requests/{asked}", f"/console/requests/{asked}/answer", words="要存五年").status_code == 303
    )
    with desk.claims.house.database.reading() as session:
        assert room.requests.get(session, asked).outcome is Outcome.RESTRICTED
    stored = desk.manager.get(f"/console/claims/{claim}")
    assert stored.status_code == 409 and "只保存" in stored.text


def age(database: Database, claim: str) -> None:
    """Let a claim and its policy have ended long ago, as their rows tell it."""
    with database.transaction() as session:
        row = session.get_one(ClaimRow, claim)
        policy = session.get_one(MotorPolicyRow, row.policy)
        row.since -= timedelta(days=7 * 366)
        policy.ends_on -= timedelta(days=7 * 366)
