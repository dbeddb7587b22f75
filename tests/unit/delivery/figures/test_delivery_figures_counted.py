"""What figures count, over deliveries that are played: pure, with no database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from delivery.domain import commands as c
from delivery.domain.clocks import day_of
from delivery.domain.command import Command
from delivery.domain.figure import rate_of, standing
from delivery.domain.values import EndReason, Medium, ReceiptWay, ReprintReason
from delivery.errors import DeliveryRefused
from delivery.figures.figures import Report
from delivery.figures.legs import Leg
from delivery.figures.rows import csv_of
from delivery.figures.tallies import UNTOLD, Tally, read_tally
from delivery.figures.told import Told
from delivery.service.streams import FORMS
from esign.public.events import Event
from esign.public.figures import Month
from tests.unit.delivery.delivery_play import Play

_numbers = count(1)
PAPER: tuple[type[Command], ...] = (c.Print, c.Bind, c.Check, c.Pack, c.Dispatch, c.Reach, c.Forward, c.Arrive, c.Hand)


def issued(medium: Medium = Medium.PAPER, **opening: object) -> Play:
    number = next(_numbers)
    play = Play(proposal=f"prp_{number}", **opening).go(c.Open).later(hours=2)
    return play.go(c.RecordIssued, policy=f"CY{number:08d}", medium=medium)


def recorded(play: Play) -> list[Event]:
    """Return the events as the trail has them."""
    stream = f"dlv_{play.delivery.application.proposal[4:]}"
    found = []
    for version, event in enumerate(play.events, 1):
        new = FORMS.new_events((event,))[0]
        id_ = f"evt_{stream[4:]:0>16}{version:016d}"
        found.append(Event(id_, stream, version, new.type, 1, "tests", event.at, new.payload))
    return found


def told(plays: Iterable[Play]) -> Report:
    told = Told()
    for event in sorted((one for play in plays for one in recorded(play)), key=lambda one: (one.time, one.id)):
        told.hear(event)
    return told.report()


def test_a_paper_policy_spends_its_hours_leg_by_leg() -> None:
    play = issued()
    for kind in PAPER:
        play.later(hours=5).go(kind)
    play.later(hours=30).go(c.Sign).later(hours=1).go(c.Return)
    legs = {leg: one.median for leg, one in told([play]).whole.legs.items()}
    assert legs == {
        Leg.UNDERWRITING: 2,
        Leg.PRINTING: 25,
        Leg.CARRYING: 15,
        Leg.OUTLET: 5,
        Leg.VISITING: 30,
        Leg.ONLINE: None,
        Leg.RETURNING: 1,
        Leg.WHOLE: 77,
    }


def test_an_electronic_policy_has_one_leg_of_its_own() -> None:
    play = issued(Medium.ELECTRONIC).later(hours=3).go(c.SendLink, c.OpenLink, c.Sign)
    legs = told([play]).whole.legs
    assert (legs[Leg.ONLINE].median, legs[Leg.CARRYING].count) == (3, 0)


def test_what_a_lost_copy_went_through_belongs_to_the_printing_of_the_next_one() -> None:
    play = issued()
    for kind in PAPER[:5]:
        play.later(hours=1).go(kind)
    play.later(days=4).go(c.Reprint, reason=ReprintReason.LOST)
    for kind in PAPER:
        play.later(hours=1).go(kind)
    play.go(c.Sign)
    assert told([play]).whole.legs[Leg.PRINTING].median == 5 + 96 + 5


def test_a_receipt_of_day_16_is_late_for_the_reason_given_last() -> None:
    late = issued(Medium.ELECTRONIC).later(days=16).go(c.SendLink, c.Sign, c.Return)
    silent = issued(Medium.ELECTRONIC).later(days=16).go(c.SendLink, c.Sign)
    late.go(c.ExplainLate, reason="lost").go(c.ExplainLate, reason="customer-ill")
    whole = told([late, silent]).whole
    assert (whole.rate.late, whole.rate.in_time, whole.rate_share) == (2, 0, 0)
    assert whole.reasons == {"customer-ill": 1, UNTOLD: 1}


def test_a_policy_that_waits_is_open_until_day_15_and_late_from_day_16_on_without_any_event_of_its_own() -> None:
    waiting = issued(Medium.ELECTRONIC)
    for days, found in ((14, (1, 0)), (16, (0, 1))):
        clock = issued(Medium.ELECTRONIC).later(days=days).go(c.SendLink)
        clock.go(c.Sign)
        whole = told([waiting, clock]).whole
        assert (whole.rate.open, whole.rate.late - (days > 15)) == found
        assert whole.ages[min(days, 16)] == 1


def test_a_month_is_provisional_while_it_lasts_or_a_policy_of_it_is_open() -> None:
    done = issued(Medium.ELECTRONIC).go(c.SendLink, c.Sign)
    assert told([done]).months[Month("2026-11")].is_provisional
    later = issued(Medium.ELECTRONIC)
    later.now += timedelta(days=40)
    later.go(c.SendLink).go(c.RecordEnded, reason=EndReason.VOIDED)
    report = told([done, later])
    assert report.on == date(2026, 12, 12)
    assert not report.months[Month("2026-11")].is_provisional


def test_ways_are_counted_apart_and_the_share_is_of_those_signed_by_oneself() -> None:
    plays = [issued(Medium.ELECTRONIC).go(c.SendLink) for _ in range(4)]
    for play, way in zip(plays, (ReceiptWay.SELF, ReceiptWay.SELF, ReceiptWay.SELF, ReceiptWay.ASSISTED), strict=True):
        play.go(c.Sign, way=way)
    whole = told(plays).whole
    assert (whole.received, whole.self_share, whole.ways[ReceiptWay.PAPER]) == (4, 750, 0)


def test_each_lot_is_found_by_institution_channel_and_product() -> None:
    plays = [
        issued(Medium.ELECTRONIC, institution="ins_a", channel="bank", product="term"),
        issued(Medium.ELECTRONIC, institution="ins_b", channel="agency", product="term"),
    ]
    report = told(plays)
    assert [list(one) for one in (report.institutions, report.channels, report.products)] == [
        ["ins_a", "ins_b"],
        ["agency", "bank"],
        ["term"],
    ]
    assert "product,term,yes,open,2" in csv_of(report)


@given(st.lists(st.tuples(st.sampled_from(sorted(c.COMMANDS, key=str)), st.integers(0, 90)), max_size=30))
def test_whatever_happens_the_rate_is_that_of_the_states_and_a_tally_taken_away_leaves_nothing(
    steps: list[tuple[type[Command], int]],
) -> None:
    play = issued()
    for kind, hours in steps:
        try:
            play.later(hours=hours).go(kind)
        except (DeliveryRefused, KeyError, IndexError):
            continue
    heard = Told()
    for event in recorded(play):
        heard.hear(event)
    assert heard.report().whole.rate == rate_of([standing(play.delivery, day_of(play.delivery.last_at))])
    way = next(iter(heard._ways.values()))
    if not way.is_open:
        tally = Tally()
        tally.count(way)
        assert read_tally(tally.kept()).kept() == tally.kept()
        tally.count(way, -1)
        assert not any(tally.kept().values())  # type: ignore[union-attr]
