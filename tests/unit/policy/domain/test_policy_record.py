"""Events on their way into the trail: what people wrote cannot get in, what is malformed does not come out."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from esign.trail.errors import EventRefused
from esign.trail.event import Event as RecordedEvent
from esign.trail.event import record
from policy.domain import events as e
from policy.domain.event import Event
from policy.domain.events import EVENTS
from policy.domain.forms import hints_of
from policy.domain.request_events import REQUEST_EVENTS
from policy.domain.values import Signer
from policy.errors import PolicyTrailBroken
from policy.service.streams import FORMS
from tests.unit.policy.proposal_play import NOON, PAID, at
from tests.vectors.policy.make_golden import folded, read

ENTERED = at(*PAID).events[0]


GOLDEN = sorted((Path(__file__).parents[3] / "vectors" / "policy").glob("golden-policy-*.jsonl"))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_a_golden_trail_comes_to_the_states_it_came_to_then(path: Path) -> None:
    assert folded(read(path)) == json.loads(path.with_suffix(".states.json").read_text("ascii"))


def test_the_newest_golden_trail_uses_every_event_type() -> None:
    used = {type(event) for events in read(GOLDEN[-1]).values() for event in events}
    assert used == {*EVENTS, *REQUEST_EVENTS}


def recorded(event: Event, **changes: Any) -> RecordedEvent:
    (new,) = FORMS.new_events((event,))
    return record(
        replace(new, payload={**new.payload, **changes}),
        id="evt_0000000000000001",
        stream="prp_1",
        version=1,
        actor="system",
        time=event.at,
    )


def test_an_event_comes_back_as_it_went_in() -> None:
    for event in at(*PAID).events:
        assert FORMS.event_of(recorded(event)) == event


def test_a_day_is_written_as_a_day() -> None:
    assert recorded(ENTERED).payload["holds_until"] == "2027-03-07"


@pytest.mark.parametrize(
    "changes",
    [
        {"record": "于文山"},
        {"record": "13800134026"},
        {"record": "990106199105192217"},
        {"digest": "c" * 63},
        {"product": "Whole Life"},
        {"product_version": "13800134026"},
        {"fen": 0},
        {"fen": True},
        {"fen": 10**15},
        {"holds_until": datetime(2027, 3, 7, tzinfo=UTC)},
        {"signers": [Signer.APPLICANT]},
        {"signers": ("applicant",)},
        {"needs_recording": 1},
        {"client": ""},
    ],
)
def test_what_is_no_id_code_or_number_cannot_be_written(changes: dict[str, Any]) -> None:
    with pytest.raises(EventRefused, match=f"^{next(iter(changes))} is not") as refused:
        FORMS.new_events((replace(ENTERED, **changes),))
    assert all(str(value) not in str(refused.value) for value in changes.values() if isinstance(value, str) and value)


@pytest.mark.parametrize(
    "changes",
    [
        {"record": 7},
        {"digest": "c" * 63},
        {"fen": "2412000"},
        {"fen": None},
        {"needs_recording": "yes"},
        {"holds_until": "2027-3-7"},
        {"holds_until": "20270307"},
        {"holds_until": "2027-02-30"},
        {"signers": "applicant"},
        {"signers": ("witness",)},
        {"signers": None},
        {"extra": 1},
    ],
)
def test_a_payload_that_is_not_that_of_its_type_breaks_the_trail(changes: dict[str, Any]) -> None:
    with pytest.raises(PolicyTrailBroken):
        FORMS.event_of(recorded(ENTERED, **changes))


def test_an_event_of_another_room_is_not_read() -> None:
    other = RecordedEvent("evt_0000000000000001", "env_1", 1, "envelope.sent", 1, "system", NOON, {})
    with pytest.raises(EventRefused):
        FORMS.event_of(other)


def test_every_event_is_declared_once_and_reads_subject_and_past_tense() -> None:
    assert len(list(FORMS.vocabulary)) == len(EVENTS) + len(REQUEST_EVENTS) == len({*EVENTS, *REQUEST_EVENTS})
    subjects = {one.name.split(".")[0] for one in FORMS.vocabulary}
    assert subjects == {
        "proposal",
        "underwriting",
        "requirement",
        "case",
        "offer",
        "recording",
        "debit",
        "refund",
        "policy",
        "visit",
        "request",
    }


def test_every_member_of_every_event_has_a_form() -> None:
    """A plain text would let a name into the trail."""
    for kind in (*EVENTS, *REQUEST_EVENTS):
        assert {one.name for one in fields(kind)} == set(hints_of(kind))
        assert str not in hints_of(kind).values()
        assert int not in hints_of(kind).values()
    assert issubclass(e.ProposalEntered, e.Content)
