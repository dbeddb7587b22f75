"""Decision tables: JSON of zen-engine with a version, an effective day and the words of its reasons (ADR 0054).

The engine fails open: what it cannot parse, or compare, is a row that does not fire, so that a broken table would
accept everybody. Hence a table is read strictly before the engine sees it. It is one table and nothing else, no script;
its columns are inputs that are known; its cells are of a few plain forms that fit the type of their column; and its
last row has no condition, so that a decision without that row is no decision.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import zen
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from esign.public.values import encode_canonical
from policy.domain.values import Outcome, RequirementKind
from policy.errors import PolicyDataBroken, UnderwritingFailed
from policy.products.catalogue import Words

FOLDER: Final = Path(__file__).parent.parent / "data" / "underwriting"
BYTES_AT_MOST: Final = 256 * 1024
ROWS_AT_MOST: Final = 500
TRACE_AT_MOST: Final = 1024 * 1024
OUTPUTS: Final = ("outcome", "reason", "ask", "due_days", "loading")


class Column(StrEnum):
    """What a column is compared with: a number, a yes or no, one word, or a list of words."""

    NUMBER = "number"
    FLAG = "flag"
    WORD = "word"
    WORDS = "words"


_NUMBER: Final = r"-?[0-9]{1,12}(\.[0-9]{1,4})?"
_WORD: Final = r'"[a-z][a-z0-9-]{0,63}"'
CELLS: Final[Mapping[Column, re.Pattern[str]]] = {
    Column.NUMBER: re.compile(rf"((<|<=|>|>=) )?{_NUMBER}|[\[(]{_NUMBER}\.\.{_NUMBER}[\])]", re.ASCII),
    Column.FLAG: re.compile(r"true|false", re.ASCII),
    Column.WORD: re.compile(rf"{_WORD}(, {_WORD})*", re.ASCII),
    Column.WORDS: re.compile(rf"contains\(\$, {_WORD}\)", re.ASCII),
}
"""The forms of a cell, by its column; an empty cell asks nothing."""

_STRICT: Final = ConfigDict(extra="forbid", strict=True)


class _Column(BaseModel):
    model_config = _STRICT
    id: str
    name: str
    field: str


class _Content(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)
    hit_policy: str = Field(alias="hitPolicy", pattern="^collect$")
    inputs: tuple[_Column, ...]
    outputs: tuple[_Column, ...]
    rules: tuple[dict[str, str], ...] = Field(min_length=1, max_length=ROWS_AT_MOST)


class _Position(BaseModel):
    """Where the editor draws a node."""

    model_config = _STRICT
    x: float = Field(ge=-1e6, le=1e6)
    y: float = Field(ge=-1e6, le=1e6)


class _Node(BaseModel):
    model_config = _STRICT
    id: str
    type: str
    name: str
    position: _Position
    content: _Content | None = None


class _Graph(BaseModel):
    model_config = _STRICT
    nodes: tuple[_Node, _Node, _Node]
    edges: tuple[dict[str, str], dict[str, str]]


class _File(BaseModel):
    model_config = _STRICT
    table: str = Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")
    version: str = Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,31}$")
    effective_from: date
    reasons: dict[str, Words]
    decision: _Graph


class Row(BaseModel):
    """What one row says: an outcome for a reason, what it asks for until how many days, and a loading in percent."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    outcome: Outcome
    reason: str = Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")
    ask: RequirementKind | None
    due_days: int = Field(ge=0, le=365)
    loading: int = Field(ge=0, le=500)


_ROWS: Final = TypeAdapter(tuple[Row, ...])


@dataclass(frozen=True)
class Evaluation:
    """The rows that fired, in the order of the table; the whole way there as canonical JSON, and its digest.

    Evaluating the same inputs by the same table again gives the same bytes.
    """

    rows: tuple[Row, ...]
    inputs: bytes
    trace: bytes

    @cached_property
    def inputs_digest(self) -> str:
        return sha256(self.inputs).hexdigest()

    @cached_property
    def trace_digest(self) -> str:
        return sha256(self.trace).hexdigest()


@dataclass(frozen=True)
class DecisionTable:
    """One version of one table. `digest` is that of its file; `reasons` are in the order of the rows."""

    name: str
    version: str
    effective_from: date
    digest: str
    reasons: Mapping[str, Words]
    last: Row
    graph: bytes

    def evaluate(self, inputs: Mapping[str, Any]) -> Evaluation:
        """Return what the table says. Raises `UnderwritingFailed` where it says nothing that can be relied on."""
        asked = encode_canonical(dict(inputs))
        try:
            answer = zen.ZenEngine().create_decision(self.graph.decode()).evaluate(dict(inputs), {"trace": True})
            rows = _ROWS.validate_python([_row(one) for one in _listed(answer["result"])])
        except (RuntimeError, ValidationError, ValueError, TypeError) as error:
            raise _failed("the engine gave no rows") from error
        if not rows or rows[-1] != self.last:
            raise _failed("the last row, which has no condition, did not fire")
        trace = encode_canonical(
            {
                "schema": "underwriting-trace/1",
                "table": self.name,
                "version": self.version,
                "table_sha256": self.digest,
                "inputs": dict(inputs),
                "trace": _without_durations(answer["trace"]),
            }
        )
        if len(trace) > TRACE_AT_MOST:
            raise _failed(f"the trace is longer than {TRACE_AT_MOST} bytes")
        return Evaluation(rows, asked, trace)


