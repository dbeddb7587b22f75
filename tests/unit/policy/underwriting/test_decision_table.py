"""A decision table that is not exactly of its form is refused: what the engine cannot read would accept everybody."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import zen
from hypothesis import given
from hypothesis import strategies as st

from policy.errors import PolicyDataBroken, UnderwritingFailed
from policy.underwriting.inputs import COLUMNS
from policy.underwriting.tables import BYTES_AT_MOST, FOLDER, read_table, table_for, tables_in

FILE = FOLDER / "life-2026-1.json"
TABLE = read_table(FILE.read_bytes(), COLUMNS)
STANDARD_LIFE = {
    "kind": "term-life",
    "age": 35,
    "total_sum": 300_000,
    "minor_death_cover": 0,
    "bmi": 22.8,
    "smoker": False,
    "occupation_class": 1,
    "income_multiple": 4.3,
    "premium_share": 8.6,
    "applicant_is": "self",
    "interest": "kinship",
    "outside_family": False,
    "yes": [],
}


def edited(change: Callable[[dict[str, Any]], object]) -> bytes:
    file = json.loads(FILE.read_bytes())
    change(file)
    return json.dumps(file).encode()


def table(file: dict[str, Any]) -> dict[str, Any]:
    found = file["decision"]["nodes"][1]["content"]
    assert isinstance(found, dict)
    return found


def cell(column: str, text: str) -> Callable[[dict[str, Any]], None]:
    return lambda file: table(file)["rules"][0].update({column: text})


def script(file: dict[str, Any]) -> None:
    file["decision"]["nodes"][1] = {
        "id": "rules",
        "type": "functionNode",
        "name": "rules",
        "position": {"x": 0, "y": 0},
        "content": "export const handler = () => [{outcome: 'accept'}]",
    }


def dropped_standard(file: dict[str, Any]) -> None:
    table(file)["rules"].pop()
    file["reasons"].pop("standard")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda file: file.update(author="somebody"), "author"),
        (lambda file: file.update(effective_from="soon"), "effective_from"),
        (lambda file: file.pop("version"), "version"),
        (script, "content"),
        (lambda file: file["decision"]["nodes"].pop(), "nodes"),
        (lambda file: file["decision"]["nodes"].reverse(), "something else than one table"),
        (lambda file: file["decision"]["nodes"][0].update(content=table(file)), "not where it belongs"),
        (lambda file: file["decision"]["edges"].reverse(), "not joined in this order"),
        (lambda file: table(file).update(hitPolicy="first"), "hitPolicy"),
        (lambda file: table(file)["inputs"].pop(), "not the inputs that are known"),
        (lambda file: table(file)["inputs"][0].update(field="colour"), "not the inputs that are known"),
        (lambda file: table(file)["inputs"][0].update(id="other"), "another id"),
        (lambda file: table(file)["outputs"].reverse(), "outputs are others"),
        (lambda file: table(file)["rules"][0].update(colour="1"), "cell in no column"),
        (cell("age", ">> 18 (("), "a form that is not allowed"),
        (cell("age", "> limit"), "a form that is not allowed"),
        (cell("age", '"ten"'), "a form that is not allowed"),
        (cell("age", "true"), "a form that is not allowed"),
        (cell("age", "< 10 or true"), "a form that is not allowed"),
        (cell("kind", "term-life"), "a form that is not allowed"),
        (cell("smoker", "yes"), "a form that is not allowed"),
        (cell("yes", '"heart"'), "a form that is not allowed"),
        (cell("loading", "10 * 3"), "no plain word or number"),
        (cell("outcome", '"perhaps"'), "outcome"),
        (cell("outcome", '"ask"'), "asks and does not say for what"),
        (cell("loading", "25"), "a loading without an acceptance"),
        (cell("reason", '"tumour"'), "reason is there twice"),
        (lambda file: file["reasons"].update(unheard={"zh": "无", "en": "none"}), "reasons and rows differ"),
        (lambda file: table(file)["rules"][-1].update(age="> 18"), "last row has a condition"),
        (lambda file: table(file)["rules"][-1].update(loading="5"), "no plain acceptance"),
        (dropped_standard, "last row has a condition"),
    ],
)
def test_a_table_that_is_not_of_its_form_is_refused(change: Callable[[dict[str, Any]], object], named: str) -> None:
    with pytest.raises(PolicyDataBroken, match=named) as refused:
        read_table(edited(change), COLUMNS)
    assert refused.value.code == "decision-table"


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"\xff", b" " * (BYTES_AT_MOST + 1)])
def test_what_is_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(PolicyDataBroken):
        read_table(data, COLUMNS)


HUGE = (10**30, float("inf"), float("nan"))
JUNK: tuple[object, ...] = (None, True, -1, 1.5, *HUGE, "", "\ud800", "x\x00", [], {}, [[[[]]]], {"a": {"b": 1}})


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield where something stands in a table, of lists the first and the last."""
    yield path
    if isinstance(value, dict):
        for name, one in value.items():
            yield from places(one, (*path, name))
    elif isinstance(value, list) and value:
        for place in {0, len(value) - 1}:
            yield from places(value[place], (*path, place))


