"""Clocks: which run for a claim as it stands, when each ends, who is told, and that it is told once."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from claims.clocks.catalogue import Span, end_of
from claims.clocks.days import load_days
from claims.clocks.deadlines import Deadline, look_at, to_tell
from claims.clocks.files import load_clocks, read_clocks
from claims.domain import commands as c
from claims.domain.table import Actor
from claims.domain.values import SurveyWay
from claims.errors import ClaimDataBroken
from claims.rules_in_force import deadlines_of
from claims.sheets import DATA
from tests.unit.claims.claim_play import (
    AGREED,
    CLOSED,
    NOON,
    OFFERED,
    PAYABLE,
    REPORTED,
    TRIAGED,
    UNKNOWN,
    VERIFIED,
    Play,
    at,
    blocked,
)

DAYS = load_days()
CLOSING = load_clocks()[-1].closing


def running(play: Play) -> dict[str, Deadline]:
    return {one.clock: one for one in deadlines_of(play.claim)}


def test_a_call_back_is_due_within_two_minutes_and_until_somebody_is_reached() -> None:
    play = at(*TRIAGED, c.AskCallBack)
    assert running(play)["call-back"].due == NOON + timedelta(minutes=2)
    assert running(play)["call-back"].owner is Actor.HANDLER
    play.go(c.RecordCalledBack, reached=False)
    assert "call-back" in running(play)
    assert "call-back" not in running(play.go(c.RecordCalledBack))


@pytest.mark.parametrize(
    ("road", "clock"),
    [(REPORTED, "triage"), (TRIAGED, "self-service"), (VERIFIED, "adjudicate"), (OFFERED, "agreement")],
)
def test_each_step_has_a_clock(road: tuple[type[c.Command], ...], clock: str) -> None:
    assert clock in running(at(*road))


def test_a_surveyor_is_sent_and_then_surveys() -> None:
    play = Play({c.Triage: {"way": SurveyWay.SURVEYOR}}).go(*TRIAGED)
    assert running(play)["dispatch"].due == NOON + timedelta(minutes=15)
    assert running(play.go(c.TakeSurvey))["survey"].owner is Actor.SURVEYOR


def test_a_dispute_is_answered_in_twelve_hours_and_then_by_the_quotation_desk_on_the_next_working_day() -> None:
    play = at(*OFFERED, c.Dispute)  # a Friday
    assert running(play)["answer-dispute"].due == NOON + timedelta(hours=12)
    desk = running(play.go(c.PassDispute))["quotation"]
    assert (desk.owner, desk.due) == (Actor.QUOTATION_DESK, datetime(2026, 11, 30, 10, 0, tzinfo=UTC))


def test_a_decision_is_due_thirty_days_after_the_papers_are_complete() -> None:
    assert running(at(*VERIFIED))["decide"].due == NOON + timedelta(days=30)
    waiting = at(*VERIFIED, c.AskPapers)
    assert "decide" not in running(waiting)
    waiting.later(days=10).go(c.RecordPapers)
    assert running(waiting)["decide"].due == NOON + timedelta(days=40)


def test_what_is_certain_is_due_on_day_sixty_unless_it_was_allowed() -> None:
    assert running(at(*VERIFIED))["certain"].due == NOON + timedelta(days=60)
    assert "certain" not in running(at(*VERIFIED, c.SetPayee, c.AllowAdvance))


@pytest.mark.parametrize(
    ("tier", "minutes"), [("document-free", 30), ("at-once", 60), ("within-a-day", 1440), ("ordinary", 14_400)]
)
def test_it_is_paid_as_soon_as_its_tier_promises_and_within_ten_days_at_the_latest(tier: str, minutes: int) -> None:
    play = Play({c.Adjudicate: {"tier": tier}}).go(*AGREED)
    assert running(play)["pay"].due == NOON + timedelta(minutes=minutes)


def test_a_payment_that_nobody_knows_about_is_the_managers() -> None:
    assert running(at(*PAYABLE))["pay"].owner is Actor.TEAM_LEAD
    assert running(at(*UNKNOWN))["pay"].owner is Actor.MANAGER


def test_a_refusal_is_told_within_three_days_and_then_nothing_runs() -> None:
    play = at(*VERIFIED, c.Refuse)
    assert running(play)["notify-refusal"].due == NOON + timedelta(days=3)
    assert running(play.go(c.RecordNotice)) == {}
    assert running(at(*CLOSED)) == {}


def test_a_block_waits_for_a_person_not_longer_than_the_next_working_day() -> None:
    assert "review-block" in running(blocked())
    assert "review-block" not in running(blocked(c.ReviewBlock))


def test_first_a_reminder_then_an_alarm_and_each_once() -> None:
    play = at(*TRIAGED, c.AskCallBack)

    def tell() -> list[str]:
        told = to_tell(play.claim, deadlines_of(play.claim), play.now)
        for command in told:
            play.do(command)
        return [f"{type(command).__name__} {command.clock}" for command in told]  # type: ignore[attr-defined]

    assert tell() == []
    assert look_at(play.claim, deadlines_of(play.claim)) == NOON + timedelta(minutes=1)
    play.later(seconds=60)
    assert tell() == ["Remind call-back"]
    assert tell() == []
    assert look_at(play.claim, deadlines_of(play.claim)) == NOON + timedelta(minutes=2)
    play.later(seconds=60)
    assert tell() == ["Alarm call-back"]
    assert tell() == []


def test_where_nobody_looked_in_time_the_alarm_comes_without_a_reminder() -> None:
    play = at(*TRIAGED, c.AskCallBack).later(minutes=10)
    told = to_tell(play.claim, deadlines_of(play.claim), play.now)
    assert [type(one) for one in told] == [c.Alarm]


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 10, 1), False),
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),
        (date(2026, 10, 11), False),
        (date(2026, 2, 14), True),
        (date(2026, 11, 27), True),
    ],
)
def test_working_days_follow_the_announced_calendar(day: date, working: bool) -> None:
    assert DAYS.is_working(day) is working
    assert DAYS.knows(2026)
    assert not DAYS.knows(2027)


def test_the_next_working_day_before_a_holiday_is_the_one_after_it() -> None:
    since = datetime(2026, 9, 30, 4, 0, tzinfo=UTC)
    assert end_of(Span(0, 1), since, CLOSING, DAYS) == datetime(2026, 10, 8, 10, 0, tzinfo=UTC)


def clocks(**changes: Any) -> bytes:
    return json.dumps(json.loads((DATA / "clocks" / "2026-1.json").read_bytes()) | changes).encode()


def test_a_file_that_lacks_a_clock_or_runs_it_two_ways_is_refused() -> None:
    rows = json.loads(clocks())["clocks"]
    for wrong in (rows[1:], [*rows, rows[0]], [rows[0] | {"working_days": 1}, *rows[1:]], [rows[0] | {"owner": "me"}]):
        with pytest.raises(ClaimDataBroken):
            read_clocks(clocks(clocks=wrong))


def test_in_a_year_that_was_not_announced_only_weekends_are_days_off() -> None:
    assert not DAYS.knows(2027)
    assert [DAYS.is_working(date(2027, 10, day)) for day in (1, 2, 4)] == [True, False, True]
    assert date(2026, 10, 1) in DAYS.holidays
