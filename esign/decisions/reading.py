"""Reading the file of a decision table strictly, before the engine sees it.

A file is one table and nothing else, no script; its columns are inputs that are known; its cells are of a few plain
forms that fit the type of their column; and its last row has no condition, so that a decision without that row is no
decision.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from esign.decisions.columns import OUTPUT, is_cell
from esign.decisions.kind import R, TableKind
from esign.decisions.table import DecisionTable
from esign.decisions.words import Words

BYTES_AT_MOST: Final = 256 * 1024
ROWS_AT_MOST: Final = 500
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


def tables_in(folder: Path, kind: TableKind[R], name: str = "*") -> tuple[DecisionTable[R], ...]:
    """Return every version in a folder, the oldest first; of the table of this name where one is given.

    Raises the kind's `broken`.
    """
    tables = []
    for path in sorted(folder.glob(f"{name}-*.json" if name != "*" else "*.json")):
        with path.open("rb") as file:
            table = read_table(file.read(BYTES_AT_MOST + 1), kind)
        if path.name != f"{table.name}-{table.version}.json":
            raise kind.broken(f"{path.name} is the file of another version")
        tables.append(table)
    days = [table.effective_from for table in tables]
    if not days or len(set(days)) < len(days):
        raise kind.broken("there is none, or two begin on one day")
    return tuple(sorted(tables, key=lambda table: table.effective_from))


def read_table(data: bytes, kind: TableKind[R]) -> DecisionTable[R]:
    """Read the file of a table of this kind. Raises the kind's `broken`."""
    if len(data) > BYTES_AT_MOST:
        raise kind.broken(f"it is longer than {BYTES_AT_MOST} bytes")
    try:
        file = _File.model_validate_json(data)
        content = _content_of(file.decision, kind)
        rows = tuple(_output_of(rule, kind) for rule in content.rules)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise kind.broken(f"{'.'.join(map(str, first['loc']))} is not of its form ({first['type']})") from error
    problem = next((words for words, found in _problems(content, rows, file, kind) if found), None)
    if problem is not None:
        raise kind.broken(problem)
    return DecisionTable(
        kind=kind,
        name=file.table,
        version=file.version,
        effective_from=file.effective_from,
        digest=sha256(data).hexdigest(),
        reasons={kind.reason(row): file.reasons[kind.reason(row)] for row in rows},
        conditions={
            kind.reason(row): {name: rule[name] for name in kind.columns if rule.get(name)}
            for row, rule in zip(rows, content.rules, strict=True)
        },
        last=rows[-1],
        graph=file.decision.model_dump_json(by_alias=True, exclude_none=True).encode(),
    )


def _content_of(graph: _Graph, kind: TableKind[R]) -> _Content:
    first, middle, last = graph.nodes
    if (first.type, middle.type, last.type) != ("inputNode", "decisionTableNode", "outputNode"):
        raise kind.broken("it is something else than one table between input and output")
    if any(node.content is not None for node in (first, last)) or middle.content is None:
        raise kind.broken("what is in the table is not where it belongs")
    way = [(edge.get("sourceId"), edge.get("targetId")) for edge in graph.edges]
    if way != [(first.id, middle.id), (middle.id, last.id)]:
        raise kind.broken("input, table and output are not joined in this order")
    return middle.content


def _output_of(rule: Mapping[str, str], kind: TableKind[R]) -> R:
    """Return what a row says: each of its outputs is a literal in JSON."""
    return kind.row.model_validate_json(
        "{" + ",".join(f'"{name}":{_literal(rule.get(name, ""), kind)}' for name in kind.outputs) + "}",
    )


def _literal(cell: str, kind: TableKind[R]) -> str:
    if not OUTPUT.fullmatch(cell):
        raise kind.broken("an output is no plain word or number")
    return "null" if cell == '""' else cell


def _problems(content: _Content, rows: tuple[R, ...], file: _File, kind: TableKind[R]) -> Iterator[tuple[str, bool]]:
    columns, reasons = kind.columns, [kind.reason(row) for row in rows]
    inputs = [one.field for one in content.inputs]
    yield "its columns are not the inputs that are known", set(inputs) != set(columns) or len(inputs) != len(columns)
    yield "its outputs are others", tuple(one.field for one in content.outputs) != kind.outputs
    yield (
        "a column has another id than its field",
        any(one.id != one.field for one in (*content.inputs, *content.outputs)),
    )
    known = {"_id", *columns, *kind.outputs}
    yield "a row has a cell in no column", any(not rule.keys() <= known for rule in content.rules)
    yield (
        "a cell is of a form that is not allowed",
        any(not is_cell(columns[name], rule[name]) for rule in content.rules for name in columns if rule.get(name)),
    )
    yield "a reason is there twice", len(set(reasons)) < len(rows)
    yield "reasons and rows differ", set(reasons) != file.reasons.keys()
    yield "the last row has a condition", any(content.rules[-1].get(name) for name in columns)
    yield from kind.problems(rows)
