"""The rules of scoring by version: from which score on people decide, the points, and the tables made of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from claims.risk.errors import broken, failed
from claims.risk.facts import Step
from claims.risk.points import FOLDER, PointFile, read_points
from claims.risk.tables import RiskTable, path_of, read_risk_table


class RuleSheet(BaseModel):
    """A file of rules. A score from `people_from` on goes to people; one above `express_up_to` is not for express."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    version: str = Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,31}$")
    effective_from: date
    people_from: int = Field(ge=1, le=1000)
    express_up_to: int = Field(ge=0, le=1000)


@dataclass(frozen=True)
class RiskRules:
    """One version of all that scores a claim."""

    sheet: RuleSheet
    points: PointFile
    tables: Mapping[Step, RiskTable]

    @property
    def version(self) -> str:
        return self.sheet.version


def rule_files(folder: Path = FOLDER) -> Iterator[tuple[RuleSheet, PointFile]]:
    """Yield every version of rules and points. Raises `RiskDataBroken`."""
    for path in sorted(folder.glob("rules-*.json")):
        try:
            sheet = RuleSheet.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise broken(f"{path.name} is not of its form") from error
        if path.name != f"rules-{sheet.version}.json" or sheet.express_up_to >= sheet.people_from:
            raise broken(f"{path.name} is of another version, or express reaches to people")
        yield sheet, read_points((folder / f"points-{sheet.version}.csv").read_bytes(), sheet.version)


@cache
def load_rules() -> tuple[RiskRules, ...]:
    """Return every version, the oldest first. Raises `RiskDataBroken`."""
    found = [RiskRules(sheet, points, _tables(sheet)) for sheet, points in rule_files()]
    days = [one.sheet.effective_from for one in found]
    if not days or len(set(days)) < len(days):
        raise broken("there are no rules, or two versions begin on one day")
    return tuple(sorted(found, key=lambda one: one.sheet.effective_from))


def rules_on(day: date) -> RiskRules:
    """Return the version that holds on a day. Raises `ScoringFailed` for a day before the first."""
    held = [one for one in load_rules() if one.sheet.effective_from <= day]
    if not held:
        raise failed("no version of the rules is in force on this day")
    return held[-1]


def rules_of(version: str) -> RiskRules:
    """Return a version by its name, also one that no longer scores. Raises `ScoringFailed`."""
    found = next((one for one in load_rules() if one.version == version), None)
    if found is None:
        raise failed(f"there is no version {version} of the rules")
    return found


def _tables(sheet: RuleSheet) -> dict[Step, RiskTable]:
    tables = {}
    for step in Step:
        found, table = read_risk_table(path_of(step, sheet.version).read_bytes())
        if found is not step or (table.version, table.effective_from) != (sheet.version, sheet.effective_from):
            raise broken(f"the table of {step} is of another version")
        tables[step] = table
    return tables
