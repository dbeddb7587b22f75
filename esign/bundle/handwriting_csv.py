"""Handwriting as CSV, a line for each point, for whoever measures it with programs of their own (RFC 4180)."""

from __future__ import annotations

from typing import Final

from esign.evidence.handwriting import Handwriting

HEADER: Final = "stroke,point,pointer,x,y,t_us,pressure"


def handwriting_csv(drawn: Handwriting) -> bytes:
    """Return the points: strokes and points counted from 1, `x` and `y` in CSS px, `t_us` in µs, pressure 0 to 1."""
    lines = [HEADER]
    for number, stroke in enumerate(drawn.strokes, start=1):
        for place, point in enumerate(stroke.points, start=1):
            lines.append(
                f"{number},{place},{stroke.pointer},{point.x!r},{point.y!r},{point.t},{float(point.pressure)!r}"
            )
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")
