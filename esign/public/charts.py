"""Charts as SVG for pages: columns, lying bars, a line; beside each stands the table of its numbers.

    {% from "charts.html" import charted with context %}
    {{ charted("time", _("从发送到签完"), chart, [_("小时"), _("件数")], rows) }}

with `<link rel="stylesheet" href="{{ asset("charts.css") }}">` in the head, and
`columns(title, [Bar("1–2", 41, "41")])` made by the page. What a figure is, is said beside it in words.
"""

from __future__ import annotations

from esign.web.charts import Bar, Point, columns, line, rows

__all__ = ["Bar", "Point", "columns", "line", "rows"]
