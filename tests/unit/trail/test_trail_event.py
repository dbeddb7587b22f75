"""The event, its canonical form, and the vocabulary."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from esign.trail.errors import EventRefused
from esign.trail.event import (
    BESIDE_AT_MOST,
    BYTES_AT_MOST,
    Event,
    EventType,
    NewEvent,
    canonical,
    canonical_around,
    canonical_payload,
    check_payload_size,
    parse_event,
    plain_payload,
    record,
)
from esign.trail.payload import _CANONICAL, _frozen, canonical_text, frozen, plain
from esign.trail.vocabulary import Vocabulary
from tests.vectors.trail.sample_events import COMPLETED, CREATED, NOON, SENT, VOCABULARY, event

words = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40)
numbers = st.integers(-(2**53) + 1, 2**53 - 1)
members = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)
values = st.recursive(
    st.none() | st.booleans() | numbers | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(members, inner, max_size=4),
    max_leaves=8,
)
payloads = st.dictionaries(members, st.one_of(words, numbers, st.lists(words, max_size=3)), max_size=5)
moments = st.builds(
    lambda microseconds, zone: (NOON + timedelta(microseconds=microseconds)).astimezone(zone),
    st.integers(-(10**15), 10**16),
    st.sampled_from([UTC, timezone(timedelta(hours=8))]),
)


@given(payloads, moments)
def test_what_was_written_is_read_back_and_written_the_same(payload: dict[str, Any], time: datetime) -> None:
    original = event(payload=payload, time=time)
    encoded = canonical(original)
    assert parse_event(encoded) == original
    assert canonical(parse_event(encoded)) == encoded


@given(payloads)
def test_the_canonical_form_is_compact_sorted_json_in_any_language(payload: dict[str, Any]) -> None:
    encoded = canonical(event(payload=payload))
    assert (
        json.dumps(json.loads(encoded), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == encoded
    )


@given(st.dictionaries(members, values, max_size=5))
def test_the_canonical_form_is_what_a_library_of_rfc_8785_writes(payload: dict[str, Any]) -> None:
    encoded = canonical(event(payload=payload))
    assert rfc8785.dumps(json.loads(encoded)) == encoded


def test_the_canonical_form_is_this_one_for_ever() -> None:
    assert canonical(event(7, payload={"z": 1, "a": [True, None, "x"]})) == (
        b'{"actor":"client:key_1","id":"evt_00000000000000000000000000000007","payload":{"a":[true,null,"x"],"z":1},'
        b'"schema":"esign-event/1","stream":"env_7f3a","time":"2026-03-01T04:00:07.123456Z","type":"envelope.sent",'
        b'"type_version":2,"version":7}'
    )


def test_a_time_of_another_zone_is_written_in_utc_with_all_six_decimals() -> None:
    at_eight = datetime(2026, 3, 1, 8, 0, tzinfo=timezone(timedelta(hours=8)))
    assert b'"time":"2026-03-01T00:00:00.000000Z"' in canonical(event(time=at_eight))


class Channel(StrEnum):
    SMS = "sms"


def test_a_payload_is_frozen_and_keeps_plain_values_only() -> None:
    given_list = ["a"]
    made = event(payload={"items": given_list, "channel": Channel.SMS})
    given_list.append("b")
    assert made.payload == {"items": ("a",), "channel": "sms"}
    assert type(made.payload["channel"]) is str
    assert plain_payload(made) == {"items": ["a"], "channel": "sms"}
    with pytest.raises(TypeError):
        made.payload["items"] = ()  # type: ignore[index]


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**54), 2**54) | st.floats() | st.text(max_size=5) | st.just("a" * 257),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(members, inner, max_size=2),
    max_leaves=3,
)


@given(st.dictionaries(members | st.text(max_size=3), anything | words | numbers, max_size=4))
def test_the_quick_way_of_simple_payloads_is_the_way_of_all(payload: dict[str, Any]) -> None:
    try:
        expected = _frozen(payload, "payload", 1)
    except EventRefused as refused:
        with pytest.raises(EventRefused) as refusal:
            frozen(payload)
        assert str(refusal.value) == str(refused)
    else:
        assert frozen(payload) == expected
        assert canonical_text(expected) == _CANONICAL.encode(plain(expected))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"id": "evt_short"}, "event-id"),
        ({"id": "evt_" + "A" * 32}, "event-id"),
        ({"stream": "env 1"}, "event-stream"),
        ({"stream": ""}, "event-stream"),
        ({"version": 0}, "event-version"),
        ({"version": True}, "event-version"),
        ({"version": 2**31}, "event-version"),
        ({"type": "sent"}, "event-type"),
        ({"type": "Envelope.Sent"}, "event-type"),
        ({"type": "a.b.c"}, "event-type"),
        ({"type_version": 0}, "event-type"),
        ({"actor": "张伟"}, "event-actor"),
        ({"actor": "staff:"}, "event-actor"),
        ({"time": NOON.replace(tzinfo=None)}, "event-time"),
        ({"payload": ["a"]}, "event-payload"),
        ({"payload": {"name": "张伟"}}, "event-payload"),
        ({"payload": {"reason": "does not like it"}}, "event-payload"),
        ({"payload": {"line": "a\n"}}, "event-payload"),
        ({"payload": {"long": "a" * 257}}, "event-payload"),
        ({"payload": {"ratio": 0.5}}, "event-payload"),
        ({"payload": {"nan": float("nan")}}, "event-payload"),
        ({"payload": {"large": 2**53}}, "event-payload"),
        ({"payload": {"bytes": b"a"}}, "event-payload"),
        ({"payload": {"Name": "a"}}, "event-payload"),
        ({"payload": {1: "a"}}, "event-payload"),
        ({"payload": {"deep": [[[[[[[[1]]]]]]]]}}, "event-payload"),
    ],
)
def test_what_is_no_event_is_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(EventRefused) as refusal:
        event(**change)
    assert refusal.value.code == code
    assert "张伟" not in str(refusal.value)


def test_an_event_is_measured_whole_where_its_payload_leaves_the_rest_little_room() -> None:
    long = event(payload={"digests": [*["a" * 254] * 254, "a" * 100]})
    payload = canonical_payload(long)
    assert BYTES_AT_MOST - BESIDE_AT_MOST < len(payload) < BYTES_AT_MOST
    with pytest.raises(EventRefused) as refusal:
        check_payload_size(long, payload)
    assert refusal.value.code == "event-size"
    longest = event(
        id="evt_" + "a" * 40,
        stream="s" * 160,
        type=f"{'t' * 48}.{'t' * 48}",
        actor=f"{'a' * 32}:{'a' * 128}",
        version=2**31 - 1,
        type_version=2**31 - 1,
    )
    assert len(canonical_around(longest, "")) <= BESIDE_AT_MOST


def test_an_event_longer_than_64_kib_is_refused() -> None:
    with pytest.raises(EventRefused) as refusal:
        canonical(event(payload={"digests": ["sha256:" + "ab" * 32] * 1000}))
    assert refusal.value.code == "event-size"


def _changed(**members: object) -> bytes:
    return json.dumps(json.loads(canonical(event())) | members, sort_keys=True, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "event-json"),
        (b"{", "event-json"),
        (b"\xff", "event-json"),
        (b"[" * 50_000, "event-json"),
        (b'{"a":1,"a":1}', "event-json"),
        (b"1" * 5000, "event-json"),
        (b"1.5", "event-json"),
        (b"NaN", "event-json"),
        (b" " * (BYTES_AT_MOST + 1), "event-size"),
        (b"[]", "event-form"),
        (b'{"schema":"esign-event/1"}', "event-form"),
        (_changed(schema="esign-event/2"), "event-form"),
        (_changed(more=1), "event-form"),
        (_changed(time="2026-03-01T04:00:07Z"), "event-time"),
        (_changed(time="2026-02-30T04:00:07.000000Z"), "event-time"),
        (_changed(time=7), "event-time"),
        (_changed(payload=[]), "event-payload"),
        (_changed(version="1"), "event-version"),
        (_changed(id=None), "event-id"),
        (canonical(event()) + b"\n", "event-not-canonical"),
        (canonical(event()).replace(b'"version":1', b'"version": 1'), "event-not-canonical"),
        (canonical(event()).replace(b"rec_1", b"\\u0072ec_1"), "event-not-canonical"),
    ],
)
def test_bytes_that_are_no_canonical_event_are_refused(data: bytes, code: str) -> None:
    with pytest.raises(EventRefused) as refusal:
        parse_event(data)
    assert refusal.value.code == code


@given(st.binary(max_size=200) | values.map(lambda value: json.dumps(value).encode()))
def test_nothing_but_an_event_or_a_refusal_comes_of_any_bytes(data: bytes) -> None:
    with pytest.raises(EventRefused):
        parse_event(data)


def test_a_type_makes_new_events_in_its_present_version() -> None:
    new = SENT(recipient="rec_1")
    assert new == NewEvent("envelope.sent", 2, {"recipient": "rec_1"})
    recorded = record(new, id="evt_" + "0" * 32, stream="env_1", version=3, actor="system", time=NOON)
    assert recorded == Event("evt_" + "0" * 32, "env_1", 3, "envelope.sent", 2, "system", NOON, new.payload)


def test_a_type_nobody_declares_is_refused() -> None:
    with pytest.raises(EventRefused) as refusal:
        VOCABULARY.check_new(NewEvent("envelope.stolen", 1))
    assert refusal.value.code == "event-type-unknown"
    with pytest.raises(EventRefused):
        VOCABULARY.current(event(type="envelope.stolen"))


@pytest.mark.parametrize("version", [1, 3])
def test_only_the_declared_version_of_a_type_is_written(version: int) -> None:
    VOCABULARY.check_new(SENT())
    with pytest.raises(EventRefused) as refusal:
        VOCABULARY.check_new(NewEvent("envelope.sent", version))
    assert refusal.value.code == "event-type-version"


def test_an_old_version_is_lifted_to_the_present_one_for_folding() -> None:
    old = event(type_version=1, payload={"recipient": "rec_1"})
    lifted = VOCABULARY.current(old)
    assert (lifted.type_version, lifted.payload) == (2, {"recipient": "rec_1", "channel": "sms"})
    assert VOCABULARY.current(lifted) == lifted


def test_a_version_of_a_later_build_is_not_guessed_at() -> None:
    with pytest.raises(EventRefused) as refusal:
        VOCABULARY.current(event(type_version=3))
    assert refusal.value.code == "event-type-newer"


def test_a_type_cannot_leave_a_version_behind() -> None:
    with pytest.raises(ValueError, match="lift"):
        EventType("envelope.sent", 3, lifts=(lambda old: old,))
    with pytest.raises(ValueError, match="past-tense"):
        EventType("sent")


def test_two_domains_cannot_declare_one_type() -> None:
    joined = Vocabulary((CREATED,)) | Vocabulary((COMPLETED,))
    assert {type_.name for type_ in joined} == {"envelope.created", "envelope.completed"}
    with pytest.raises(ValueError, match="twice"):
        joined | Vocabulary((CREATED,))