def tables_in(folder: Path, columns: Mapping[str, Column]) -> tuple[DecisionTable, ...]:
    """Return every version in a folder, the oldest first. Raises `PolicyDataBroken` (`decision-table`)."""
    tables = []
    for path in sorted(folder.glob("*.json")):
        with path.open("rb") as file:
            table = read_table(file.read(BYTES_AT_MOST + 1), columns)
        if path.name != f"{table.name}-{table.version}.json":
            raise _broken(f"{path.name} is the file of another version")
        tables.append(table)
    days = [table.effective_from for table in tables]
    if not days or len(set(days)) < len(days):
        raise _broken("there is none, or two begin on one day")
    return tuple(sorted(tables, key=lambda table: table.effective_from))


def table_for(tables: Iterable[DecisionTable], day: date) -> DecisionTable:
    """Return the version that holds on a day. Raises `UnderwritingFailed` for a day before the first."""
    held = [table for table in tables if table.effective_from <= day]
    if not held:
        raise _failed("no version is in force on this day")
    return max(held, key=lambda table: table.effective_from)


def read_table(data: bytes, columns: Mapping[str, Column]) -> DecisionTable:
    """Read the file of a table whose inputs are `columns`. Raises `PolicyDataBroken` (`decision-table`)."""
    if len(data) > BYTES_AT_MOST:
        raise _broken(f"it is longer than {BYTES_AT_MOST} bytes")
    try:
        file = _File.model_validate_json(data)
        content = _content_of(file.decision)
        rows = tuple(_output_of(rule) for rule in content.rules)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise _broken(f"{'.'.join(map(str, first['loc']))} is not of its form ({first['type']})") from error
    problem = next((words for words, found in _problems(content, rows, file, columns) if found), None)
    if problem is not None:
        raise _broken(problem)
    reasons = {row.reason: file.reasons[row.reason] for row in rows}
    digest = sha256(data).hexdigest()
    graph = file.decision.model_dump_json(by_alias=True, exclude_none=True).encode()
    return DecisionTable(file.table, file.version, file.effective_from, digest, reasons, rows[-1], graph)


def _content_of(graph: _Graph) -> _Content:
    first, middle, last = graph.nodes
    if (first.type, middle.type, last.type) != ("inputNode", "decisionTableNode", "outputNode"):
        raise _broken("it is something else than one table between input and output")
    if any(node.content is not None for node in (first, last)) or middle.content is None:
        raise _broken("what is in the table is not where it belongs")
    way = [(edge.get("sourceId"), edge.get("targetId")) for edge in graph.edges]
    if way != [(first.id, middle.id), (middle.id, last.id)]:
        raise _broken("input, table and output are not joined in this order")
    return middle.content


def _output_of(rule: Mapping[str, str]) -> Row:
    """Return what a row says: each of its outputs is a literal in JSON."""
    return Row.model_validate_json(
        "{" + ",".join(f'"{name}":{_literal(rule.get(name, ""))}' for name in OUTPUTS) + "}",
    )


def _literal(cell: str) -> str:
    if not re.fullmatch(rf'{_WORD}|""|[0-9]{{1,4}}', cell, re.ASCII):
        raise _broken("an output is no plain word or number")
    return "null" if cell == '""' else cell


def _problems(
    content: _Content, rows: tuple[Row, ...], file: _File, columns: Mapping[str, Column]
) -> Iterator[tuple[str, bool]]:
    inputs = [one.field for one in content.inputs]
    yield "its columns are not the inputs that are known", set(inputs) != set(columns) or len(inputs) != len(columns)
    yield "its outputs are others", tuple(one.field for one in content.outputs) != OUTPUTS
    yield (
        "a column has another id than its field",
        any(one.id != one.field for one in (*content.inputs, *content.outputs)),
    )
    known = {"_id", *columns, *OUTPUTS}
    yield "a row has a cell in no column", any(not rule.keys() <= known for rule in content.rules)
    yield "a cell is of a form that is not allowed", any(not _is_cell(rule, columns) for rule in content.rules)
    yield "a reason is there twice", len({row.reason for row in rows}) < len(rows)
    yield "reasons and rows differ", {row.reason for row in rows} != file.reasons.keys()
    yield "the last row has a condition", any(content.rules[-1].get(name) for name in columns)
    yield "the last row is no plain acceptance", (rows[-1].outcome, rows[-1].loading) != (Outcome.ACCEPT, 0)
    yield "a row asks and does not say for what", any((row.outcome is Outcome.ASK) is not bool(row.ask) for row in rows)
    yield "a loading without an acceptance", any(row.loading and row.outcome is not Outcome.ACCEPT for row in rows)


def _is_cell(rule: Mapping[str, str], columns: Mapping[str, Column]) -> bool:
    filled = {name: rule[name] for name in columns if rule.get(name)}
    return all(CELLS[columns[name]].fullmatch(cell) for name, cell in filled.items())


def _listed(result: object) -> list[Any]:
    if not isinstance(result, list):
        raise TypeError("the result is no list of rows")
    return result


def _row(one: Any) -> dict[str, Any]:
    """Return the outputs of a row as the engine gives them, with enumerations made of words."""
    members = dict(one)
    return members | {"outcome": Outcome(members["outcome"]), "ask": _kind(members["ask"])}


def _kind(word: str) -> RequirementKind | None:
    return RequirementKind(word) if word else None


def _without_durations(value: Any) -> Any:
    """Return the trace without how long each step took, which nobody decides by and which never is the same."""
    if isinstance(value, dict):
        return {name: _without_durations(one) for name, one in value.items() if name != "performance"}
    return [_without_durations(one) for one in value] if isinstance(value, list) else value


def _broken(cause: str) -> PolicyDataBroken:
    return PolicyDataBroken(
        "decision-table", f"the decision table cannot be used: {cause}", "correct the file in policy/data/underwriting"
    )


def _failed(cause: str) -> UnderwritingFailed:
    return UnderwritingFailed(
        "underwriting-failed", f"underwriting gave no decision: {cause}", "correct the decision table and decide again"
    )
