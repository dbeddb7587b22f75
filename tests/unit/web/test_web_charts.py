"""Charts: what is in them, that no paint and no mark-up of a stranger gets through, and that a phone has its own."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from esign.public.charts import Bar, Point, columns, line, rows

SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)
BARS = [Bar("浙江分公司", 41.0, "41"), Bar("<b>&", 0, "0"), Bar("浙江分公司", 12, "12 / 30", beyond=30)]
POINTS = [Point(f"{month} 月", 80.0 + month, f"{80 + month}%", is_provisional=month == 9) for month in range(1, 10)]


def editions(drawn: str) -> list[ET.Element]:
    return [ET.fromstring(one) for one in SVG.findall(drawn)]  # noqa: S314  # our own


def test_every_chart_has_a_broad_and_a_narrow_edition_with_its_title_in_words() -> None:
    for drawn in (columns("签完用时", BARS), rows("签完用时", BARS), line("签完用时", POINTS, top=100)):
        broad, narrow = editions(drawn)
        assert (broad.get("class"), narrow.get("class")) == ("chart broad", "chart narrow")
        assert {one.get("aria-label") for one in (broad, narrow)} == {"签完用时"}
        assert {one.get("role") for one in (broad, narrow)} == {"img"}


def test_values_stand_in_the_chart_as_text_and_what_a_label_says_is_no_markup() -> None:
    for drawn in (columns("a", BARS), rows("a", BARS)):
        texts = [one.text for one in editions(drawn)[0].iter("text")]
        assert {"41", "0", "12 / 30", "浙江分公司", "<b>&"} <= set(texts)
        assert texts.count("浙江分公司") == 2
        assert "<b>" not in drawn


def test_nothing_in_a_chart_names_a_colour_a_font_or_a_style() -> None:
    for drawn in (columns("a", BARS), rows("a", BARS), line("a", POINTS)):
        for svg in editions(drawn):
            named = {name for element in svg.iter() for name in element.attrib}
            assert named & {"fill", "stroke", "style", "font-family", "font-size", "id", "onload"} == set()


def test_columns_are_as_high_as_their_values_and_a_part_lies_before_its_whole() -> None:
    heights = [float(one.get("height", "")) for one in editions(columns("a", BARS[:2]))[0].iter("rect")]
    assert heights[0] > 100
    assert heights[1] == 0
    widths = {one.get("class"): float(one.get("width", "")) for one in editions(rows("a", BARS[2:]))[0].iter("rect")}
    assert abs(widths["f1"] / widths["f3"] - 12 / 30) < 0.01


def test_what_is_provisional_hangs_on_a_dotted_piece() -> None:
    pieces = [one.get("class") for one in editions(line("a", POINTS, top=100))[0].iter("path")]
    assert pieces == ["l1"] * 7 + ["l1 prov"]


def test_of_nothing_there_is_no_chart() -> None:
    assert columns("a", []) == rows("a", []) == line("a", []) == ""
