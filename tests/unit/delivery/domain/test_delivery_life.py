"""The straight roads of a delivery, on paper and electronically, and what each scan means the second time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from delivery.domain import Owner, Standing, next_move, standing
from delivery.domain import commands as c
from delivery.domain import events as e
from delivery.domain.command import Command
from delivery.domain.values import CheckReason, DeliveryState, ReceiptWay, RouteWay, SignedBy, Waits
from tests.unit.delivery.delivery_play import (
    AT_OUTLET,
    AT_RELAY,
    BRANCH,
    CHECKED,
    HANDED,
    ISSUED,
    OPENED,
    OUTLET,
    PHOTOGRAPHED,
    POLICY,
    RECEIVED,
    RETURNED,
    STOPS,
    SUB_BRANCH,
    TODAY,
    UNDERWAY,
    at,
    electronic,
)

S = DeliveryState


def test_a_paper_policy_goes_from_the_application_to_the_returned_receipt() -> None:
    play = at(*RETURNED)
    assert play.delivery.state is S.RETURNED
    assert [event.type.name.partition(".")[2] for event in play.events] == [
        *("opened", "issued", "printed", "bound", "checked", "packed", "dispatched"),
        *("relayed", "forwarded", "relayed", "forwarded", "arrived", "handed", "received", "returned"),
    ]
    assert next_move(play.delivery).owner is Owner.NOBODY


def test_a_direct_parcel_has_no_stops() -> None:
    play = at(*CHECKED).go(c.Pack, way=RouteWay.DIRECT, stops=()).go(c.Dispatch)
    move = next_move(play.delivery)
    assert (move.about, move.until) == (OUTLET, TODAY + timedelta(days=2))
    assert play.go(c.Arrive).delivery.state is S.AT_OUTLET


def test_a_stop_that_was_not_scanned_is_not_waited_for() -> None:
    play = at(*UNDERWAY).go(c.Reach, institution=SUB_BRANCH)
    assert play.refused(c.Reach, institution=BRANCH) == "delivery-stop-passed"
    assert play.go(c.Arrive).delivery.state is S.AT_OUTLET


def test_an_electronic_policy_is_signed_over_its_link() -> None:
    play = electronic(c.SendLink, c.OpenLink, c.Sign)
    assert play.delivery.state is S.RECEIVED
    assert next_move(play.delivery).act == "return-receipt"
    assert play.go(c.Return).delivery.state is S.RETURNED


def test_a_link_may_be_opened_again_and_again() -> None:
    play = electronic(c.SendLink, c.OpenLink, c.OpenLink, c.Sign, c.OpenLink)
    assert sum(isinstance(event, e.DeliveryLinkOpened) for event in play.events) == 1


def test_who_wants_paper_after_all_gets_it_printed() -> None:
    play = electronic(c.SendLink, c.SwitchToPaper)
    assert play.delivery.state is S.TO_PRINT
    assert play.refused(c.SendLink) == "delivery-to-print"
    assert not play.delivery.is_electronic


def test_the_receipt_that_counts_tells_the_rate_by_itself() -> None:
    (received,) = at(*HANDED).later(days=3).do(at(*HANDED).later(days=3).command(c.Sign, way=ReceiptWay.ASSISTED))
    assert isinstance(received, e.DeliveryReceived)
    assert (received.proposal, received.policy, received.applied_on) == ("prp_1", POLICY, TODAY)
    assert (received.received_on, received.way) == (TODAY + timedelta(days=3), ReceiptWay.ASSISTED)
    assert received.signed_by is SignedBy.APPLICANT


@pytest.mark.parametrize("days", [15, 20])
def test_the_hesitation_period_runs_from_the_day_after_the_receipt(days: int) -> None:
    hesitation = at(*RECEIVED, hesitation_days=days).delivery.hesitation
    assert hesitation == (TODAY + timedelta(days=1), TODAY + timedelta(days=days))


def test_a_paper_receipt_counts_once_a_clerk_has_compared_it_by_the_day_that_is_on_it() -> None:
    play = at(*HANDED).later(days=1).go(c.Photograph, signed_on=TODAY)
    assert play.delivery.receipt is None
    received, returned = play.later(days=3).do(play.command(c.AcceptReceipt))
    assert isinstance(received, e.DeliveryReceived)
    assert isinstance(returned, e.DeliveryReturned)
    assert (received.received_on, received.way) == (TODAY, ReceiptWay.PAPER)
    assert play.delivery.state is S.RETURNED


def test_a_rejected_picture_leads_back_to_the_salesperson() -> None:
    play = at(*PHOTOGRAPHED, c.RejectReceipt)
    assert play.delivery.state is S.WITH_SALESPERSON
    assert play.go(c.Photograph, c.AcceptReceipt).delivery.state is S.RETURNED


def test_the_papers_are_complete_on_the_day_on_which_the_last_of_them_came_in() -> None:
    play = at(*OPENED)
    assert play.delivery.papers_on == TODAY
    play.go(c.RecordWait, waits_for=Waits.EXAMINATION, owner="usr_shen", until=date(2026, 11, 9))
    assert play.delivery.papers_on is None
    assert next_move(play.delivery).until == date(2026, 11, 9)
    play.later(days=5).go(c.RecordWait, waits_for=Waits.CASE)
    assert play.delivery.papers_on == TODAY + timedelta(days=5)


SCANS: list[tuple[tuple[type[Command], ...], type[Command]]] = [
    (ISSUED, c.Print),
    ((*ISSUED, c.Print), c.Bind),
    ((*ISSUED, c.Print, c.Bind), c.Check),
    (CHECKED, c.Pack),
    ((*CHECKED, c.Pack), c.Dispatch),
    (UNDERWAY, c.Reach),
    (AT_RELAY, c.Forward),
    (AT_RELAY, c.Arrive),
    (AT_OUTLET, c.Hand),
    (HANDED, c.Sign),
    (HANDED, c.Photograph),
    (PHOTOGRAPHED, c.AcceptReceipt),
    (RECEIVED, c.Return),
]


@pytest.mark.parametrize(("before", "kind"), SCANS, ids=lambda value: getattr(value, "__name__", ""))
def test_the_same_scan_twice_changes_nothing_the_second_time(
    before: tuple[type[Command], ...], kind: type[Command]
) -> None:
    play = at(*before).go(kind)
    once = play.delivery
    assert play.do(play.given[-1]) == ()
    assert play.delivery == once


def test_a_scan_that_comes_again_after_everything_else_changes_nothing() -> None:
    play = at(*RETURNED)
    for command in list(play.given):
        assert play.do(command) == (), type(command).__name__


def test_a_failed_check_prints_another_copy_and_the_scans_of_the_first_mean_nothing_to_it() -> None:
    play = at(*ISSUED, c.Print, c.Bind).go(c.Check, passed=False, reason=CheckReason.PAGES)
    assert play.delivery.state is S.TO_PRINT
    assert (play.delivery.copy.number, play.delivery.copy.bound) == (2, False)
    assert play.do(play.given[-1]) == ()
    assert play.go(c.Print, c.Bind, c.Check).delivery.state is S.CHECKED


def test_what_was_lost_in_transit_is_printed_again_and_an_old_copy_that_turns_up_is_refused() -> None:
    play = at(*UNDERWAY).later(days=4).go(c.Reprint)
    assert play.refused(c.Arrive) == "delivery-to-print"
    assert play.go(c.Print, c.Bind, c.Check, c.Pack, c.Dispatch, c.Arrive).delivery.copy.number == 2
    assert standing(play.delivery, TODAY) is Standing.OPEN


def test_the_relay_is_scanned_in_and_out() -> None:
    play = at(*UNDERWAY)
    assert next_move(play.delivery).about == STOPS[0]
    play.go(c.Reach)
    assert (next_move(play.delivery).act, next_move(play.delivery).about) == ("forward", STOPS[0])
    play.go(c.Forward)
    assert next_move(play.delivery).about == STOPS[1]
    assert play.go(c.Reach, c.Forward).delivery.state is S.UNDERWAY
    assert next_move(play.delivery).about == OUTLET