@given(st.sampled_from([path for path in places(json.loads(FILE.read_bytes())) if path]), st.sampled_from(JUNK))
def test_whatever_stands_anywhere_a_table_is_read_or_refused(path: tuple[str | int, ...], junk: object) -> None:
    file = json.loads(FILE.read_bytes())
    inner: Any = file
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = junk
    try:
        read = read_table(json.dumps(file).encode(), COLUMNS)
    except PolicyDataBroken:
        return
    assert read.evaluate(STANDARD_LIFE).rows[-1] == read.last


def test_the_engine_by_itself_would_accept_what_it_cannot_read() -> None:
    """Why every cell is looked at before: the engine says nothing of a broken one, and the row stays silent."""
    graph = json.loads(FILE.read_bytes())["decision"]
    row = next(one for one in graph["nodes"][1]["content"]["rules"] if one["_id"] == "smoker")
    smoker = {**STANDARD_LIFE, "smoker": True}

    def reasons() -> list[str]:
        result = zen.ZenEngine().create_decision(json.dumps(graph)).evaluate(smoker)["result"]
        return [one["reason"] for one in result]

    assert reasons() == ["smoker", "standard"]
    row["smoker"] = "true (("
    assert reasons() == ["standard"]


def test_a_standard_life_goes_through_the_last_row() -> None:
    assert [row.reason for row in TABLE.evaluate(STANDARD_LIFE).rows] == ["standard"]


@pytest.mark.parametrize(
    "graph",
    [
        b"{",
        b'{"edges":[],"nodes":[]}',
        json.dumps(json.loads(FILE.read_bytes())["decision"]).replace('"collect"', '"first"').encode(),
        json.dumps(json.loads(FILE.read_bytes())["decision"]).replace('"\\"standard\\""', '"\\"other\\""').encode(),
        json.dumps(json.loads(FILE.read_bytes())["decision"]).replace('"\\"accept\\""', '"\\"maybe\\""').encode(),
    ],
)
def test_an_answer_without_the_last_row_is_no_decision(graph: bytes) -> None:
    with pytest.raises(UnderwritingFailed) as failed:
        replace(TABLE, graph=graph).evaluate(STANDARD_LIFE)
    assert failed.value.code == "underwriting-failed"
    assert "backtrace" not in str(failed.value)


def versions(tmp_path: Path, *days: tuple[str, str]) -> Path:
    for version, day in days:
        data = edited(lambda file, v=version, d=day: file.update(version=v, effective_from=d))  # type: ignore[misc]
        (tmp_path / f"life-{version}.json").write_bytes(data)
    return tmp_path


def test_the_version_of_the_day_decides(tmp_path: Path) -> None:
    tables = tables_in(versions(tmp_path, ("2027-1", "2027-01-01"), ("2026-2", "2026-12-01")), COLUMNS)
    assert [one.version for one in tables] == ["2026-2", "2027-1"]
    assert table_for(tables, date(2026, 12, 31)).version == "2026-2"
    assert table_for(tables, date(2027, 1, 1)).version == "2027-1"
    with pytest.raises(UnderwritingFailed):
        table_for(tables, date(2026, 11, 30))


def test_two_versions_from_one_day_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyDataBroken, match="two begin on one day"):
        tables_in(versions(tmp_path, ("2027-1", "2027-01-01"), ("2026-2", "2027-01-01")), COLUMNS)


def test_a_folder_without_a_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyDataBroken, match="there is none"):
        tables_in(tmp_path, COLUMNS)


def test_a_table_under_another_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "life-2030-1.json").write_bytes(FILE.read_bytes())
    with pytest.raises(PolicyDataBroken, match="another version"):
        tables_in(tmp_path, COLUMNS)
