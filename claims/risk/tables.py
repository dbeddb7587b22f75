"""The decision tables of risk: one for each step, a row for each alternative of a point (ADR 0066).

What the tables are made of is in the file of the points; `claims/data/risk/make_tables.py` makes them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from claims.risk.errors import broken, failed
from claims.risk.facts import Step
from claims.risk.inputs.steps import columns_of
from claims.risk.points import FOLDER, WEIGHTS, PointFile, Strength
from esign.public.decisions import DecisionTable, TableKind, read_table

TABLES: Final = FOLDER / "tables"
LAST: Final = "scored"
"""The reason of the row without a condition."""
_REASON: Final = re.compile(r"(r[0-9]{3})(-[2-9])?", re.ASCII)


class RiskRow(BaseModel):
    """What one row says: a point fires, how strong it is and what it weighs. The last row says that all were asked."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    reason: str = Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")
    strength: Strength | None
    weight: int = Field(ge=0, le=100)


RiskTable: TypeAlias = DecisionTable[RiskRow]


def point_of(reason: str) -> str:
    """Return the id of the point whose row has this reason: `r041-2` is the second alternative of R041."""
    return reason.partition("-")[0].upper()


@cache
def kind_of(step: Step) -> TableKind[RiskRow]:
    """Return the kind of a step's tables: its columns are the inputs that are computed for it."""
    return TableKind(
        columns=columns_of(step),
        row=RiskRow,
        reason=lambda row: row.reason,
        answered=_answered,
        problems=_problems,
        schema="claim-risk-trace/1",
        broken=broken,
        failed=failed,
    )


def read_risk_table(data: bytes) -> tuple[Step, RiskTable]:
    """Read a table whose name is that of a step. Raises `RiskDataBroken`."""
    try:
        step = Step(json.loads(data)["table"])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise broken("the table is none of a step") from error
    return step, read_table(data, kind_of(step))


def table_text(step: Step, points: PointFile, effective_from: date) -> str:
    """Return the file of a step's table, made of the points. Raises `RiskDataBroken` where nobody computes an input."""
    observed = [one for one in points.by_step[step] if one.when]
    if unknown := {name for one in observed for name in one.inputs} - columns_of(step).keys():
        raise broken(f"nobody computes {', '.join(sorted(unknown))} for {step}")
    rows = [
        (f"{point.reason}{'' if place == 1 else f'-{place}'}", point, cells)
        for point in observed
        for place, cells in enumerate(point.when, 1)
    ]
    rules = [
        {
            "_id": reason,
            **cells,
            "reason": f'"{reason}"',
            "strength": f'"{point.strength}"',
            "weight": str(point.weight),
        }
        for reason, point, cells in rows
    ]
    rules.append({"_id": LAST, "reason": f'"{LAST}"', "strength": '""', "weight": "0"})
    names = [*columns_of(step)]
    content = {
        "hitPolicy": "collect",
        "inputs": [{"id": name, "name": name, "field": name} for name in names],
        "outputs": [{"id": name, "name": name, "field": name} for name in kind_of(step).outputs],
        "rules": rules,
    }
    reasons = {reason: {"zh": point.name.zh, "en": point.name.en} for reason, point, _ in rows}
    file = {
        "table": step.value,
        "version": points.version,
        "effective_from": effective_from.isoformat(),
        "reasons": {**reasons, LAST: {"zh": "各点都已核对", "en": "all points were asked"}},
        "decision": {
            "nodes": [
                {"id": "claim", "type": "inputNode", "name": "claim", "position": {"x": 0, "y": 0}},
                {
                    "id": "points",
                    "type": "decisionTableNode",
                    "name": "points",
                    "position": {"x": 300, "y": 0},
                    "content": content,
                },
                {"id": "score", "type": "outputNode", "name": "score", "position": {"x": 600, "y": 0}},
            ],
            "edges": [
                {"id": "in", "type": "edge", "sourceId": "claim", "targetId": "points"},
                {"id": "out", "type": "edge", "sourceId": "points", "targetId": "score"},
            ],
        },
    }
    return json.dumps(file, ensure_ascii=False, indent=1) + "\n"


def path_of(step: Step, version: str, folder: Path = TABLES) -> Path:
    """Return where the table of a step and version lies."""
    return folder / f"{step}-{version}.json"


def _answered(one: Mapping[str, Any]) -> dict[str, Any]:
    return {**one, "strength": Strength(one["strength"]) if one["strength"] else None}


def _problems(rows: Sequence[RiskRow]) -> Iterator[tuple[str, bool]]:
    points, last = rows[:-1], rows[-1]
    yield "the last row is no plain end", (last.reason, last.strength, last.weight) != (LAST, None, 0)
    yield "a row is of no point", any(not _REASON.fullmatch(row.reason) for row in points)
    yield "a row weighs what its strength does not allow", any(not _is_weight(row) for row in points)
    weighed = {(point_of(row.reason), row.strength, row.weight) for row in points}
    yield "alternatives of a point weigh differently", len(weighed) > len({one for one, _, _ in weighed})


def _is_weight(row: RiskRow) -> bool:
    return row.strength is not None and WEIGHTS[row.strength][0] <= row.weight <= WEIGHTS[row.strength][1]
