"""The year itself: day by day and round by round, everything through the service's own functions.

A round is one or a few transactions of up to a thousand commands, each decided, recorded and projected as those of a
page are. The sweep is the service's own, each morning, by the simulated clock.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import accumulate
from typing import Final

from delivery.domain import commands as c
from delivery.domain.command import Command
from delivery.domain.next_actor import is_signed_in_time
from delivery.domain.values import SETTLED, DeliveryState, Medium, Waits
from delivery.errors import DeliveryRefused
from delivery.service.deliveries import ACTOR, Asked, Deliveries
from delivery.service.streams import delivery_of, delivery_streams
from delivery.service.sweeping import Sweeping, reminder_of
from esign.infra.clock import ClientClocks
from esign.public.house import House
from simulate.acting import Acting
from simulate.agenda import Agenda
from simulate.branch import Branch
from simulate.chances import Dice
from simulate.days import DAYS, HOURS, MINUTES, TAIL, Days, day_at, moment
from simulate.planning import PRINTING, Planning
from simulate.policies import Policy

AT_ONCE: Final = 1000
SWEPT_AT: Final = 8
_KEPT: Final = 10_000_000
PRODUCTS: Final = (("whole-life-suian", 0.5, 20), ("term-life-anxing", 0.2, 15), ("cancer-cover-yihe", 0.3, 15))
CHANNELS: Final = (("agency", 0.62), ("bank", 0.25), ("platform", 0.13))
_AWAY_FROM_SELLER: Final = frozenset(
    {DeliveryState.AWAITING_ISSUE, DeliveryState.TO_PRINT, DeliveryState.PRINTED, DeliveryState.BOUND}
    | {DeliveryState.CHECKED, DeliveryState.PACKED, DeliveryState.UNDERWAY, DeliveryState.AT_RELAY}
    | {DeliveryState.TO_SEND, DeliveryState.PHOTOGRAPHED}
)
"""Where a salesperson who leaves holds nothing in their hands, so that naming another one is all there is to do."""


@dataclass
class Counts:
    """What was done, for the tables."""

    policies: int = 0
    commands: int = 0
    swept: int = 0
    sweep_seconds: float = 0.0
    refused: Counter[str] = field(default_factory=Counter)


class Year:
    """One scenario. `play_day` plays a day; all days together are the year and what is under way at its end."""

    def __init__(self, house: House, branch: Branch, days: Days, dice: Dice, policies: int, *, chases: bool) -> None:
        self._now = moment(0, 0)
        clocks = ClientClocks(lambda: self._now, house.database, movable=False)
        self._house = replace(house, clock=lambda: self._now, clocks=clocks)
        self._deliveries = Deliveries(self._house, delivery_streams(kept=_KEPT))
        self._sweeping = Sweeping(self._deliveries)
        self._branch, self._days, self._dice, self._chases = branch, days, dice, chases
        self._agenda = Agenda()
        self._acting = Acting(dice)
        self._planning = Planning(days, dice, self._agenda)
        self._by_weight = list(accumulate(branch.weights))
        self._daily = _daily(days.weights, policies, dice.random)
        self._printed_a_day = max(1, round(dice.chances.printed_a_day * policies / 508_000))
        self._open: dict[str, Policy] = {}
        self._twelfth: dict[int, list[Policy]] = defaultdict(list)
        self.counts = Counts()

    @property
    def open(self) -> int:
        """How many policies the simulation still holds."""
        return len(self._open)

    def play_day(self, day: int) -> None:
        self._acting.day = self._planning.day = day
        self._acting.is_holiday = self._days.is_long_holiday[day]
        self._planning.round = -1
        self._now = moment(day, SWEPT_AT)
        self.counts.swept += self._sweeping.sweep()
        for number in range(len(HOURS)):
            self._planning.round = number
            if number == 0:
                self._chase(day)
                self._leave(day)
            self._do(self._turns(day, number))
            if day < DAYS:
                self._apply(day, number)

    def _turns(self, day: int, number: int) -> list[tuple[Policy, tuple[Command, ...]]]:
        policies = self._agenda.take(day, number)
        if number == PRINTING and self._days.works[day]:
            queue = self._planning.to_print
            policies += [queue.popleft() for _ in range(min(self._printed_a_day, len(queue)))]
        turns: list[tuple[Policy, tuple[Command, ...]]] = []
        for policy in policies:
            at = self._moment(day, number)
            if policy.state is not None:
                at = max(at, policy.state.last_at)
            command = self._acting.command(policy, at)
            if command is not None:
                turns.append((policy, (command,)))
        return turns

    def _apply(self, day: int, number: int) -> None:
        """Have applications signed: each begins with `Open`, as the consumer of the policy room's events does."""
        count = self._daily[day] // len(HOURS) + (number < self._daily[day] % len(HOURS))
        turns: list[tuple[Policy, tuple[Command, ...]]] = []
        for _ in range(count):
            policy, opening = self._new(day, self._moment(day, number))
            self._open[policy.delivery] = policy
            self._twelfth[day + 12].append(policy)
            turns.append((policy, (opening,)))
        self._do(turns)

    def _new(self, day: int, at: datetime) -> tuple[Policy, Command]:
        dice, chances = self._dice, self._dice.chances
        self.counts.policies += 1
        number = self.counts.policies
        outlet = self._branch.outlets[min(bisect(self._by_weight, dice.random.random()), len(self._by_weight) - 1)]
        seller = outlet.sellers[dice.random.randrange(len(outlet.sellers))]
        proposal = f"prp_{number:026d}"
        medium = Medium.ELECTRONIC if dice.happens(chances.electronic) else Medium.PAPER
        policy = Policy(number, delivery_of(proposal), outlet, seller, medium, dice.happens(chances.slow_seller))
        if dice.happens(chances.case):
            policy.waits.append((Waits.CASE.value, dice.one_of(1, 3)))
            if dice.happens(chances.examination / chances.case):
                policy.waits.append((Waits.EXAMINATION.value, dice.one_of(3, 9)))
        if dice.happens(chances.debit_failed):
            policy.waits.append((Waits.DEBIT_FAILED.value, dice.one_of(1, 4)))
        if dice.happens(chances.dropped):
            policy.ends = "dropped"
        product, hesitation = _product(dice.random)
        channel = dice.random.choices([one for one, _ in CHANNELS], [share for _, share in CHANNELS])[0]
        return policy, c.Open(
            at=at,
            proposal=proposal,
            applied_on=day_at(day),
            institution=outlet.id,
            salesperson=seller,
            channel=channel,
            product=product,
            hesitation_days=hesitation,
        )

    def _chase(self, day: int) -> None:
        """On day 12 salespeople are reminded and call, where anybody acts upon chases; the sweep opened them before."""
        due = [one for one in self._twelfth.pop(day, ()) if one.delivery in self._open]
        due = [one for one in due if one.state is not None and one.state.is_open and not is_signed_in_time(one.state)]
        if not self._chases or not due:
            return
        turns: list[tuple[Policy, tuple[Command, ...]]] = []
        for policy in due:
            policy.is_chased = True
            at, seller = self._later(policy, day), policy.seller
            outcome = "reached-will-sign" if policy.absent_until <= day else "no-answer"
            reminder = reminder_of(f"chs_{policy.delivery[4:]}")
            call = c.LogCall(at=at, call=policy.new_id("cal"), outcome=outcome, by=seller)
            turns.append((policy, (c.Remind(at=at, reminder=reminder), call)))
        self._do(turns, replan=False)
        for policy in due:
            self._planning.hurry(policy)

    def _leave(self, day: int) -> None:
        """Some salespeople leave: what they had is told of, and a supervisor names somebody else."""
        sellers = sum(len(one.sellers) for one in self._branch.outlets)
        share = self._dice.chances.leaves_a_month / 30
        leaving = sum(self._dice.happens(share) for _ in range(sellers))
        if not leaving:
            return
        gone: dict[str, str] = {}
        for _ in range(leaving):
            outlet = self._dice.random.choice(self._branch.outlets)
            who, successor = self._dice.random.sample(outlet.sellers, 2)
            gone[who] = successor
        at_once: list[tuple[Policy, tuple[Command, ...]]] = []
        later: list[tuple[Policy, tuple[Command, ...]]] = []
        for policy in self._open.values():
            state = policy.state
            if policy.seller not in gone or state is None or state.state in SETTLED or state.orphaned:
                continue
            at, successor = self._later(policy, day), gone[policy.seller]
            orphaned = c.RecordOrphaned(at=at, salesperson=policy.seller)
            if state.state in _AWAY_FROM_SELLER:
                reassigned = c.Reassign(at=at, salesperson=successor, by=policy.outlet.supervisor)
                at_once.append((policy, (orphaned, reassigned)))
            else:
                policy.agent = successor
                later.append((policy, (orphaned,)))
        self._do([*at_once, *later], replan=False)
        for policy, _ in later:
            self._planning.reassign(policy)

    def _do(self, turns: list[tuple[Policy, tuple[Command, ...]]], *, replan: bool = True) -> None:
        for begin in range(0, len(turns), AT_ONCE):
            batch = turns[begin : begin + AT_ONCE]
            asked: list[Asked] = [(policy.delivery, one) for policy, commands in batch for one in commands]
            done = self._deliveries.change_many(asked, actor=ACTOR, refusals=DeliveryRefused)
            self.counts.commands += len(asked)
            for refused in done.refused.values():
                self.counts.refused[getattr(refused, "code", type(refused).__name__)] += 1
            finished = []
            for policy, _ in batch:
                change = done.changes.get(policy.delivery)
                if change is None or change.after is None:
                    continue
                policy.state = change.after
                policy.seller = change.after.salesperson
                if policy.agent == policy.seller:
                    policy.agent = ""
                if replan and not self._planning.plan(policy):
                    finished.append(policy.delivery)
            for delivery in finished:
                self._open.pop(delivery, None)
            self._deliveries.streams.forget(finished)

    def _later(self, policy: Policy, day: int) -> datetime:
        """Return a moment of the first round, after whatever happened to the policy in it already."""
        at = self._moment(day, 0)
        return at if policy.state is None else max(at, policy.state.last_at)

    def _moment(self, day: int, number: int) -> datetime:
        return moment(day, HOURS[number], self._dice.random.randrange(MINUTES))


def last_day() -> int:
    """Return the number of the last day that is played."""
    return DAYS + TAIL - 1


def _daily(weights: tuple[float, ...], policies: int, chance: random.Random) -> list[int]:
    """Return how many applications each day has: as many in all as are asked for."""
    counted = Counter(chance.choices(range(len(weights)), weights, k=policies))
    return [counted[day] for day in range(len(weights))]


def _product(chance: random.Random) -> tuple[str, int]:
    code, _, days = chance.choices(PRODUCTS, [share for _, share, _ in PRODUCTS])[0]
    return code, days
