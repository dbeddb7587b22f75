"""Events on their way into the trail: what people wrote cannot get in, what is malformed does not come out."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from delivery.domain import commands as c
from delivery.domain.chats import ChatClosed, ChatOpened
from delivery.domain.event import Event
from delivery.domain.events import EVENTS, DeliveryReceived
from delivery.domain.parcel import PARCEL_EVENTS
from delivery.domain.print_run import RUN_EVENTS
from delivery.domain.routes import RouteSet
from delivery.domain.stray_receipt import STRAY_EVENTS
from delivery.errors import DeliveryTrailBroken
from delivery.service.streams import FORMS
from esign.trail.errors import EventRefused
from esign.trail.event import Event as RecordedEvent
from esign.trail.event import record
from esign.trail.members import members_of
from tests.unit.delivery.delivery_play import HANDED, NOON, RETURNED, at
from tests.vectors.delivery.make_golden import folded, read

GOLDEN = sorted((Path(__file__).parents[3] / "vectors" / "delivery").glob("golden-delivery-*.jsonl"))
OPENED = at(c.Open).events[0]


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_a_golden_trail_comes_to_the_states_it_came_to_then(path: Path) -> None:
    assert folded(read(path)) == json.loads(path.with_suffix(".states.json").read_text("ascii"))


def test_the_newest_golden_trail_uses_every_event_type() -> None:
    used = {type(event) for events in read(GOLDEN[-1]).values() for event in events}
    assert used == {*EVENTS, RouteSet}


def recorded(event: Event, **changes: Any) -> RecordedEvent:
    (new,) = FORMS.new_events((event,))
    return record(
        replace(new, payload={**new.payload, **changes}),
        id="evt_0000000000000001",
        stream="dlv_1",
        version=1,
        actor="system",
        time=event.at,
    )


def test_an_event_comes_back_as_it_went_in() -> None:
    for event in at(*RETURNED).events:
        assert FORMS.event_of(recorded(event)) == event


def test_the_receipt_says_what_other_rooms_were_promised() -> None:
    """The policy room starts the hesitation period by these members, and knows nothing else of a delivery."""
    (received,) = [event for event in at(*HANDED, c.Sign).events if isinstance(event, DeliveryReceived)]
    told = recorded(received)
    assert told.type == "delivery.received"
    promised = ("proposal", "policy", "received_on", "signed_by", "way", "receipt")
    assert {name: told.payload[name] for name in promised} == {
        "proposal": "prp_1",
        "policy": "CY20261102000001",
        "received_on": "2026-11-02",
        "signed_by": "applicant",
        "way": "self",
        "receipt": f"{1:064x}",
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"proposal": "于文山"},
        {"salesperson": "13800134026"},
        {"product": "Whole Life"},
        {"applied_on": NOON},
        {"hesitation_days": True},
        {"client": ""},
    ],
)
def test_what_is_no_id_code_or_number_cannot_be_written(changes: dict[str, Any]) -> None:
    with pytest.raises(EventRefused, match=f"^{next(iter(changes))} is not") as refused:
        FORMS.new_events((replace(OPENED, **changes),))
    assert all(str(value) not in str(refused.value) for value in changes.values() if isinstance(value, str) and value)


@pytest.mark.parametrize(
    "changes", [{"proposal": 7}, {"applied_on": "2026-11-2"}, {"hesitation_days": None}, {"client": "x"}, {"extra": 1}]
)
def test_a_payload_that_is_not_that_of_its_type_breaks_the_trail(changes: dict[str, Any]) -> None:
    with pytest.raises(DeliveryTrailBroken):
        FORMS.event_of(recorded(OPENED, **changes))


def test_every_event_is_declared_once_and_reads_subject_and_past_tense() -> None:
    assert len(list(FORMS.vocabulary)) == len(EVENTS) + len(RUN_EVENTS) + len(PARCEL_EVENTS) + len(STRAY_EVENTS) + 3
    subjects = {one.name.split(".")[0] for one in FORMS.vocabulary}
    assert subjects == {"delivery", "delivery-route", "delivery-chat", "print-run", "parcel", "stray-receipt"}


def test_every_member_of_every_event_has_a_form() -> None:
    """A plain text would let a name into the trail."""
    for kind in (*EVENTS, RouteSet, ChatOpened, ChatClosed, *RUN_EVENTS, *PARCEL_EVENTS, *STRAY_EVENTS):
        hints = members_of(kind)
        assert {one.name for one in fields(kind)} == set(hints)
        assert str not in hints.values()
        assert int not in hints.values()
