"""Who is proposed: the nearest who is free, with the reason, whatever the order in which surveyors are read."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.dispatch.duty import place_typed
from claims.dispatch.files import RULES, load_places, load_rules, read_places, read_rules
from claims.dispatch.proposing import Because, NotFree, OnDuty, propose
from claims.errors import ClaimDataBroken, ClaimRefused
from claims.risk.places import Place

NOW = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)
RULE = load_rules()[-1]
LOSS = Place(30.2741, 120.1551)


def surveyor(name: str, km_north: float, open: int = 0, minutes: int = 3) -> OnDuty:
    return OnDuty(name, Place(LOSS.latitude + km_north / 111.2, LOSS.longitude), NOW - timedelta(minutes=minutes), open)


def proposed(*on_duty: OnDuty, loss: Place | None = LOSS, declined: frozenset[str] = frozenset()) -> list[str]:
    return [one.member for one in propose(loss, on_duty, declined, RULE, NOW).candidates]


def test_the_nearest_goes_first_and_the_reason_says_so() -> None:
    found = propose(LOSS, [surveyor("far", 9), surveyor("near", 2)], (), RULE, NOW).candidates
    assert [(one.member, one.metres // 100 if one.metres else 0) for one in found] == [("near", 20), ("far", 90)]
    assert (found[0].because, found[1].because) == (Because.NEAREST, None)


def test_whoever_has_less_to_do_goes_before_whoever_is_a_little_nearer() -> None:
    found = propose(LOSS, [surveyor("near", 2, open=2), surveyor("idle", 6)], (), RULE, NOW).candidates
    assert found[0].member == "idle"
    assert found[0].because is Because.LESS_TO_DO


def test_without_a_place_of_the_loss_whoever_has_least_to_do_goes() -> None:
    found = propose(None, [surveyor("busy", 1, open=2), surveyor("idle", 50)], (), RULE, NOW).candidates
    assert (found[0].member, found[0].metres, found[0].because) == ("idle", None, Because.LEAST_TO_DO)


@pytest.mark.parametrize(
    ("one", "declined", "why"),
    [
        (surveyor("a", 1), {"a"}, NotFree.DECLINED),
        (surveyor("a", 1, open=RULE.open_at_most), set(), NotFree.TOO_MUCH),
        (surveyor("a", 1, minutes=RULE.place_minutes + 1), set(), NotFree.PLACE_OLD),
        (surveyor("a", RULE.km_at_most + 2), set(), NotFree.TOO_FAR),
    ],
)
def test_whoever_is_not_free_is_told_with_the_reason(one: OnDuty, declined: set[str], why: NotFree) -> None:
    found = propose(LOSS, [one], declined, RULE, NOW)
    assert (found.candidates, found.others) == ((), (("a", why),))


@given(st.lists(st.tuples(st.floats(0, 80), st.integers(0, 4), st.integers(0, 200)), max_size=6), st.randoms())
def test_nobody_is_lost_and_the_order_of_reading_changes_nothing(who: list[Any], random: Any) -> None:
    on_duty = [surveyor(f"usr_{number}", *one) for number, one in enumerate(who)]
    first = propose(LOSS, on_duty, (), RULE, NOW)
    assert {one.member for one in first.candidates} | {one for one, _ in first.others} == {m.member for m in on_duty}
    random.shuffle(on_duty)
    assert propose(LOSS, on_duty, (), RULE, NOW) == first
    assert all(one.open < RULE.open_at_most for one in first.candidates)


def test_the_place_of_a_report_is_found_in_its_words() -> None:
    gazetteer = load_places()[-1]
    assert gazetteer.named_in("栖川市望潮区槐荫路地下车库") == "wangchao-huaiyin"
    assert gazetteer.named_in("别处") is None


@pytest.mark.parametrize(("code", "typed"), [("", ""), ("nowhere", ""), ("", "91, 0"), ("", "a, b"), ("", "1,2,3")])
def test_a_place_that_is_none_is_refused(code: str, typed: str) -> None:
    with pytest.raises(ClaimRefused, match="place"):
        place_typed(code, typed, NOW)


def test_a_place_is_chosen_or_typed() -> None:
    assert place_typed("", "30.5，120.5", NOW) == Place(30.5, 120.5)
    assert place_typed("wangchao-centre", "", NOW) == LOSS


def test_files_that_do_not_hang_together_are_refused() -> None:
    rules = json.loads((RULES / "2026-1.json").read_bytes())
    with pytest.raises(ClaimDataBroken):
        read_rules(json.dumps(rules | {"open_at_most": 0}).encode())
    row = {"code": "a", "latitude": "95", "longitude": "0", "words": {"zh": "甲", "en": "A"}}
    sheet = {"version": "1", "effective_from": "2026-01-01", "places": [row]}
    with pytest.raises(ClaimDataBroken):
        read_places(json.dumps(sheet).encode())
    sheet["places"] = [row | {"latitude": "30"}] * 2
    with pytest.raises(ClaimDataBroken):
        read_places(json.dumps(sheet).encode())
