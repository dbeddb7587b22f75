"""What the service knows of a claim when it scores it; what nobody told it is not observed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from claims.api.bodies import MOTOR_POLICY_EXAMPLE, REPORT_EXAMPLE, MotorPolicyBody, ReportBody
from claims.clocks.days import load_days
from claims.domain import commands as c
from claims.domain import next_moves
from claims.domain.values import Line, LineKind
from claims.payment.payees import Payee
from claims.risk.facts import Facts, HistoryFacts
from claims.risk.inputs.assessment import assessment_inputs
from claims.risk.inputs.documents import documents_inputs
from claims.risk.inputs.injury import injury_inputs
from claims.risk.inputs.payment import payment_inputs
from claims.risk.inputs.repair_shop import repair_shop_inputs
from claims.risk.inputs.report import report_inputs
from claims.risk.inputs.survey import survey_inputs
from claims.risk.inputs.vehicle_policy import vehicle_policy_inputs
from claims.risk.links import LinkKeys
from claims.service.linking import links_of
from claims.service.observing import Observed, facts_of
from tests.unit.claims.claim_play import ASSESSED, OTHER_ACCOUNT, PAYABLE, REPORTED, TRIAGED, Play, at

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


def test_an_account_joins_people_and_that_of_a_shop_or_fleet_nobody() -> None:
    person = Payee("江一帆", "990106198807152213", "102331000018", "6200 0000 0000 5183")
    ours = links_of(KEYS, "clm_1", REPORT, POLICY, person)
    shops = links_of(KEYS, "clm_1", REPORT, POLICY, replace(person, id_number="91350100M000100Y43"))
    assert shops.company_account == ours.account is not None
    assert (ours.company_account, shops.account) == (None, None)
    assert ours.joining - shops.joining == {ours.account}


def test_a_car_that_was_met_is_the_car_of_its_own_claims() -> None:
    met = links_of(KEYS, "clm_1", replace(REPORT, other_plate=POLICY.car.plate), POLICY)
    assert met.other_cars == {met.car}


def test_what_forms_told_is_compared_and_the_last_answer_holds() -> None:
    play = at(*TRIAGED).go(
        c.TellSurvey, debris=True, height_cm=40, other_height_cm=70, same_driver=True, zones=("front",)
    )
    play.go(c.TellSurvey, debris=False, metres_from_scene=2500, plate_matches=False)
    seen = survey_inputs(facts(play))
    told = [seen[name] for name in ("debris_seen", "height_gap_cm", "driver_differs", "km_from_scene", "speed_kmh")]
    assert told == [False, 30, False, 2.5, None]
    assert vehicle_policy_inputs(facts(play))["plate_matches"] is False


def test_pictures_tell_the_nearest_and_the_furthest_of_themselves() -> None:
    play = at(*TRIAGED).go(c.AddPicture).go(c.CheckPicture, distance=40, metres_off=120, edited=False)
    play.go(c.AddPicture).go(c.CheckPicture, picture="pic_2", distance=3, metres_off=9000, taken_at=REPORT.occurred_at)
    seen = survey_inputs(facts(play))
    assert (seen["image_distance"], seen["photo_km_off"], seen["edited_images"], seen["photo_hours_off"]) == (
        3,
        9.0,
        0,
        0,
    )


def test_an_injury_a_shop_and_papers_are_compared_as_their_forms_told_them() -> None:
    play = at(*TRIAGED).go(
        c.TellInjury, people_injured=4, people_in_car=2, hospital_listed=False, fee=900, reference_fee=300
    )
    play.go(c.TellShop, blocked=True, claims=90, like_claims=30, related=True)
    play.go(c.TellPapers, needed_class="c1", licence_classes=("c1",), licence_until=REPORT.occurred_at.date())
    known = facts(play)
    injury, shop, papers = injury_inputs(known), repair_shop_inputs(known), documents_inputs(known)
    assert (injury["extra_passengers"], injury["hospital_listed"], injury["fee_percent"]) == (2, False, 300)
    assert (shop["shop_blocked"], shop["shop_claim_rate_percent"], shop["shop_related"]) == (True, 300, True)
    assert (papers["licence_valid"], papers["originals_missing"]) == (True, 0)


def test_what_was_seen_is_scored_before_anything_else_goes_on() -> None:
    play = at(*TRIAGED).scored().go(c.TellShop)
    assert (next_moves(play.claim)[0].act, play.claim.to_score) == ("score", ("repair-shop",))
    assert next_moves(play.scored().claim)[0].act == "survey-by-phone"


def test_a_picture_that_the_claim_has_not_is_not_checked() -> None:
    assert at(*TRIAGED).refused(c.CheckPicture) == "no-picture"
