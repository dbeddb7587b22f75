"""Days 12, 15 and 16: a chase with one id, lateness foretold, met and explained; and how a policy counts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.domain import Owner, Rate, Standing, next_moves, rate_of, standing, watch_day
from delivery.domain import commands as c
from delivery.domain.clocks import chase_day, day_of, days_left, due_day, hesitation_period, is_in_time, late_day
from delivery.domain.values import DeliveryState, EndReason
from tests.unit.delivery.delivery_play import (
    HANDED,
    ISSUED,
    NOON,
    OPENED,
    PHOTOGRAPHED,
    RECEIVED,
    RETURNED,
    TODAY,
    Play,
    at,
)

DUE = TODAY + timedelta(days=15)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@given(DAYS, st.integers(-5, 40))
def test_fifteen_days_after_the_application_is_in_time_and_sixteen_is_not(applied_on: date, count: int) -> None:
    day = applied_on + timedelta(days=count)
    assert is_in_time(applied_on, day) is (count <= 15)
    assert days_left(applied_on, day) == 15 - count
    assert chase_day(applied_on) < due_day(applied_on) < late_day(applied_on)
    assert (late_day(applied_on) - due_day(applied_on)).days == 1


@given(DAYS, st.sampled_from((15, 20)))
def test_the_hesitation_period_has_as_many_days_as_the_product_says(received_on: date, days: int) -> None:
    period = hesitation_period(received_on, days)
    assert period is not None
    assert period[0] == received_on + timedelta(days=1)
    assert (period[1] - period[0]).days + 1 == days


def test_a_product_without_a_hesitation_period_has_none() -> None:
    assert hesitation_period(TODAY, 0) is None


def test_the_day_is_that_of_china() -> None:
    assert day_of(NOON.replace(hour=15, minute=59)) == TODAY
    assert day_of(NOON.replace(hour=16)) == TODAY + timedelta(days=1)


def test_a_chase_is_opened_on_day_twelve_and_has_one_id_whatever_is_retried() -> None:
    play = at(*HANDED).later(days=11)
    assert play.refused(c.OpenChase) == "delivery-chase-early"
    play.later(days=1).go(c.OpenChase)
    assert play.do(play.command(c.OpenChase, chase="chs_another")) == ()
    assert play.delivery.chase is not None
    assert play.delivery.chase.id == "chs_1"


def test_what_is_not_issued_is_chased_too() -> None:
    play = at(*OPENED).later(days=12).go(c.OpenChase, c.Remind, c.LogCall)
    assert [move.act for move in next_moves(play.delivery)] == ["underwrite", "chase"]


def test_the_next_steps_name_the_chase_and_then_the_reason_that_is_wanted() -> None:
    play = at(*HANDED).later(days=12).go(c.OpenChase)
    assert [(move.owner, move.act) for move in next_moves(play.delivery)] == [
        (Owner.SALESPERSON, "have-signed"),
        (Owner.SALESPERSON, "chase"),
    ]
    play.later(days=4).go(c.FallLate)
    assert next_moves(play.delivery)[-1].act == "explain-late"
    play.go(c.ExplainLate)
    assert next_moves(play.delivery)[-1].act == "chase"


def test_a_late_receipt_wants_its_reason_even_after_it_is_returned() -> None:
    play = at(*HANDED).later(days=16).go(c.Sign, c.Return)
    assert [move.act for move in next_moves(play.delivery)] == ["explain-late"]
    assert [move.owner for move in next_moves(play.go(c.ExplainLate).delivery)] == [Owner.NOBODY]


def test_lateness_can_be_told_in_advance_and_not_afterwards() -> None:
    play = at(*HANDED).later(days=10).go(c.ForetellLate)
    assert play.do(play.given[-1]) == ()
    assert play.refused(c.ForetellLate, expected_on=DUE) == "delivery-expected-in-time"
    assert play.later(days=6).refused(c.ForetellLate, reason="lost") == "delivery-late-already"


def test_a_delivery_falls_late_on_day_sixteen_once() -> None:
    play = at(*HANDED).later(days=15)
    assert play.refused(c.FallLate) == "delivery-not-late"
    play.later(days=1).go(c.FallLate)
    assert play.do(play.command(c.FallLate)) == ()
    assert play.delivery.state is DeliveryState.WITH_SALESPERSON


def test_the_sweep_has_something_to_record_on_day_twelve_and_sixteen_and_on_no_other() -> None:
    play = at(*HANDED)
    assert watch_day(play.delivery) == TODAY + timedelta(days=12)
    assert watch_day(play.later(days=12).go(c.OpenChase).delivery) == TODAY + timedelta(days=16)
    assert watch_day(play.later(days=4).go(c.FallLate).delivery) is None
    assert watch_day(at(*RECEIVED).delivery) is None
    assert watch_day(at(*ISSUED, c.RecordEnded).delivery) is None
    assert watch_day(at(*PHOTOGRAPHED).delivery) is None
    assert watch_day(at(*PHOTOGRAPHED, c.RejectReceipt).delivery) == TODAY + timedelta(days=12)


def ended(play: Play, days: int) -> Play:
    return play.later(days=days).go(c.RecordEnded, reason=EndReason.CANCELLED)


STANDINGS = [
    ("not issued yet", lambda: at(*OPENED), 3, Standing.NOT_ISSUED),
    ("open on day 15", lambda: at(*HANDED), 15, Standing.OPEN),
    ("late on day 16, whether or not the sweep ran", lambda: at(*HANDED), 16, Standing.LATE),
    ("signed on day 15", lambda: at(*HANDED).later(days=15).go(c.Sign), 15, Standing.IN_TIME),
    ("signed on day 16", lambda: at(*HANDED).later(days=16).go(c.Sign), 16, Standing.LATE),
    ("received, then cancelled", lambda: ended(at(*RETURNED), 5), 30, Standing.IN_TIME),
    ("cancelled on day 15 without a receipt", lambda: ended(at(*HANDED), 15), 30, Standing.LEFT_OUT),
    ("cancelled on day 16 without a receipt", lambda: ended(at(*HANDED), 16), 30, Standing.LATE),
    ("signed after the end", lambda: ended(at(*HANDED), 3).go(c.Sign), 30, Standing.LEFT_OUT),
    (
        "a picture of day 15 that was accepted on day 18",
        lambda: at(*HANDED).later(days=17).go(c.Photograph, signed_on=DUE).later(days=1).go(c.AcceptReceipt),
        18,
        Standing.IN_TIME,
    ),
]


@pytest.mark.parametrize(
    ("make", "days", "expected"), [one[1:] for one in STANDINGS], ids=[one[0] for one in STANDINGS]
)
def test_a_policy_counts_as_the_legend_says(make: object, days: int, expected: Standing) -> None:
    assert callable(make)
    assert standing(make().delivery, TODAY + timedelta(days=days)) is expected


def test_the_rate_is_provisional_while_a_policy_is_open() -> None:
    rate = rate_of([Standing.IN_TIME, Standing.IN_TIME, Standing.LATE, Standing.LEFT_OUT, Standing.NOT_ISSUED])
    assert (rate.in_time, rate.counted, rate.provisional) == (2, 3, False)
    assert rate_of([Standing.OPEN]) == Rate(0, 0, 1, 0)
    assert rate_of([Standing.OPEN]).provisional
