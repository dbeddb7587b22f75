"""The JSON form of handwriting: what is read comes back, and nothing else is read."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esign.errors import EvidenceError
from esign.evidence.handwriting import (
    BYTES_AT_MOST,
    POINTS_AT_MOST,
    STROKES_AT_MOST,
    Handwriting,
    Point,
    Stroke,
    canonical_handwriting,
    encode_handwriting,
    parse_handwriting,
)
from tests.signers import handwriting, handwriting_json

FORM: dict[str, Any] = {
    "schema": "esign-handwriting/1",
    "pad": {"width": 300, "height": 100},
    "pixel_ratio": 2,
    "channels": ["x", "y", "t", "pressure"],
    "strokes": [
        {"pointer": "touch", "points": [[10, 20, 0, 0.5], [11.5, 21, 16000, 0.5]]},
        {"pointer": "touch", "points": [[30, 20, 90000, 0.5]]},
    ],
}


@st.composite
def captures(draw: st.DrawFn) -> Handwriting:
    width = draw(st.floats(40, 10_000))
    height = draw(st.floats(40, 10_000))
    clock = 0
    strokes = []
    for _ in range(draw(st.integers(0, 4))):
        points = []
        for _ in range(draw(st.integers(1, 6))):
            clock += draw(st.integers(0, 10_000_000))
            x, y = draw(st.floats(0, width)), draw(st.floats(0, height))
            points.append(Point(x, y, clock, draw(st.floats(0, 1))))
        strokes.append(Stroke(tuple(points), draw(st.sampled_from(("pen", "touch", "mouse")))))
    return Handwriting(width, height, draw(st.floats(0.25, 10)), tuple(strokes))


@settings(deadline=None)
@given(captures())
def test_what_is_encoded_is_parsed_to_the_same_capture(hw: Handwriting) -> None:
    encoded = encode_handwriting(hw)
    assert parse_handwriting(encoded) == hw
    assert encode_handwriting(parse_handwriting(encoded)) == encoded
    assert canonical_handwriting(parse_handwriting(encoded)) == encoded


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_parsed_or_refused_with_a_code_of_ours(data: bytes) -> None:
    with pytest.raises(EvidenceError, match=r"; ") as refused:
        parse_handwriting(data)
    assert refused.value.code.startswith("handwriting-")


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None)
@given(st.sampled_from(("pad", "pixel_ratio", "channels", "strokes", "schema")), _values)
def test_any_value_in_any_member_is_parsed_or_refused_with_a_code_of_ours(member: str, value: object) -> None:
    try:
        parsed = parse_handwriting(json.dumps({**FORM, member: value}).encode())
    except EvidenceError as refused:
        assert refused.code.startswith("handwriting-")
    else:
        assert member in {"pixel_ratio", "strokes"}
        assert parsed.pad_width == 300


def test_the_documented_form_is_read() -> None:
    hw = parse_handwriting(json.dumps(FORM).encode())
    assert hw.strokes[0].points[1] == Point(11.5, 21.0, 16_000, 0.5)
    assert (hw.pad_width, hw.pad_height, hw.pixel_ratio) == (300.0, 100.0, 2.0)
    assert hw.strokes[1].pointer == "touch"


def _changed(path: tuple[Any, ...], value: object) -> bytes:
    form = copy.deepcopy(FORM)
    place: Any = form
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return json.dumps(form).encode()


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (("schema",), "esign-handwriting/2", "handwriting-schema"),
        (("schema",), None, "handwriting-schema"),
        (("extra",), 1, "handwriting-form"),
        (("pad", "depth"), 1, "handwriting-form"),
        (("pad", "width"), "300", "handwriting-form"),
        (("pad", "width"), True, "handwriting-form"),
        (("pad", "width"), 39, "handwriting-range"),
        (("pad", "height"), 10**400, "handwriting-range"),
        (("pixel_ratio",), 0, "handwriting-range"),
        (("channels",), ["y", "x", "t", "pressure"], "handwriting-form"),
        (("strokes",), {}, "handwriting-form"),
        (("strokes", 0, "pointer"), "eraser", "handwriting-form"),
        (("strokes", 0, "pointer"), ["pen"], "handwriting-form"),
        (("strokes", 0, "points"), [], "handwriting-form"),
        (("strokes", 0, "points", 0), [10, 20, 0], "handwriting-form"),
        (("strokes", 0, "points", 0), {"x": 1}, "handwriting-form"),
        (("strokes", 0, "points", 0, 0), -16, "handwriting-range"),
        (("strokes", 0, "points", 0, 0), 316, "handwriting-range"),
        (("strokes", 0, "points", 0, 2), 0.5, "handwriting-form"),
        (("strokes", 0, "points", 0, 2), -1, "handwriting-range"),
        (("strokes", 0, "points", 0, 3), 1.01, "handwriting-range"),
        (("strokes", 0, "points", 0, 2), 16_001, "handwriting-time"),
        (("strokes", 1, "points", 0, 2), 15_999, "handwriting-time"),
    ],
)
def test_a_form_that_is_not_as_documented_is_refused(path: tuple[Any, ...], value: object, code: str) -> None:
    with pytest.raises(EvidenceError) as refused:
        parse_handwriting(_changed(path, value))
    assert refused.value.code == code


def test_a_finger_that_slides_a_little_off_the_pad_is_accepted() -> None:
    assert parse_handwriting(_changed(("strokes", 0, "points", 0, 0), -14)).strokes[0].points[0].x == -14


@pytest.mark.parametrize(
    "text",
    [
        '{"schema":"esign-handwriting/1","schema":"esign-handwriting/1"}',
        '{"schema":NaN}',
        '{"pad":-Infinity}',
        "[" * 200_000,
        '{"a":' * 100_000,
        '{"schema":' + "9" * 5_000 + "}",
        "\ufeff{}",
        "",
    ],
    ids=["key twice", "NaN", "infinity", "deep arrays", "deep objects", "huge number", "BOM", "empty"],
)
def test_hostile_json_is_refused(text: str) -> None:
    with pytest.raises(EvidenceError) as refused:
        parse_handwriting(text.encode())
    assert refused.value.code == "handwriting-json"


def test_a_number_that_overflows_to_infinity_is_refused() -> None:
    text = json.dumps(FORM).replace("11.5", "1e999")
    with pytest.raises(EvidenceError) as refused:
        parse_handwriting(text.encode())
    assert refused.value.code == "handwriting-range"


def test_too_many_bytes_strokes_or_points_are_refused() -> None:
    stroke = {"pointer": "pen", "points": [[1, 1, 0, 0]]}
    row = [[1, 1, 0, 0]] * (POINTS_AT_MOST // 2 + 1)
    long_stroke = {"pointer": "pen", "points": row}
    for data in (
        b" " * (BYTES_AT_MOST + 1),
        _changed(("strokes",), [stroke] * (STROKES_AT_MOST + 1)),
        _changed(("strokes",), [long_stroke, long_stroke]),
    ):
        with pytest.raises(EvidenceError) as refused:
            parse_handwriting(data)
        assert refused.value.code == "handwriting-size"


def test_a_capture_that_could_not_have_come_from_outside_is_not_encoded() -> None:
    point = Point(float("nan"), 1.0, 0, 0.5)
    with pytest.raises(EvidenceError) as refused:
        encode_handwriting(Handwriting(300, 100, 1, (Stroke((point,), "pen"),)))
    assert refused.value.code == "handwriting-range"


def test_neither_repr_nor_errors_show_the_strokes() -> None:
    hw = handwriting(1)
    assert str(hw.strokes[0].points[0].x) not in repr(hw)
    data = handwriting_json(1).replace(b'"pen"', b'"secret-pointer"')
    with pytest.raises(EvidenceError) as refused:
        parse_handwriting(data)
    assert "secret-pointer" not in str(refused.value)


def test_test_signers_write_the_same_for_the_same_seed_only() -> None:
    assert handwriting_json(4) == handwriting_json(4)
    assert handwriting_json(4) != handwriting_json(5)
