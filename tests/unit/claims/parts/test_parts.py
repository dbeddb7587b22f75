"""The catalogue of parts and labour, and the lines of an assessment."""

from __future__ import annotations

import json
from typing import Any

import pytest

from claims.domain.values import Line, LineKind
from claims.errors import ClaimDataBroken, ClaimRefused
from claims.parts.catalogue import CarClass, lines_of
from claims.parts.files import load_parts, read_parts
from claims.sheets import DATA

PARTS = load_parts()[-1]


def test_lines_cost_what_the_catalogue_says_for_the_class_of_the_car() -> None:
    made = lines_of(PARTS, CarClass.MIDDLE, [("front-bumper", 1), ("paint-bumper", 2)])
    assert made == (
        Line(LineKind.PART, "front-bumper", 1, 68_000),
        Line(LineKind.LABOUR, "paint-bumper", 2, 90_000),
    )


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ([("wing-of-an-aeroplane", 1)], "no-item"),
        ([("tyre", 1), ("tyre", 1)], "item-twice"),
        ([("tyre", 0)], "quantity-wrong"),
        ([("tyre", 1001)], "quantity-wrong"),
    ],
)
def test_what_is_not_of_the_catalogue_is_refused(wanted: list[tuple[str, int]], code: str) -> None:
    with pytest.raises(ClaimRefused) as refused:
        lines_of(PARTS, CarClass.ECONOMY, wanted)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "change",
    [{"yuan": {"economy": 1, "middle": 2}}, {"yuan": {"economy": 3, "middle": 2, "premium": 4}}, {"kind": "gift"}],
)
def test_a_catalogue_that_does_not_hang_together_is_refused(change: dict[str, Any]) -> None:
    sheet = json.loads((DATA / "parts" / "2026-1.json").read_bytes())
    sheet["items"][0] |= change
    with pytest.raises(ClaimDataBroken):
        read_parts(json.dumps(sheet).encode())


def test_no_item_is_there_twice() -> None:
    sheet = json.loads((DATA / "parts" / "2026-1.json").read_bytes())
    sheet["items"].append(sheet["items"][0])
    with pytest.raises(ClaimDataBroken):
        read_parts(json.dumps(sheet).encode())
