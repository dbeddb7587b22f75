"""Handwriting as it was captured: strokes of points on a pad, and their JSON form `esign-handwriting/1`.

The form is described in docs/evidence-format.md. Coordinates are CSS pixels from the pad's top-left corner,
x to the right and y down; times are whole microseconds on a monotonic clock that starts with the capture.
"""

from __future__ import annotations

from dataclasses import dataclass, field

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


@dataclass(frozen=True)
class Point:
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
    document = {
        "schema": SCHEMA,
        "pad": {"width": hw.pad_width, "height": hw.pad_height},
        "pixel_ratio": hw.pixel_ratio,
        "channels": list(CHANNELS),
        "strokes": [
            {"pointer": stroke.pointer, "points": [[p.x, p.y, p.t, p.pressure] for p in stroke.points]}
            for stroke in hw.strokes
        ],
    }
    encoded = _json.canonical(document)
    parse_handwriting(encoded)
    return encoded


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
        points: list[Point] = []
        for row in rows:
            point = _point(row, where, width, height, slack)
            if point.t < clock:
                _json.refuse("time", f"time runs backwards in {where}")
            clock = point.t
            points.append(point)
        strokes.append(Stroke(tuple(points), pointer))
    return tuple(strokes)


def _point(row: object, where: str, width: float, height: float, slack: float) -> Point:
    if not isinstance(row, list) or len(row) != len(CHANNELS):
        _json.refuse("form", f"a point of {where} must have {', '.join(CHANNELS)}")
    return Point(
        _json.number(row[0], f"x in {where}", -slack, width + slack),
        _json.number(row[1], f"y in {where}", -slack, height + slack),
        _json.integer(row[2], f"t in {where}", 0, TIME_AT_MOST),
        _json.number(row[3], f"pressure in {where}", 0, 1),
    )
