"""The pages of one claim: a form for each tool, filed once, and acts within role and state."""

from __future__ import annotations

import pytest

from claims.domain.values import ClaimState
from claims.selfservice.agreeing import Agreeing
from claims.tools.filing import Filing
from claims.tools.tool import Tool
from tests.unit.claims.claims_desk import HERE, ClaimsDesk

JSON = {"Accept": "application/json"}
SURVEYED = {"fault": "70", "zones": "front", "debris_seen": "yes", "driver": "江一帆", "speed_kmh": "30"}


@pytest.fixture
def surveyed(desk: ClaimsDesk) -> str:
    """A claim of the handler's that is to be assessed."""
    claim = desk.taken(desk.report())
    desk.claims.survey(claim)
    return claim


def test_a_surveyor_takes_a_survey_on_a_phone_and_files_what_was_seen(desk: ClaimsDesk) -> None:
    claim = desk.large()
    told = desk.act(desk.surveyor, claim, "take-survey")
    assert told.status_code == 303
    kept = next(one for one in told.headers.getlist("Set-Cookie") if one.startswith("__Host-claims-phone=dev_"))
    assert {"Secure", "HttpOnly", "SameSite=Strict"} <= set(kept.split("; "))
    taken = desk.state(claim).survey
    assert taken is not None and taken.device is not None and taken.surveyor == desk.id_of(desk.surveyor)
    told = desk.file(desk.surveyor, claim, "survey", **SURVEYED)
    assert told.status_code == 303, told.text
    state = desk.state(claim)
    assert state.state is ClaimState.ASSESSING and state.survey is not None and state.survey.fault == 70
    assert desk.events(claim)[-4:] == ["form-filed", "survey-seen", "papers-seen", "surveyed"]
    assert "次责" not in desk.page(desk.surveyor, claim) and "江一帆" in desk.page(desk.surveyor, claim)


def test_what_was_not_filled_in_is_not_observed_rather_than_no(desk: ClaimsDesk) -> None:
    claim = desk.large()
    desk.act(desk.surveyor, claim, "take-survey")
    desk.file(desk.surveyor, claim, "survey", **SURVEYED)
    with desk.claims.house.database.reading() as session:
        (filed,) = Filing(desk.claims.office).of(session, claim)
    assert filed.tool is Tool.SURVEY
    assert filed.said == {
        "fault": "70",
        "zones": ("front",),
        "debris_seen": True,
        "driver": "江一帆",
        "speed_kmh": 30,
    }


def test_a_form_that_comes_twice_counts_once_and_is_told_so(desk: ClaimsDesk, surveyed: str) -> None:
    page = f"{HERE}/{surveyed}/injury"
    fields = desk.handler.form(page, page).fields | {"who": "driver", "name": "江一帆", "grade": "1", "fee": "680.50"}
    first = desk.handler.post(page, fields, headers=JSON)
    assert first.get_json()["tone"] == "done"
    again = desk.handler.post(page, fields, headers=JSON)
    assert again.get_json()["tone"] == "again" and "没有重复登记" in again.get_json()["said"]
    assert desk.events(surveyed).count("form-filed") == 1
    assert "人伤表合计 680.50 元" in desk.handler.get(f"{HERE}/{surveyed}/loss-assessment").text


def test_what_is_wrong_is_told_beside_its_field_and_what_was_typed_stays(desk: ClaimsDesk, surveyed: str) -> None:
    told = desk.file(desk.handler, surveyed, "injury", who="driver", name="江一帆", grade="1", fee="六百")
    assert told.status_code == 422
    assert "请填写金额" in told.text and 'value="六百"' in told.text and 'value="江一帆"' in told.text
    assert "form-filed" not in desk.events(surveyed)


def test_a_loss_is_assessed_from_the_catalogue_and_verified_by_somebody_else(desk: ClaimsDesk, surveyed: str) -> None:
    tool, lines = f"{HERE}/{surveyed}/loss-assessment", {"quantity-front-bumper": "1", "quantity-paint-bumper": "2"}
    assert "420.00" in desk.handler.get(tool).text
    assert desk.file(desk.handler, surveyed, "loss-assessment", **{"quantity-tyre": "many"}).status_code == 422
    assert desk.file(desk.handler, surveyed, "loss-assessment", **lines).status_code == 303
    assert desk.state(surveyed).loss == (420 + 2 * 300) * 100
    assert 'action="/console/claims/' in desk.page(desk.handler, surveyed)
    assert "do/verify" not in desk.page(desk.handler, surveyed)
    assessment = desk.state(surveyed).assessment
    assert assessment is not None
    told = desk.act(desk.lead, surveyed, "verify", passed="no", reasons="price-too-high")
    assert told.status_code == 303
    assert desk.state(surveyed).state is ClaimState.ASSESSING
    assert "价格偏高" in desk.page(desk.handler, surveyed)


def test_a_settlement_is_tried_before_it_is_decided(desk: ClaimsDesk) -> None:
    claim = desk.taken(desk.large())
    desk.claims.survey(claim).assess(claim, (("front-left-door", 6),)).advance(claim)
    desk.act(desk.lead, claim, "verify", passed="yes")
    page = f"{HERE}/{claim}/settlement"
    fields = desk.handler.form(page, page).fields
    assert fields["own-vehicle"] == "4920.00" and fields["fault"] == "100"
    tried = desk.handler.post(f"{page}/try", fields | {"fault": "70"}, headers=JSON).get_json()
    assert tried["fen"] == "3,444.00" and any("70%" in step for step in tried["steps"])
    assert "adjudicated" not in desk.events(claim)
    assert desk.handler.post(page, fields | {"fault": "170"}).status_code == 422
    stale = desk.handler.post(page, fields | {"about": "ass_other"}, headers=JSON)
    assert stale.status_code == 409 and stale.get_json()["code"] == "another-assessment"
    assert desk.handler.post(page, fields).status_code == 303
    assert "adjudicated" in desk.events(claim)
    assert "按您的责任比例 100%" in desk.page(desk.handler, claim)


