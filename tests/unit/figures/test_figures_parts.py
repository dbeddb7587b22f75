"""What figures are made of: months, spreads, shares, rows of CSV."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign.public.figures import (
    HOUR,
    ChosenMonths,
    FigureRow,
    Month,
    bounds_of,
    counted_spread,
    csv_of_rows,
    csv_text,
    month_of,
    per_mille,
    percent,
    percent_value,
    ranked,
    read_month,
    seconds_of,
    spread_of,
)

SECONDS = st.lists(st.integers(0, 400 * HOUR), max_size=60)


def test_a_month_begins_at_midnight_in_beijing() -> None:
    last, first = datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC), datetime(2026, 11, 30, 16, tzinfo=UTC)
    assert (month_of(seconds_of(last)), month_of(seconds_of(first))) == ("2026-11", "2026-12")


@given(st.integers(946_684_800, 7_000_000_000))
def test_every_moment_lies_within_its_month(at: int) -> None:
    begin, end = bounds_of(month_of(at))
    assert begin <= at < end
    assert month_of(begin) == month_of(end - 1) != month_of(end)


def test_a_month_is_read_in_one_form_alone() -> None:
    assert read_month("2026-11") == "2026-11"
    for text in ("2026-13", "2026-1", "202611", "2026-11 ", "1999-12", "٢٠٢٦-11"):
        assert read_month(text) is None


def test_parts_of_a_second_are_cut_off_and_a_moment_without_a_zone_is_refused() -> None:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    assert seconds_of(at + timedelta(microseconds=999_999)) == seconds_of(at)
    with pytest.raises(ValueError, match="time zone"):
        seconds_of(datetime(2026, 11, 1))  # noqa: DTZ001  # that is the point


@given(SECONDS)
def test_half_and_nine_tenths_are_times_that_happened_and_enough_are_not_above_them(seconds: list[int]) -> None:
    spread = spread_of(seconds)
    assert sum(spread.classes) == spread.count == len(seconds)
    for percentage, value in ((50, spread.median), (90, spread.ninth)):
        if not seconds:
            assert value is None
            continue
        assert value in seconds
        assert sum(one <= value for one in seconds) * 100 >= percentage * len(seconds)
        assert sum(one < value for one in seconds) * 100 < percentage * len(seconds)


def test_a_class_holds_its_first_hour_and_not_its_last() -> None:
    assert spread_of([HOUR - 1, HOUR, 72 * HOUR]).classes == (1, 1, 0, 0, 0, 0, 1)
    with pytest.raises(ValueError, match="rise"):
        spread_of([1], [2, 1])
    with pytest.raises(ValueError, match="from 1 to 100"):
        ranked([1], 0)


@given(st.integers(1, 10**6), st.data())
def test_what_is_not_all_is_never_said_to_be_all(whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))
    share = per_mille(part, whole)
    assert share is not None
    assert (share == 1000, share == 0) == (part == whole, part == 0)
    assert abs(share * whole - 1000 * part) <= whole
    with pytest.raises(ValueError, match="whole"):
        per_mille(whole + 1, whole)


def test_a_share_of_nothing_is_a_dash() -> None:
    assert (percent(per_mille(0, 0)), percent(per_mille(21, 25)), percent(per_mille(1999, 2000))) == (
        "–",
        "84.0%",
        "99.9%",
    )


@pytest.mark.parametrize("begins", [*"=+-@\t\r\n", "＝", "＋", "－", "＠"])
def test_no_cell_begins_as_a_formula_does_in_any_spreadsheet(begins: str) -> None:
    ((cell,),) = list(csv.reader(io.StringIO(csv_text((f"{begins}1",), ()), newline="")))
    assert cell == f"'{begins}1"
    ((_head,), (cell,)) = list(csv.reader(io.StringIO(csv_text(("name",), [(f"{begins}1+1",)]), newline="")))
    assert cell == f"'{begins}1+1"


def test_csv_is_read_back_as_it_was_and_no_cell_is_a_formula() -> None:
    text = csv_text(("name", "n"), [("=1+1", 3), ('说"好", 行\n二', None)])
    assert list(csv.reader(io.StringIO(text, newline=""))) == [["name", "n"], ["'=1+1", "3"], ['说"好", 行\n二', ""]]
    with pytest.raises(ValueError, match="cells"):
        csv_text(("name",), [("a", "b")])


def test_percentiles_of_counted_numbers_are_those_of_nearest_rank() -> None:
    spread = counted_spread({1: 5, 2: 4, 9: 1})
    assert (spread.count, spread.median, spread.ninth) == (10, 1, 2)
    assert counted_spread({}).median is None


@given(st.lists(st.integers(0, 99)))
def test_counted_numbers_have_the_percentiles_of_the_numbers_themselves(numbers: list[int]) -> None:
    spread, ordered = counted_spread(Counter(numbers)), sorted(numbers)
    assert (spread.median, spread.ninth) == (ranked(ordered, 50), ranked(ordered, 90))


def test_a_row_of_figures_says_whether_it_may_still_change() -> None:
    rows = [
        FigureRow("month", "2026-11", True, "share-percent", percent_value(842)),
        FigureRow("all", "", False, "n", 3),
    ]
    told = csv_of_rows(rows).splitlines()
    assert told == ["by,of,provisional,figure,value", "month,2026-11,yes,share-percent,84.2", "all,,no,n,3"]
    assert percent_value(None) is None


def test_the_newest_month_is_counted_unless_another_or_the_year_is_asked_for() -> None:
    there = [Month(f"2026-{number:02d}") for number in range(11, 0, -1)] + [Month("2025-11"), Month("2025-10")]
    newest, year = ChosenMonths.of("nonsense", there), ChosenMonths.of("year", there)
    assert (newest.month, newest.since, newest.year_ago, newest.named) == ("2026-11", None, "2025-11", "2026-11")
    assert (year.month, year.since, year.year_ago, year.named) == (None, "2025-11", None, "year")
    assert ChosenMonths.of("2026-03", there).year_ago is None
    assert ChosenMonths.of("year", []).first_of_year is None
