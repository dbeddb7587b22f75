"""Events on their way into the trail: what people wrote cannot get in, what is malformed does not come out."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from claims.domain.event import Event
from claims.domain.events import EVENTS
from claims.domain.forms import hints_of
from claims.domain.values import Line, LineKind
from claims.errors import ClaimTrailBroken
from claims.service.streams import FORMS
from esign.trail.errors import EventRefused
from esign.trail.event import Event as RecordedEvent
from esign.trail.event import record
from tests.unit.claims.claim_play import CLOSED, at
from tests.vectors.claims.make_golden import folded, read

REPORTED = at(*CLOSED).events[0]
GOLDEN = sorted((Path(__file__).parents[3] / "vectors" / "claims").glob("golden-claims-*.jsonl"))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_a_golden_trail_comes_to_the_states_it_came_to_then(path: Path) -> None:
    states = folded(read(path))
    then = json.loads(path.with_suffix(".states.json").read_text("ascii"))
    assert as_then(states, then) == then


def as_then(now: Any, then: Any) -> Any:
    """Return what there is now without the members that there were not then: those that there were are as they were."""
    if isinstance(now, dict) and isinstance(then, dict):
        return {name: as_then(now.get(name), then[name]) for name in then}
    if isinstance(now, list) and isinstance(then, list) and len(now) == len(then):
        return [as_then(one, other) for one, other in zip(now, then, strict=True)]
    return now


def test_the_golden_trails_use_every_event_type() -> None:
    used = {type(event) for path in GOLDEN for events in read(path).values() for event in events}
    assert used == set(EVENTS)


def recorded(event: Event, **changes: Any) -> RecordedEvent:
    (new,) = FORMS.new_events((event,))
    return record(
        replace(new, payload={**new.payload, **changes}),
        id="evt_0000000000000001",
        stream="clm_1",
        version=1,
        actor="system",
        time=event.at,
    )


def test_an_event_comes_back_as_it_went_in() -> None:
    for event in at(*CLOSED).events:
        assert FORMS.event_of(recorded(event)) == event


@pytest.mark.parametrize(
    "changes",
    [
        {"record": "江一帆"},
        {"record": "13800008812"},
        {"policy": "栖A12K88"},
        {"cause": "Hit a wall"},
        {"estimate": -1},
        {"estimate": True},
        {"digest": "c" * 63},
        {"injured": 1},
        {"way": "hotline"},
    ],
)
def test_what_is_no_id_code_or_number_cannot_be_written(changes: dict[str, Any]) -> None:
    with pytest.raises(EventRefused, match=f"^{next(iter(changes))} is not") as refused:
        FORMS.new_events((replace(REPORTED, **changes),))
    assert all(str(value) not in str(refused.value) for value in changes.values() if isinstance(value, str))


@pytest.mark.parametrize(
    "changes",
    [{"record": 7}, {"estimate": "1"}, {"occurred_at": "2026-11-27"}, {"way": "fax"}, {"by": 1}, {"extra": 1}],
)
def test_a_payload_that_is_not_that_of_its_type_breaks_the_trail(changes: dict[str, Any]) -> None:
    with pytest.raises(ClaimTrailBroken):
        FORMS.event_of(recorded(REPORTED, **changes))


def test_every_event_is_declared_once_and_begins_with_the_word_claim() -> None:
    assert len(list(FORMS.vocabulary)) == len(EVENTS) == len(set(EVENTS))
    assert {one.name.split(".")[0] for one in FORMS.vocabulary} == {"claim"}


def test_every_member_of_every_event_has_a_form() -> None:
    """A plain text would let a name into the trail."""
    for kind in (*EVENTS, Line):
        assert {one.name for one in fields(kind)} == set(hints_of(kind))
        assert str not in hints_of(kind).values()
        assert int not in hints_of(kind).values()
    assert Line(LineKind.PART, "tyre", 1, 100).item == "tyre"
