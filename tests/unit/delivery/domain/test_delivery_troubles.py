"""What goes wrong: each has an event, an owner and a next step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from delivery.domain import Owner, next_move, next_moves
from delivery.domain import commands as c
from delivery.domain import events as e
from delivery.domain.command import Command
from delivery.domain.values import DeliveryState, EndReason, RejectReason, ReprintReason, SignedBy
from tests.unit.delivery.delivery_play import (
    AT_OUTLET,
    BOUND,
    HANDED,
    ISSUED,
    PHOTOGRAPHED,
    RETURNED,
    SELLER,
    SUCCESSOR,
    TODAY,
    UNDERWAY,
    Play,
    at,
    electronic,
)

S = DeliveryState

TROUBLES: list[tuple[str, Callable[[], Play], type[e.Event], Owner, str]] = [
    ("address wrong", lambda: at(*HANDED, c.ReportAddressWrong), e.DeliveryAddressWrong, Owner.SALESPERSON, "correct"),
    ("customer away", lambda: at(*HANDED, c.ReportAway), e.DeliveryMissed, Owner.SALESPERSON, "visit-again"),
    ("refused", lambda: at(*HANDED, c.ReportRefused), e.DeliveryRefused, Owner.SUPERVISOR, "talk-to-customer"),
    ("lost", lambda: at(*UNDERWAY, c.Reprint), e.DeliveryReprinted, Owner.PRINT_CENTRE, "print"),
    (
        "damaged",
        lambda: at(*AT_OUTLET).go(c.Reprint, reason=ReprintReason.DAMAGED),
        e.DeliveryReprinted,
        Owner.PRINT_CENTRE,
        "print",
    ),
    ("salesperson left", lambda: at(*HANDED, c.RecordOrphaned), e.DeliveryOrphaned, Owner.SUPERVISOR, "reassign"),
    (
        "signed after surrender",
        lambda: at(*HANDED).go(c.RecordEnded, reason=EndReason.SURRENDERED).go(c.Sign),
        e.DeliverySignedAfterEnd,
        Owner.BRANCH,
        "settle-signature",
    ),
    (
        "signed by somebody else",
        lambda: at(*HANDED).go(c.Sign, signed_by=SignedBy.FAMILY),
        e.DeliverySignedByOther,
        Owner.SALESPERSON,
        "have-applicant-sign",
    ),
    (
        "link leads to nobody",
        lambda: electronic(c.SendLink, c.ReportAddressWrong),
        e.DeliveryAddressWrong,
        Owner.SALESPERSON,
        "correct",
    ),
    ("photographed", lambda: at(*PHOTOGRAPHED), e.DeliveryPhotographed, Owner.OUTLET, "compare-receipt"),
]


@pytest.mark.parametrize(
    ("make", "kind", "owner", "act"), [one[1:] for one in TROUBLES], ids=[one[0] for one in TROUBLES]
)
def test_each_has_an_event_an_owner_and_a_next_step(
    make: Callable[[], Play], kind: type[e.Event], owner: Owner, act: str
) -> None:
    play = make()
    assert isinstance(play.events[-1], kind)
    move = next_move(play.delivery)
    assert (move.owner, move.act.startswith(act), move.since) == (owner, True, play.delivery.since)
    assert move.until is not None


WAYS_OUT: list[tuple[str, Callable[[], Play], tuple[type[Command], ...], DeliveryState]] = [
    ("the address is corrected", lambda: at(*HANDED, c.ReportAddressWrong), (c.CorrectAddress,), S.WITH_SALESPERSON),
    ("the phone is corrected", lambda: electronic(c.SendLink, c.ReportAddressWrong), (c.CorrectAddress,), S.TO_SEND),
    ("the customer is there", lambda: at(*HANDED, c.ReportAway), (c.Sign,), S.RECEIVED),
    ("the customer takes it", lambda: at(*HANDED, c.ReportRefused), (c.Resume,), S.WITH_SALESPERSON),
    ("the customer signs at once", lambda: at(*HANDED, c.ReportRefused), (c.Sign,), S.RECEIVED),
    ("somebody else takes over", lambda: at(*HANDED, c.RecordOrphaned), (c.Reassign,), S.AT_OUTLET),
    ("the applicant signs", lambda: at(*HANDED).go(c.Sign, signed_by=SignedBy.FAMILY), (c.Sign,), S.RECEIVED),
    (
        "the picture shows another's name",
        lambda: at(*PHOTOGRAPHED).go(c.RejectReceipt, reason=RejectReason.SIGNED_BY_OTHER),
        (c.Photograph,),
        S.PHOTOGRAPHED,
    ),
    ("it is looked into", lambda: at(*HANDED, c.RecordEnded, c.Sign), (c.SettleSignature,), S.ENDED),
    ("paper is wanted", lambda: electronic(c.SendLink, c.ReportRefused), (c.SwitchToPaper,), S.TO_PRINT),
]


@pytest.mark.parametrize(("make", "commands", "after"), [one[1:] for one in WAYS_OUT], ids=[one[0] for one in WAYS_OUT])
def test_each_has_a_way_out(
    make: Callable[[], Play], commands: tuple[type[Command], ...], after: DeliveryState
) -> None:
    assert make().go(*commands).delivery.state is after


def test_a_receipt_of_somebody_else_does_not_count_however_often_it_comes() -> None:
    play = at(*HANDED).go(c.Sign, signed_by=SignedBy.SALESPERSON)
    assert play.do(play.given[-1]) == ()
    assert play.delivery.receipt is None
    assert play.delivery.is_open


def test_a_visit_that_was_agreed_is_due_on_its_day() -> None:
    play = at(*HANDED).go(c.ReportAway, again_on=TODAY + timedelta(days=3))
    assert next_move(play.delivery).until == TODAY + timedelta(days=3)
    play.later(days=3).go(c.ReportAway, again_on=TODAY + timedelta(days=40))
    assert next_move(play.delivery).until == play.delivery.due_on


def test_whoever_takes_over_gets_it_at_the_outlet_first() -> None:
    play = at(*HANDED, c.RecordOrphaned, c.Reassign)
    assert play.delivery.salesperson == SUCCESSOR
    assert play.refused(c.Hand, salesperson=SELLER) == "delivery-other-salesperson"
    assert play.go(c.Hand).delivery.state is S.WITH_SALESPERSON


def test_what_lies_elsewhere_stays_there_when_somebody_takes_over() -> None:
    for road in (ISSUED, BOUND, UNDERWAY, AT_OUTLET):
        before = at(*road)
        assert before.go(c.Reassign).delivery.state is at(*road).delivery.state


def test_while_it_is_printed_nobody_waits_for_the_salesperson_who_left() -> None:
    play = at(*ISSUED, c.RecordOrphaned)
    assert next_move(play.delivery).owner is Owner.PRINT_CENTRE
    assert next_move(at(*AT_OUTLET, c.RecordOrphaned).delivery).act == "reassign"


def test_that_somebody_else_left_means_nothing() -> None:
    play = at(*HANDED)
    assert play.do(play.command(c.RecordOrphaned, salesperson=SUCCESSOR)) == ()


def test_what_was_received_stays_received_when_the_policy_ends() -> None:
    play = at(*RETURNED, c.RecordEnded)
    assert play.delivery.state is S.RETURNED
    assert play.delivery.end is not None
    assert next_moves(play.delivery)[0].owner is Owner.NOBODY


def test_a_picture_in_time_is_not_late_by_waiting_to_be_compared() -> None:
    play = at(*PHOTOGRAPHED).later(days=20)
    assert play.do(play.command(c.FallLate)) == ()
    play.go(c.RejectReceipt)
    assert play.go(c.FallLate).delivery.late


def test_a_later_picture_takes_the_place_of_an_earlier_one() -> None:
    play = at(*PHOTOGRAPHED, c.Photograph)
    assert play.refused(c.AcceptReceipt, photo="rec_1") == "delivery-no-photo"
    assert play.go(c.AcceptReceipt).delivery.state is S.RETURNED
