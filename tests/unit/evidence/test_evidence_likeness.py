"""Copies of a handwriting are found, however they were dressed up; what a hand wrote twice is not taken for a copy."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demo.handwriting.motion import Hand, Pen
from demo.handwriting.record import SESSIONS, record
from esign.errors import EvidenceError
from esign.evidence.handwriting import Handwriting, Point, Stroke
from esign.evidence.likeness import REPLAY, is_replay, likeness, stroke_digest, stroke_fingerprint
from tests.examples import some_of
from tests.signers import handwriting

FAMILIES = 4
WRITINGS = 8


@cache
def written_again(name: str) -> tuple[Handwriting, ...]:
    """The same name by the same demo hand, in the same place, as often as it is asked for."""
    session = SESSIONS[name]
    return tuple(record(replace(session, hand=replace(session.hand, seed=seed))) for seed in range(12))


@cache
def families() -> tuple[tuple[Handwriting, ...], ...]:
    """Captures of the test signers, those of one name together."""
    by_name: dict[tuple[int, ...], list[Handwriting]] = {}
    for seed in range(700):
        # The signer draws the number of characters and the characters first, from the same seed.
        chance = random.Random(seed)  # noqa: S311
        count = chance.choice((2, 3))
        by_name.setdefault(tuple(chance.sample(range(4), count)), []).append(handwriting(seed))
    return tuple(tuple(same[:WRITINGS]) for _, same in sorted(by_name.items())[:FAMILIES])


def swept(name: int, seed: int) -> Handwriting:
    """A name that is one zigzag of the pen, each corner within 1.5 % of its size: the least there is to compare."""
    chance = random.Random(name)  # noqa: S311
    corners = chance.randrange(7, 11)
    path = tuple((12 * i + chance.uniform(-4, 4), 50 + (-1) ** i * chance.uniform(15, 45), 0.6) for i in range(corners))
    hand = Hand(speed=500, tremor=0.2, slant=0.03, wobble=1.5, pause=0.1, firmness=0.9, seed=seed)
    stroke = Pen(hand, pointer="pen", lead=0.5).write(path, left=40, top=20, size=280)
    return Handwriting(760, 320, 2, (stroke,))


@cache
def captures() -> tuple[Handwriting, ...]:
    """One writing each of many hands. Every test process loads this file: only the one that tests it writes them."""
    return (
        *(written_again(name)[0] for name in SESSIONS),
        *(handwriting(seed) for seed in range(8)),
        *(swept(name, 0) for name in range(2)),
    )


CAPTURES = len(SESSIONS) + 8 + 2
"""How many there are."""


def moved(hw: Handwriting, change: Callable[[Point], Point]) -> Handwriting:
    return replace(hw, strokes=tuple(replace(s, points=tuple(map(change, s.points))) for s in hw.strokes))


def affine(
    hw: Handwriting, *, scale: float = 1, shift: tuple[float, float] = (0, 0), stretch: float = 1
) -> Handwriting:
    return moved(
        hw,
        lambda p: p._replace(x=p.x * scale + shift[0], y=p.y * scale + shift[1], t=round(p.t * stretch) + 5_000),
    )


def noisy(hw: Handwriting, size: float, seed: int) -> Handwriting:
    chance = random.Random(seed)  # noqa: S311
    return moved(
        hw, lambda p: p._replace(x=round(p.x + chance.gauss(0, size), 2), y=round(p.y + chance.gauss(0, size), 2))
    )


def thinned(hw: Handwriting) -> Handwriting:
    """Every second point, as a pad with half the rate reports them; a stroke may lose its last one."""
    return replace(hw, strokes=tuple(replace(s, points=s.points[::2]) for s in hw.strokes))


def flattened(hw: Handwriting) -> Handwriting:
    return moved(hw, lambda p: p._replace(pressure=0.5))


def turned(hw: Handwriting, angle: float = 0.1) -> Handwriting:
    cos, sin = math.cos(angle), math.sin(angle)
    return moved(hw, lambda p: p._replace(x=p.x * cos - p.y * sin, y=p.x * sin + p.y * cos))


def slanted(hw: Handwriting) -> Handwriting:
    return moved(hw, lambda p: p._replace(x=0.9 * p.x - 0.15 * p.y, y=1.1 * p.y))


def rounded(hw: Handwriting) -> Handwriting:
    return moved(hw, lambda p: p._replace(x=float(round(p.x)), y=float(round(p.y))))


def in_another_rhythm(hw: Handwriting) -> Handwriting:
    """Every stroke and every pause up to 60 % longer or shorter than it was."""
    chance = random.Random(len(hw.strokes))  # noqa: S311
    clock, last, strokes = 0, hw.strokes[0].points[0].t, []
    for stroke in hw.strokes:
        start = stroke.points[0].t
        clock += round((start - last) * chance.uniform(0.6, 1.6))
        pace = chance.uniform(0.6, 1.6)
        points = tuple(p._replace(t=clock + round((p.t - start) * pace)) for p in stroke.points)
        clock, last = points[-1].t, stroke.points[-1].t
        strokes.append(replace(stroke, points=points))
    return replace(hw, strokes=tuple(strokes))


def in_one_stroke(hw: Handwriting) -> Handwriting:
    return replace(hw, strokes=(Stroke(tuple(p for s in hw.strokes for p in s.points), "pen"),))


DISGUISES: dict[str, Callable[[Handwriting], Handwriting]] = {
    "none": lambda hw: hw,
    "shifted": lambda hw: affine(hw, shift=(17.25, -3.5)),
    "smaller": lambda hw: affine(hw, scale=0.6),
    "slower": lambda hw: affine(hw, stretch=1.37),
    "noise of half a pixel": lambda hw: noisy(hw, 0.5, 1),
    "noise of a whole pixel": lambda hw: noisy(hw, 1.0, 1),
    "half the rate": thinned,
    "flat pressure": flattened,
    "turned": turned,
    "slanted": slanted,
    "whole pixels": rounded,
    "another rhythm": in_another_rhythm,
    "another rhythm and noise": lambda hw: noisy(in_another_rhythm(hw), 0.5, 2),
    "one stroke": in_one_stroke,
    "all at once": lambda hw: flattened(noisy(thinned(affine(hw, scale=0.8, stretch=1.2)), 0.5, 3)),
}


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_copy_is_found_in_any_of_its_disguises(disguise: str) -> None:
    for hw in captures():
        copy = DISGUISES[disguise](hw)
        assert is_replay(stroke_fingerprint(hw), stroke_fingerprint(copy))


@settings(max_examples=some_of(60))
@given(
    number=st.integers(0, CAPTURES - 1),
    scale=st.floats(0.5, 2),
    shift=st.tuples(st.floats(-100, 100), st.floats(-100, 100)),
    stretch=st.floats(0.5, 3),
    noise=st.floats(0, 0.5),
    seed=st.integers(0, 1000),
    flat=st.booleans(),
)
def test_shift_scale_stretch_and_half_a_pixel_of_noise_hide_no_copy(
    number: int, scale: float, shift: tuple[float, float], stretch: float, noise: float, seed: int, flat: bool
) -> None:
    hw = captures()[number]
    copy = affine(noisy(hw, noise, seed), scale=scale, shift=shift, stretch=stretch)
    copy = flattened(copy) if flat else copy
    assert likeness(stroke_fingerprint(hw), stroke_fingerprint(copy)) > 0.7


def test_a_copy_of_a_copy_is_one_too() -> None:
    for hw in captures()[:4]:
        first, second = stroke_fingerprint(noisy(hw, 0.5, 1)), stroke_fingerprint(thinned(noisy(hw, 0.5, 2)))
        assert is_replay(first, second)


@pytest.mark.parametrize("name", SESSIONS)
def test_even_the_steadiest_hand_does_not_write_a_copy(name: str) -> None:
    prints = [stroke_fingerprint(hw) for hw in written_again(name)]
    closest = max(likeness(a, b) for a, b in itertools.combinations(prints, 2))
    assert 0.2 < closest < REPLAY


@pytest.mark.parametrize("family", range(FAMILIES))
def test_the_same_name_written_twice_is_far_from_a_copy(family: int) -> None:
    prints = [stroke_fingerprint(hw) for hw in families()[family]]
    assert len(prints) == WRITINGS
    assert max(likeness(a, b) for a, b in itertools.combinations(prints, 2)) < 0.33


@pytest.mark.parametrize("name", range(4))
def test_even_a_single_zigzag_is_not_drawn_twice(name: int) -> None:
    prints = [stroke_fingerprint(swept(name, seed)) for seed in range(8)]
    assert max(likeness(a, b) for a, b in itertools.combinations(prints, 2)) < 0.33


def test_different_names_are_not_alike() -> None:
    prints = [stroke_fingerprint(same[0]) for same in (*families(), *map(written_again, SESSIONS))]
    assert max(likeness(a, b) for a, b in itertools.combinations(prints, 2)) < 0.2


def test_likeness_is_one_for_itself_and_the_same_both_ways() -> None:
    a, b = map(stroke_fingerprint, families()[0][:2])
    assert likeness(a, a) == 1
    assert likeness(a, b) == likeness(b, a)
    assert 0 < likeness(a, b) < 1


def test_a_fingerprint_is_small_and_the_same_each_time() -> None:
    prints = {stroke_fingerprint(captures()[0]) for _ in range(2)}
    assert [(len(data), data[0]) for data in prints] == [(2593, 1)]


@pytest.mark.parametrize("broken", [b"", b"\x01", b"\x02" + bytes(2592), b"\x01" + bytes(2591), b"\x01" + bytes(2593)])
def test_what_is_no_fingerprint_is_refused(broken: bytes) -> None:
    whole = stroke_fingerprint(captures()[0])
    for pair in ((broken, whole), (whole, broken)):
        with pytest.raises(EvidenceError) as refused:
            likeness(*pair)
        assert refused.value.code == "fingerprint-form"


def test_any_bytes_of_the_right_length_and_version_are_compared_without_harm() -> None:
    chance = random.Random(7)  # noqa: S311
    hostile = [b"\x01" + fill for fill in (bytes(2592), b"\xff" * 2592, chance.randbytes(2592))]
    whole = stroke_fingerprint(captures()[0])
    assert all(0 <= likeness(whole, data) < REPLAY for data in hostile)


LOOP = tuple(Point(0.0 if i != 1 else 50.0, 0.0, (0, 1, 2, 10_000_000)[i], 0.5) for i in range(4))
"""A twitch of two microseconds, and a rest of ten seconds in the same place."""


@pytest.mark.parametrize(
    "points",
    [
        (),
        (Point(1, 1, 0, 0.5),),
        (Point(1, 1, 0, 0.5), Point(1, 1, 9_000, 0.5)),
        (Point(1, 1, 0, 0.5), Point(9, 9, 0, 0.5)),
        (Point(0, 0, 0, 0.5), Point(1e-300, 0, 9_000, 0.5)),
    ],
)
def test_ink_without_length_or_duration_cannot_be_compared(points: tuple[Point, ...]) -> None:
    hw = Handwriting(300, 100, 2, (Stroke(points, "touch"),) if points else ())
    for describe in (stroke_fingerprint, stroke_digest):
        with pytest.raises(EvidenceError) as refused:
            describe(hw)
        assert refused.value.code == "handwriting-not-comparable"


def test_a_twitch_before_a_long_rest_cannot_be_compared_in_step() -> None:
    with pytest.raises(EvidenceError) as refused:
        stroke_fingerprint(Handwriting(300, 100, 2, (Stroke(LOOP, "touch"),)))
    assert refused.value.code == "handwriting-not-comparable"


@settings(max_examples=some_of(60))
@given(
    number=st.integers(0, CAPTURES - 1),
    scale=st.floats(0.5, 2),
    shift=st.tuples(st.floats(-100, 100), st.floats(-100, 100)),
    stretch=st.sampled_from((0.5, 1.0, 2.0, 3.0)),
)
def test_a_digest_outlives_shift_scale_and_stretch(
    number: int, scale: float, shift: tuple[float, float], stretch: float
) -> None:
    hw = captures()[number]
    digest = stroke_digest(affine(hw, scale=scale, shift=shift, stretch=stretch))
    assert digest == stroke_digest(hw)
    assert len(digest) == 32


def test_a_digest_outlives_pressure_and_mostly_coordinates_rounded_anew() -> None:
    chance = random.Random(3)  # noqa: S311
    found = 0
    for number in range(200):
        hw = captures()[number % CAPTURES]
        copy = affine(flattened(hw), scale=chance.uniform(0.4, 1.5), stretch=chance.uniform(0.5, 2))
        copy = moved(copy, lambda p: p._replace(x=round(p.x, 2), y=round(p.y, 2)))
        found += stroke_digest(copy) == stroke_digest(hw)
    assert found >= 193


def test_no_two_writings_share_a_digest() -> None:
    written = [hw for same in (*families(), *map(written_again, SESSIONS)) for hw in same]
    assert len({stroke_digest(hw) for hw in written}) == len(written)
