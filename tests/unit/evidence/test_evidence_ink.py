"""Ink outlines: inside their box, free of holes and folds, cheap, and shaped by the pen."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from esign.errors import EvidenceError
from esign.evidence import ink
from esign.evidence.handwriting import Handwriting, Point, Stroke
from esign.evidence.ink import Outline, ink_outlines, render_png
from esign.evidence.ink_raster import FINENESS, cover, winding
from esign.evidence.stroke_outline import Cubic
from tests.examples import some_of
from tests.signers import handwriting

WIDTH, HEIGHT = 160, 60


def _capture(*strokes: Sequence[tuple[float, float]], pressure: float = 0.5) -> Handwriting:
    written, clock = [], 0
    for stroke in strokes:
        points = []
        for x, y in stroke:
            points.append(Point(x, y, clock, pressure))
            clock += 12_000
        written.append(Stroke(tuple(points), "touch"))
    return Handwriting(400, 200, 2, tuple(written))


ZIGZAG = [(20 + 60 * i + 6 * j, 20 + 16 * (j if i % 2 == 0 else 10 - j)) for i in range(6) for j in range(10)]
LOOPS = [(50 + 300 * i / 250 + 40 * math.sin(i / 8), 100 + 70 * math.cos(i / 8) * (1 - i / 400)) for i in range(250)]
RETRACED = [(200 + 150 * math.sin(i / 6), 100.0) for i in range(60)]
CUSPS = [(20 + 3 * i, 180 - 150 * abs(math.sin(i / 9))) for i in range(120)]
STANDING = [(100.0, 100.0)] * 20 + [(100 + 5 * i, 100 + 3 * i) for i in range(30)] + [(245.0, 187.0)] * 20
SHAPES = {
    "zigzag": _capture(ZIGZAG),
    "loops": _capture(LOOPS),
    "retraced": _capture(RETRACED, [(200, 50), (200, 150)]),
    "cusps": _capture(CUSPS),
    "standing still": _capture(STANDING),
    "all at once": _capture(ZIGZAG, LOOPS, CUSPS, [(390.0, 190.0)]),
    "a name": handwriting(7),
}


def _winding(outlines: tuple[Outline, ...]) -> npt.NDArray[np.int32]:
    return winding([(outline.start, outline.segments) for outline in outlines], WIDTH, HEIGHT)


def _union_of_discs(hw: Handwriting) -> npt.NDArray[np.bool_]:
    """What the pen really covers, by definition: every disc of the ink's width along the centre line."""
    rows, columns = HEIGHT * FINENESS, WIDTH * FINENESS
    y, x = np.mgrid[0:rows, 0:columns] + 0.5
    covered = np.zeros((rows, columns), np.bool_)
    for trace in ink._placed(hw, WIDTH, HEIGHT):
        for (cx, cy), reach in zip(trace.centre * FINENESS, trace.half_width * FINENESS, strict=True):
            low, high = max(0, int(rows - cy - reach - 1)), int(rows - cy + reach + 2)
            left, right = max(0, int(cx - reach - 1)), int(cx + reach + 2)
            part = np.s_[low:high, left:right]
            covered[part] |= (x[part] - cx) ** 2 + (rows - y[part] - cy) ** 2 <= reach**2
    return covered


@pytest.mark.parametrize("name", SHAPES)
def test_no_outline_runs_the_wrong_way_round_so_strokes_never_cut_holes_into_each_other(name: str) -> None:
    assert int(_winding(ink_outlines(SHAPES[name], width=WIDTH, height=HEIGHT)).min()) == 0


@pytest.mark.parametrize("name", list(SHAPES))
def test_the_fill_is_what_a_round_pen_covers(name: str) -> None:
    filled = _winding(ink_outlines(SHAPES[name], width=WIDTH, height=HEIGHT)) != 0
    covered = _union_of_discs(SHAPES[name])
    assert covered.sum() > 1000
    assert (filled ^ covered).sum() < 0.05 * covered.sum()


@settings(max_examples=some_of(60), deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 400), st.integers(0, 200)), min_size=1, max_size=12),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_was_written_stays_in_the_box_and_closes(strokes: list[list[tuple[float, float]]]) -> None:
    outlines = ink_outlines(_capture(*strokes), width=WIDTH, height=HEIGHT)
    assert outlines
    for outline in outlines:
        assert outline.segments[-1][2] == outline.start
        for segment in outline.segments:
            x, y = segment[2]
            assert -0.5 <= x <= WIDTH + 0.5
            assert -0.5 <= y <= HEIGHT + 0.5
    # Slivers below a sample's size are all that may run the wrong way.
    assert (_winding(outlines) < 0).sum() <= 12


def _extent(outlines: tuple[Outline, ...]) -> tuple[float, float, float, float]:
    xs = [segment[2][0] for outline in outlines for segment in outline.segments]
    ys = [segment[2][1] for outline in outlines for segment in outline.segments]
    return min(xs), min(ys), max(xs), max(ys)


