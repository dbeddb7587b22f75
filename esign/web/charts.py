"""Charts as SVG: drawn with a plotting library, coloured by our style, in a broad and a narrow edition.

leather (ADR 0061) finds scales and ticks and lays the chart out; the shapes here carry their values as text. What it
paints with attributes of its own is taken off again: a chart names classes alone (`charts.css`), so that it follows the
page into the dark, into large type and through a strict CSP. A page shows one of the two editions by its width, and
beside each chart stands the table of its numbers (`charts.html`).
"""

from __future__ import annotations

import re
import unicodedata
import xml.etree.ElementTree as ET
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import leather
from leather.series import Series
from leather.shapes.base import Shape
from markupsafe import Markup

BROAD, NARROW = (640, 260), (300, 240)
"""Width and height of the two editions, in units that are pixels where the page is as wide as that."""
_LETTER: Final = 8
"""The width of a narrow letter of the labels, in the same units; a Chinese one has twice that."""
_ROW: Final = 34
_EDGE: Final = 10
"""What is left on each side of a chart, since texts stand over its edge a little."""
_LONG: Final = re.compile(r"-?[0-9]+\.[0-9]{2,}")
"""A number with more digits than anybody sees."""
_PAINT: Final = ("fill", "stroke", "stroke-width", "stroke-dasharray", "font-family", "font-size")


@dataclass(frozen=True)
class Bar:
    """A value with its label. `said` is the value as it is read; `beyond` a larger one that it is a part of, shown
    lighter behind it, such as nine tenths behind the half. `tone` is 1 to 4 of the colours of charts."""

    label: str
    value: float
    said: str
    beyond: float | None = None
    tone: int = 1


@dataclass(frozen=True)
class Point:
    """A point of a line; one that is provisional hangs on a dotted piece."""

    label: str
    value: float
    said: str
    is_provisional: bool = False


def columns(title: str, bars: Sequence[Bar]) -> Markup:
    """Return upright columns, in this order. `title` says in words what is to be seen; empty for no bars."""
    return _editions(title, lambda size: _columns(bars, size)) if bars else Markup()


