"""What is typed into fields is read strictly, and what nobody typed is not observed."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from claims.api.bodies import MOTOR_POLICY_EXAMPLE, REPORT_EXAMPLE, MotorPolicyBody
from claims.loss_report import LossReport
from claims.tools.fields import FieldWrong, fen_typed, read
from claims.tools.forms import FORMS
from claims.tools.injury_form import INJURY, cost_of
from claims.tools.seen import injury_told, papers_told, survey_told
from claims.tools.survey_form import SURVEY
from claims.tools.tool import Tool

AT = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)


def typed(**said: object) -> MultiDict[str, str]:
    return MultiDict({name: value if isinstance(value, list) else str(value) for name, value in said.items()})


@given(st.integers(0, 10**10))
def test_an_amount_is_what_was_typed_to_the_fen(fen: int) -> None:
    assert fen_typed(f"{fen // 100}.{fen % 100:02d}") == fen
    assert fen_typed(f" ¥{fen // 100:,}.{fen % 100:02d}元") == fen


@pytest.mark.parametrize(
    "text",
    ["1.234", "-1", "NaN", "Infinity", "1e400", "六百", "100000001", "1..2", "sNaN", "9e999998", f"1.{'0' * 30}1"],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(FieldWrong):
        fen_typed(text)


def test_a_form_takes_its_choices_and_no_others() -> None:
    said, wrong = read(SURVEY, typed(fault="70", zones=["front", "rear"], seen_angle="359", speed_kmh=""))
    assert not wrong
    assert said["zones"] == ("front", "rear") and said["seen_angle"] == 359 and said["speed_kmh"] is None
    _, wrong = read(
        SURVEY, typed(fault="71", zones=["boot"], seen_angle="360", debris_seen="perhaps", words="字" * 2001)
    )
    assert set(wrong) == {"fault", "zones", "seen_angle", "debris_seen", "words"}
    _, wrong = read(SURVEY, typed())
    assert set(wrong) == {"fault", "zones"}


@pytest.mark.parametrize("tool", FORMS)
def test_an_empty_form_wants_what_is_needed_and_nothing_else(tool: Tool) -> None:
    needed = {one.name for section in FORMS[tool] for one in section.fields if one.needed}
    said, wrong = read(FORMS[tool], typed())
    assert needed and set(wrong) == needed
    assert all(value in (None, ()) for name, value in said.items() if name not in needed)


def test_what_was_seen_is_told_as_answers_that_name_nobody() -> None:
    policy = MotorPolicyBody.model_validate_json(json.dumps(MOTOR_POLICY_EXAMPLE)).value("CX330126112700")
    told = {**REPORT_EXAMPLE, "occurred_at": AT, "policy": policy.number, "injured": False, "third_party": False}
    told |= {"estimate": 120000, "way": "hotline"}
    del told["external_id"]
    report = LossReport(**told)
    said, _ = read(
        SURVEY, typed(fault="unclear", zones="front", driver="江 一帆", seen_plate="栖a·12k88", seen_vin="X" * 17)
    )
    seen = survey_told(said, "see_1", at=AT, by="usr_gao", report=report, policy=policy)
    assert (seen.same_driver, seen.plate_matches, seen.vin_matches, seen.debris) == (True, True, False, None)
    assert "江" not in repr(seen)
    papers = papers_told({**said, "licence_class": "B1", "needed_class": "C1"}, "spa_1", at=AT, by="usr_gao")
    assert papers.needed_class in (papers.licence_classes or ()) and papers.our_share is None


def test_an_injury_costs_the_sum_of_its_amounts() -> None:
    said, wrong = read(
        INJURY, typed(who="driver", name="江一帆", grade="3", age="15", fee="300", care="0.5", income="9000")
    )
    assert not wrong and cost_of(said) == 30_050
    told = injury_told(said, "see_1", at=AT, by="usr_lin", people=2)
    assert (told.grade, told.working_age, told.people_injured, told.fee) == (3, False, 2, 30_000)
