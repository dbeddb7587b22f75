"""The 114 risk points as data: what each weighs, when it fires, where its inputs come from, and its words.

`claims/data/risk/points-VERSION.csv` is what business people write; the decision tables beside it are made of it. In
`when` stands a cell of the table for each input, joined by ` & `; alternatives are joined by ` | `. A point without a
`when` is not observed here, and says why.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Final

from claims.risk.errors import broken
from claims.risk.facts import Step
from claims.risk.sentences import inputs_in, is_well_formed
from esign.public.values import Words

FOLDER: Final = Path(__file__).parent.parent / "data" / "risk"
BYTES_AT_MOST: Final = 256 * 1024
_ID: Final = re.compile(r"R[0-9]{3}", re.ASCII)


class Strength(StrEnum):
    """How strong a point is. A hard stop sends a claim to people whatever the score."""

    SOFT = "soft"
    STRONG = "strong"
    HARD_STOP = "hard-stop"


WEIGHTS: Final[Mapping[Strength, tuple[int, int]]] = {
    Strength.SOFT: (2, 5),
    Strength.STRONG: (10, 20),
    Strength.HARD_STOP: (100, 100),
}
"""The least and the most that a point may weigh."""


class Source(StrEnum):
    """Where the inputs of a point come from."""

    REPORT = "report"
    POLICY_REGISTER = "policy register"
    SURVEY_FORM = "survey form"
    PHOTO_METADATA = "photo metadata"
    PHOTO_DIGEST = "photo digest/perceptual hash"
    ASSESSMENT_LINES = "assessment lines"
    CATALOGUE = "catalogue"
    MEDICAL_BILLS = "medical bills"
    SHOP_REGISTER = "repair shop register"
    HISTORY_GRAPH = "history graph"
    PAYMENT = "payment"
    EXTERNAL_LIST = "external list"


@dataclass(frozen=True)
class Point:
    """A point. `when` are alternatives, each with a cell for every input it asks for; none where nobody observes it.

    `customer` is a phrase that fits into a sentence and says what is looked at, never what would have avoided it;
    `handler` is a sentence with its inputs (`sentences`).
    """

    id: str
    step: Step
    name: Words
    strength: Strength
    weight: int
    when: tuple[Mapping[str, str], ...]
    source: Source
    not_observed: Words | None
    customer: Words
    handler: Words

    @property
    def reason(self) -> str:
        """Its word in a decision table."""
        return self.id.lower()

    @cached_property
    def inputs(self) -> frozenset[str]:
        """All inputs that it asks for."""
        return frozenset(name for one in self.when for name in one)


@dataclass(frozen=True)
class PointFile:
    """One version of the points, in their order. `digest` is that of the file."""

    version: str
    digest: str
    points: Mapping[str, Point]

    @cached_property
    def by_step(self) -> Mapping[Step, tuple[Point, ...]]:
        return {step: tuple(one for one in self.points.values() if one.step is step) for step in Step}


def read_points(data: bytes, version: str) -> PointFile:
    """Read a file of points. Raises `RiskDataBroken`."""
    if len(data) > BYTES_AT_MOST:
        raise broken(f"the points are longer than {BYTES_AT_MOST} bytes")
    try:
        rows = list(csv.DictReader(io.StringIO(data.decode(), newline=""), strict=True))
        points = [_point(row) for row in rows]
    except (KeyError, ValueError, csv.Error, AttributeError) as error:
        raise broken("the points are not of their form") from error
    problem = next((f"{one.id} {words}" for one in points for words, found in _problems(one) if found), None)
    if problem is not None:
        raise broken(problem)
    if not points or len({one.id for one in points}) < len(points):
        raise broken("there is no point, or one is there twice")
    return PointFile(version, sha256(data).hexdigest(), {one.id: one for one in points})


def _point(row: Mapping[str, str]) -> Point:
    why = Words(row["not_observed_zh"], row["not_observed_en"])
    point = Point(
        id=row["id"],
        step=Step(row["step"]),
        name=Words(row["point_zh"], row["point"]),
        strength=Strength(row["strength"]),
        weight=int(row["weight"]),
        when=tuple(_cells(one) for one in row["when"].split(" | ")) if row["when"] else (),
        source=Source(row["source"]),
        not_observed=why if why.zh and why.en else None,
        customer=Words(row["customer_zh"], row["customer_en"]),
        handler=Words(row["handler_zh"], row["handler_en"]),
    )
    if sorted(point.inputs) != row["inputs"].split():
        raise broken(f"{point.id} names other inputs than it asks for")
    return point


def _cells(written: str) -> dict[str, str]:
    pairs = [one.partition(" ") for one in written.split(" & ")]
    if len({name for name, _, _ in pairs}) < len(pairs):
        raise broken("an input is asked for twice")
    return {name: cell for name, _, cell in pairs}


def _problems(point: Point) -> Iterator[tuple[str, bool]]:
    least, most = WEIGHTS[point.strength]
    texts = (point.name, point.customer, point.handler)
    yield "has no id", not _ID.fullmatch(point.id)
    yield "weighs what its strength does not allow", not least <= point.weight <= most
    yield "is observed, or says why not: one of both", bool(point.when) is (point.not_observed is not None)
    yield "has no words in one language", not all(words.zh and words.en for words in texts)
    yield "is told in no sentence", not all(is_well_formed(words) for words in (point.handler.zh, point.handler.en))
    yield (
        "speaks of an input that it does not ask for",
        any(not inputs_in(words) <= point.inputs for words in (point.handler.zh, point.handler.en)),
    )
