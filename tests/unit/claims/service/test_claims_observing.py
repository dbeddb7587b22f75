"""What the service knows of a claim when it scores it; what nobody told it is not observed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from claims.api.bodies import MOTOR_POLICY_EXAMPLE, REPORT_EXAMPLE, MotorPolicyBody, ReportBody
from claims.clocks.files import load_days
from claims.domain import commands as c
from claims.domain.values import Line, LineKind
from claims.risk.facts import Facts, HistoryFacts
from claims.risk.inputs.assessment import assessment_inputs
from claims.risk.inputs.payment import payment_inputs
from claims.risk.inputs.report import report_inputs
from claims.risk.inputs.vehicle_policy import vehicle_policy_inputs
from claims.risk.links import LinkKeys
from claims.service.linking import links_of
from claims.service.observing import Observed, facts_of
from tests.unit.claims.claim_play import ASSESSED, OTHER_ACCOUNT, PAYABLE, REPORTED, Play, at

POLICY = MotorPolicyBody.model_validate_json(json.dumps(MOTOR_POLICY_EXAMPLE)).value("CX330126112700")
REPORT = ReportBody.model_validate_json(json.dumps(REPORT_EXAMPLE)).value()
KEYS = LinkKeys(lambda data: data.rjust(40, b"\0")[-8:] * 4)
BUMPER = Line(LineKind.LABOUR, "paint-bumper", 1, 30_000)


def facts(play: Play, report: object = REPORT) -> Facts:
    assert isinstance(report, type(REPORT))
    return facts_of(play.claim, Observed(report, POLICY, play.events, HistoryFacts()), load_days())


def test_days_are_counted_by_the_clock_of_the_scene() -> None:
    late = replace(REPORT, occurred_at=REPORT.occurred_at.replace(hour=0, minute=30) - timedelta(days=57))
    inputs = report_inputs(facts(at(*REPORTED), late))
    assert (inputs["at_night"], inputs["is_holiday"], inputs["days_since_start"]) == (True, True, 273)


def test_the_calendar_is_silent_on_a_year_that_is_not_announced() -> None:
    early = replace(REPORT, occurred_at=REPORT.occurred_at.replace(year=2031))
    assert report_inputs(facts(at(*REPORTED), early))["is_holiday"] is None


def test_what_nobody_told_is_not_observed() -> None:
    known = facts(at(*REPORTED))
    silent = ("police_informed", "called_from_shop", "gps_distance_km", "story_edits", "minutes_since_effect")
    assert [report_inputs(known)[name] for name in silent] == [None] * len(silent)
    assert set(vehicle_policy_inputs(known).values()) == {None}
    assert set(assessment_inputs(known).values()) == {None}
    assert set(payment_inputs(known).values()) == {None}


def test_lines_are_compared_with_the_catalogue_and_what_a_supplement_added_was_hidden() -> None:
    play = at(*ASSESSED[:-1]).go(c.Assess, lines=(BUMPER,))
    once = assessment_inputs(facts(play))
    assert (once["labour_percent"], once["included_items"], once["hidden_share_percent"]) == (100, None, 0)
    play.go(c.Supplement).go(c.Assess, lines=(replace(BUMPER, fen=60_000), Line(LineKind.PART, "bonnet", 1, 60_000)))
    again = assessment_inputs(facts(play))
    assert (again["labour_percent"], again["hidden_share_percent"], again["supplements"]) == (200, 50, 1)


def test_a_payee_who_is_somebody_else_or_changed_after_an_approval_is_seen() -> None:
    play = Play({c.Adjudicate: {"approvals": 1}}).go(*PAYABLE)
    first = payment_inputs(facts(play))
    assert (first["payee_is_insured"], first["account_changed"]) == (True, None)
    play.go(c.ApprovePayment).go(c.SetPayee, account=OTHER_ACCOUNT, matches=False)
    changed = payment_inputs(facts(play))
    assert (changed["payee_is_insured"], changed["account_changed"]) == (False, True)


def test_a_driver_is_known_only_where_they_are_the_insured() -> None:
    own = links_of(KEYS, "clm_1", REPORT, POLICY)
    other = links_of(KEYS, "clm_1", replace(REPORT, driver="别的人", what="……"), POLICY)
    assert own.driver == own.insured is not None
    assert (other.driver, other.story) == (None, None)


def test_a_car_that_was_met_is_the_car_of_its_own_claims() -> None:
    met = links_of(KEYS, "clm_1", replace(REPORT, other_plate=POLICY.car.plate), POLICY)
    assert met.other_cars == {met.car}
