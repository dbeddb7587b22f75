"""Is this handwriting a copy of one that was captured before?

Nobody writes a name twice in the same way. A capture that follows an earlier one more closely than a hand can was not
written, it was played back, whatever was done to hide that. Two captures are compared in two ways, and the one in
which they are closer counts:

in step      Both are read at 256 moments, evenly spread over the writing, and compared where the pen is down in both.
             Two genuine writings soon fall out of step; a copy never does, even if each point was moved a little.
along        Both ways of the pen, from stroke to stroke, are read at 384 places, evenly spread over their length and
             lightly smoothed, and compared across the way only. Speed, pauses and the division into strokes play no
             part, so that a copy with another rhythm is found too.

Before comparing, one is laid over the other by the best affine map: shift, scale, stretch, slant and turn hide
nothing. Pressure never counts, since many devices have none and it is easily made flat. Distances are the root mean
square over the places but for the worst tenth, as a share of the writing's own (root mean square) radius.

The limits were chosen on invented hands writing on pads of 640 and 760 px, and not yet tried on real ones
(tests/unit/evidence/test_evidence_likeness.py guards the margins). The worst that was found:

                                                                    in step     along
copies shifted, scaled, stretched in time, turned, slanted, flat     0.0005         -
copies moved by noise of 0.5 px (1 px)                       0.0040 (0.008)         -
copies in another rhythm, and with noise of 0.5 px                        -    0.0030
copies at half the rate                                                   -    0.0030
LIMIT                                                                 0.012    0.0038
the demo's hands, which keep place, size and speed and each
corner within 0.7 % of the character's size                           0.022    0.0041
one zigzag of the pen, each corner within 1.5 %                       0.033    0.0091
names by the test signers, each corner within 1.2 %                   0.045    0.0102

Noise of 2 px, or of 1 px with another rhythm, begins to hide a copy.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from esign.errors import EvidenceError
from esign.evidence.handwriting import Handwriting

IN_STEP = 0.012
ALONG = 0.0038
"""Distances up to which two captures are one and its copy: 3 times and 1.3 times what 0.5 px of noise makes of it."""
REPLAY = 0.5
"""Likeness from which a capture is a copy: reached exactly at those distances."""

_Floats = NDArray[np.float64]
_Truths = NDArray[np.bool_]

_VERSION = b"\x01"
_MOMENTS, _PLACES = 256, 384
_UNIT = 1400.0  # steps to a radius of 1; no place is farther out than the root of how many there are, so int16 holds it
_FORM_BYTES = 1 + _MOMENTS // 8 + 4 * (_MOMENTS + _PLACES)

_PX_AT_LEAST = 0.01
_FINE_PLACES = 1024
_SMOOTHED = 0.008  # standard deviation of the smoothing, as a share of the diagonal of the ink's box
_REACH = 9  # places before and after among which the way is looked for: 2.3 % of it
_ROUNDS = 4
_COUNTED = 0.9  # without the worst tenth: a coarser copy loses the ends of its strokes
_MOMENTS_AT_LEAST = _MOMENTS // 4

_DIGEST_NAME = b"esign-stroke-digest/1"
_DIGEST_PLACES = 16
_DIGEST_STEPS, _DIGEST_TIME_STEPS = 16, 32
_OFF_CENTRE = 0.371  # keeps values that are likely to be met exactly, such as 0 and 1/2, away from a step's edge


def stroke_fingerprint(hw: Handwriting) -> bytes:
    """Return what `likeness` compares: 2593 bytes, the first of which is the version of the form.

    It draws the handwriting again in all but size and pressure: seal it as the handwriting itself, and erase it with
    that. Raises `EvidenceError` (`handwriting-not-comparable`) if the ink has no length or the writing no duration;
    `check_handwriting` finds those wanting first.
    """
    strokes, points = _points(hw)
    moments, down = _by_time(strokes, points)
    places = _by_length(points[:, :2])
    numbers = np.rint(np.concatenate([_normalised(moments), _normalised(places)]) * _UNIT).astype("<i2")
    return _VERSION + np.packbits(down).tobytes() + numbers.tobytes()


def likeness(a: bytes, b: bytes) -> float:
    """Return how alike two captures are, from 0 to 1 (equal); the order does not matter.

    `a` and `b` are fingerprints. Raises `EvidenceError` (`fingerprint-form`) if one is of another version or broken.
    """
    one, other = _Fingerprint.read(a), _Fingerprint.read(b)
    if a == b:
        return 1.0
    distance = min(_in_step(one, other) / IN_STEP, _along(one.places, other.places) / ALONG)
    return 1 / (1 + distance)


def is_replay(a: bytes, b: bytes) -> bool:
    """Tell whether one of two captures (fingerprints) is a copy of the other. Raises as `likeness` does."""
    return likeness(a, b) >= REPLAY


def stroke_digest(hw: Handwriting) -> bytes:
    """Return 32 bytes that are the same for copies that were shifted, scaled or stretched in time, and no more.

    It is for looking up by an index whether a capture was played back as it was, among millions. It goes by the
    number of points in each stroke and by the roughly rounded place and time of 16 points. Rounding the coordinates of
    a scaled copy anew (to 0.01 px) makes it miss one or two in a hundred, so a miss proves nothing; other copies are
    for `is_replay`. No secret goes in: whoever has the handwriting can make it, so key it before it is stored and erase
    it with the handwriting. Raises as `stroke_fingerprint` does.
    """
    _, points = _points(hw)
    chosen = points[np.rint(np.linspace(0, len(points) - 1, _DIGEST_PLACES)).astype(np.intp)]
    centre, radius = _circle(points[:, :2])
    start, end = points[0, 2], points[-1, 2]
    steps = np.column_stack(
        [
            (chosen[:, :2] - centre) / radius * _DIGEST_STEPS,
            (chosen[:, 2] - start) / (end - start) * _DIGEST_TIME_STEPS,
        ]
    )
    counts = np.array([len(hw.strokes), *(len(stroke.points) for stroke in hw.strokes)], dtype="<u4")
    rounded = np.floor(steps + _OFF_CENTRE).astype("<i4")
    return hashlib.sha256(_DIGEST_NAME + counts.tobytes() + rounded.tobytes()).digest()


@dataclass(frozen=True)
class _Fingerprint:
    """Normalised places, two columns each: `moments` evenly in time, `places` along the way; `down`: pen on the pad."""

    down: _Truths
    moments: _Floats
    places: _Floats

    @staticmethod
    def read(data: bytes) -> _Fingerprint:
        if len(data) != _FORM_BYTES or data[:1] != _VERSION:
            raise EvidenceError(
                "fingerprint-form",
                "the fingerprint of a handwriting is broken or of another version",
                "make it anew from the handwriting",
            )
        head = 1 + _MOMENTS // 8
        down = np.unpackbits(np.frombuffer(data[1:head], np.uint8)).astype(np.bool_)
        both = np.frombuffer(data[head:], "<i2").astype(np.float64).reshape(-1, 2) / _UNIT
        return _Fingerprint(down, both[:_MOMENTS], both[_MOMENTS:])


def _points(hw: Handwriting) -> tuple[NDArray[np.intp], _Floats]:
    """Return the number of each point's stroke, and rows of x, y, t; with length and duration, or raise."""
    rows = [(number, p.x, p.y, p.t) for number, stroke in enumerate(hw.strokes) for p in stroke.points]
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    points = table[:, 1:]
    if len(points) < 2 or points[-1, 2] <= points[0, 2] or np.ptp(points[:, :2], axis=0).max() < _PX_AT_LEAST:
        _refuse()
    return table[:, 0].astype(np.intp), points


