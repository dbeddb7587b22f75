"""Staff events on their way into the trail and back; and what releases before this one recorded."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest

from esign.staff.domain.record import VOCABULARY, event_of, new_events
from esign.staff.errors import StaffTrailBroken
from esign.trail.errors import EventRefused
from esign.trail.event import parse_event
from tests.vectors.staff.make_golden import folded, read

ROOT = Path(__file__).parents[3]
GOLDEN = sorted((ROOT / "tests" / "vectors" / "staff").glob("golden-staff-*.jsonl"))
TYPES = {
    "approval.approved": 1,
    "approval.consumed": 1,
    "approval.refused": 1,
    "approval.requested": 1,
    "institution.closed": 1,
    "institution.moved": 1,
    "institution.opened": 1,
    "institution.renamed": 1,
    "login.code-wrong": 1,
    "login.failed": 1,
    "login.locked": 1,
    "login.succeeded": 1,
    "staff.forgotten": 1,
    "staff.invited": 1,
    "staff.password-set": 1,
    "staff.recovery-codes-made": 1,
    "staff.reinstated": 1,
    "staff.reinvited": 1,
    "staff.roles-changed": 1,
    "staff.suspended": 1,
    "staff.totp-enrolled": 1,
    "staff.totp-reset": 1,
    "staff.transferred": 1,
}


def test_the_vocabulary_is_this_and_every_version_of_it() -> None:
    assert {type_.name: type_.version for type_ in VOCABULARY} == TYPES


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_a_golden_trail_comes_to_the_states_it_came_to_then(path: Path) -> None:
    """What a later build knows beside that is its own: every field of then is as it was."""
    known = json.loads(path.with_suffix(".states.json").read_text("ascii"))
    found = folded(read(path))
    assert found.keys() == known.keys()
    for stream, state in known.items():
        now = found[stream]
        assert state == ({name: now[name] for name in state} if isinstance(now, dict) else now), stream


def test_the_newest_golden_trail_uses_every_event_type() -> None:
    assert [path.name for path in GOLDEN] == ["golden-staff-0.1.jsonl", "golden-staff-0.1b.jsonl"]
    found = {event.type.name for events in read(GOLDEN[-1]).values() for event in events}
    assert found == TYPES.keys()


@pytest.mark.parametrize("personal", ["孙小梅", "Sun Xiaomei", "13800004026", "sun@example.com", "Sun"])
def test_personal_data_fits_no_field_of_an_event_and_is_not_repeated(personal: str) -> None:
    tried = 0
    for event in (event for events in read(GOLDEN[0]).values() for event in events):
        for member in fields(event):
            if type(getattr(event, member.name)) is str:
                with pytest.raises(EventRefused) as refused:
                    new_events((replace(event, **{member.name: personal}),))  # type: ignore[arg-type]  # only texts
                assert personal not in str(refused.value)
                tried += 1
    assert tried > 20


@pytest.mark.parametrize(
    "changes",
    [
        {"roles": ["sales", "king"]},
        {"roles": "sales"},
        {"roles": [7]},
        {"institution": None},
        {"institution": 7},
        {"institution": "13800004026"},
        {"by": True},
        {"more": "extra"},
    ],
)
def test_a_payload_that_is_not_that_of_its_type_is_a_broken_trail(changes: dict[str, object]) -> None:
    stored = next(one for one in map(parse_event, GOLDEN[0].read_bytes().splitlines()) if one.type == "staff.invited")
    with pytest.raises(StaffTrailBroken):
        event_of(replace(stored, payload={**stored.payload, **changes}))  # type: ignore[dict-item]


@pytest.mark.parametrize("until", ["2026-11-02T01:22:00Z", "2026-11-02T09:22:00.000000+08:00", "soon", None])
def test_a_time_is_written_in_one_way(until: object) -> None:
    stored = next(one for one in map(parse_event, GOLDEN[0].read_bytes().splitlines()) if one.type == "login.locked")
    with pytest.raises(StaffTrailBroken):
        event_of(replace(stored, payload={"until": until}))  # type: ignore[dict-item]


def test_an_event_of_a_later_build_is_refused_rather_than_guessed() -> None:
    stored = parse_event(GOLDEN[0].read_bytes().splitlines()[0])
    for changes in ({"type_version": 2}, {"type": "staff.dreamt-of"}):
        with pytest.raises(EventRefused):
            event_of(replace(stored, **changes))  # type: ignore[arg-type]  # each names one member
