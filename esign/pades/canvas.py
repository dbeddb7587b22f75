"""Content streams for what is drawn on a signature field: text, ink, photo and frames (ISO 32000-2, clause 8)."""

from __future__ import annotations

import math
from collections.abc import Iterable

from esign.evidence.ink import Outline
from esign.pades.typeface import EmbeddedType

Colour = tuple[float, float, float]
INK: Colour = (0.071, 0.145, 0.227)
QUIET: Colour = (0.247, 0.322, 0.4)
VERMILION: Colour = (0.706, 0.188, 0.118)
PHOTO_NAME = "/Photo"
TYPE_NAME = "/Type"


class Canvas:
    """Collects drawing operators; coordinates in points, origin at the lower left of the field."""

    def __init__(self, typeface: EmbeddedType) -> None:
        self.typeface = typeface
        self._operators: list[bytes] = []

    @property
    def content(self) -> bytes:
        return b"\n".join(self._operators)

    def text(self, text: str, x: float, y: float, size: float, colour: Colour = INK) -> None:
        self._show(text, size, colour, (1, 0, 0, 1, x, y))

    def fitted_text(self, text: str, x: float, y: float, size: float, width: float, colour: Colour = INK) -> None:
        """Draw the text, smaller where it would be wider than `width`."""
        natural = self.typeface.width(text) * size
        self.text(text, x, y, size * min(1.0, width / natural) if natural else size, colour)

    def photo(self, x: float, y: float, width: float, height: float) -> None:
        self._add("q %.2f 0 0 %.2f %.2f %.2f cm %s Do Q", width, height, x, y, PHOTO_NAME)

    def ink(self, outlines: Iterable[Outline], x: float, y: float, colour: Colour = INK) -> None:
        """Fill the outlines of a handwriting, its lower left corner at (x, y)."""
        self._add("q %.3f %.3f %.3f rg 1 0 0 1 %.2f %.2f cm", *colour, x, y)
        for outline in outlines:
            self._add("%.2f %.2f m", *outline.start)
            for (x1, y1), (x2, y2), (x3, y3) in outline.segments:
                self._add("%.2f %.2f %.2f %.2f %.2f %.2f c", x1, y1, x2, y2, x3, y3)
            self._add("h f")
        self._add("Q")

    def line(self, x1: float, y1: float, x2: float, y2: float, width: float, colour: Colour) -> None:
        self._add("q %.3f %.3f %.3f RG %.2f w %.2f %.2f m %.2f %.2f l S Q", *colour, width, x1, y1, x2, y2)

    def circle(self, x: float, y: float, radius: float, width: float, colour: Colour) -> None:
        """Stroke a circle as four Bézier arcs."""
        bow = radius * 4 / 3 * math.tan(math.pi / 8)
        self._add("q %.3f %.3f %.3f RG %.2f w 1 0 0 1 %.2f %.2f cm", *colour, width, x, y)
        self._add("%.3f 0 m", radius)
        for quarter in range(4):
            c, s = round(math.cos(quarter * math.pi / 2)), round(math.sin(quarter * math.pi / 2))
            points = ((radius, bow), (bow, radius), (0.0, radius))
            self._add(
                "%.3f %.3f %.3f %.3f %.3f %.3f c",
                *(v for px, py in points for v in (c * px - s * py, s * px + c * py)),
            )
        self._add("s Q")

    def star(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """Fill a five-pointed star, one point up."""
        inner = radius * 0.382
        corners = [
            (x + r * math.sin(k * math.pi / 5), y + r * math.cos(k * math.pi / 5))
            for k, r in ((k, inner if k % 2 else radius) for k in range(10))
        ]
        self._add("q %.3f %.3f %.3f rg", *colour)
        for k, corner in enumerate(corners):
            self._add("%.2f %.2f l" if k else "%.2f %.2f m", *corner)
        self._add("h f Q")

    def text_on_arc(
        self, text: str, x: float, y: float, radius: float, size: float, sweep: float, colour: Colour
    ) -> None:
        """Set the text clockwise along a circle around (x, y), centred at the top; `sweep` in degrees."""
        step = math.radians(sweep) / max(1, len(text) - 1)
        for position, character in enumerate(text):
            angle = (position - (len(text) - 1) / 2) * step
            c, s = math.cos(angle), math.sin(angle)
            half = self.typeface.width(character) * size / 2
            left, base = x + radius * s - half * c, y + radius * c + half * s
            self._show(character, size, colour, (c, -s, s, c, left, base))

    def _show(
        self, text: str, size: float, colour: Colour, matrix: tuple[float, float, float, float, float, float]
    ) -> None:
        self._add(
            "BT %.3f %.3f %.3f rg %s %.2f Tf %.4f %.4f %.4f %.4f %.2f %.2f Tm",
            *colour,
            TYPE_NAME,
            size,
            *matrix,
        )
        self._operators.append(self.typeface.encode(text) + b" Tj ET")

    def _add(self, form: str, *values: float | str) -> None:
        self._operators.append((form % values).encode("ascii"))