def test_the_ink_is_cropped_centred_and_keeps_its_aspect() -> None:
    small_in_a_corner = _capture([(10, 10), (20, 10), (30, 10), (30, 20), (30, 30), (20, 30), (10, 30), (10, 10)])
    left, bottom, right, top = _extent(ink_outlines(small_in_a_corner, width=200, height=100))
    assert right - left == pytest.approx(top - bottom, rel=0.05)
    assert (left + right) / 2 == pytest.approx(100, abs=1)
    assert (bottom + top) / 2 == pytest.approx(50, abs=1)
    assert 85 < top - bottom < 98


def test_up_on_the_pad_is_up_on_the_page() -> None:
    dot_above_bar = _capture([(200, 20)], [(100 + 5 * i, 150) for i in range(40)])
    outlines = ink_outlines(dot_above_bar, width=WIDTH, height=HEIGHT)
    dot, bar = (outline.start[1] for outline in outlines)
    assert dot > 40
    assert bar < 20


def test_a_firmer_hand_leaves_a_broader_stroke() -> None:
    light, firm = (
        Stroke(tuple(Point(20 + 4 * i, y, (i + start) * 9_000, pressure) for i in range(80)), "pen")
        for y, start, pressure in ((50, 0, 0.2), (150, 100, 0.9))
    )
    filled = _winding(ink_outlines(Handwriting(400, 200, 2, (light, firm)), width=WIDTH, height=HEIGHT)) != 0
    rows = filled.shape[0]
    assert filled[rows // 2 :].sum() > 1.8 * filled[: rows // 2].sum()


def test_without_pressure_a_slower_hand_leaves_a_broader_stroke() -> None:
    quick = [(20 + 12 * i, 50.0) for i in range(30)]
    slow = [(20 + 3 * i, 150.0) for i in range(117)]
    filled = _winding(ink_outlines(_capture(quick, slow), width=WIDTH, height=HEIGHT)) != 0
    rows = filled.shape[0]
    assert filled[rows // 2 :].sum() > 1.15 * filled[: rows // 2].sum()


def test_a_name_costs_a_few_kilobytes_and_is_the_same_every_time() -> None:
    outlines = ink_outlines(handwriting(3), width=WIDTH, height=HEIGHT)
    assert outlines == ink_outlines(handwriting(3), width=WIDTH, height=HEIGHT)
    assert sum(len(outline.segments) for outline in outlines) < 400
    numbers = [n for outline in outlines for segment in outline.segments for vertex in segment for n in vertex]
    assert all(round(number, 2) == number for number in numbers)


def test_as_many_points_as_are_accepted_do_not_make_the_page_heavy() -> None:
    scribble = [(200 + 190 * math.sin(i / 90), 100 + 95 * math.sin(i / 70)) for i in range(20_000)]
    outlines = ink_outlines(_capture(scribble), width=WIDTH, height=HEIGHT)
    assert sum(len(outline.segments) for outline in outlines) < 20_000


def test_no_strokes_or_no_box_is_an_error() -> None:
    with pytest.raises(EvidenceError) as blank:
        ink_outlines(_capture(), width=10, height=10)
    assert blank.value.code == "handwriting-blank"
    for width, height in ((0.0, 10.0), (10.0, float("nan")), (float("inf"), 10.0)):
        with pytest.raises(EvidenceError) as no_box:
            ink_outlines(handwriting(1), width=width, height=height)
        assert no_box.value.code == "ink-box"
    with pytest.raises(EvidenceError) as too_large:
        render_png(handwriting(1), width=100_000, height=100_000)
    assert too_large.value.code == "ink-box"


def test_the_picture_is_smooth_ink_on_a_transparent_ground() -> None:
    png = render_png(handwriting(2), width=320, height=120)
    assert png == render_png(handwriting(2), width=320, height=120)
    with Image.open(io.BytesIO(png)) as picture:
        assert (picture.format, picture.mode, picture.size) == ("PNG", "RGBA", (320, 120))
        alpha = np.asarray(picture.getchannel("A"))
    assert alpha[0, 0] == 0
    assert (alpha == 255).sum() > 1_000
    assert len(np.unique(alpha)) > 8


def test_nonzero_filling_covers_a_square_exactly_whichever_way_it_runs() -> None:
    square = [(2.0, 2.0), (6.0, 2.0), (6.0, 6.0), (2.0, 6.0)]

    def path(corners: list[tuple[float, float]]) -> tuple[tuple[float, float], list[Cubic]]:
        ends = [*corners[1:], corners[0]]
        return corners[0], [(a, b, b) for a, b in zip(corners, ends, strict=True)]

    expected = np.zeros((8, 8), np.uint8)
    expected[2:6, 2:6] = 255
    assert (cover([path(square)], 8, 8) == expected).all()
    assert (cover([path(square[::-1])], 8, 8) == expected).all()
    assert (cover([path(square), path(square)], 8, 8) == expected).all()


def test_a_pointer_that_reports_the_same_time_twice_still_gives_ink() -> None:
    hw = handwriting(1)
    frozen = tuple(
        Stroke(tuple(point._replace(t=0, pressure=0.0) for point in stroke.points), "mouse") for stroke in hw.strokes
    )
    outlines = ink_outlines(replace(hw, strokes=frozen), width=WIDTH, height=HEIGHT)
    assert (_winding(outlines) != 0).sum() > 1_000
