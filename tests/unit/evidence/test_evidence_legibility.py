"""Reasons for asking somebody to write again, each with a capture that has it."""

from __future__ import annotations

import math

import pytest

from esign.errors import EvidenceError
from esign.evidence import legibility, photo
from esign.evidence.handwriting import Handwriting, Point, Stroke
from esign.evidence.legibility import check_handwriting
from esign.evidence.shortcoming import Shortcoming, require_acceptable
from tests.signers import handwriting


def _capture(places: list[tuple[float, float]], *, microseconds: int = 12_000) -> Handwriting:
    points = tuple(Point(x, y, i * microseconds, 0.5) for i, (x, y) in enumerate(places))
    return Handwriting(300, 100, 2, (Stroke(points, "touch"),) if points else ())


def _loops(size: float, count: int = 60) -> list[tuple[float, float]]:
    return [(150 + size * (i / count - 0.5) * 2, 50 + size * 0.5 * math.sin(i * 0.7)) for i in range(count)]


@pytest.mark.parametrize(
    ("hw", "code"),
    [
        (_capture([]), "handwriting-blank"),
        (_capture([(150 + i % 3, 50 + i % 2) for i in range(80)]), "handwriting-dot"),
        (_capture(_loops(10)), "handwriting-too-small"),
        (_capture([(20 + 4 * i, 40 + i + 0.2 * (i % 2)) for i in range(60)]), "handwriting-straight-line"),
        (_capture([(100 + i, 50 + 12 * math.sin(i / 8)) for i in range(30)]), "handwriting-too-little-ink"),
        (_capture([(5 + 290 * (i % 2), 5 + 90 * (i % 3) / 2) for i in range(60)]), "handwriting-too-much-ink"),
        (_capture(_loops(120, 10), microseconds=40_000), "handwriting-too-few-points"),
        (_capture(_loops(120), microseconds=2_000), "handwriting-too-quick"),
        (_capture(_loops(120), microseconds=20_000_000), "handwriting-too-long"),
        (_capture(_loops(120), microseconds=-1_000), "handwriting-time-disorder"),
    ],
)
def test_a_capture_that_is_no_name_gets_its_reason(hw: Handwriting, code: str) -> None:
    assert [found.code for found in check_handwriting(hw)] == [code]


def test_a_written_name_has_no_shortcoming() -> None:
    assert [check_handwriting(handwriting(seed)) for seed in range(20)] == [()] * 20


def test_a_single_wavy_line_as_large_as_the_pad_will_do() -> None:
    assert check_handwriting(_capture(_loops(120))) == ()


def test_what_is_wanting_is_raised_as_one_line_of_cause_and_cure() -> None:
    require_acceptable(())
    with pytest.raises(EvidenceError) as refused:
        require_acceptable(check_handwriting(_capture(_loops(10))))
    assert refused.value.code == "handwriting-too-small"
    assert str(refused.value) == ("the writing is too small to read; please write your name as large as the box")


_SHORTCOMINGS = [
    value for room in (legibility, photo) for value in vars(room).values() if isinstance(value, Shortcoming)
]


@pytest.mark.parametrize("shortcoming", _SHORTCOMINGS, ids=lambda shortcoming: shortcoming.code)
def test_every_reason_says_what_happened_and_what_to_do_without_blame(shortcoming: Shortcoming) -> None:
    assert shortcoming.zh.count("。") == 2
    assert shortcoming.zh.endswith("。")
    assert "请" in shortcoming.zh.split("。")[1]
    assert not any(word in shortcoming.zh for word in ("失败", "非法", "无效", "错误"))
    assert shortcoming.en.count(". ") == 1
    assert "lease" in shortcoming.en.split(". ")[1]


def test_all_reasons_have_codes_of_their_own() -> None:
    assert len({shortcoming.code for shortcoming in _SHORTCOMINGS}) == len(_SHORTCOMINGS) == 15
