"""The decision tables of underwriting: what a row says, and what must be so of the rows of a table (ADR 0054).

How tables are read and asked is the same in every room (`esign.public.decisions`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from esign.public.decisions import BYTES_AT_MOST, TRACE_AT_MOST, Column, TableKind
from esign.public.decisions import DecisionTable as Table
from esign.public.decisions import Evaluation as Evaluated
from esign.public.decisions import read_table as read
from esign.public.decisions import table_for as in_force
from esign.public.decisions import tables_in as versions_in
from policy.domain.values import Outcome, RequirementKind
from policy.errors import PolicyDataBroken, UnderwritingFailed

__all__ = ["BYTES_AT_MOST", "FOLDER", "TRACE_AT_MOST", "Column", "DecisionTable", "Evaluation", "Row"]

FOLDER: Final = Path(__file__).parent.parent / "data" / "underwriting"


class Row(BaseModel):
    """What one row says: an outcome for a reason, what it asks for until how many days, and a loading in percent."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    outcome: Outcome
    reason: str = Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")
    ask: RequirementKind | None
    due_days: int = Field(ge=0, le=365)
    loading: int = Field(ge=0, le=500)


DecisionTable: TypeAlias = Table[Row]
Evaluation: TypeAlias = Evaluated[Row]


def tables_in(folder: Path, columns: Mapping[str, Column]) -> tuple[DecisionTable, ...]:
    """Return every version in a folder, the oldest first. Raises `PolicyDataBroken` (`decision-table`)."""
    return versions_in(folder, _kind(columns))


def table_for(tables: Iterable[DecisionTable], day: date) -> DecisionTable:
    """Return the version that holds on a day. Raises `UnderwritingFailed` for a day before the first."""
    found = in_force(tables, day)
    if found is None:
        raise _failed("no version is in force on this day")
    return found


def read_table(data: bytes, columns: Mapping[str, Column]) -> DecisionTable:
    """Read the file of a table whose inputs are `columns`. Raises `PolicyDataBroken` (`decision-table`)."""
    return read(data, _kind(columns))


def _kind(columns: Mapping[str, Column]) -> TableKind[Row]:
    return TableKind(
        columns=columns,
        row=Row,
        reason=lambda row: row.reason,
        answered=_answered,
        problems=_problems,
        schema="underwriting-trace/1",
        broken=_broken,
        failed=_failed,
    )


def _problems(rows: Sequence[Row]) -> Iterator[tuple[str, bool]]:
    yield "the last row is no plain acceptance", (rows[-1].outcome, rows[-1].loading) != (Outcome.ACCEPT, 0)
    yield "a row asks and does not say for what", any((row.outcome is Outcome.ASK) is not bool(row.ask) for row in rows)
    yield "a loading without an acceptance", any(row.loading and row.outcome is not Outcome.ACCEPT for row in rows)


def _answered(one: Mapping[str, Any]) -> dict[str, Any]:
    """Return the outputs of a row as the engine gives them, with enumerations made of words."""
    return {**one, "outcome": Outcome(one["outcome"]), "ask": RequirementKind(one["ask"]) if one["ask"] else None}


def _broken(cause: str) -> PolicyDataBroken:
    return PolicyDataBroken(
        "decision-table", f"the decision table cannot be used: {cause}", "correct the file in policy/data/underwriting"
    )


def _failed(cause: str) -> UnderwritingFailed:
    return UnderwritingFailed(
        "underwriting-failed", f"underwriting gave no decision: {cause}", "correct the decision table and decide again"
    )
