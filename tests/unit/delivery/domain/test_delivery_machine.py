"""Any sequence of commands, in order or not, repeated or wrong: what holds always.

The invariants are read from the events alone, as an auditor would, and not from the fold that they made.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any, ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from delivery.domain import Delivery, Owner, Standing, evolve, fold, next_moves, standing, watch_day
from delivery.domain import commands as c
from delivery.domain import events as e
from delivery.domain.clocks import day_of
from delivery.domain.command import Command
from delivery.domain.table import MOVES, TABLE
from delivery.domain.values import CheckReason, DeliveryState, Medium, ReceiptWay, RouteWay, SignedBy
from delivery.errors import DeliveryRefused
from delivery.service.streams import FORMS
from esign.trail.event import canonical, parse_event, record
from tests.unit.delivery.delivery_play import CLERK, OTHER_OUTLET, OUTLET, SELLER, STOPS, SUCCESSOR, Play

S = DeliveryState
KINDS = tuple(kind for kind in c.COMMANDS if kind is not c.Open)
SETBACKS = (c.RecordDropped, c.RecordEnded, c.Reprint, c.Sign, c.Photograph)


def stored_and_read(event: e.Event, version: int) -> e.Event:
    """Return the event after the trail's own canonical bytes."""
    (new,) = FORMS.new_events((event,))
    recorded = record(new, id=f"evt_{version:016d}", stream="dlv_1", version=version, actor="system", time=event.at)
    return FORMS.event_of(parse_event(canonical(recorded)))


def twisted(command: Command, state: Delivery, random: Random) -> Command:
    """Return the command with one of its members made another: another outlet, person, day, picture."""
    twists: dict[str, Any] = {
        "outlet": random.choice((OUTLET, OTHER_OUTLET)),
        "parcel": random.choice((state.copy.parcel or "pcl_9", "pcl_stranger")),
        "institution": random.choice((*STOPS, OTHER_OUTLET)),
        "way": random.choice((*RouteWay, *ReceiptWay)),
        "stops": random.choice(((), STOPS, (OUTLET,))),
        "salesperson": random.choice((SELLER, SUCCESSOR)),
        "signed_by": random.choice(tuple(SignedBy)),
        "received_on": command.day + timedelta(days=random.choice((-20, -1, 0, 1))),
        "signed_on": command.day + timedelta(days=random.choice((-20, -1, 0, 1))),
        "photo": random.choice((*state.photos, "rec_stranger")),
        "receipt": random.choice((*state.strays, "f" * 64)),
        "medium": random.choice(tuple(Medium)),
        "by": random.choice((SELLER, CLERK)),
        "at": command.at - timedelta(days=1),
    }
    names = sorted(twists.keys() & vars(command).keys())
    name = random.choice(names)
    return replace(command, **{name: twists[name]})


