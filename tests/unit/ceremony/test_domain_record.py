"""Events on their way into the trail and back; and what releases before this one recorded."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import fields, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from esign.ceremony.domain import VOCABULARY, BrokenTrail, Refusal, decide, event_of, evolve, fold, new_events
from esign.ceremony.domain import commands as c
from esign.ceremony.domain import events as e
from esign.ceremony.domain.forms import FormError
from esign.ceremony.domain.rules import CONSENTS_AT_MOST, DOCUMENTS_AT_MOST, RECIPIENTS_AT_MOST
from esign.ceremony.domain.values import ConsentStage, ConsentText, Document, RecipientPlan
from esign.trail.errors import EventRefused
from esign.trail.event import Event as RecordedEvent
from esign.trail.event import canonical, parse_event, record
from tests.unit.ceremony.domain_envelopes import SETTINGS, SIGNING_ROLES, START, Play, creation, digest, signer
from tests.vectors.ceremony.make_golden import folded

VECTORS = Path(__file__).parents[2] / "vectors" / "ceremony"
GOLDEN = sorted(VECTORS.glob("golden-envelope-*.jsonl"))


def recorded(event: e.Event, **changes: object) -> RecordedEvent:
    (new,) = new_events((event,))
    stored = record(new, id=f"evt_{0:016d}", stream="env_1", version=1, actor="system", time=event.at)
    return replace(stored, **changes)  # type: ignore[arg-type]  # each test changes one member it names


def golden_events(path: Path) -> dict[str, list[e.Event]]:
    streams = defaultdict(list)
    for line in path.read_bytes().splitlines():
        stored = parse_event(line)
        streams[stored.stream].append(event_of(stored))
    return streams


def test_there_is_a_golden_trail() -> None:
    assert [path.name for path in GOLDEN][:1] == ["golden-envelope-0.1.jsonl"]


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_a_golden_trail_comes_to_the_states_it_came_to_then(path: Path) -> None:
    assert folded(golden_events(path)) == json.loads(path.with_suffix(".states.json").read_text("ascii"))


def test_the_first_golden_trail_uses_every_event_type_of_its_release() -> None:
    types = {type(event).type.name for events in golden_events(GOLDEN[0]).values() for event in events}
    assert len(types) == 32
    assert types <= {type_.name for type_ in VOCABULARY}


def test_an_event_comes_back_from_its_canonical_bytes_as_it_was() -> None:
    for event in golden_events(GOLDEN[0])["env_completed"]:
        assert event_of(parse_event(canonical(recorded(event)))) == event


def test_the_time_of_an_event_is_the_time_of_its_record_and_not_in_its_payload() -> None:
    stored = recorded(e.EnvelopeSent(at=START, by="usr_sales"))
    assert dict(stored.payload) == {"by": "usr_sales"}
    later = START + timedelta(hours=1)
    assert event_of(replace(stored, time=later)).at == later


def test_a_time_of_another_zone_is_recorded_in_utc() -> None:
    entered = datetime(2026, 3, 2, 9, 0, tzinfo=timezone(timedelta(hours=8)))
    page = e.PageRead(at=START, recipient="rcp_one", page=1, image=digest("p"), entered_at=entered, left_at=entered)
    assert recorded(page).payload["entered_at"] == "2026-03-02T01:00:00Z"
    assert event_of(recorded(page)) == page


def test_an_event_of_a_later_build_is_refused_rather_than_guessed() -> None:
    stored = recorded(e.EnvelopeSigned(at=START))
    for changes in ({"type_version": 2}, {"type": "envelope.dreamt-of"}):
        with pytest.raises(EventRefused):
            event_of(replace(stored, **changes))


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"by": "usr_sales", "why": "extra"},
        {"by": 7},
        {"by": None},
        {"by": "13800000000"},
        {"by": ["usr_sales"]},
    ],
)
def test_a_payload_that_is_not_that_of_its_type_is_a_broken_trail(payload: dict[str, object]) -> None:
    with pytest.raises(BrokenTrail):
        event_of(recorded(e.EnvelopeSent(at=START, by="usr_sales"), payload=payload))


@pytest.mark.parametrize(
    "time", ["2026-03-02T01:00:00", "2026-03-02T09:00:00+08:00", "soon", 7, "1999-01-01T00:00:00Z"]
)
def test_a_time_that_is_not_written_in_utc_is_a_broken_trail(time: object) -> None:
    page = e.PageRead(at=START, recipient="rcp_one", page=1, image=digest("p"), entered_at=START, left_at=START)
    stored = recorded(page)
    with pytest.raises(BrokenTrail):
        event_of(replace(stored, payload={**stored.payload, "entered_at": time}))  # type: ignore[dict-item]


@pytest.mark.parametrize("personal", ["张三", "Zhang San", "13800000000", "110101199003074578", "zhang@example.com"])
def test_personal_data_fits_no_field_of_an_event(personal: str) -> None:
    for event in (event for events in golden_events(GOLDEN[0]).values() for event in events):
        for member in fields(event):
            if member.name == "certificate" and personal.isdecimal():
                continue  # a serial number is a number, whatever else it may be to somebody
            if isinstance(getattr(event, member.name), str):
                with pytest.raises(FormError) as refused:
                    new_events((replace(event, **{member.name: personal}),))  # type: ignore[arg-type]  # only texts
                assert personal not in str(refused.value)


def test_a_command_with_personal_data_in_it_is_refused_without_repeating_it() -> None:
    play = Play().send()
    with pytest.raises(Refusal) as refused:
        play.give(c.Void, reason="张三 changed his mind")
    assert refused.value.code == "malformed-command"
    assert refused.value.about == ("reason of Void",)
    assert "张" not in str(refused.value)


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 3, 2),  # noqa: DTZ001  # a time without a zone is what is refused
        datetime.max.replace(tzinfo=timezone(-timedelta(hours=8))),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=8))),
    ],
)
def test_a_command_at_an_impossible_time_is_refused(at: datetime) -> None:
    assert Play().refused(c.SendEnvelope, at=at) == "malformed-command"


def test_the_largest_envelope_fits_into_one_event() -> None:
    long = "x" * 60
    documents = tuple(
        Document(id=f"doc_{long}{n:02}", original=digest("o"), prepared=digest("p"), pages=2000)
        for n in range(DOCUMENTS_AT_MOST)
    )
    recipients = tuple(
        RecipientPlan(
            id=f"rcp_{long}{n:02}",
            role=SIGNING_ROLES[n % 5],
            group=1_000_000,
            document=documents[n % DOCUMENTS_AT_MOST].id,
            field=f"{long}{n:02}",
            person=f"per_{long}{n:02}",
        )
        for n in range(RECIPIENTS_AT_MOST)
    )
    consents = tuple(
        ConsentText(
            id=f"{long}{n:02}",
            version="v" * 32,
            digest=digest("text"),
            stage=ConsentStage.BEFORE_READING,
            roles=SIGNING_ROLES,
        )
        for n in range(CONSENTS_AT_MOST)
    )
    command = creation(*recipients, documents=documents, consents=consents, external_id="x" * 128)
    (created,) = decide(None, command)
    assert event_of(parse_event(canonical(recorded(created)))) == created


def test_an_event_that_cannot_follow_is_a_broken_trail() -> None:
    play = Play(signer("one"))
    sent = e.EnvelopeSent(at=START, by="usr_sales")
    (created,) = decide(None, creation(signer("one")))
    with pytest.raises(BrokenTrail):
        evolve(None, sent)
    with pytest.raises(BrokenTrail):
        evolve(play.state, created)
    with pytest.raises(BrokenTrail):
        evolve(play.state, e.RecipientOpened(at=START, recipient="rcp_stranger"))
    sealed = e.DocumentSealed(
        at=START, document="doc_stranger", base=digest("b"), sealed=digest("s"), level=SETTINGS.level
    )
    with pytest.raises(BrokenTrail):
        evolve(play.state, sealed)


def test_nothing_folds_to_nothing() -> None:
    assert fold(()) is None