def rows(title: str, bars: Sequence[Bar]) -> Markup:
    """Return bars that lie one below the other, the first on top; empty for no bars."""
    return (
        _editions(title, lambda size: _rows(bars, (size[0], len(bars) * _ROW + size[0] // 10 + 22)))
        if bars
        else Markup()
    )


def line(title: str, points: Sequence[Point], *, top: float | None = None) -> Markup:
    """Return a line through the points, from the left; `top` is where the scale ends, as 100 for percent."""
    return _editions(title, lambda size: _line(points, size, top)) if points else Markup()


def _editions(title: str, draw: Callable[[tuple[int, int]], Drawn]) -> Markup:
    made = Markup("").join(_svg(title, name, draw(size)) for name, size in (("broad", BROAD), ("narrow", NARROW)))
    return Markup('<div class="charted">{}</div>').format(made)


@dataclass(frozen=True)
class Drawn:
    """A chart as the library drew it, and its size. `bare` of its foot is empty; lying bars have no lines behind."""

    chart: Any
    size: tuple[int, int]
    bare: int = 0
    lined: bool = True


def _svg(title: str, edition: str, drawn: Drawn) -> Markup:
    width, height = drawn.size
    group = drawn.chart.to_svg_group(width, height)
    group.remove(group[0])  # the ground: the page has its own
    _repaint(group, "", "gridline" if drawn.lined else "tickline")
    margin = width // 20 - _EDGE  # the library leaves a twentieth on each side
    above = margin - 2 * _EDGE  # the largest value has its text above it
    seen = f"{margin} {above} {width - 2 * margin} {height - margin - above - drawn.bare}"
    root = ET.Element("svg", {"class": f"chart {edition}", "viewBox": seen, "role": "img"})
    root.set("aria-label", title)
    root.append(group)
    return Markup(ET.tostring(root, encoding="unicode"))  # noqa: S704  # the library and ElementTree escape every text


def _repaint(element: ET.Element, within: str, across: str) -> None:
    """Take the library's paint off, and name what it painted; shapes of ours have named themselves."""
    kind = element.get("class", "")
    within = kind if kind.startswith("axis") else within
    for name in _PAINT:
        element.attrib.pop(name, None)
    for name, value in element.attrib.items():
        if _LONG.fullmatch(value):
            element.set(name, f"{float(value):.1f}")
    if within and element.tag == "line":
        element.set("class", across if "left" in within else "tickline")
    for below in element:
        _repaint(below, within, across)


def _columns(bars: Sequence[Bar], size: tuple[int, int]) -> Drawn:
    chart = leather.Chart()
    labels = _distinct(bars)
    chart.set_x_scale(leather.Ordinal(labels))
    chart.set_y_scale(leather.Linear(0, _reach([one.value for one in bars])))
    chart.set_x_axis(_Axis(labels, _labels(bars)))
    chart.set_y_axis(_Axis([0], lambda _value, _index, _count: ""))
    chart.add_series(Series(list(zip(labels, (one.value for one in bars), strict=True))), _Columns(bars))
    return Drawn(chart, size)


def _rows(bars: Sequence[Bar], size: tuple[int, int]) -> Drawn:
    chart = leather.Chart()
    labels = _distinct(bars)
    plot = size[0] * 0.9 - 12 - max(_width(one.label) for one in bars)
    room = max(_width(one.said) for one in bars) + _EDGE
    longest = max([*(one.beyond or one.value for one in bars), 0]) or 1.0
    chart.set_x_scale(leather.Linear(0, longest * plot / max(plot - room, plot / 8)))
    chart.set_y_scale(leather.Ordinal(list(reversed(labels))))
    chart.set_x_axis(_Axis([0], lambda _value, _index, _count: ""))
    chart.set_y_axis(_Axis(list(reversed(labels)), _labels(list(reversed(bars)))))
    data = [(one.value, label) for one, label in zip(bars, labels, strict=True)]
    chart.add_series(Series(list(reversed(data))), _Rows(list(reversed(bars))))
    return Drawn(chart, size, bare=22, lined=False)


def _line(points: Sequence[Point], size: tuple[int, int], top: float | None) -> Drawn:
    chart = leather.Chart()
    labels = [str(number) for number, _one in enumerate(points)]
    chart.set_x_scale(leather.Ordinal(labels))
    chart.set_y_scale(leather.Linear(0, top or _reach([one.value for one in points])))
    each = max(_width(one.said) for one in points) + _EDGE
    shown = max(1, -(-len(points) * each // (size[0] * 3 // 4)))  # a quarter goes to the margins and the scale
    chart.set_x_axis(_Axis(labels, lambda _value, index, _count: points[index].label if index % shown == 0 else ""))
    chart.set_y_axis(_Axis(None, lambda value, _index, _count: f"{value:g}"))
    series = Series(list(zip(labels, (one.value for one in points), strict=True)))
    chart.add_series(series, _Line(points, shown))
    return Drawn(chart, size)


class _Axis(leather.Axis):  # type: ignore[misc]  # the library has no types
    """An axis that gives Chinese labels the room that they take."""

    def __init__(self, ticks: Sequence[object] | None, say: Callable[[Any, int, int], str]) -> None:
        super().__init__(ticks, say)
        self._given, self._say = ticks, say

    def estimate_label_margin(self, scale: Any, orient: str) -> float:
        """Return the room that the labels need beside the chart."""
        if orient != "left":
            return float(super().estimate_label_margin(scale, orient))
        ticks = self._given if self._given is not None else scale.ticks()
        return 12 + max((_width(self._say(one, index, len(ticks))) for index, one in enumerate(ticks)), default=0)


class _Shape(ABC, Shape):  # type: ignore[misc]  # the library has no types
    """A shape of ours: it carries its values as text, and names classes instead of colours."""

    def validate_series(self, series: Any) -> None:
        """Take every series: they are made here."""

    def to_svg(self, width: float, height: float, x_scale: Any, y_scale: Any, series: Any, palette: object) -> Any:
        """Return the shapes as a group."""
        del series, palette
        group = ET.Element("g")
        group.extend(self.drawn(width, height, x_scale, y_scale))
        return group

    @abstractmethod
    def drawn(self, width: float, height: float, x_scale: Any, y_scale: Any) -> Iterator[ET.Element]:
        """Yield the parts of the shape, in a drawing of this width and height."""


class _Columns(_Shape):
    def __init__(self, bars: Sequence[Bar]) -> None:
        self._bars = bars

    def drawn(self, width: float, height: float, x_scale: Any, y_scale: Any) -> Iterator[ET.Element]:
        for one, label in zip(self._bars, _distinct(self._bars), strict=True):
            left, right = map(float, x_scale.project_interval(label, 0, width))
            top = float(y_scale.project(one.value, height, 0))
            yield _rectangle(f"f{one.tone}", left, top, right - left, height - top)
            yield _text("val", (left + right) / 2, top - 6, one.said, "middle")


class _Rows(_Shape):
    def __init__(self, bars: Sequence[Bar]) -> None:
        self._bars = bars

    def drawn(self, width: float, height: float, x_scale: Any, y_scale: Any) -> Iterator[ET.Element]:
        numbers = [str(number) for number in reversed(range(len(self._bars)))]
        for one, label in zip(self._bars, numbers, strict=True):
            low, high = sorted(map(float, y_scale.project_interval(label, height, 0)))
            end = float(x_scale.project(one.beyond or one.value, 0, width))
            if one.beyond is not None:
                yield _rectangle("f3", 0, low, end, high - low)
            yield _rectangle(f"f{one.tone}", 0, low, float(x_scale.project(one.value, 0, width)), high - low)
            yield _text("val", end + 6, (low + high) / 2 + 5, one.said, "start")


class _Line(_Shape):
    def __init__(self, points: Sequence[Point], shown: int) -> None:
        self._points = points
        self._shown = shown

    def drawn(self, width: float, height: float, x_scale: Any, y_scale: Any) -> Iterator[ET.Element]:
        at = [
            (float(x_scale.project(str(number), 0, width)), float(y_scale.project(one.value, height, 0)))
            for number, one in enumerate(self._points)
        ]
        for (x1, y1), (x2, y2), one in zip(at, at[1:], self._points[1:], strict=False):
            path = ET.Element("path", {"class": "l1 prov" if one.is_provisional else "l1"})
            path.set("d", f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}")
            yield path
        for number, ((x, y), one) in enumerate(zip(at, self._points, strict=True)):
            yield ET.Element("circle", {"class": "dot", "cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "5"})
            if number % self._shown == 0:
                yield _text("val", x, y - 12, one.said, "middle")


def _rectangle(name: str, x: float, y: float, width: float, height: float) -> ET.Element:
    places = {"x": x, "y": y, "width": max(0.0, width), "height": max(0.0, height)}
    return ET.Element("rect", {"class": name, **{key: f"{value:.1f}" for key, value in places.items()}})


def _text(name: str, x: float, y: float, said: str, anchor: str) -> ET.Element:
    element = ET.Element("text", {"class": name, "x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor})
    element.text = said
    return element


def _distinct(bars: Sequence[Bar]) -> list[str]:
    """Return keys for bars, whose labels may be the same."""
    return [str(number) for number, _one in enumerate(bars)]


def _labels(bars: Sequence[Bar]) -> Callable[[Any, int, int], str]:
    return lambda _value, index, _count: bars[index].label


def _reach(values: Sequence[float]) -> float:
    """Return where the scale ends: a little above the largest, so that its text has room."""
    return max([*values, 0]) * 1.12 or 1.0


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text) * _LETTER
