"""The points as data: 114 of them, each with its weight, its inputs and their source, its words, and its row."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date

import pytest

from claims.risk.errors import RiskDataBroken
from claims.risk.facts import Step
from claims.risk.inputs.steps import columns_of
from claims.risk.points import FOLDER, WEIGHTS, Strength, read_points
from claims.risk.rules import load_rules, rule_files, rules_of, rules_on
from claims.risk.sentences import inputs_in
from claims.risk.tables import path_of, read_risk_table, table_text
from tests.unit.claims.risk.firing import RULES

FILE = FOLDER / "points-2026-1.csv"
POINTS = RULES.points
HEADER = FILE.read_text(encoding="utf-8").partition("\n")[0]


def test_there_are_114_points_and_all_but_eight_are_computed() -> None:
    assert list(POINTS.points) == [f"R{number:03}" for number in range(1, 115)]
    unseen = [one.id for one in POINTS.points.values() if not one.when]
    assert unseen == ["R007", "R013", "R017", "R028", "R089", "R091", "R102", "R105"]


def test_strengths_are_those_of_the_business() -> None:
    counted = Counter(one.strength for one in POINTS.points.values())
    assert counted == {Strength.SOFT: 88, Strength.STRONG: 22, Strength.HARD_STOP: 4}
    for one in POINTS.points.values():
        least, most = WEIGHTS[one.strength]
        assert least <= one.weight <= most


def test_every_input_that_is_computed_is_asked_for_by_some_point() -> None:
    for step in Step:
        asked = {name for one in POINTS.by_step[step] for name in one.inputs}
        assert asked == set(columns_of(step)), step


def test_the_tables_are_what_the_points_make() -> None:
    """Run claims/data/risk/make_tables.py after a change."""
    for sheet, points in rule_files():
        for step in Step:
            written = path_of(step, sheet.version).read_text(encoding="utf-8")
            assert written == table_text(step, points, sheet.effective_from), step


def test_what_a_customer_is_told_gives_no_number_and_no_limit() -> None:
    for one in POINTS.points.values():
        for words in (one.customer.zh, one.customer.en):
            assert not re.search(r"[0-9<>%]", words), one.id
            assert not inputs_in(words), one.id


def test_what_a_handler_is_told_is_the_same_in_both_languages() -> None:
    for one in POINTS.points.values():
        assert inputs_in(one.handler.zh) == inputs_in(one.handler.en), one.id


def changed(old: str, new: str) -> bytes:
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    return text.replace(old, new, 1).encode()


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        (HEADER, HEADER.replace("weight", "height"), "not of their form"),
        ("R001,report", "R001,elsewhere", "not of their form"),
        ("R001,report", "X001,report", "has no id"),
        ("R002,report", "R001,report", "there twice"),
        ("临近起保,soft,4", "临近起保,soft,9", "strength does not allow"),
        ("临近起保,soft,4", "临近起保,weak,4", "not of their form"),
        ("[0..7],days_since_start,", "[0..7],hours,", "other inputs"),
        ("days_since_start [0..7]", "days_since_start [0..7] & days_since_start > 1", "asked for twice"),
        ("days_since_start [0..7],days_since_start,", ",,", "observed, or says why not"),
        ("保单的保障期间", "", "no words in one language"),
        ("起保只有 {days_since_start} 天", "起保只有 {days_to_end} 天", "does not ask for"),
        ("起保只有 {days_since_start} 天", "起保只有 {days_since_start 天", "told in no sentence"),
    ],
)
def test_a_file_of_points_that_is_not_of_its_form_is_refused(old: str, new: str, named: str) -> None:
    with pytest.raises(RiskDataBroken, match=named):
        read_points(changed(old, new), "2026-1")


@pytest.mark.parametrize("data", [b"", b"\xff", b"id\n", b" " * 300_000])
def test_what_is_no_file_of_points_is_refused(data: bytes) -> None:
    with pytest.raises(RiskDataBroken):
        read_points(data, "2026-1")


def test_a_point_that_asks_for_what_nobody_computes_gets_no_table() -> None:
    data = changed("days_since_start [0..7],days_since_start,", "colour 3,colour,").decode()
    data = data.replace("{days_since_start", "{colour")
    points = read_points(data.encode(), "2026-2")
    with pytest.raises(RiskDataBroken, match="nobody computes colour"):
        table_text(Step.REPORT, points, date(2027, 1, 1))


def table(old: str, new: str) -> bytes:
    text = path_of(Step.SURVEY, "2026-1").read_text(encoding="utf-8")
    assert old in text
    return text.replace(old, new).encode()


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('"table": "survey"', '"table": "weather"', "none of a step"),
        ('"table": "survey"', '"table": "report"', "not the inputs that are known"),
        ('"weight": "20"', '"weight": "5"', "strength does not allow"),
        ("r041-2", "r041x2", "of no point"),
        ('"> 24"', '">> 24"', "a form that is not allowed"),
        ('"weight": "0"', '"weight": "2"', "no plain end"),
    ],
)
def test_a_table_that_is_not_of_its_form_is_refused(old: str, new: str, named: str) -> None:
    with pytest.raises(RiskDataBroken, match=named):
        read_risk_table(table(old, new))


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"null", b"\xff"])
def test_what_is_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(RiskDataBroken):
        read_risk_table(data)


def test_the_version_of_the_day_scores() -> None:
    assert rules_on(date(2026, 1, 1)) is rules_of("2026-1") is load_rules()[0]
    with pytest.raises(Exception, match="no version of the rules is in force"):
        rules_on(date(2025, 12, 31))
    with pytest.raises(Exception, match="there is no version 1999-1"):
        rules_of("1999-1")


def test_the_file_is_plain_csv() -> None:
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert {len(row) for row in rows} == {15}
    assert "\r" not in FILE.read_text(encoding="utf-8")