def _refuse() -> NoReturn:
    raise EvidenceError(
        "handwriting-not-comparable",
        "the handwriting has no length or no duration, so it cannot be compared with others",
        "ask for the handwriting again",
    )


def _by_time(strokes: NDArray[np.intp], points: _Floats) -> tuple[_Floats, _Truths]:
    times = points[:, 2]
    moments = np.linspace(times[0], times[-1], _MOMENTS)
    before = np.searchsorted(times, moments, side="right") - 1
    after = np.minimum(before + 1, len(times) - 1)
    return _between(times, points[:, :2], moments), strokes[before] == strokes[after]


def _by_length(ink: _Floats) -> _Floats:
    """Return evenly spaced places of the smoothed way of the pen: noise makes a raw way longer where it is slow."""
    fine, length = _evenly(ink, _FINE_PLACES)
    sigma = _SMOOTHED * math.hypot(*np.ptp(ink, axis=0)) / (length / _FINE_PLACES)
    reach = math.ceil(4 * sigma)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    padded = np.pad(fine, ((reach, reach), (0, 0)), mode="edge")
    smooth = [np.convolve(padded[:, axis], weights / weights.sum(), "valid") for axis in (0, 1)]
    return _evenly(np.column_stack(smooth), _PLACES)[0]


def _evenly(way: _Floats, count: int) -> tuple[_Floats, float]:
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(way, axis=0).T))])
    return _between(lengths, way, np.linspace(0, lengths[-1], count)), float(lengths[-1])


