"""The recorded handwriting: valid, acceptable, like a pad's record, and what the generator makes."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from demo.handwriting import RECORDINGS, recorded_handwriting
from demo.handwriting.record import SESSIONS, record
from esign.evidence.handwriting import Handwriting, parse_handwriting
from esign.evidence.ink import render_png
from esign.evidence.legibility import check_handwriting

STROKES = {"于文山": 3 + 3 + 2, "叶小禾": 5 + 3 + 5}


@pytest.fixture(params=RECORDINGS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def handwriting(name: str) -> Handwriting:
    return parse_handwriting(recorded_handwriting(name))


def test_a_recording_is_accepted_as_handwriting(handwriting: Handwriting) -> None:
    assert check_handwriting(handwriting) == ()


def test_a_recording_has_the_strokes_of_the_name(name: str, handwriting: Handwriting) -> None:
    assert len(handwriting.strokes) == STROKES[name]


def test_points_come_a_hundred_and_twenty_times_a_second_but_not_like_clockwork(handwriting: Handwriting) -> None:
    for stroke in handwriting.strokes:
        steps = [b.t - a.t for a, b in zip(stroke.points, stroke.points[1:], strict=False)]
        assert all(7_900 <= step <= 8_800 for step in steps)
        assert len(set(steps)) > len(steps) // 2 or len(steps) < 4, "no real pad's clock is this even"


def test_pressure_rises_and_falls_within_a_stroke(handwriting: Handwriting) -> None:
    for stroke in handwriting.strokes:
        pressures = [point.pressure for point in stroke.points]
        assert max(pressures) - min(pressures) > 0.1
        assert max(pressures) > 1.5 * pressures[0], "the pen lands lightly"


def test_the_two_hands_differ_in_speed() -> None:
    seconds = {}
    for name in RECORDINGS:
        strokes = parse_handwriting(recorded_handwriting(name)).strokes
        way = sum(
            ((b.x - a.x) ** 2 + (b.y - a.y) ** 2) ** 0.5
            for s in strokes
            for a, b in zip(s.points, s.points[1:], strict=False)
        )
        seconds[name] = sum(s.points[-1].t - s.points[0].t for s in strokes) / way
    assert seconds["叶小禾"] > 1.3 * seconds["于文山"]


def test_the_recording_is_what_the_generator_makes(name: str, handwriting: Handwriting) -> None:
    again = record(SESSIONS[name])
    assert len(again.strokes) == len(handwriting.strokes)
    for made, kept in zip(again.strokes, handwriting.strokes, strict=True):
        assert len(made.points) == len(kept.points)
        for a, b in zip(made.points, kept.points, strict=True):
            assert abs(a.x - b.x) < 0.02
            assert abs(a.y - b.y) < 0.02
            assert abs(a.t - b.t) <= 1


def test_the_ink_fills_the_box_from_side_to_side(handwriting: Handwriting) -> None:
    with Image.open(io.BytesIO(render_png(handwriting, width=600, height=240))) as picture:
        box = picture.getchannel("A").getbbox()
    assert box is not None
    assert box[2] - box[0] > 480 or box[3] - box[1] > 200
