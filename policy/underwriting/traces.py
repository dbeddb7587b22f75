"""The kept trace of a decision, read for people: which rows of the table fired, and on which inputs.

What is read is what was kept at the time (`policy.underwriting.tables`), compared with the digest in the trail: the
table may have changed since, and an answer made anew would be another one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from policy.domain.values import Outcome, RequirementKind
from policy.errors import PolicyDataBroken
from policy.underwriting.inputs import COLUMNS, STANDARD
from policy.underwriting.tables import TRACE_AT_MOST, Column

Told: TypeAlias = bool | int | float | str | tuple[str, ...]
"""What an input was: a yes or no, a number, a word, or words."""

_CELL: Final = re.compile(r"([a-z_]{1,64})\[\1\]", re.ASCII)
_COLUMNS: Final = {
    Column.FLAG: lambda one: isinstance(one, bool),
    Column.NUMBER: lambda one: isinstance(one, int | float) and not isinstance(one, bool),
    Column.WORD: lambda one: isinstance(one, str),
    Column.WORDS: lambda one: isinstance(one, list) and all(isinstance(word, str) for word in one),
}


@dataclass(frozen=True)
class Condition:
    """A cell of a row that fired: the column, what the cell asks for as the table writes it, and what was told."""

    column: str
    cell: str
    told: Told


@dataclass(frozen=True)
class FiredRow:
    """A row that fired, with its outcome for a reason (a code), what it asks for, its loading in percent, and why."""

    reason: str
    outcome: Outcome
    ask: RequirementKind | None
    loading: int
    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class DecisionTrace:
    """How a decision came about. `inputs` are all that the table was told; `rows` are without the one that always
    fires, so there is none for a standard life."""

    table: str
    version: str
    inputs: Mapping[str, Told]
    rows: tuple[FiredRow, ...]

    @property
    def used(self) -> frozenset[str]:
        """The inputs by which a row fired."""
        return frozenset(one.column for row in self.rows for one in row.conditions)

    @property
    def suggested_loading(self) -> int:
        """What the rows that fired add up to, in percent."""
        return sum(row.loading for row in self.rows)


class _Output(BaseModel):
    model_config = ConfigDict(extra="forbid")
    outcome: Outcome
    reason: str
    ask: str
    due_days: int
    loading: int = Field(ge=0, le=500)


class _Fired(BaseModel):
    rule: dict[str, str]


class _Rules(BaseModel):
    output: tuple[_Output, ...]
    traceData: tuple[_Fired, ...]  # the engine's own name


class _Steps(BaseModel):
    rules: _Rules


class _Kept(BaseModel):
    table: str
    version: str
    inputs: dict[str, Any]
    trace: _Steps


def read_trace(data: bytes, digest: str) -> DecisionTrace:
    """Return the trace that was kept, whose digest the trail holds.

    Raises `PolicyDataBroken` (`trace-broken`) for another one, or one that is not of its form.
    """
    if len(data) > TRACE_AT_MOST or sha256(data).hexdigest() != digest:
        raise _broken("it is not the one whose digest the trail holds")
    try:
        kept = _Kept.model_validate_json(data)
    except ValidationError as error:
        raise _broken("it is not of its form") from error
    told = {name: _told(name, one) for name, one in kept.inputs.items()}
    inputs = {column: told[column] for column in COLUMNS if column in told}
    outputs, fired = kept.trace.rules.output, kept.trace.rules.traceData
    if len(outputs) != len(fired):
        raise _broken("rows and their outcomes differ in number")
    rows = tuple(
        FiredRow(
            output.reason,
            output.outcome,
            RequirementKind(output.ask) if output.ask else None,
            output.loading,
            tuple(_conditions(one.rule, inputs)),
        )
        for output, one in zip(outputs, fired, strict=True)
        if output.reason != STANDARD
    )
    return DecisionTrace(kept.table, kept.version, inputs, rows)


def _conditions(rule: Mapping[str, str], inputs: Mapping[str, Told]) -> list[Condition]:
    found = {match[1]: cell for name, cell in rule.items() if (match := _CELL.fullmatch(name))}
    if found.keys() - inputs.keys():
        raise _broken("a row asks for what the table was not told")
    return [Condition(column, found[column], inputs[column]) for column in COLUMNS if column in found]


def _told(name: str, one: Any) -> Told:
    if name not in COLUMNS or not _COLUMNS[COLUMNS[name]](one):
        raise _broken("an input is not of its column")
    told: Told = tuple(one) if isinstance(one, list) else one
    return told


def _broken(cause: str) -> PolicyDataBroken:
    return PolicyDataBroken(
        "trace-broken",
        f"the kept trace of a decision cannot be read: {cause}",
        "restore the database from its last backup that verifies",
    )
