"""What a simulation tells: how far it is, what is left, and how what it takes grows."""

from __future__ import annotations

from datetime import date

from delivery.figures.figures import report_of
from simulate.playing import Counts
from simulate.telling import Mark, Played, growth_table, progress_line

MARKS = (Mark(100, 1_000, 2.0, 300.0, 20.0), Mark(200, 3_000, 4.0, 301.0, 40.0))


def test_a_policy_under_way_counts_half_of_what_is_done() -> None:
    counts = Counts(policies=600, commands=6_000)
    assert progress_line(date(2025, 7, 1), counts, 200, 1_000, 60.0, 300.0).endswith("about 1:00 min left")
    assert "left" not in progress_line(date(2025, 1, 1), Counts(), 0, 1_000, 0.0, 300.0)


def test_each_line_of_growth_tells_what_its_own_commands_took() -> None:
    *_, first, second = growth_table([Played("relay, chase on", Counts(), MARKS, 5.0, report_of((), (), None))])
    assert first == "| relay, chase on | 100 | 1,000 | 2 | 2000 | 300 MB | 20 MB |"
    assert second == "| relay, chase on | 200 | 3,000 | 4 | 1000 | 301 MB | 40 MB |"
