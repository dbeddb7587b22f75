"""Charts as SVG for pages: columns, lying bars, a line; beside each stands the table of its numbers.

    {% from "charts.html" import charted with context %}
    {{ charted("time", _("从发送到签完"), chart, [_("小时"), _("件数")], rows) }}

with `<link rel="stylesheet" href="{{ asset("charts.css") }}">` in the head, and
`columns(title, [Bar("1–2", 41, "41")])` made by the page. What a figure is, is said beside it in words. A page
of nothing but figures extends `figures_base.html`, and hands it `Tile`s and `Charted`s.
"""

from __future__ import annotations

from esign.web.charts import Bar, Point, columns, line, rows
from esign.web.figures_shown import Charted, Tile, day_said, month_said, month_short, number_said

__all__ = [
    "Bar",
    "Charted",
    "Point",
    "Tile",
    "columns",
    "day_said",
    "line",
    "month_said",
    "month_short",
    "number_said",
    "rows",
]
