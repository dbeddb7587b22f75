"""A price dispute that stalls for twelve hours comes to the quotation desk: in its list, by message, due next day."""

from __future__ import annotations

from datetime import timedelta

from claims.domain import commands as c
from claims.domain.values import INSURERS_ZONE
from claims.rules_in_force import deadlines_of
from tests.service import system_now
from tests.unit.claims.claims_office import DESK, HANDLER, LEAD, ClaimsOffice

HERE = "/console/claims/quotations"


def test_a_stalled_dispute_is_the_desks_with_the_next_working_day_as_its_end(office: ClaimsOffice) -> None:
    claim, desk = office.report(), office.staff[DESK]
    office.claims.to_offer(claim)
    long_ago = system_now() - timedelta(hours=12, minutes=1)
    office.claims.office.change(
        claim, lambda _s, _c: c.Dispute(at=long_ago, dispute="dsp_1", reason="parts-too-cheap"), actor="tests"
    )
    assert claim not in desk.get(HERE).text
    office.claims.tracking.sweep()
    office.claims.house.work()
    assert claim in desk.get(HERE).text
    due = next(one.due for one in deadlines_of(office.claims.state(claim)) if one.clock == "quotation")
    assert due.astimezone(INSURERS_ZONE).hour == 18
    assert due > system_now()
    assert office.told("claims-dispute-passed").count(claim[-6:]) == 1
    assert office.told("claims-broken-answer-dispute").count(claim[-6:]) == 1


def test_the_desk_answers_and_is_led_to_its_list_since_the_claim_is_out_of_its_sight(office: ClaimsOffice) -> None:
    claim, desk = office.report(), office.staff[DESK]
    office.claims.to_offer(claim)
    office.claims.give(claim, lambda _state: c.Dispute(at=system_now(), dispute="dsp_1", reason="parts-too-cheap"))
    act = f"/console/claims/{claim}/do/answer-dispute"
    told = desk.send(f"/console/claims/{claim}", act, changed="no", words="按目录价，和三家 4S 店一致。")
    assert (told.status_code, told.headers["Location"].partition("?")[0]) == (303, HERE)
    assert "已答复客户的异议" in desk.get(told.headers["Location"]).text
    assert claim not in desk.get(HERE).text


def test_the_list_is_the_desks_and_of_those_who_lead(office: ClaimsOffice) -> None:
    assert office.staff[LEAD].get(HERE).status_code == 200
    assert office.staff[HANDLER].get(HERE).status_code == 403
