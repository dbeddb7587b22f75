"""The rules of retention: what the product's own file says, and what a file is refused for."""

from __future__ import annotations

from datetime import UTC, date, datetime
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign.retention.errors import RulesRefused
from esign.retention.periods import Period, day_of, working_days_after
from esign.retention.rules import NEEDED, Kind, Of, Term, chosen_rules, parse_rules, usual_rules

TODAY = date(2026, 11, 26)
OWN = (files("esign.retention") / "data" / "insurance-contract.toml").read_text("utf-8")


def test_a_contract_of_more_than_a_year_is_kept_for_ten_years_after_its_end_and_a_shorter_one_for_five() -> None:
    rules = usual_rules()
    for kind in (Kind.DOCUMENTS, Kind.EVIDENCE):
        long = rules.for_(kind, Of.COMPLETED, Term.OVER_ONE_YEAR, TODAY)
        short = rules.for_(kind, Of.COMPLETED, Term.UP_TO_ONE_YEAR, TODAY)
        assert (long.until(date(2026, 5, 1)), short.until(date(2026, 5, 1))) == (date(2036, 5, 1), date(2031, 5, 1))
        assert long.demanded
        assert short.demanded


def test_photos_are_kept_for_the_shortest_time_of_all_and_no_law_demands_it() -> None:
    rules = usual_rules()
    photo = rules.for_(Kind.PHOTO, Of.COMPLETED, None, TODAY)
    others = [
        one.until(TODAY) for one in rules.in_force(TODAY) if one.kind in {Kind.DOCUMENTS, Kind.EVIDENCE} and one.term
    ]
    assert photo.until(TODAY) < min(others)
    assert not photo.demanded


def test_every_rule_says_where_it_comes_from_in_both_languages() -> None:
    assert len(usual_rules().rules) == len(NEEDED)
    assert all(len(one.source.zh) > 10 and len(one.source.en) > 10 for one in usual_rules().rules)


def test_a_later_rule_counts_from_its_own_day_on() -> None:
    later = OWN + (
        '\n[[rules]]\nkind = "photo"\nof = "completed"\nfrom = "envelope-over"\nkeep = "P1Y"\ndemanded = false\n'
        'since = 2027-01-01\nsource_zh = "新的决定"\nsource_en = "a new decision"\n'
    )
    rules = parse_rules(later.encode())
    assert str(rules.for_(Kind.PHOTO, Of.COMPLETED, None, date(2026, 12, 31)).keep) == "P2Y"
    assert str(rules.for_(Kind.PHOTO, Of.COMPLETED, None, date(2027, 1, 1)).keep) == "P1Y"
    assert rules.digest != usual_rules().digest


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('schema = "esign-retention/1"', 'schema = "esign-retention/2"'),
        ('keep = "P5Y"', 'keep = "5 years"'),
        ('keep = "P5Y"', 'keep = "P0Y"'),
        ('kind = "photo"', 'kind = "foto"'),
        ("demanded = true", 'demanded = "yes"'),
        ("since = 2009-10-01", "since = 2009-10-01T00:00:00Z"),
        ("working_days = 15", "working_days = 0"),
        ("working_days = 15", "working_days = true"),
        ("days_worked = []", "days_worked = [1]"),
        ('from = "envelope-over"', 'from = "made"'),
        ('of = "unfinished"', 'of = "any"'),
        ("version = 1", "version = 1\nmore = 2"),
        ("[faces]", "[face]"),
    ],
)
def test_a_file_that_leaves_a_doubt_is_refused(old: str, new: str) -> None:
    assert old in OWN
    with pytest.raises(RulesRefused) as refused:
        parse_rules(OWN.replace(old, new).encode())
    assert refused.value.code == "retention-rules"


def test_what_is_no_text_or_too_large_or_says_the_same_twice_is_refused() -> None:
    last = OWN[OWN.rindex("[[rules]]") :]
    for data in (b"\xff", b" " * 70_000, (OWN + last).encode(), b"rules = 1", OWN.replace(last, "").encode()):
        with pytest.raises(RulesRefused):
            parse_rules(data)


def test_a_file_that_is_not_there_is_told_by_its_setting() -> None:
    with pytest.raises(RulesRefused, match=r"check retention\.rules"):
        chosen_rules("/nowhere/rules.toml")


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 30), st.integers(0, 14), st.integers(0, 400))
def test_a_period_is_over_for_exactly_the_days_up_to_its_latest_start(
    day: date, years: int, months: int, days: int
) -> None:
    period = Period(years, months, days + 1)
    start = period.latest_start(day)
    assert period.after(start) < day
    assert period.after(date.fromordinal(start.toordinal() + 1)) >= day
    assert Period.of(str(period)) == period


def test_a_period_from_the_last_day_of_february_is_never_shorter() -> None:
    assert Period(years=5).after(date(2028, 2, 29)) == date(2033, 3, 1)
    assert Period(months=1).after(date(2026, 12, 31)) == date(2027, 1, 31)


def test_a_request_of_a_thursday_is_due_after_fifteen_days_that_are_worked() -> None:
    promise = usual_rules().promise
    assert promise.due_on(date(2026, 11, 26)) == date(2026, 12, 17)
    assert promise.due_on(date(2026, 12, 17)) == date(2027, 1, 8)  # New Year's Day is none of them
    assert working_days_after(date(2026, 11, 27), 1, days_worked={date(2026, 11, 28)}) == date(2026, 11, 28)


def test_a_day_is_a_day_in_beijing() -> None:
    assert day_of(datetime(2026, 11, 26, 16, 0, tzinfo=UTC)) == date(2026, 11, 27)