def test_nobody_works_on_a_colleagues_claim_or_beyond_their_role(desk: ClaimsDesk, surveyed: str) -> None:
    page = f"{HERE}/{surveyed}/loss-assessment"
    fields = desk.handler.form(page, page).fields | {"quantity-tyre": "1"}
    token = desk.other.form(f"{HERE}?show=all", "/console/logout").fields["form_token"]
    told = desk.other.post(page, fields | {"form_token": token}, headers=JSON)
    assert told.status_code == 409 and told.get_json()["code"] == "claim-not-yours"
    assert "案件现在不需要这张表单" in desk.other.get(page).text
    assert desk.surveyor.get(page).status_code == 403
    assert desk.surveyor.get(f"{HERE}/{surveyed}").status_code == 404
    assert desk.quotation.get(f"{HERE}/{surveyed}").status_code == 404


def test_a_surveyor_sees_no_score_and_no_account(desk: ClaimsDesk) -> None:
    claim = desk.large()
    desk.claims.payee(claim, "6200000000001234")
    desk.act(desk.surveyor, claim, "take-survey")
    told = desk.page(desk.surveyor, claim)
    assert "风险评分" not in told and "1234" not in told
    assert "风险评分" in desk.page(desk.manager, claim) and "1234" in desk.page(desk.manager, claim)


def test_a_surveyor_is_told_of_no_amount_after_the_survey(desk: ClaimsDesk) -> None:
    claim = desk.taken(desk.large())
    desk.act(desk.surveyor, claim, "take-survey")
    desk.file(desk.surveyor, claim, "survey", **SURVEYED)
    desk.claims.assess(claim, (("front-left-door", 8),)).advance(claim)
    desk.act(desk.lead, claim, "verify", passed="yes")
    desk.file(desk.handler, claim, "settlement")
    desk.claims.advance(claim).agree(claim).payee(claim)
    state, handlers, surveyors = desk.state(claim), desk.page(desk.handler, claim), desk.page(desk.surveyor, claim)
    paid = f"{state.payable // 100:,}.{state.payable % 100:02d}"
    assert paid in handlers and paid not in surveyors.partition('id="story"')[2]
    assert "查勘" in surveyors.partition('id="story"')[2]


def test_what_a_customer_wrote_is_shown_as_they_wrote_it(desk: ClaimsDesk) -> None:
    claim = desk.taken(desk.report())
    desk.claims.to_offer(claim)
    offer = desk.state(claim).offer
    assert offer is not None
    Agreeing(desk.claims.office).object_to(claim, offer.id, "后保险杠也坏了")
    assert "<bdi>后保险杠也坏了</bdi>" in desk.page(desk.quotation, claim)


def test_large_losses_investigations_and_recoveries_are_forms_with_an_owner(desk: ClaimsDesk, surveyed: str) -> None:
    large = {"kind": "flood-fire", "reserve": "80,000", "measures": "appraiser", "words": "地下车库进水"}
    assert desk.file(desk.handler, surveyed, "large-loss", **large).status_code == 303
    looked = {"causes": "score", "done": "witnesses", "finding": "doubts-remain", "words": "门卫记录与报案时间不符"}
    assert desk.file(desk.lead, surveyed, "special-investigation", **looked).status_code == 303
    told = desk.page(desk.handler, surveyed)
    assert "80,000.00" in told and "门卫记录与报案时间不符" in told and "仍有疑点" in told
    assert "向谁追偿" not in desk.handler.get(f"{HERE}/{surveyed}/recovery").text  # nothing was paid yet
    desk.claims.assess(surveyed).advance(surveyed)
    desk.claims.agree(surveyed).payee(surveyed).advance(surveyed)
    paid = desk.state(surveyed).paid
    assert paid
    asked = {"basis": "liable-party", "name": "赵某", "phone": "13900001111", "fen": "100.00"}
    assert desk.file(desk.handler, surveyed, "recovery", **asked).status_code == 303
    page = f"{HERE}/{surveyed}/recovery"
    got = desk.handler.send(page, f"{HERE}/{surveyed}/recovered", fen="60")
    assert got.status_code == 303
    (recovery,) = desk.state(surveyed).recoveries
    assert recovery.recovered == 6000
    assert desk.handler.send(page, f"{HERE}/{surveyed}/recovery-closed", reason="settled").status_code == 303
    assert desk.state(surveyed).recoveries[0].closed


def test_the_survey_is_handed_over_to_the_customer_and_taken_back(desk: ClaimsDesk) -> None:
    claim = desk.taken(desk.report())
    page = f"{HERE}/{claim}/self-service"
    stale = desk.handler.form(page, page).fields
    told = desk.file(desk.handler, claim, "self-service", way="surveyor", reason="pictures-unclear")
    assert told.status_code == 303
    assert "照片看不清" in desk.page(desk.handler, claim)
    late = desk.handler.post(page, stale | {"way": "self-service", "reason": "customer-wishes"}, headers=JSON)
    assert late.status_code == 409 and late.get_json()["code"] == "survey-changed"
