"""Who acts next, and by which day: in every state somebody is named, or there is nothing left to do."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from policy.advancing import Advancing
from policy.domain import Actor, Move, due_day, next_actor, next_moves
from policy.domain import commands as c
from policy.domain.table import TABLE
from policy.domain.values import Outcome
from policy.service.money import Money
from tests.unit.policy.proposal_play import (
    ACCEPTED,
    DEBITING,
    ENTERED,
    FAILED,
    HOLDS_UNTIL,
    ISSUED,
    PAID,
    RECEIVED,
    SENT,
    SIGNED,
    UNKNOWN,
    Play,
    asked,
    at,
    concerned,
    offered,
    referred,
)

HESITATION_ENDS = date(2026, 12, 12)


@pytest.mark.parametrize(
    ("make", "moves"),
    [
        (lambda: at(*ENTERED), [Move(Actor.SALESPERSON, "send", HOLDS_UNTIL)]),
        (lambda: at(*SENT), [Move(Actor.CUSTOMER, "sign", HOLDS_UNTIL, "env_1")]),
        (lambda: at(*SENT, c.RecordReturned), [Move(Actor.SALESPERSON, "send-again", HOLDS_UNTIL)]),
        (lambda: at(*SIGNED), [Move(Actor.SERVICE, "underwrite")]),
        (referred, [Move(Actor.UNDERWRITER, "decide-case", None, "cas_1")]),
        (offered, [Move(Actor.SALESPERSON, "send-offer")]),
        (lambda: offered().go(c.Send), [Move(Actor.CUSTOMER, "sign-offer", None, "env_2")]),
        (lambda: at(*ACCEPTED), [Move(Actor.SERVICE, "order-debit")]),
        (lambda: at(*DEBITING), [Move(Actor.SERVICE, "await-bank", None, "dbt_1")]),
        (lambda: at(*UNKNOWN), [Move(Actor.SERVICE, "ask-bank", None, "dbt_1")]),
        (lambda: at(*FAILED), [Move(Actor.OPERATIONS, "order-debit-again")]),
        (lambda: at(*PAID), [Move(Actor.SERVICE, "issue")]),
        (lambda: at(*ISSUED), [Move(Actor.NOBODY, "none")]),
        (lambda: at(*RECEIVED), [Move(Actor.SERVICE, "invite-visit", HESITATION_ENDS)]),
        (
            lambda: at(*RECEIVED, c.InviteVisit),
            [Move(Actor.CUSTOMER, "answer-visit", HESITATION_ENDS, "vis_1")],
        ),
        (lambda: at(*RECEIVED, c.InviteVisit, c.AnswerVisit), [Move(Actor.NOBODY, "none")]),
        (concerned, [Move(Actor.REVIEWER, "see-to-visit", None, "vis_1")]),
        (lambda: concerned().go(c.SeeToVisit), [Move(Actor.NOBODY, "none")]),
        (lambda: at(*ENTERED, c.Withdraw), [Move(Actor.NOBODY, "none")]),
        (lambda: at(*PAID, c.Withdraw), [Move(Actor.SERVICE, "order-refund", None, "rfd_2")]),
        (
            lambda: at(*PAID, c.Withdraw, c.OrderRefund),
            [Move(Actor.SERVICE, "ask-bank-refund", None, "rfd_2")],
        ),
        (
            lambda: at(*PAID, c.Withdraw, c.OrderRefund, c.RecordRefundFailed),
            [Move(Actor.OPERATIONS, "order-refund", None, "rfd_2")],
        ),
        (
            lambda: at(*SIGNED, needs_recording=True),
            [Move(Actor.SERVICE, "underwrite"), Move(Actor.SALESPERSON, "add-recording")],
        ),
        (lambda: at(*ACCEPTED, needs_recording=True), [Move(Actor.SALESPERSON, "add-recording")]),
        (
            lambda: at(*ACCEPTED, c.AddRecording, needs_recording=True),
            [Move(Actor.REVIEWER, "review-recording", None, "vid_1")],
        ),
    ],
)
def test_each_state_names_who_acts_and_by_when(make: Callable[[], Play], moves: list[Move]) -> None:
    assert list(next_moves(make().proposal)) == moves


def test_each_requirement_is_somebodys_and_the_first_day_puts_the_proposal_in_order() -> None:
    early, late = asked("req_a", due=date(2026, 12, 1)), asked("req_b", due=date(2026, 12, 7))
    play = at(*SIGNED).go(c.Underwrite, outcome=Outcome.ASK, reasons=("hospital",), requirements=(late, early))
    assert [(one.actor, one.due, one.about) for one in next_moves(play.proposal)] == [
        (Actor.OWNER, date(2026, 12, 7), "req_b"),
        (Actor.OWNER, date(2026, 12, 1), "req_a"),
    ]
    assert due_day(play.proposal) == date(2026, 12, 1)


def test_what_has_no_day_has_none() -> None:
    assert due_day(at(*SIGNED).proposal) is None
    assert due_day(at(*ENTERED).proposal) == HOLDS_UNTIL


def test_the_service_knows_how_to_do_every_act_that_is_its_own() -> None:
    source = inspect.getsource(next_actor)
    of_states = {row.act for row in TABLE.values() if row.actor is Actor.SERVICE}
    others = set(re.findall(r'Actor\.SERVICE, "([a-z-]+)"', source)) | {"order-refund"}
    office: Any = SimpleNamespace(house=None)
    assert set(Advancing(office, Money(office))._steps) == of_states | others
