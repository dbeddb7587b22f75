"""The work list: who sees which claims, the most urgent first, and one person for each."""

from __future__ import annotations

from dataclasses import replace

from claims.handling.worklist import Show, WorkList
from claims.models import MotorPolicyRow
from tests.databases import asked_of
from tests.service import system_now
from tests.unit.claims.claims_desk import HERE, ClaimsDesk


def test_the_most_urgent_comes_first_with_its_clock_and_what_is_to_be_done(desk: ClaimsDesk) -> None:
    policy = desk.claims.register(institution=desk.office.institution)
    slow, urgent = desk.claims.report(policy), desk.claims.report(policy, estimate="26000.00")
    desk.claims.advance(slow).advance(urgent)
    told = desk.handler.get(f"{HERE}?show=all&find={policy}").text
    assert told.index(urgent) < told.index(slow)
    assert "派查勘员" in told and "十五分钟内派出查勘员" in told and "还有" in told


def test_two_people_do_not_take_one_case(desk: ClaimsDesk) -> None:
    claim = desk.report()
    form = desk.other.form(f"{HERE}/{claim}", f"{HERE}/{claim}/do/take")
    desk.taken(claim)
    told = desk.other.post(f"{HERE}/{claim}/do/take", form.fields)
    assert told.status_code == 409 and "此案已由他人办理" in told.text
    assert desk.state(claim).handler == desk.id_of(desk.handler)
    assert claim in desk.handler.get(f"{HERE}?show=mine").text
    assert claim not in desk.other.get(f"{HERE}?show=mine").text


def test_a_list_is_read_by_as_many_questions_whether_it_is_long_or_short(desk: ClaimsDesk) -> None:
    handler, house = desk.handler, desk.claims.house
    who = replace(desk.office.console.caller(handler.login), institution=desk.office.institution)
    listed, one, erased = WorkList(desk.claims.office), desk.report(), desk.report()
    policies = [desk.state(claim).reported.policy for claim in (one, erased)]
    asked_for: list[int] = []
    for find in (policies[0], "CX3301"):
        with asked_of(house.database) as asked:
            found = listed.page(who, Show.ALL, find=find).lines
        asked_for.append(len(asked))
    assert len(found) > 1 and max(asked_for) - min(asked_for) <= 2, asked_for
    with house.database.transaction() as session:
        record = session.get_one(MotorPolicyRow, policies[1]).record
        desk.claims.office.house.records.erase(session, record, at=system_now())
    cars = [line.car for policy in policies for line in listed.page(who, Show.ALL, find=policy).lines]
    assert cars[0] is not None and cars[1:] == [None]


def test_a_claim_that_is_over_is_on_no_list_and_is_found_by_the_end_of_its_number(desk: ClaimsDesk) -> None:
    claim = desk.report()
    desk.claims.to_offer(claim).agree(claim).payee(claim).advance(claim)
    assert desk.state(claim).ended
    assert claim not in desk.handler.get(f"{HERE}?show=all").text
    assert claim in desk.handler.get(f"{HERE}?find={claim[-6:]}").text