class DeliveryMachine(RuleBasedStateMachine):
    reached: ClassVar[set[DeliveryState]] = set()
    seen: ClassVar[set[type[e.Event]]] = set()
    play: Play
    read_back: Delivery | None

    @initialize(seed=st.integers(0, 2**32), steps=st.integers(0, 12))
    def open(self, seed: int, steps: int) -> None:
        self.play = Play().go(c.Open)
        self.read_back, self.checked = None, 0
        self.wander(seed, steps)

    def attempt(self, command: Command) -> bool:
        """Give a command, and tell whether it led to something; a refusal changes nothing."""
        before = self.play.state
        try:
            return bool(self.play.do(command))
        except DeliveryRefused:
            assert self.play.state == before
            return False

    @rule(kind=st.sampled_from(KINDS), twist=st.booleans(), seed=st.integers(0, 2**32))
    def give_any_command(self, kind: type[Command], twist: bool, seed: int) -> None:
        command = self.play.command(kind)
        random = Random(seed)  # noqa: S311  # for what to try, not for secrets
        self.attempt(twisted(command, self.play.delivery, random) if twist else command)

    @rule(seed=st.integers(0, 2**32), steps=st.integers(1, 20))
    def wander(self, seed: int, steps: int) -> None:
        """Give commands that make sense where it stands, evenly chosen: hypothesis alone would take long."""
        random = Random(seed)  # noqa: S311  # as above
        for _ in range(steps):
            state = self.play.delivery
            sensible = [
                kind
                for kind in KINDS
                if kind in TABLE[state.state].accepts and (kind not in SETBACKS or random.random() < 0.3)
            ]
            kind = random.choice(sensible or KINDS)
            command = self.play.command(kind, **self.chosen(kind, random))
            self.attempt(twisted(command, state, random) if random.random() < 0.2 else command)
            if random.random() < 0.2:
                self.play.later(days=random.choice((1, 2, 5)))

    @staticmethod
    def chosen(kind: type[Command], random: Random) -> dict[str, Any]:
        """Return what is as likely one way as the other: the medium, what a check says, who signs."""
        if kind is c.Check:
            return random.choice(({}, {"passed": False, "reason": CheckReason.PAGES}))
        if kind is c.RecordIssued:
            return {"medium": random.choice(tuple(Medium))}
        return {"signed_by": random.choice((SignedBy.APPLICANT, SignedBy.FAMILY))} if kind is c.Sign else {}

    @rule(which=st.integers(0, 1000))
    def give_an_old_command_again(self, which: int) -> None:
        self.attempt(self.play.given[which % len(self.play.given)])

    @rule(days=st.sampled_from((0, 1, 4, 12)))
    def let_time_pass_and_sweep(self, days: int) -> None:
        """Whatever happened before: once its day has come, a chase is opened, and after day 15 it is late."""
        self.play.later(days=days, hours=1)
        today = day_of(self.play.now)
        due = watch_day(self.play.delivery)
        if due is not None and due <= today:
            assert self.attempt(self.play.command(c.OpenChase)) or self.attempt(self.play.command(c.FallLate))

    @invariant()
    def every_step_is_in_the_table_and_survives_the_trail(self) -> None:
        for event in self.play.events[self.checked :]:
            before, again = self.read_back, stored_and_read(event, self.checked + 1)
            self.checked += 1
            assert again == event
            assert before is None or event.at >= before.last_at
            self.read_back = evolve(before, again)
            self.seen.add(type(event))
            self.reached.add(self.read_back.state)
            if before is not None and before.state is not self.read_back.state:
                assert (before.state, self.read_back.state) in MOVES
        assert self.read_back == self.play.state == fold(self.play.events)

    @invariant()
    def somebody_acts_next_as_long_as_a_receipt_is_awaited(self) -> None:
        state = self.play.delivery
        moves = next_moves(state)
        assert moves
        if state.is_open:
            assert all(
                move.owner is not Owner.NOBODY and (move.until is not None or move.act == "explain-late")
                for move in moves
            )
            assert all(move.since <= state.last_at for move in moves)

    def of(self, *kinds: type[e.Event]) -> list[Any]:
        return [event for event in self.play.events if isinstance(event, kinds)]

    @invariant()
    def one_receipt_counts_at_most_and_it_is_the_applicants_for_what_was_there(self) -> None:
        received = self.of(e.DeliveryReceived)
        assert len(received) <= 1
        for receipt in received:
            assert receipt.signed_by is SignedBy.APPLICANT
            assert receipt.received_on <= day_of(receipt.at)
            (issued,) = self.of(e.DeliveryIssued)
            assert receipt.received_on >= issued.issued_on
            if issued.medium is Medium.PAPER:
                assert any(day_of(one.at) <= receipt.received_on for one in self.of(e.DeliveryArrived))
            ended = [one for one in self.of(e.DeliveryEnded) if self.before(one, receipt)]
            assert ended == []

    def before(self, one: e.Event, other: e.Event) -> bool:
        return self.play.events.index(one) < self.play.events.index(other)

    @invariant()
    def a_chase_has_one_id_and_lateness_is_recorded_once_and_after_day_15(self) -> None:
        assert len({one.chase for one in self.of(e.DeliveryChased)}) == len(self.of(e.DeliveryChased)) <= 1
        late = self.of(e.DeliveryFellLate)
        assert len(late) <= 1
        assert all(day_of(one.at) > self.play.delivery.due_on for one in late)

    @invariant()
    def nobody_compares_their_own_receipt(self) -> None:
        taken = {one.photo: one.by for one in self.of(e.DeliveryPhotographed)}
        assert all(one.by != taken[one.photo] for one in self.of(e.DeliveryRejected))

    @invariant()
    def it_counts_as_one_thing_and_a_receipt_settles_which(self) -> None:
        state = self.play.delivery
        on = day_of(self.play.now)
        if state.receipt is not None:
            expected = Standing.IN_TIME if state.receipt.received_on <= state.due_on else Standing.LATE
            assert standing(state, on) is standing(state, on + timedelta(days=400)) is expected


def test_whatever_is_asked_in_whatever_order_what_must_hold_holds() -> None:
    DeliveryMachine.reached, DeliveryMachine.seen = set(), set()
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        DeliveryMachine, settings=settings(max_examples=30, stateful_step_count=12, deadline=None)
    )
    for seed in range(60):  # long roads: hypothesis alone would take long to go far
        machine = DeliveryMachine()
        machine.open(seed, 12)
        for step in range(6):
            machine.wander(seed * 100 + step, 12)
        machine.every_step_is_in_the_table_and_survives_the_trail()
        machine.one_receipt_counts_at_most_and_it_is_the_applicants_for_what_was_there()
        machine.somebody_acts_next_as_long_as_a_receipt_is_awaited()
    # By chance it meets nearly everything; that every state can be reached, and every event happen, others show.
    assert len(DeliveryMachine.reached) >= len(S) - 3
    assert len(DeliveryMachine.seen) >= len(e.EVENTS) - 5