def _between(at: _Floats, places: _Floats, wanted: _Floats) -> _Floats:
    return np.column_stack([np.interp(wanted, at, places[:, axis]) for axis in (0, 1)])


def _circle(places: _Floats) -> tuple[_Floats, float]:
    """Return the centre and the root mean square distance from it."""
    centre: _Floats = places.mean(axis=0)
    return centre, math.sqrt(float(((places - centre) ** 2).sum(axis=1).mean()))


def _normalised(places: _Floats) -> _Floats:
    centre, radius = _circle(places)
    if radius == 0:  # the pen rested but for an instant between two moments
        _refuse()
    normalised: _Floats = (places - centre) / radius
    return normalised


def _in_step(one: _Fingerprint, other: _Fingerprint) -> float:
    both = one.down & other.down
    if both.sum() < _MOMENTS_AT_LEAST:
        return math.inf
    a, b = one.moments[both], other.moments[both]
    return max(_distance(_laid_over(a, b, a), b), _distance(_laid_over(b, a, b), a))


def _along(a: _Floats, b: _Floats) -> float:
    return max(_across(a, b), _across(b, a))


def _across(a: _Floats, b: _Floats) -> float:
    """Lay `a` over `b`, find for each place the nearest one on the way near by, lay it over those, and so on."""
    nearest = b
    for _ in range(_ROUNDS):
        laid = _laid_over(a, nearest, a)
        nearest = _nearest(laid, b)
    return _distance(laid, nearest)


def _laid_over(source: _Floats, target: _Floats, places: _Floats) -> _Floats:
    """Return the places under the affine map that brings `source` closest to `target` (least squares)."""
    ones = np.ones((len(source), 1))
    mapping = np.linalg.lstsq(np.hstack([source, ones]), target, rcond=None)[0]
    laid: _Floats = np.hstack([places, np.ones((len(places), 1))]) @ mapping
    return laid


def _nearest(places: _Floats, way: _Floats) -> _Floats:
    """Return, for the place number n, the nearest point of the way on its pieces around number n."""
    pieces = np.diff(way, axis=0)
    squares = np.maximum((pieces**2).sum(axis=1), 1e-12)
    around = np.arange(len(places))[:, None] + np.arange(-_REACH, _REACH)[None, :]
    around = np.clip(around, 0, len(pieces) - 1)
    starts, directions = way[around], pieces[around]
    shares = ((places[:, None, :] - starts) * directions).sum(axis=2) / squares[around]
    candidates = starts + np.clip(shares, 0, 1)[:, :, None] * directions
    distances = ((candidates - places[:, None, :]) ** 2).sum(axis=2)
    nearest: _Floats = candidates[np.arange(len(places)), distances.argmin(axis=1)]
    return nearest


def _distance(a: _Floats, b: _Floats) -> float:
    squares = np.sort(((a - b) ** 2).sum(axis=1))
    return math.sqrt(float(squares[: round(_COUNTED * len(squares))].mean()))
