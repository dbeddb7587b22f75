"""The hotline: a policy is found, a report taken once, the survey proposed, the call made by one person in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from claims.domain import commands as c
from claims.domain.values import INSURERS_ZONE
from claims.hotline.models import PolicyKey
from claims.hotline.searching import Searching
from claims.hotline.taking import read_report
from claims.models import MotorPolicyRow
from esign.infra.models import Message, PersonalRecord
from tests.service import system_now
from tests.unit.claims.claims_office import HANDLER, LEAD, SURVEYOR, ClaimsOffice
from tests.unit.web.console_room import Member, form_in

HERE = "/console/claims/hotline"


def typed(**changes: str) -> dict[str, str]:
    occurred = (system_now() - timedelta(minutes=20)).astimezone(INSURERS_ZONE)
    usual = {
        "occurred_at": f"{occurred:%Y-%m-%dT%H:%M}",
        "place": "望潮区槐荫路",
        "cause": "scratch",
        "what": "倒车时刮到立柱",
        "estimate": "1,200.50",
        "reporter": "江一帆",
        "phone": "138 0000 8812",
        "driver": "江一帆",
    }
    return {**usual, **changes}


def report(office: ClaimsOffice, member: Member, **changes: str) -> str:
    """Take a report by the page; return the claim's id."""
    number = office.claims.register(institution=office.institution)
    changes = {"phone": f"138{number[-8:]}", "what": f"倒车时刮到立柱，{number}", **changes}
    told = member.send(f"{HERE}/policies/{number}", f"{HERE}/policies/{number}", **typed(**changes))
    assert told.status_code == 303, told.text
    return str(told.location.split("/")[-1].partition("?")[0])


def test_a_policy_is_found_by_number_plate_and_the_end_of_the_phone(office: ClaimsOffice) -> None:
    number, agent = office.claims.register(institution=office.institution), office.staff[HANDLER]
    tail = number[-4:]
    for asked in (number, f"栖B·{int(number[-8:]):05d}", f"栖b {int(number[-8:]):05d}", tail):
        assert number in agent.get(f"{HERE}?q={asked}").text, asked
    assert number not in agent.get(f"{HERE}?q=栖A00000").text
    page = agent.get(f"{HERE}?q={tail}").text
    assert "江*" in page
    assert "江一帆" not in page


def test_a_policy_of_another_institution_is_not_found(office: ClaimsOffice) -> None:
    number = office.claims.register(institution="ins_stranger")
    agent = office.staff[HANDLER]
    told = agent.get(f"{HERE}?q={number}").text.split("<main")[1].split("</main>")[0]
    assert number not in told.replace(f'value="{number}"', "")
    assert agent.get(f"{HERE}/policies/{number}").status_code == 404


def test_policies_registered_before_are_made_findable(office: ClaimsOffice) -> None:
    number = office.claims.register(institution=office.institution)
    database = office.claims.house.database
    with database.transaction() as session:
        session.execute(delete(PolicyKey).where(PolicyKey.number == number))
    searching = Searching(office.claims.office.house)
    assert searching.fill() >= 1
    assert searching.fill() == 0
    assert number in office.staff[HANDLER].get(f"{HERE}?q={number[-4:]}").text


