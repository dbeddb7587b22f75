"""Alarms: each broken clock once, told to the manager, with an owner, until a manager says what is done."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from claims.alarms.hearing import ClockHearing
from claims.alarms.models import AlarmRow
from claims.alarms.texts import MESSAGES, short
from claims.clocks.catalogue import CLOCKS
from claims.domain import commands as c
from esign.public.events import LoggedEvent, read_stream
from tests.service import system_now
from tests.unit.claims.claims_office import HANDLER, LEAD, MANAGER, ClaimsOffice

HERE = "/console/claims/alarms"


def broken(office: ClaimsOffice) -> str:
    """Return a claim whose handler did not call back within two minutes, and whom that was told."""
    claim = office.report()
    office.claims.advance(claim)
    asked = system_now() - timedelta(minutes=3)
    handler = office.id_of(HANDLER)
    office.claims.give(claim, lambda _state: c.Take(at=asked, by=handler))
    office.claims.office.change(claim, lambda _s, _c: c.AskCallBack(at=asked, callback="cbk_1"), actor="tests")
    office.claims.tracking.sweep()
    office.claims.house.work()
    return claim


def alarm_of(office: ClaimsOffice, claim: str) -> AlarmRow:
    with office.claims.house.database.reading() as session:
        return session.scalars(select(AlarmRow).where(AlarmRow.claim == claim)).one()


def test_the_manager_is_told_once_of_a_clock_that_broke(office: ClaimsOffice) -> None:
    claim = broken(office)
    row = alarm_of(office, claim)
    assert (row.clock, row.owner, row.person) == ("call-back", "handler", office.id_of(HANDLER))
    assert (row.told, row.acknowledged_at) == (1, None)
    assert office.told("claims-broken-call-back").count(short(claim)) == 1
    assert office.claims.tracking.sweep() == 0
    office.claims.house.work()
    assert office.told("claims-broken-call-back").count(short(claim)) == 1


def test_an_event_that_is_heard_twice_leads_to_no_second_alarm(office: ClaimsOffice) -> None:
    claim = broken(office)
    hearing = ClockHearing(office.claims.office)
    with office.claims.house.database.transaction() as session:
        for event in read_stream(session, claim):
            hearing.hear(session, LoggedEvent(1, event))
    with office.claims.house.database.reading() as session:
        assert session.scalar(select(func.count()).where(AlarmRow.claim == claim)) == 1
    assert office.told("claims-broken-call-back").count(short(claim)) == 1


def test_the_handler_is_reminded_before_the_clock_ends(office: ClaimsOffice) -> None:
    claim = office.report()
    office.claims.advance(claim)
    handler, asked = office.id_of(HANDLER), system_now() - timedelta(seconds=90)
    office.claims.give(claim, lambda _state: c.Take(at=asked, by=handler))
    office.claims.office.change(claim, lambda _s, _c: c.AskCallBack(at=asked, callback="cbk_1"), actor="tests")
    office.claims.tracking.sweep()
    office.claims.house.work()
    assert office.told("claims-reminded-call-back").count(short(claim)) == 1
    assert short(claim) not in office.told("claims-broken-call-back")


def test_a_manager_says_what_is_done_and_when_and_who_is_kept(office: ClaimsOffice) -> None:
    claim, manager = broken(office), office.staff[MANAGER]
    page = manager.get(HERE)
    assert "两分钟内回电" in page.text
    assert "林慧" in page.text
    action = f"{HERE}/{claim}/call-back"
    told = manager.fill(page, action, measure="reassigned", words="已请组长改派给王工。")
    assert told.status_code == 303, told.text
    row = alarm_of(office, claim)
    assert (row.measure, row.acknowledged_by) == ("reassigned", office.id_of(MANAGER))
    assert office.claims.house.events(claim)[-1] == "claim.alarm-acknowledged"
    seen = manager.get(f"{HERE}?show=seen").text
    assert "已请组长改派给王工。" in seen
    assert "秦岚" in seen
    assert claim not in manager.get(HERE).text


def test_an_alarm_is_acknowledged_once_with_a_measure_and_words(office: ClaimsOffice) -> None:
    claim, manager = broken(office), office.staff[MANAGER]
    page, action = manager.get(HERE), f"{HERE}/{claim}/call-back"
    assert manager.fill(page, action, measure="", words="x").status_code == 409
    assert manager.fill(page, action, measure="reassigned", words="  ").status_code == 409
    for _ in range(2):
        assert manager.fill(page, action, measure="done-now", words="已回电。").status_code == 303
    assert office.claims.house.events(claim).count("claim.alarm-acknowledged") == 1


def test_no_alarm_is_acknowledged_that_was_not_raised(office: ClaimsOffice) -> None:
    claim, manager = broken(office), office.staff[MANAGER]
    page, action = manager.get(HERE), f"{HERE}/{claim}/call-back"
    told = manager.fill(page, action, measure="done-now", words="x", due="2026-01-01T00:00:00+00:00")
    assert told.status_code == 409
    assert manager.fill(page, action, measure="done-now", words="x", due="gestern").status_code == 409


def test_the_team_lead_sees_alarms_and_does_not_acknowledge_them(office: ClaimsOffice) -> None:
    claim, lead = broken(office), office.staff[LEAD]
    page = lead.get(HERE)
    assert claim in page.text
    assert f"{HERE}/{claim}/call-back" not in page.text
    assert office.staff[HANDLER].get(HERE).status_code == 403


def test_rows_made_anew_from_the_trail_tell_what_was_done(office: ClaimsOffice) -> None:
    claim, manager = broken(office), office.staff[MANAGER]
    manager.fill(manager.get(HERE), f"{HERE}/{claim}/call-back", measure="done-now", words="已回电。")
    before = alarm_of(office, claim)
    hearing = ClockHearing(office.claims.office)
    with office.claims.house.database.transaction() as session:
        session.delete(session.get_one(AlarmRow, (claim, "call-back", before.due)))
        for event in read_stream(session, claim):
            hearing.hear(session, LoggedEvent(1, event))
    after = alarm_of(office, claim)
    assert (after.measure, after.acknowledged_by, after.acknowledged_at) == (
        before.measure,
        before.acknowledged_by,
        before.acknowledged_at,
    )


@pytest.mark.parametrize("clock", CLOCKS)
def test_every_clock_has_its_reminder_and_its_alarm_in_both_languages(clock: str) -> None:
    for kind in (f"claims-reminded-{clock}", f"claims-broken-{clock}"):
        assert "{claim}" in MESSAGES[kind].zh.text
        assert "{at}" in MESSAGES[kind].en.text
