"""Decision tables of any room: what a room says of its rows is its own, how a table is read and asked is not."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from esign.decisions.columns import Column
from esign.decisions.kind import Problems, TableKind
from esign.decisions.reading import read_table, tables_in
from esign.decisions.table import KEPT_AT_MOST, table_for
from esign.errors import EsignError


class Toll(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    reason: str
    fen: int


def answered(one: Mapping[str, Any]) -> dict[str, Any]:
    return dict(one)


def problems(rows: Sequence[Toll]) -> Problems:
    yield "the last row takes money", rows[-1].fen != 0


KIND = TableKind(
    columns={"axles": Column.NUMBER, "loaded": Column.FLAG},
    row=Toll,
    reason=lambda row: row.reason,
    answered=answered,
    problems=problems,
    schema="toll-trace/1",
    broken=lambda cause: EsignError("toll-table", cause, "mend the table"),
    failed=lambda cause: EsignError("no-toll", cause, "ask again"),
)


def table(version: str = "1", day: str = "2026-01-01", last: str = "0") -> bytes:
    columns = [{"id": name, "name": name, "field": name} for name in KIND.columns]
    outputs = [{"id": name, "name": name, "field": name} for name in KIND.outputs]
    rules = [
        {"_id": "lorry", "axles": ">= 3", "loaded": "true", "reason": '"lorry"', "fen": "900"},
        {"_id": "empty", "loaded": "false", "reason": '"empty"', "fen": "100"},
        {"_id": "free", "reason": '"free"', "fen": last},
    ]
    content = {"hitPolicy": "collect", "inputs": columns, "outputs": outputs, "rules": rules}
    middle = ("decisionTableNode", {"content": content})
    nodes = [
        {"id": str(place), "type": kind, "name": str(place), "position": {"x": place, "y": 0}, **further}
        for place, (kind, further) in enumerate([("inputNode", {}), middle, ("outputNode", {})])
    ]
    edges = [{"id": f"{one}", "type": "edge", "sourceId": str(one), "targetId": str(one + 1)} for one in (0, 1)]
    words = {name: {"zh": name, "en": name} for name in ("lorry", "empty", "free")}
    file = {"table": "toll", "version": version, "effective_from": day, "reasons": words}
    return json.dumps({**file, "decision": {"nodes": nodes, "edges": edges}}).encode()


TABLE = read_table(table(), KIND)


def fired(**inputs: object) -> list[str]:
    return [row.reason for row in TABLE.evaluate(inputs).rows]


def test_the_rows_that_fire_are_told_in_the_order_of_the_table() -> None:
    assert fired(axles=4, loaded=True) == ["lorry", "free"]
    assert fired(axles=4, loaded=False) == ["empty", "free"]


def test_an_input_that_nobody_knows_fires_no_row_that_asks_for_it() -> None:
    assert fired(axles=4, loaded=None) == ["free"]
    assert fired(axles=None, loaded=False) == ["empty", "free"]


def test_a_table_tells_which_cells_of_a_row_ask_for_what() -> None:
    assert TABLE.conditions == {
        "lorry": {"axles": ">= 3", "loaded": "true"},
        "empty": {"loaded": "false"},
        "free": {},
    }


def test_the_same_inputs_give_the_same_bytes_also_by_a_table_that_was_read_again() -> None:
    asked = {"axles": 3, "loaded": True}
    first, again, anew = TABLE.evaluate(asked), TABLE.evaluate(asked), read_table(table(), KIND).evaluate(asked)
    assert first.trace == again.trace == anew.trace
    assert json.loads(first.trace)["schema"] == "toll-trace/1"
    assert b"performance" not in first.trace


def test_an_answer_is_kept_for_the_same_inputs_alone_and_only_so_many_are() -> None:
    anew = read_table(table(), KIND)
    first = anew.evaluate({"axles": 3, "loaded": True})
    assert anew.evaluate({"axles": 3, "loaded": True}) is first
    assert anew.evaluate({"axles": 3, "loaded": 1}) is not first
    for axles in range(KEPT_AT_MOST + 2):
        expected = ["lorry", "free"] if axles >= 3 else ["free"]
        assert [row.reason for row in anew.evaluate({"axles": axles, "loaded": True}).rows] == expected
    assert len(anew._kept) <= KEPT_AT_MOST


def test_a_table_is_asked_from_several_threads() -> None:
    found: list[list[str]] = []
    threads = [threading.Thread(target=lambda: found.append(fired(axles=5, loaded=True))) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert found == [["lorry", "free"]] * 4


def test_what_a_room_forbids_of_its_rows_is_refused_with_the_rooms_own_error() -> None:
    with pytest.raises(EsignError, match="the last row takes money") as refused:
        read_table(table(last="5"), KIND)
    assert refused.value.code == "toll-table"


def test_a_folder_holds_tables_of_several_names_and_each_has_versions_by_day(tmp_path: Path) -> None:
    (tmp_path / "toll-1.json").write_bytes(table())
    (tmp_path / "toll-2.json").write_bytes(table("2", "2027-01-01"))
    (tmp_path / "other-1.json").write_bytes(b"{")
    found = tables_in(tmp_path, KIND, "toll")
    assert [one.version for one in found] == ["1", "2"]
    newest = table_for(found, date(2027, 1, 1))
    assert newest is not None
    assert newest.version == "2"
    assert table_for(found, date(2025, 12, 31)) is None
    with pytest.raises(EsignError):
        tables_in(tmp_path, KIND)
