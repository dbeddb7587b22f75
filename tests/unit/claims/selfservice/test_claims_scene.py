"""Where the phone was goes with the report if the customer has it found, and is compared with pictures and words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from claims.dispatch.models import LossPlace
from claims.dispatch.sending import LOSS, encode_place
from claims.domain.values import ReportWay
from claims.loss_report import encode_report, parse_report
from claims.risk.facts import Step
from claims.risk.inputs.report import report_inputs
from claims.risk.places import Place
from claims.selfservice.entering import Entrances
from claims.selfservice.filing import read_draft, ready
from claims.service.observing import observe
from esign.public.codes import TEST_CODE
from esign.public.rows import new_id
from tests.claims_shell import ClaimsHouse
from tests.service import system_now
from tests.unit.claims.selfservice.phone import Phone

HERE = "31.230416,121.473701"


@pytest.fixture(scope="module")
def located(claims: ClaimsHouse) -> str:
    """A loss reported from the scene, with the phone's position."""
    return Phone(claims, "203.0.113.71").report_of(claims.register(), located=HERE)


def test_only_the_page_of_the_report_may_ask_a_phone_where_it_is(claims: ClaimsHouse, located: str) -> None:
    phone = Phone(claims, "203.0.113.72")
    assert "geolocation=()" in phone.come_by(located).headers["Permissions-Policy"]
    asked = Phone(claims, "203.0.113.73")
    asked.open("/r/claims/report")
    assert "geolocation=()" in asked.page.headers["Permissions-Policy"]
    asked.send("/begin", policy=claims.register())
    Entrances(claims.office).send_codes()
    asked.send("/report/code", code=TEST_CODE)
    assert "geolocation=(self)" in asked.page.headers["Permissions-Policy"]
    assert 'name="located" value=""' in asked.page.text  # nothing is found before the person asks for it


def test_the_position_is_in_the_sealed_report_and_nowhere_else(claims: ClaimsHouse, located: str) -> None:
    with claims.house.database.reading() as session:
        state = claims.state(located)
        report = claims.office.report_of(session, state)
        assert report.located == (31_230_416, 121_473_701)
        facts = observe(claims.office, session, located, state, [Step.REPORT.value])
    assert facts.report.stated_place == Place(31.230416, 121.473701)
    # The phone alone says nothing of how far the phone is from where the words are: that was not observed.
    assert report_inputs(facts)["gps_distance_km"] is None


def test_the_words_are_compared_with_the_phone_once_a_person_put_them_on_the_map(
    claims: ClaimsHouse, located: str
) -> None:
    record, there = new_id("lpl", system_now()), Place(31.330416, 121.473701)
    with claims.house.database.transaction() as session:
        claims.office.house.records.keep(session, record, LOSS, encode_place(there), at=system_now())
        session.add(LossPlace(claim=located, place=record))
        session.flush()
        facts = observe(claims.office, session, located, claims.office.get(session, located), [Step.REPORT.value])
        far = report_inputs(facts)["gps_distance_km"]
        session.rollback()
    assert isinstance(far, float) and 11 < far < 12


@pytest.mark.parametrize("typed", ["", "91.0,0.0", "1e3,2", "31.2", "31.2,121.4;x", "nan,nan"])
def test_what_is_no_position_was_not_observed(claims: ClaimsHouse, typed: str) -> None:
    number = claims.register()
    with claims.house.database.reading() as session:
        policy = claims.office.policy_of(session, claims.state(claims.report(number)))
    form = {**ready(system_now()), "cause": "scratch", "place": "栖霞路", "located": typed}
    report = read_draft(form, policy, ReportWay.LINK, system_now()).report
    assert report is not None and report.located is None
    assert b"located" not in encode_report(report)  # a report is written as before
    assert parse_report(encode_report(replace(report, located=(1, 2)))).located == (1, 2)
