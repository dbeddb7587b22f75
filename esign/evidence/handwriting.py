"""Handwriting as it was captured: strokes of points on a pad, and their JSON form `esign-handwriting/1`.

The form is described in docs/evidence-format.md. Coordinates are CSS pixels from the pad's top-left corner,
x to the right and y down; times are whole microseconds on a monotonic clock that starts with the capture.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import NamedTuple, cast

from esign.evidence.strict_json import StrictJson

SCHEMA = "esign-handwriting/1"
CHANNELS = ("x", "y", "t", "pressure")
POINTERS = ("pen", "touch", "mouse")

BYTES_AT_MOST = 2 * 1024 * 1024
STROKES_AT_MOST = 300
POINTS_AT_MOST = 20_000
PAD_AT_LEAST, PAD_AT_MOST = 40.0, 10_000.0
PIXEL_RATIO_AT_LEAST, PIXEL_RATIO_AT_MOST = 0.25, 10.0
TIME_AT_MOST = 3_600_000_000
OVERSHOOT = 0.05
"""A finger that slides off the pad is reported a little outside of it: so much of the pad's longer side."""

_json = StrictJson("handwriting", "send the capture as docs/evidence-format.md describes it")


class Point(NamedTuple):
    """A point of a stroke: `x`, `y` in CSS px, `t` in µs from the start of the capture, `pressure` from 0 to 1."""

    x: float
    y: float
    t: int
    pressure: float


@dataclass(frozen=True)
class Stroke:
    """What was written between touching the pad and lifting off; `pointer` is `pen`, `touch` or `mouse`."""

    points: tuple[Point, ...] = field(repr=False)
    pointer: str


@dataclass(frozen=True)
class Handwriting:
    """A capture: the pad's size in CSS px, device pixels to one CSS px, the strokes in the order of writing."""

    pad_width: float
    pad_height: float
    pixel_ratio: float
    strokes: tuple[Stroke, ...] = field(repr=False)


def parse_handwriting(data: bytes) -> Handwriting:
    """Read the JSON form `esign-handwriting/1` (UTF-8), strictly.

    Raises `EvidenceError`: `handwriting-size` (too many bytes, strokes or points), `handwriting-json`,
    `handwriting-schema`, `handwriting-form` (a member missing, unknown, or of another type),
    `handwriting-range` (a number out of bounds, a point off the pad), `handwriting-time` (time runs
    backwards).
    """
    document = _json.load(data, bytes_at_most=BYTES_AT_MOST)
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        _json.refuse("schema", f"the handwriting does not say that its schema is {SCHEMA}")
    members = _json.members(document, ("schema", "pad", "pixel_ratio", "channels", "strokes"), "the handwriting")
    if members["channels"] != list(CHANNELS):
        _json.refuse("form", f"channels must be {', '.join(CHANNELS)}, in this order")
    pad = _json.members(members["pad"], ("width", "height"), "pad")
    width = _json.number(pad["width"], "pad.width", PAD_AT_LEAST, PAD_AT_MOST)
    height = _json.number(pad["height"], "pad.height", PAD_AT_LEAST, PAD_AT_MOST)
    pixel_ratio = _json.number(members["pixel_ratio"], "pixel_ratio", PIXEL_RATIO_AT_LEAST, PIXEL_RATIO_AT_MOST)
    return Handwriting(width, height, pixel_ratio, _strokes(members["strokes"], width, height))


def encode_handwriting(hw: Handwriting) -> bytes:
    """Return the canonical form (RFC 8785): the bytes that are sealed. `parse_handwriting` gives `hw` back.

    Raises `EvidenceError` as `parse_handwriting` does, where `hw` could not have been read from outside.
    """
    encoded = canonical_handwriting(hw)
    parse_handwriting(encoded)
    return encoded


def canonical_handwriting(hw: Handwriting) -> bytes:
    """Return the same form of what `parse_handwriting` has read: it is not read once more."""
    return _json.canonical(_document(hw))


def write_handwriting(hw: Handwriting) -> bytes:
    """Return the JSON form, neither canonical nor checked: for whoever reads it with `parse_handwriting` anyway."""
    return json.dumps(_document(hw)).encode()


def _document(hw: Handwriting) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "pad": {"width": hw.pad_width, "height": hw.pad_height},
        "pixel_ratio": hw.pixel_ratio,
        "channels": list(CHANNELS),
        "strokes": [
            {"pointer": stroke.pointer, "points": [[p.x, p.y, p.t, p.pressure] for p in stroke.points]}
            for stroke in hw.strokes
        ],
    }


def _strokes(value: object, width: float, height: float) -> tuple[Stroke, ...]:
    slack = OVERSHOOT * max(width, height)
    points_left = POINTS_AT_MOST
    clock = 0
    strokes: list[Stroke] = []
    for number, entry in enumerate(_json.sequence(value, "strokes", at_most=STROKES_AT_MOST), start=1):
        where = f"stroke {number}"
        members = _json.members(entry, ("pointer", "points"), where)
        pointer = members["pointer"]
        if not isinstance(pointer, str) or pointer not in POINTERS:
            _json.refuse("form", f"the pointer of {where} must be {', '.join(POINTERS)}")
        rows = _json.sequence(members["points"], f"points of {where}", at_most=points_left)
        if not rows:
            _json.refuse("form", f"{where} has no points")
        points_left -= len(rows)
        points = _points(rows, where, width, height, slack)
        moments = [clock, *(point.t for point in points)]
        if moments != sorted(moments):
            _json.refuse("time", f"time runs backwards in {where}")
        clock = moments[-1]
        strokes.append(Stroke(points, pointer))
    return tuple(strokes)


def _points(rows: list[object], where: str, width: float, height: float, slack: float) -> tuple[Point, ...]:
    """Read the points of a stroke, channel by channel: a capture has hundreds of points."""
    if not all(isinstance(row, list) and len(row) == len(CHANNELS) for row in rows):
        _json.refuse("form", f"a point of {where} must have {', '.join(CHANNELS)}")
    x, y, t, pressure = zip(*cast("list[list[object]]", rows), strict=True)
    return tuple(
        map(
            Point,
            _json.numbers(x, f"x in {where}", -slack, width + slack),
            _json.numbers(y, f"y in {where}", -slack, height + slack),
            _json.integers(t, f"t in {where}", 0, TIME_AT_MOST),
            _json.numbers(pressure, f"pressure in {where}", 0, 1),
        )
    )
