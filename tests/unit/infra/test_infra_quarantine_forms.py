"""What crosses between processes keeps its type, and what has another one is refused on the way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign.infra.quarantine.typed_forms import FormMismatch, form_of, value_of

MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Part:
    name: str
    picture: bytes
    rectangle: tuple[float, float]


@dataclass(frozen=True)
class Whole:
    parts: tuple[Part, ...]
    colours: frozenset[Colour]
    told: Mapping[str, Any]
    when: datetime | None = None
    count: int = 0
    sure: bool = True
    words: Mapping[str, str] = field(default_factory=dict)


WHOLE = Whole(
    (Part("张伟", b"\x89PNG", (1.5, 2.0)), Part("", b"", (0.0, -1.0))),
    frozenset(Colour),
    {"present": False, "list": [1, None, {"a": "b"}]},
    MOMENT,
    7,
    False,
    {"kind": "ecdsa"},
)


def crossed(value: Whole) -> tuple[Any, list[bytes]]:
    attachments: list[bytes] = []
    return form_of(value, attachments), attachments


def test_a_value_comes_back_as_it_was() -> None:
    form, attachments = crossed(WHOLE)
    assert value_of(Whole, form, attachments) == WHOLE
    assert value_of(Whole, *crossed(Whole((), frozenset(), {}))) == Whole((), frozenset(), {})


@pytest.mark.parametrize(
    ("member", "wrong"),
    [
        ("parts", None),
        ("parts", [{"name": "a", "picture": 0}]),
        ("parts", [{"name": "a", "picture": 9, "rectangle": [1, 2]}]),
        ("parts", [{"name": "a", "picture": True, "rectangle": [1, 2]}]),
        ("parts", [{"name": "a", "picture": 0, "rectangle": [1, 2, 3]}]),
        ("parts", [{"name": "a", "picture": 0, "rectangle": [1, 2], "more": 1}]),
        ("colours", ["green"]),
        ("colours", [1]),
        ("told", []),
        ("when", "2026-01-02T03:04:05"),
        ("when", "yesterday"),
        ("when", 5),
        ("count", True),
        ("count", 1.0),
        ("count", "1"),
        ("sure", 1),
        ("words", {"kind": 1}),
    ],
)
def test_what_has_another_type_is_refused(member: str, wrong: object) -> None:
    form, attachments = crossed(WHOLE)
    form[member] = wrong
    with pytest.raises(FormMismatch):
        value_of(Whole, form, attachments)


def test_no_member_may_be_missing_and_none_may_be_added() -> None:
    form, attachments = crossed(WHOLE)
    for name in (one.name for one in fields(Whole)):
        with pytest.raises(FormMismatch):
            value_of(Whole, {key: value for key, value in form.items() if key != name}, attachments)
    with pytest.raises(FormMismatch):
        value_of(Whole, {**form, "extra": 1}, attachments)


def test_bytes_are_used_once_and_all_of_them() -> None:
    form, attachments = crossed(WHOLE)
    with pytest.raises(FormMismatch, match="without a place"):
        value_of(Whole, form, [*attachments, b"more"])
    form["parts"][1]["picture"] = 0
    with pytest.raises(FormMismatch):
        value_of(Whole, form, attachments)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("parts", "when", "name")), inner),
    max_leaves=8,
)


@given(JSON)
def test_whatever_comes_is_refused_in_one_way(form: object) -> None:
    with pytest.raises(FormMismatch):
        value_of(Whole, form, [b"x"])


def test_what_has_no_form_does_not_cross() -> None:
    with pytest.raises(TypeError):
        form_of({1: 2}, [])
    with pytest.raises(TypeError):
        form_of(object(), [])


def test_nothing_is_read_deeper_than_the_limit() -> None:
    deep: object = None
    for _ in range(100):
        deep = [deep]
    form, attachments = crossed(WHOLE)
    form["told"] = {"deep": deep}
    with pytest.raises(FormMismatch, match="too deeply"):
        value_of(Whole, form, attachments)
