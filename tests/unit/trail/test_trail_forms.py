"""Events of a domain on their way into the trail and back: words are ids and codes, and every value has its type."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Annotated, Any, ClassVar

import pytest

from esign.trail.errors import EventRefused, StreamBroken
from esign.trail.event import Event, EventType, NewEvent, record
from esign.trail.forms import ID_OR_CODE, EventForms

NOON = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)


class Shade:
    """A form of a domain's own."""

    name = "a shade such as RAL7016"

    def fits(self, value: object) -> bool:
        return isinstance(value, str) and re.fullmatch(r"RAL[0-9]{4}", value) is not None


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Part:
    name: str
    fen: int


@dataclass(frozen=True, kw_only=True)
class Painted:
    type: ClassVar[EventType] = EventType("wall.painted")
    at: datetime
    by: str
    colour: Colour
    coats: int
    dry: bool
    on: date
    until: datetime
    parts: tuple[Part, ...] = ()
    layers: tuple[tuple[int, ...], ...] = ()
    approval: str | None = None
    shade: Annotated[str, Shade()] | None = None


FORMS = EventForms[Painted]([Painted])
PAINTED = Painted(
    at=NOON,
    by="usr_01k9",
    colour=Colour.RED,
    coats=2,
    dry=False,
    on=date(2026, 11, 27),
    until=NOON + timedelta(hours=1, microseconds=7),
    parts=(Part("north-side", 1_250), Part("ab" * 32, 0)),
    layers=((1, 2), ()),
    shade="RAL7016",
)


def recorded(new: NewEvent, **changes: Any) -> Event:
    event = record(new, id=f"evt_{'0' * 32}", stream="wal_1", version=1, actor="system", time=NOON)
    return replace(event, payload={**event.payload, **changes})


def test_what_is_written_is_plain_data_and_read_back_the_same() -> None:
    (new,) = FORMS.new_events([PAINTED])
    assert new.payload == {
        "by": "usr_01k9",
        "colour": "red",
        "coats": 2,
        "dry": False,
        "on": "2026-11-27",
        "until": "2026-11-27T05:00:00.000007Z",
        "parts": [{"name": "north-side", "fen": 1250}, {"name": "ab" * 32, "fen": 0}],
        "layers": [[1, 2], []],
        "approval": None,
        "shade": "RAL7016",
    }
    assert FORMS.event_of(recorded(new)) == PAINTED
    elsewhere = replace(PAINTED, until=PAINTED.until.astimezone(timezone(timedelta(hours=8))))
    assert FORMS.new_events([elsewhere]) == (new,)


@pytest.mark.parametrize("word", ["prp_01k9x7", "in-force", "0" * 64, "2026-11-27", "2026-11", "1.4.0"])
def test_a_word_is_an_id_a_code_a_digest_a_day_or_a_version(word: str) -> None:
    event = replace(PAINTED, by=word)
    assert FORMS.event_of(recorded(*FORMS.new_events([event]))) == event


@pytest.mark.parametrize(
    "personal",
    ["孙小梅", "Sun Xiaomei", "Sun", "13800004026", "11010519491231002X", "sun@example.com", "6222-0200-1", "", "a b"],
)
def test_personal_data_is_no_word_and_is_not_repeated(personal: str) -> None:
    for event in (replace(PAINTED, by=personal), replace(PAINTED, parts=(Part(personal, 1),))):
        with pytest.raises(EventRefused) as refused:
            FORMS.new_events([event])
        assert not personal or personal not in str(refused.value)
    if personal.isascii() and " " not in personal:  # else no event can hold it at all
        with pytest.raises(StreamBroken) as broken:
            FORMS.event_of(recorded(*FORMS.new_events([PAINTED]), by=personal))
        assert not personal or personal not in str(broken.value)


def test_a_domain_may_take_fewer_words() -> None:
    strict = EventForms[Painted]([Painted], words=ID_OR_CODE)
    with pytest.raises(EventRefused):
        strict.new_events([replace(PAINTED, parts=(), by="0" * 64)])


@pytest.mark.parametrize(
    "changes",
    [
        {"coats": True},
        {"coats": "2"},
        {"dry": 1},
        {"colour": "red"},
        {"parts": [Part("a", 1)]},
        {"parts": ("a",)},
        {"on": NOON},
        {"until": NOON.replace(tzinfo=None)},
        {"by": None},
        {"by": 7},
        {"shade": "red"},
    ],
)
def test_a_value_of_another_type_is_not_written(changes: dict[str, Any]) -> None:
    with pytest.raises(EventRefused) as refused:
        FORMS.new_events([replace(PAINTED, **changes)])
    assert refused.value.code == "event-payload"


@pytest.mark.parametrize(
    "changes",
    [
        {"coats": "2"},
        {"coats": True},
        {"dry": 0},
        {"colour": "green"},
        {"parts": {}},
        {"parts": [{"name": "a"}]},
        {"parts": [{"name": "a", "fen": 1, "more": 1}]},
        {"layers": [[1], "2"]},
        {"on": "20261127"},
        {"on": "2026-11-31"},
        {"until": "2026-11-27T05:00:00Z"},
        {"until": "2026-11-27T05:00:00.000007+00:00"},
        {"until": None},
        {"by": "soon!"},
        {"shade": "red"},
        {"shade": 7016},
        {"more": 1},
    ],
)
def test_a_payload_that_is_not_that_of_its_type_breaks_the_stream(changes: dict[str, Any]) -> None:
    with pytest.raises(StreamBroken):
        FORMS.event_of(recorded(*FORMS.new_events([PAINTED]), **changes))


def test_an_earlier_version_is_lifted_and_a_later_one_is_refused() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Repainted:
        type: ClassVar[EventType] = EventType("wall.painted", 2, lifts=(lambda old: {"coats": old["coats"]},))
        at: datetime
        coats: int

    later = EventForms[Repainted]([Repainted])
    (old,) = FORMS.new_events([PAINTED])
    assert later.event_of(recorded(old)) == Repainted(at=NOON, coats=2)
    with pytest.raises(EventRefused) as refused:
        FORMS.event_of(recorded(*later.new_events([Repainted(at=NOON, coats=3)])))
    assert refused.value.code == "event-type-newer"


def test_a_member_that_has_no_form_is_refused_when_it_is_declared() -> None:
    for hint in (float, bytes, dict[str, int], str | int, tuple[int, str], list[int]):
        kind = dataclass(frozen=True, kw_only=True)(
            type(
                "Odd",
                (),
                {"__annotations__": {"at": datetime, "odd": hint}, "type": EventType("wall.odd")},
            )
        )
        with pytest.raises(ValueError, match="nothing that an event can hold"):
            EventForms[Any]([kind])
    with pytest.raises(ValueError, match="declared twice"):
        EventForms[Painted]([Painted, Painted])
