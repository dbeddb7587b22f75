"""The board: open claims by step and age, most urgent first, of the caller's institutions; and given to others."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from claims.board.desk import BoardDesk
from claims.board.reach import LEADERS
from claims.board.steps import BoardStep
from claims.domain import commands as c
from claims.models import ClaimRow
from esign.public.console import Caller, Role, member_names
from tests.databases import asked_of
from tests.service import system_now
from tests.unit.claims.claims_office import HANDLER, LEAD, MANAGER, SURVEYOR, ClaimsOffice
from tests.unit.staff.staff_office import OPERATOR

HERE = "/console/claims/board"


def leader(office: ClaimsOffice, institution: str | None = None) -> Caller:
    return replace(office.console.caller(LEAD), institution=institution or office.institution, roles=frozenset(LEADERS))


def shown(office: ClaimsOffice, claim: str, **asked: bool) -> BoardStep | None:
    """Return the step in which the team lead sees a claim."""
    board = BoardDesk(office.claims.office).board(leader(office), **asked)
    return next((one.step for one in board.columns if claim in {case.id for case in one.cases}), None)


def test_a_claim_stands_in_its_step_until_it_is_over(office: ClaimsOffice) -> None:
    claim = office.report()
    assert shown(office, claim) is BoardStep.SURVEY
    office.claims.to_offer(claim)
    assert shown(office, claim) is BoardStep.AGREE
    office.claims.agree(claim).payee(claim).advance(claim)
    assert office.claims.state(claim).state.value == "closed"
    assert shown(office, claim) is None


def test_what_ended_and_is_still_awaited_stays_on_the_board(office: ClaimsOffice) -> None:
    claim = office.report()
    office.claims.give(
        claim, lambda _state: c.Refuse(at=system_now(), reasons=("no-cover",), words="wrd_0", by="usr_lead")
    )
    assert shown(office, claim) is BoardStep.AFTER
    office.claims.give(claim, lambda _state: c.RecordNotice(at=system_now(), notice="ntc_0"))
    assert shown(office, claim) is None


def test_late_ones_come_first_and_are_counted(office: ClaimsOffice) -> None:
    waiting, late = office.report(), office.report()
    for claim in (waiting, late):
        office.claims.advance(claim)
    office.claims.give(late, lambda _state: c.AskCallBack(at=system_now(), callback="cbk_late"))
    before = BoardDesk(office.claims.office).board(leader(office))
    with office.claims.house.database.transaction() as session:
        session.get_one(ClaimRow, late).next_due = system_now() - timedelta(minutes=3)
    board = BoardDesk(office.claims.office).board(leader(office))
    survey = board.columns[0]
    assert (board.late, board.calls) == (before.late + 1, before.calls)
    assert survey.cases[0].id == late
    assert (survey.cases[0].urgency, survey.late) == ("late", before.columns[0].late + 1)
    assert shown(office, late, urgent=True) is BoardStep.SURVEY
    assert shown(office, waiting, urgent=True) is None
    assert board.version != before.version


def test_the_pace_of_the_month_is_that_of_the_figures_of_the_same_institutions(office: ClaimsOffice) -> None:
    branch = office.console.office.room.institutions.open(
        OPERATOR, "望潮支公司", office.institution, now=office.console.office.now
    )
    claim = office.claims.report(office.claims.register(institution=branch))
    office.claims.to_offer(claim).agree(claim).payee(claim).advance(claim)
    asked = system_now() - timedelta(minutes=5)
    rung = c.RecordCalledBack(at=asked + timedelta(minutes=3), callback="cbk_1", reached=True, by="usr_lin")
    for command in (c.AskCallBack(at=asked, callback="cbk_1"), rung):
        office.claims.office.change(claim, lambda _s, _c, command=command: command, actor="tests")  # type: ignore[misc]
    office.claims.house.work()
    desk = BoardDesk(office.claims.office)
    pace = desk.board(leader(office), team=branch).month
    assert pace.mean is not None and pace.mean < 300
    assert (pace.fastest in (0, 1, 2), pace.calls, pace.in_time) == (True, 1, 0)
    assert desk.board(leader(office)).month.calls >= 1
    page = office.staff[LEAD].get(f"{HERE}?team={branch}").text
    assert "两分钟内回电" in page and "0.0%" in page and "<b>1 分</b>" in page


def test_nobody_sees_the_claims_of_another_branch(office: ClaimsOffice) -> None:
    branch = office.console.office.room.institutions.open(
        OPERATOR, "栖川分公司", office.institution, now=office.console.office.now
    )
    claim = office.report()
    desk = BoardDesk(office.claims.office)
    seen = {case.id for one in desk.board(leader(office, branch)).columns for case in one.cases}
    assert claim not in seen
    below = office.claims.report(office.claims.register(institution=branch))
    assert shown(office, below) is BoardStep.SURVEY


def test_a_claim_of_no_institution_is_seen_at_the_root(office: ClaimsOffice) -> None:
    assert shown(office, office.claims.report()) is BoardStep.SURVEY


def test_the_page_updates_itself_only_when_there_is_something_to_see(office: ClaimsOffice) -> None:
    claim, lead = office.report(), office.staff[LEAD]
    whole = lead.get(HERE)
    assert claim[-6:] in whole.text
    assert 'role="img"' in whole.text
    version = whole.text.split('data-version="')[1].split('"')[0]
    again = lead.get(f"{HERE}/now?seen={version}")
    assert again.status_code in (204, 200)
    assert again.status_code == 204 or version not in again.text
    office.report()
    assert lead.get(f"{HERE}/now?seen={version}").status_code == 200


def test_a_claim_is_given_to_a_handler_with_a_reason(office: ClaimsOffice) -> None:
    claim, lead = office.report(), office.staff[LEAD]
    page = f"{HERE}/{claim}"
    told = lead.send(page, f"{page}/give", to=office.id_of(HANDLER), reason="too-much")
    assert told.status_code == 303
    assert office.claims.state(claim).handler == office.id_of(HANDLER)
    assert office.claims.house.events(claim)[-1] == "claim.handed-over"
    assert "林慧" in lead.get(page).text


def test_several_are_given_at_once(office: ClaimsOffice) -> None:
    claims, lead = [office.report() for _ in range(3)], office.staff[MANAGER]
    form = lead.form(f"{HERE}/give", f"{HERE}/give")
    told = lead.post(
        f"{HERE}/give",
        {**form.fields, "claim": claims, "to": office.id_of(HANDLER), "reason": "away"},
    )
    assert told.status_code == 303, told.text
    assert {office.claims.state(one).handler for one in claims} == {office.id_of(HANDLER)}


@pytest.mark.parametrize(("to", "reason"), [("usr_stranger", "away"), (HANDLER, "because")])
def test_a_claim_goes_to_handlers_of_ours_alone_and_not_without_a_reason(
    office: ClaimsOffice, to: str, reason: str
) -> None:
    claim, lead = office.report(), office.staff[LEAD]
    page = f"{HERE}/{claim}"
    told = lead.send(page, f"{page}/give", to=office.id_of(to) if to == HANDLER else to, reason=reason)
    assert told.status_code == 409
    assert 'role="alert"' in told.text
    assert office.claims.state(claim).handler is None


def test_the_board_is_for_those_who_lead(office: ClaimsOffice) -> None:
    for login in (HANDLER, SURVEYOR):
        assert office.staff[login].get(HERE).status_code == 403
    assert Role.TEAM_LEAD in LEADERS


def test_the_rows_tell_since_when_somebody_waits_to_be_called(office: ClaimsOffice) -> None:
    claim = office.report()
    office.claims.give(claim, lambda _state: c.AskCallBack(at=system_now(), callback="cbk_1"))
    with office.claims.house.database.reading() as session:
        since = session.scalar(select(ClaimRow.callback_since).where(ClaimRow.id == claim))
    assert since == office.claims.state(claim).callbacks[0].since
    office.claims.give(
        claim, lambda _state: c.RecordCalledBack(at=system_now(), callback="cbk_1", reached=True, by="usr_lin")
    )
    with office.claims.house.database.reading() as session:
        assert session.scalar(select(ClaimRow.callback_since).where(ClaimRow.id == claim)) is None


def test_the_names_on_the_board_are_read_at_once_and_those_of_strangers_are_their_ids(office: ClaimsOffice) -> None:
    handlers = [office.id_of(HANDLER), office.id_of(LEAD), "usr_stranger"]
    for handler in handlers:
        claim = office.report()
        office.claims.give(claim, lambda _state, by=handler: c.Take(at=system_now(), by=by))  # type: ignore[misc]
    with office.claims.house.database.reading() as session:
        names = member_names(session, office.claims.office.house.records, handlers)
    assert names == {handlers[0]: "林慧", handlers[1]: "顾岩", "usr_stranger": "usr_stranger"}
    lead = leader(office)
    with asked_of(office.claims.house.database) as asked:
        BoardDesk(office.claims.office).board(lead)
    assert len([statement for statement, _ in asked if "personal_records" in statement]) == 1