def test_policies_that_cannot_be_read_keep_no_other_from_being_made_findable(
    office: ClaimsOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = (office.claims.register(institution=office.institution) for _ in range(2))
    database, searching = office.claims.house.database, Searching(office.claims.office.house)
    with database.transaction() as session:
        record = session.get_one(MotorPolicyRow, broken).record
        session.execute(update(PersonalRecord).where(PersonalRecord.id == record).values(sealed=b"no sealed data"))
        session.execute(delete(PolicyKey).where(PolicyKey.number.in_((broken, sound))))
    monkeypatch.setattr("claims.hotline.searching.FILLED_AT_ONCE", 1)
    assert searching.fill() == 1
    with database.transaction() as session:
        assert session.get(PolicyKey, (sound, "plate")) is not None
        session.delete(session.get_one(MotorPolicyRow, broken))


def test_what_a_policy_is_found_by_is_in_the_database_as_keyed_digests_alone(office: ClaimsOffice) -> None:
    number = office.claims.register(institution=office.institution)
    with office.claims.house.database.reading() as session:
        keys = session.scalars(select(PolicyKey).where(PolicyKey.number == number)).all()
    assert {one.kind for one in keys} == {"plate", "phone-tail"}
    assert all(number[-4:].encode() not in one.digest for one in keys)


def test_a_report_is_taken_and_self_service_proposed_with_the_reason(office: ClaimsOffice) -> None:
    agent = office.staff[HANDLER]
    claim = report(office, agent)
    state = office.claims.state(claim)
    assert (state.reported.way.value, state.reported.estimate) == ("hotline", 120_050)
    before = agent.get(f"{HERE}/{claim}").text
    assert "请客户用手机自助查勘" in before
    assert "按限额的建议" in before
    office.claims.advance(claim)
    after = agent.get(f"{HERE}/{claim}").text
    assert "责任清楚" in after
    assert "按限额的建议" not in after
    assert agent.send(f"{HERE}/{claim}", f"{HERE}/{claim}/link").status_code == 303
    with office.claims.house.database.reading() as session:
        sent = [one for one in session.scalars(select(Message)) if dict(one.facts).get("subject") == claim]  # type: ignore[call-overload]
    assert [one.kind for one in sent] == ["claims-link"]


def test_a_surveyor_is_proposed_where_somebody_is_hurt(office: ClaimsOffice) -> None:
    agent = office.staff[HANDLER]
    claim = report(office, agent, injured="yes", estimate="9000")
    page = agent.get(f"{HERE}/{claim}").text
    assert "派查勘员到现场" in page
    assert "有人受伤" in page
    assert "责任清楚" not in page  # which speaks for the other way


def test_the_same_form_sent_twice_is_one_claim(office: ClaimsOffice) -> None:
    agent, number = office.staff[HANDLER], office.claims.register(institution=office.institution)
    page = f"{HERE}/policies/{number}"
    form = {**agent.form(page, page).fields, **typed()}
    first, second = (agent.post(page, form).location for _ in range(2))
    assert first == second


def test_a_report_that_waited_for_a_connection_is_answered_in_kind(office: ClaimsOffice) -> None:
    number, agent = office.claims.register(institution=office.institution), office.staff[HANDLER]
    page, kind = f"{HERE}/policies/{number}", {"Accept": "application/json"}
    fields = agent.form(page, page).fields
    wrong = agent.post(page, {**fields, **typed(cause="")}, headers=kind)
    assert (wrong.status_code, wrong.get_json()) == (422, {"tone": "no", "said": "请选出险原因。"})
    leads = {agent.post(page, {**fields, **typed()}, headers=kind).get_json()["to"] for _ in range(2)}
    assert len(leads) == 1, "sent twice, it is one claim"


def test_an_open_claim_of_the_policy_is_shown_before_another_is_reported(office: ClaimsOffice) -> None:
    agent = office.staff[HANDLER]
    claim = report(office, agent)
    number = office.claims.state(claim).reported.policy
    assert claim in agent.get(f"{HERE}/policies/{number}").text


@pytest.mark.parametrize(
    ("changes", "wanting"),
    [
        ({"occurred_at": "2099-01-01T00:00"}, "occurred_at"),
        ({"occurred_at": "gestern"}, "occurred_at"),
        ({"estimate": "-1"}, "estimate"),
        ({"estimate": "1.005"}, "estimate"),
        ({"estimate": "NaN"}, "estimate"),
        ({"phone": "江一帆"}, "phone"),
        ({"cause": "meteor"}, "cause"),
        ({"place": "  "}, "place"),
    ],
)
def test_a_form_that_is_wrong_says_which_field(changes: dict[str, str], wanting: str) -> None:
    assert read_report("CX330126112700", typed(**changes), system_now()) == (None, {wanting})


def test_a_wrong_form_is_shown_again_with_what_was_typed(office: ClaimsOffice) -> None:
    agent, number = office.staff[HANDLER], office.claims.register(institution=office.institution)
    page = f"{HERE}/policies/{number}"
    told = agent.send(page, page, **typed(cause="", place="望潮区某处"))
    assert told.status_code == 422
    assert "请选出险原因。" in told.text
    assert "望潮区某处" in told.text


def waiting(office: ClaimsOffice) -> str:
    claim = office.report()
    office.claims.give(claim, lambda _state: c.AskCallBack(at=system_now(), callback="cbk_1"))
    return claim


def test_a_call_is_made_by_one_person(office: ClaimsOffice) -> None:
    claim, agent, other = waiting(office), office.staff[HANDLER], office.staff[LEAD]
    assert claim in agent.get(HERE).text
    page = other.get(f"{HERE}/{claim}")
    assert agent.send(f"{HERE}/{claim}", f"{HERE}/{claim}/call").status_code == 303
    told = other.fill(page, f"{HERE}/{claim}/call")
    assert told.status_code == 409
    assert "已由他人办理" in told.text
    assert "林慧 正在回电" in other.get(HERE).text


def test_the_phone_is_told_to_whoever_calls_and_the_call_is_over_when_they_are_reached(office: ClaimsOffice) -> None:
    claim, agent = waiting(office), office.staff[HANDLER]
    phone = f"tel:138{office.claims.state(claim).reported.policy[-8:]}"
    assert phone not in agent.get(f"{HERE}/{claim}").text
    agent.send(f"{HERE}/{claim}", f"{HERE}/{claim}/call")
    page = agent.get(f"{HERE}/{claim}")
    assert phone in page.text
    action = f"{HERE}/{claim}/called"
    assert agent.post(action, {**first_form(page, action), "reached": "no"}).status_code == 303
    assert not office.claims.state(claim).callbacks[0].done
    assert agent.post(action, {**first_form(page, action), "reached": "yes"}).status_code == 303
    assert office.claims.state(claim).callbacks[0].done
    assert office.claims.house.events(claim)[-3:] == [
        *("claim.call-back-taken", "claim.called-back", "claim.called-back"),
    ]


def first_form(told: Any, action: str) -> dict[str, Any]:
    return dict(form_in(told, action).fields)


def test_the_countdown_says_what_is_left_of_two_minutes(office: ClaimsOffice) -> None:
    claim = waiting(office)
    page = office.staff[HANDLER].get(HERE).text
    left = int(page.split(f"{HERE}/{claim}")[1].split('data-left="')[1].split('"')[0])
    assert 100 < left <= 120


def test_a_call_can_be_asked_for_once_at_a_time(office: ClaimsOffice) -> None:
    claim, agent = office.report(), office.staff[HANDLER]
    page = agent.get(f"{HERE}/{claim}")
    for _ in range(2):
        assert agent.fill(page, f"{HERE}/{claim}/ask").status_code == 303
    assert len(office.claims.state(claim).callbacks) == 1


def test_no_two_people_take_one_claim(office: ClaimsOffice) -> None:
    claim, agent, other = office.report(), office.staff[HANDLER], office.staff[LEAD]
    pages = [member.get(f"{HERE}/{claim}") for member in (agent, other)]
    assert agent.fill(pages[0], f"{HERE}/{claim}/take").status_code == 303
    told = other.fill(pages[1], f"{HERE}/{claim}/take")
    assert told.status_code == 409
    assert office.claims.state(claim).handler == office.id_of(HANDLER)


def test_a_small_injury_is_assessed_on_the_telephone_and_verified_by_somebody_else(office: ClaimsOffice) -> None:
    agent = office.staff[HANDLER]
    claim = report(office, agent, injured="yes", estimate="2100")
    office.claims.advance(claim)
    page = agent.get(f"{HERE}/{claim}")
    assert "3,000.00 元" in page.text
    action = f"{HERE}/{claim}/injury"
    assert agent.fill(page, action, injury="3000.01", words="手擦伤").status_code == 409
    assert agent.fill(page, action, injury="800", words=" ").status_code == 409
    assert agent.fill(page, action, injury="800", fault="100", words="手擦伤，已消毒").status_code == 303
    state = office.claims.state(claim)
    assert state.assessment is not None
    assert (state.state.value, state.assessment.injury, state.assessment.by) == (
        *("verifying", 80_000),
        office.id_of(HANDLER),
    )
    with pytest.raises(Exception, match="assessed themselves"):
        office.claims.give(
            claim,
            lambda state: c.Verify(
                at=system_now(),
                assessment=state.assessment.id if state.assessment else "",
                passed=True,
                by=office.id_of(HANDLER),
            ),
        )


def test_an_agent_changes_no_survey_and_settles_no_injury_of_a_colleagues_claim(office: ClaimsOffice) -> None:
    agent = office.staff[HANDLER]
    claim = report(office, agent, injured="yes", estimate="2100")
    office.claims.advance(claim).give(claim, lambda _state: c.Take(at=system_now(), by="usr_colleague"))
    page, version = agent.get(f"{HERE}/{claim}"), len(office.claims.house.events(claim))
    told = agent.fill(page, f"{HERE}/{claim}/injury", injury="800", fault="100", words="手擦伤")
    assert told.status_code == 409 and "不是您在办理" in told.text
    assert agent.fill(page, f"{HERE}/{claim}/self-service").status_code == 409
    assert len(office.claims.house.events(claim)) == version
    lead = office.staff[LEAD]
    assert lead.send(f"{HERE}/{claim}", f"{HERE}/{claim}/self-service").status_code == 303


def test_a_small_injury_is_paid_while_the_customer_is_on_the_line(office: ClaimsOffice) -> None:
    agent, lead = office.staff[HANDLER], office.staff[LEAD]
    claim = report(office, agent, injured="yes", estimate="2100")
    office.claims.advance(claim)
    page = f"{HERE}/{claim}"
    if office.claims.state(claim).handler is None:
        assert agent.send(page, f"{page}/take").status_code == 303
    told = {"injury": "800", "fault": "100", "words": "行人手擦伤，已消毒"}
    assert agent.send(page, f"{page}/injury", **told).status_code == 303
    office.claims.advance(claim)  # scored
    assert f"{page}/finish" not in agent.get(page).text  # not verified yet
    state = office.claims.state(claim)
    assert state.assessment is not None
    verify = c.Verify(at=system_now(), assessment=state.assessment.id, passed=True, by=office.id_of(LEAD))
    office.claims.give(claim, lambda _state: verify)
    office.claims.advance(claim)
    form = agent.form(page, f"{page}/finish")
    assert agent.post(f"{page}/finish", {**form.fields, "whose": ""}).status_code == 409
    assert lead.get(page).status_code == 200
    assert agent.post(f"{page}/finish", {**form.fields, "whose": "third"}).status_code == 303
    office.claims.advance(claim)
    state = office.claims.state(claim)
    assert state.state.value == "offered" and state.settlement is not None and state.settlement.fen == 80_000
    office.claims.agree(claim).payee(claim).advance(claim)
    assert (office.claims.state(claim).state.value, office.claims.state(claim).paid) == ("closed", 80_000)


def test_no_injury_is_settled_on_the_telephone_where_nobody_is_hurt(office: ClaimsOffice) -> None:
    agent = office.staff[HANDLER]
    hurt, sound = report(office, agent, injured="yes", estimate="2100"), report(office, agent)
    for claim in (hurt, sound):
        office.claims.advance(claim)
    form = agent.form(f"{HERE}/{hurt}", f"{HERE}/{hurt}/injury")
    told = agent.post(f"{HERE}/{sound}/injury", {**form.fields, "injury": "100", "words": "x"})
    assert told.status_code == 409


def test_the_hotline_is_for_handlers_and_team_leads(office: ClaimsOffice) -> None:
    assert office.staff[SURVEYOR].get(HERE).status_code == 403
    assert office.staff[LEAD].get(HERE).status_code == 200


def test_the_page_of_calls_asks_for_nothing_while_nothing_changes(office: ClaimsOffice) -> None:
    agent = office.staff[HANDLER]
    version = agent.get(HERE).text.split('data-version="')[1].split('"')[0]
    assert agent.get(f"{HERE}/now?seen={version}").status_code == 204
    waiting(office)
    assert agent.get(f"{HERE}/now?seen={version}").status_code == 200
