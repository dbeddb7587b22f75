"""A surveyor goes on duty, is sent by one tap, goes or declines; and where they were is erased."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from claims.dispatch.duty import DutyDesk
from claims.dispatch.models import LossPlace, SurveyorOnDuty
from claims.dispatch.sending import Sending
from claims.domain import commands as c
from claims.domain import next_moves
from claims.domain.values import Lane, SurveyWay
from claims.models import ClaimRow
from esign.infra.models import PersonalRecord
from esign.public.console import Caller, Role
from esign.staff.domain.roles import Factor
from tests.databases import asked_of
from tests.service import system_now
from tests.unit.claims.claim_play import TRIAGED, Play
from tests.unit.claims.claims_office import HANDLER, LEAD, SURVEYOR, ClaimsOffice

HERE = "/console/claims/dispatch"
MINE = f"{HERE}/mine"


def on_duty(office: ClaimsOffice, place: str = "wangchao-centre") -> None:
    told = office.staff[SURVEYOR].send(MINE, f"{MINE}/here", place=place, hours="8")
    assert told.status_code == 303, told.text


def off_duty(office: ClaimsOffice) -> None:
    with office.claims.house.database.transaction() as session:
        DutyDesk(office.claims.office.house).clean(session, system_now() + timedelta(days=1))


@pytest.fixture(autouse=True)
def nobody_on_duty(office: ClaimsOffice) -> None:
    """Leave nobody on duty, and no survey with whoever was sent by another test."""
    off_duty(office)
    with office.claims.house.database.reading() as session:
        theirs = (ClaimRow.surveyor == office.id_of(SURVEYOR), ClaimRow.state == "surveying")
        open_ = session.scalars(select(ClaimRow.id).where(*theirs)).all()
    for claim in open_:
        office.claims.give(claim, lambda _state: c.Withdraw(at=system_now(), reason="test-over"))


def hurt(office: ClaimsOffice) -> str:
    """Return a claim that waits for a surveyor."""
    claim = office.report(injured=True, estimate="9000.00")
    office.claims.advance(claim)
    return claim


def test_one_tap_sends_the_nearest_who_is_told_and_has_to_answer(office: ClaimsOffice) -> None:
    on_duty(office)
    claim, agent = hurt(office), office.staff[HANDLER]
    here = f"{HERE}/{claim}"
    assert agent.send(here, f"{here}/place", place="wangchao-huaiyin").status_code == 303
    page = agent.get(here)
    assert "有空的人里离得最近" in page.text
    assert "1.7 公里" in page.text
    assert agent.fill(page, f"{here}/send").status_code == 303
    state = office.claims.state(claim)
    assert state.survey is not None
    assert (state.survey.surveyor, state.survey.awaits_answer) == (office.id_of(SURVEYOR), True)
    assert next((move.actor.value, move.act) for move in next_moves(state)) == ("surveyor", "answer-dispatch")
    assert office.told("claims-sent-to-survey").count(claim[-6:]) == 1
    assert claim in office.staff[SURVEYOR].get(MINE).text


def test_who_declines_is_not_proposed_again_and_the_handler_is_told(office: ClaimsOffice) -> None:
    on_duty(office)
    claim, agent = hurt(office), office.staff[HANDLER]
    here = f"{HERE}/{claim}"
    since = office.claims.state(claim).survey
    agent.send(here, f"{here}/send")
    mine = office.staff[SURVEYOR].get(MINE)
    assert office.staff[SURVEYOR].fill(mine, f"{MINE}/decline", reason="").status_code == 409
    assert office.staff[SURVEYOR].fill(mine, f"{MINE}/decline", reason="car-trouble").status_code == 303
    state = office.claims.state(claim)
    assert state.survey is not None
    assert since is not None
    assert (state.survey.surveyor, state.survey.since) == (None, since.since)
    assert office.told("claims-survey-declined").count(claim[-6:]) == 1
    page = agent.get(here).text
    assert "现在没有查勘员空闲" in page
    assert "这一件已回绝" in page


def test_who_goes_has_the_survey_and_nobody_else_can_say_so(office: ClaimsOffice) -> None:
    on_duty(office)
    claim, agent, surveyor = hurt(office), office.staff[HANDLER], office.staff[SURVEYOR]
    agent.send(f"{HERE}/{claim}", f"{HERE}/{claim}/send")
    page = surveyor.get(MINE)
    other = hurt(office)
    form = surveyor.form(MINE, f"{MINE}/here")
    assert surveyor.post(f"{MINE}/go", {**form.fields, "claim": other}).status_code == 409
    assert surveyor.post(f"{MINE}/go", {**form.fields, "claim": claim}).status_code == 303
    survey = office.claims.state(claim).survey
    assert survey is not None
    assert (survey.surveyor, survey.awaits_answer) == (office.id_of(SURVEYOR), False)
    assert "我去" in page.text


def test_where_nobody_is_free_the_team_lead_owns_the_next_step(office: ClaimsOffice) -> None:
    claim, agent = hurt(office), office.staff[HANDLER]
    here = f"{HERE}/{claim}"
    assert agent.send(here, f"{here}/nobody").status_code == 303
    state = office.claims.state(claim)
    assert next((move.actor.value, move.act) for move in next_moves(state)) == ("team-lead", "find-surveyor")
    assert office.told("claims-nobody-free").count(claim[-6:]) == 1
    assert "已交给组长" in agent.get(here).text


def test_nobody_says_that_nobody_is_free_while_somebody_is(office: ClaimsOffice) -> None:
    claim, agent = hurt(office), office.staff[HANDLER]
    here = f"{HERE}/{claim}"
    page = agent.get(here)
    on_duty(office)
    assert agent.fill(page, f"{here}/nobody").status_code == 409


def test_a_surveyor_who_is_off_duty_is_not_sent(office: ClaimsOffice) -> None:
    on_duty(office)
    claim, agent = hurt(office), office.staff[HANDLER]
    here = f"{HERE}/{claim}"
    page = agent.get(here)
    surveyor = office.staff[SURVEYOR]
    assert surveyor.send(MINE, f"{MINE}/off").status_code == 303
    assert agent.fill(page, f"{here}/send").status_code == 409


def test_where_a_surveyor_was_is_sealed_kept_once_and_erased_with_the_duty(office: ClaimsOffice) -> None:
    database, records = office.claims.house.database, office.claims.office.house.records
    on_duty(office)
    with database.reading() as session:
        first = session.get_one(SurveyorOnDuty, office.id_of(SURVEYOR)).place
    on_duty(office, "qichuan-station")
    with database.reading() as session:
        row = session.get_one(SurveyorOnDuty, office.id_of(SURVEYOR))
        assert row.place == first
        sealed = session.scalar(select(PersonalRecord.sealed).where(PersonalRecord.id == first)) or b""
        assert b"30245000" not in sealed
        assert b"30245000" in records.read(session, first)
    office.staff[SURVEYOR].send(MINE, f"{MINE}/off")
    with database.reading() as session:
        assert session.get(SurveyorOnDuty, office.id_of(SURVEYOR)) is None
        assert records.is_erased(session, first)


def test_a_duty_that_is_over_is_cleaned_away(office: ClaimsOffice) -> None:
    on_duty(office)
    desk = DutyDesk(office.claims.office.house)
    with office.claims.house.database.transaction() as session:
        record = session.get_one(SurveyorOnDuty, office.id_of(SURVEYOR)).place
        assert desk.clean(session, system_now()) == 0
        assert desk.clean(session, system_now() + timedelta(hours=9)) == 1
        assert office.claims.office.house.records.is_erased(session, record)
    assert desk.of(office.id_of(SURVEYOR)) is None


def test_a_place_is_told_first_with_how_long_the_duty_is(office: ClaimsOffice) -> None:
    told = office.staff[SURVEYOR].send(MINE, f"{MINE}/here", place="wangchao-centre", hours="")
    assert told.status_code == 409
    assert "您不在班" in told.text


def test_the_place_of_a_loss_is_changed_in_its_place(office: ClaimsOffice) -> None:
    claim, agent = hurt(office), office.staff[HANDLER]
    here = f"{HERE}/{claim}"
    for place in ("wangchao-centre", "qichuan-station"):
        assert agent.send(here, f"{here}/place", place=place).status_code == 303
    with office.claims.house.database.reading() as session:
        assert len(session.scalars(select(LossPlace).where(LossPlace.claim == claim)).all()) == 1


def test_a_survey_that_waits_for_an_answer_keeps_the_clock_of_the_dispatch() -> None:
    play = Play({c.Triage: {"way": SurveyWay.SURVEYOR, "lane": Lane.ORDINARY}}).go(*TRIAGED)
    before = play.claim.survey
    play.later(minutes=4).go(c.SendSurveyor)
    assert play.claim.survey is not None
    assert before is not None
    assert play.claim.survey.since == before.since
    assert play.refused(c.TakeSurvey, by="usr_stranger") == "survey-taken"
    play.go(c.TakeSurvey)
    assert (play.claim.survey.awaits_answer, play.claim.survey.since) == (False, play.now)
    assert play.refused(c.SendSurveyor, to="usr_other") == "survey-taken"


def test_dispatch_is_for_agents_and_duty_for_surveyors(office: ClaimsOffice) -> None:
    assert office.staff[SURVEYOR].get(HERE).status_code == 403
    assert office.staff[HANDLER].get(MINE).status_code == 403
    assert office.staff[LEAD].get(HERE).status_code == 200


def test_how_many_wait_is_asked_by_one_question_however_many_there_are(office: ClaimsOffice) -> None:
    sending = Sending(office.claims.office)
    agent = Caller(office.id_of(HANDLER), office.institution, frozenset({Role.HANDLER}), "ses_1", Factor.PASSWORD)
    on_duty(office)
    for _ in range(2):
        here = f"{HERE}/{hurt(office)}"
        office.staff[HANDLER].send(here, f"{here}/send")
    with asked_of(office.claims.house.database) as asked:
        count = sending.waiting_count(agent)
    assert count == len(sending.waiting(agent)) >= 2
    assert not [statement for statement, _ in asked if "person" in statement], "nobody's name is read for it"
    assert len(asked) <= 4
