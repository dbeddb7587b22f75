"""Is this handwriting a name somebody wrote, or a slip of the finger?

The measures are taken against the pad, so that a large pad asks for no smaller a signature than a small one.
They judge the act of writing, never whose hand it was.
"""

from __future__ import annotations

import itertools
import math

import numpy as np

from esign.evidence.handwriting import Handwriting
from esign.evidence.shortcoming import Shortcoming

DOT_AT_MOST = 0.06
"""Longer side of the ink's box, as a share of the pad's shorter side, up to which it is a dot."""
SIZE_AT_LEAST = 0.28
"""Longer side of the ink's box, as a share of the pad's shorter side."""
INK_AT_LEAST = 0.6
"""Length of the path, as a share of the pad's shorter side."""
INK_AT_MOST = 100.0
"""The same, at most: a name of twenty characters has a fifth of it. What is more costs whoever draws it seconds."""
POINTS_AT_LEAST = 12
LINE_AT_MOST = 0.035
"""Spread across the main direction, as a share of the spread along it, up to which it is a straight line."""
MICROSECONDS_AT_LEAST = 250_000
MICROSECONDS_AT_MOST = 600_000_000

_BLANK = Shortcoming(
    "handwriting-blank",
    "方框里还没有字。请用手指在方框里写您的名字。",
    "Nothing has been written yet. Please write your name in the box.",
)
_TIME_DISORDER = Shortcoming(
    "handwriting-time-disorder",
    "手机没有记全这次书写。请清空，再写一次。",
    "The phone did not record the writing fully. Please clear the box and write once more.",
)
_DOT = Shortcoming(
    "handwriting-dot",
    "只收到一个小点。请用手指在方框里写您的名字。",
    "Only a dot was received. Please write your name in the box.",
)
_TOO_SMALL = Shortcoming(
    "handwriting-too-small",
    "写得太小，看不清是谁的名字。请用手指写满方框。",
    "The writing is too small to read. Please write your name as large as the box.",
)
_STRAIGHT_LINE = Shortcoming(
    "handwriting-straight-line",
    "只收到一条直线，看不出名字。请清空，写您的全名。",
    "Only a straight line was received. Please clear the box and write your full name.",
)
_TOO_LITTLE_INK = Shortcoming(
    "handwriting-too-little-ink",
    "笔画太少，看不清是谁的名字。请写您的全名。",
    "There is too little writing to read a name. Please write your full name.",
)
_TOO_MUCH_INK = Shortcoming(
    "handwriting-too-much-ink",
    "方框里画得太满，看不出名字。请清空，只写您的全名。",
    "There is too much writing to read a name. Please clear the box and write your full name alone.",
)
_TOO_FEW_POINTS = Shortcoming(
    "handwriting-too-few-points",
    "手机没有记全这次书写。请清空，慢一点再写一次。",
    "The phone did not record the writing fully. Please clear the box and write a little more slowly.",
)
_TOO_QUICK = Shortcoming(
    "handwriting-too-quick",
    "写得太快，没有记清。请清空，慢一点再写一次。",
    "The writing was too quick to record. Please clear the box and write a little more slowly.",
)
_TOO_LONG = Shortcoming(
    "handwriting-too-long",
    "这次书写隔得太久了。请清空，一次写完您的名字。",
    "The writing took very long. Please clear the box and write your name in one go.",
)


def check_handwriting(hw: Handwriting) -> tuple[Shortcoming, ...]:
    """Return what is wanting, the most telling first; an empty tuple means that it can be used."""
    times = [point.t for stroke in hw.strokes for point in stroke.points]
    if not times:
        return (_BLANK,)
    if any(later < earlier for earlier, later in itertools.pairwise(times)):
        return (_TIME_DISORDER,)
    ink = np.array([(point.x, point.y) for stroke in hw.strokes for point in stroke.points])
    measure = min(hw.pad_width, hw.pad_height)
    size = float(np.ptp(ink, axis=0).max()) / measure
    if size <= DOT_AT_MOST:
        return (_DOT,)
    found: list[Shortcoming] = []
    if size < SIZE_AT_LEAST:
        found.append(_TOO_SMALL)
    if _straightness(ink) <= LINE_AT_MOST:
        found.append(_STRAIGHT_LINE)
    length = _path_length(hw) / measure
    if length < INK_AT_LEAST:
        found.append(_TOO_LITTLE_INK)
    if length > INK_AT_MOST:
        found.append(_TOO_MUCH_INK)
    if len(times) < POINTS_AT_LEAST:
        found.append(_TOO_FEW_POINTS)
    duration = times[-1] - times[0]
    if duration < MICROSECONDS_AT_LEAST:
        found.append(_TOO_QUICK)
    if duration > MICROSECONDS_AT_MOST:
        found.append(_TOO_LONG)
    return tuple(found)


def _path_length(hw: Handwriting) -> float:
    return sum(math.hypot(b.x - a.x, b.y - a.y) for stroke in hw.strokes for a, b in itertools.pairwise(stroke.points))


def _straightness(ink: np.ndarray) -> float:
    """Return spread across over spread along the main direction: 0 for a line, 1 for a round cloud."""
    spreads = np.linalg.svd(ink - ink.mean(axis=0), compute_uv=False)
    return float(spreads[-1] / spreads[0]) if len(ink) > 1 else 0.0
