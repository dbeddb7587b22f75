"""What is counted over ways, and how: by hand, over a handful of proposals whose figures anybody can check."""

from __future__ import annotations

import random

import pytest

from esign.public.figures import HOUR, month_of
from policy.figures.figures import Report, report_of, sent_in
from policy.figures.journeys import journeys_in
from policy.figures.rows import csv_of, rows_of
from policy.figures.steps import STEPS, Channel, Delivery, End, Mode, Step
from tests.unit.policy.figures.journey_play import Story


@pytest.fixture(scope="module")
def story() -> Story:
    """Four of October and two of November: issued twice, declined, expired, refused, on its way."""
    told = Story()
    told.wait(days=-31)
    for number, hours in enumerate((2, 10)):
        proposal, envelope = f"prp_issued{number}", f"env_issued{number}"
        told.enter(proposal, client="cli_1")
        told.send(proposal, envelope, "applicant", "insured")
        told.wait(hours=hours)
        told.walk(envelope, "applicant")
        told.walk(envelope, "insured", presence="in-person" if number else "remote")
        told.sign(proposal, envelope)
        told.issue(proposal, **({"delivery": "electronic"} if number else {}))
    told.enter("prp_declined", product="term-life")
    told.send("prp_declined", "env_declined", "applicant")
    told.walk("env_declined", "applicant")
    told.sign("prp_declined", "env_declined")
    told.tell("prp_declined", "underwriting.decided", outcome="decline")
    told.enter("prp_expired", holds_until="2026-10-20")
    told.send("prp_expired", "env_expired", "applicant")
    told.walk("env_expired", "applicant", to="identified")
    told.tell("prp_expired", "proposal.returned", envelope="env_expired", reason="expired")
    told.wait(days=31)
    told.enter("prp_refused", institution="ins_2")
    told.send("prp_refused", "env_refused", "applicant")
    told.tell("prp_refused", "proposal.refused", signer="applicant")
    told.enter("prp_open")
    told.send("prp_open", "env_open", "applicant")
    return told


@pytest.fixture(scope="module")
def report(story: Story) -> Report:
    return report_of(journeys_in(story.events))


def test_what_was_sent_is_issued_ended_or_on_its_way(report: Report) -> None:
    whole = report.whole
    assert (whole.sent, whole.signed, whole.issued, whole.open) == (6, 3, 2, 1)
    assert whole.issued + whole.open + sum(sum(steps.values()) for steps in whole.ends.values()) == whole.sent
    found = {end: {step: n for step, n in steps.items() if n} for end, steps in whole.ends.items()}
    assert {end: steps for end, steps in found.items() if steps} == {
        End.DECLINED: {Step.SIGNED: 1},
        End.EXPIRED: {Step.IDENTIFIED: 1},
        End.REFUSED: {Step.SENT: 1},
    }


def test_the_funnel_counts_who_came_at_least_so_far(report: Report) -> None:
    assert [report.whole.funnel[step] for step in STEPS] == [6, 4, 4, 3, 3, 3, 3, 2, 2, 2]


def test_times_are_over_those_that_have_both_ends(report: Report) -> None:
    whole = report.whole
    assert (whole.to_signed.count, whole.to_signed.median, whole.to_signed.ninth) == (3, 2 * HOUR, 10 * HOUR)
    assert (whole.to_issued.count, whole.to_issued.median) == (2, 3 * HOUR)
    assert whole.whole.median == 5 * HOUR


def test_signatures_and_policies_have_their_shares_and_what_was_not_told_is_in_none(report: Report) -> None:
    whole = report.whole
    assert dict(whole.modes) == {Mode.REMOTE: 4, Mode.ASSISTED: 0, Mode.IN_PERSON: 1}
    assert whole.remote_share == 800
    assert (dict(whole.deliveries), whole.untold) == ({Delivery.ELECTRONIC: 1, Delivery.PAPER: 0}, 1)
    assert whole.paperless_share == 1000


def test_a_month_with_something_on_its_way_or_not_over_is_provisional(story: Story, report: Report) -> None:
    assert {month: one.is_provisional for month, one in report.months.items()} == {"2026-10": False, "2026-11": True}
    early = [event for event in story.events if month_of(int(event.time.timestamp())) == "2026-10"]
    assert report_of(journeys_in(early)).months.keys() == {"2026-10"}
    assert report_of(journeys_in(early)).whole.is_provisional  # nothing says yet that October is over


def test_what_came_back_and_may_be_sent_again_keeps_its_month_provisional(story: Story) -> None:
    open_quote = [
        event
        if event.type != "proposal.entered" or event.stream != "prp_expired"
        else type(event)(**{**vars(event), "payload": {**event.payload, "holds_until": "2026-11-20"}})
        for event in story.events
    ]
    assert {month: one.is_provisional for month, one in report_of(journeys_in(open_quote)).months.items()} == {
        "2026-10": True,
        "2026-11": True,
    }


def test_lots_add_up_to_the_whole(report: Report) -> None:
    for lots in (report.months, report.products, report.institutions, report.channels):
        assert sum(one.sent for one in lots.values()) == report.whole.sent
        assert sum(one.whole.count for one in lots.values()) == report.whole.whole.count
    assert report.products.keys() == {"term-life", "whole-life"}
    assert report.channels[Channel.PLATFORM].issued == 2


def test_the_order_in_which_ways_are_read_changes_no_figure(story: Story, report: Report) -> None:
    shuffled = journeys_in(story.events)
    random.Random(3).shuffle(shuffled)  # noqa: S311
    assert csv_of(report_of(shuffled)) == csv_of(report)


def test_a_month_and_a_product_are_chosen_by_the_first_sending(story: Story) -> None:
    ways = journeys_in(story.events)
    assert {one.proposal for one in filter(sent_in(None, "term-life"), ways)} == {"prp_declined"}
    month = month_of(ways[-1].sent_at)
    assert {one.proposal for one in filter(sent_in(month), ways)} == {"prp_refused", "prp_open"}


def test_of_nothing_every_figure_is_none_or_zero() -> None:
    empty = report_of([])
    assert {one.value for one in rows_of(empty)} == {0, None}
    assert not empty.whole.is_provisional


def test_rows_say_of_what_they_are_and_which_may_still_change(report: Report) -> None:
    rows = {(one.by, one.of, one.figure): (one.is_provisional, one.value) for one in rows_of(report)}
    assert rows["all", "", "sent"] == (True, 6)
    assert rows["month", "2026-10", "sent-to-signed-hours-8-24"] == (False, 1)
    assert rows["channel", "platform", "signatures-remote-percent"] == (False, "75.0")
    assert rows["all", "", "ended-expired-at-identified"] == (True, 1)
    assert csv_of(report).splitlines()[0] == "by,of,provisional,figure,value"
