"""When whose turn comes next: how long each leg takes, by where a policy stands now."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Final

from delivery.domain import Delivery
from delivery.domain.values import DeliveryState, RouteWay
from simulate.agenda import Agenda
from simulate.chances import Dice
from simulate.days import DAYS, FIRST, ROUNDS, TAIL, Days
from simulate.policies import Policy

S: Final = DeliveryState
PRINTING, BINDING, CHECKING, PACKING, DISPATCHING = 4, 5, 6, 7, 8
"""The rounds in which the print centre does each."""
Plan = Callable[["Planning", Policy, Delivery], bool]
_HURRIED: Final = frozenset({S.AT_OUTLET, S.WITH_SALESPERSON, S.CUSTOMER_AWAY, S.LINK_SENT, S.LINK_OPENED})
"""Where a call to the salesperson or the customer moves anything."""


class Planning:
    """Puts policies into the agenda. `day` and `round` are set to what is played."""

    def __init__(self, days: Days, dice: Dice, agenda: Agenda) -> None:
        self._days, self._dice, self._agenda = days, dice, agenda
        self.to_print: deque[Policy] = deque()
        self.day, self.round = 0, 0

    def plan(self, policy: Policy) -> bool:
        """Give the policy its next turn; return whether anything more will happen to it."""
        state = policy.state
        plan = None if state is None else _PLANS.get(state.state)
        return plan is not None and state is not None and plan(self, policy, state)

    def hurry(self, policy: Policy) -> None:
        """Bring the turn forward of somebody who was called, unless the customer is really away."""
        state = policy.state
        if state is None or state.state not in _HURRIED or state.orphaned or policy.absent_until > self.day + 1:
            return
        if self._dice.happens(self._dice.chances.chase_helps):
            days = self._dice.one_of(0, 2)
            self._at(policy, self.day + days, self._dice.one_of(3, 7))

    def reassign(self, policy: Policy) -> None:
        """Give the supervisor a turn: the salesperson left."""
        self._at(policy, self._days.working(self.day + self._dice.one_of(1, 2)), 1)

    def _at(self, policy: Policy, day: int, turn: int) -> bool:
        """Put the turn there, or into the next round where that is over already; return whether it is played at all."""
        if (day, turn) <= (self.day, self.round):
            day, turn = (self.day, self.round + 1) if self.round + 1 < ROUNDS else (self.day + 1, 0)
        if day >= DAYS + TAIL:
            return False
        self._agenda.put(policy, day, turn)
        return True

    def _soon(self, policy: Policy, _state: Delivery) -> bool:
        return self._at(policy, self.day, self.round + 1 if self.round + 1 < ROUNDS else ROUNDS)

    def _working(self, policy: Policy, days: int, turn: int) -> bool:
        return self._at(policy, self._days.working(self.day + days), turn)

    def _issue(self, policy: Policy, state: Delivery) -> bool:
        """What was waited for takes its days; without a wait it is decided, debited and issued at once."""
        if policy.waits and state.wait.waits_for == policy.waits[0][0]:
            _, days = policy.waits.pop(0)
            return self._working(policy, days, self._dice.one_of(0, 5))
        return self._soon(policy, state)

    def _print(self, policy: Policy, _state: Delivery) -> bool:
        self._agenda.drop(policy)
        self.to_print.append(policy)
        return True

    def _bind(self, policy: Policy, _state: Delivery) -> bool:
        return self._at(policy, self.day, BINDING)

    def _check(self, policy: Policy, _state: Delivery) -> bool:
        return self._at(policy, self.day, CHECKING)

    def _pack(self, policy: Policy, _state: Delivery) -> bool:
        return self._at(policy, self.day, PACKING)

    def _dispatch(self, policy: Policy, _state: Delivery) -> bool:
        return self._at(policy, self.day, DISPATCHING)

    def _carry(self, policy: Policy, state: Delivery) -> bool:
        dice = self._dice
        if policy.is_lost:
            return self._working(policy, dice.one_of(4, 8), 6)
        if state.copy.way is RouteWay.RELAY:
            drives = 1 + dice.happens(0.25 if state.copy.passed else 0.35)
        else:
            drives = 2 + dice.happens(0.2) + dice.happens(0.06) - dice.happens(0.12)
        return self._at(policy, self._days.working(self._days.carried(self.day, drives)), dice.one_of(0, 3))

    def _forward(self, policy: Policy, _state: Delivery) -> bool:
        return self._working(policy, 0 if self._dice.happens(0.45) else 1, 7)

    def _hand(self, policy: Policy, _state: Delivery) -> bool:
        dice = self._dice
        if policy.slow and not policy.is_chased:
            return self._working(policy, dice.one_of(2, 6), dice.one_of(4, 7))
        return self._working(policy, 0 if dice.happens(0.5) else 1, dice.one_of(4, 7))

    def _visit(self, policy: Policy, _state: Delivery) -> bool:
        dice = self._dice
        late = policy.slow and not policy.is_chased
        return self._at(policy, self.day + dice.days(4.5 if late else 0.9, 0.7), dice.one_of(0, 8))

    def _again(self, policy: Policy, state: Delivery) -> bool:
        if state.again_on is None:
            return self._working(policy, 1, 3)
        day = max((state.again_on - FIRST).days, self.day)
        return self._at(policy, day, self._dice.one_of(1, 8))

    def _correct(self, policy: Policy, _state: Delivery) -> bool:
        return self._working(policy, self._dice.one_of(1, 4), 4)

    def _talk(self, policy: Policy, _state: Delivery) -> bool:
        return self._working(policy, self._dice.one_of(2, 5), 4)

    def _compare(self, policy: Policy, _state: Delivery) -> bool:
        return self._working(policy, 1, self._dice.one_of(0, 4))

    def _open(self, policy: Policy, _state: Delivery) -> bool:
        dice = self._dice
        if dice.happens(dice.chances.never_opens) and not policy.is_chased:
            return self._at(policy, self.day + dice.one_of(14, 30), dice.one_of(0, 8))
        if dice.happens(0.6):
            return self._at(policy, self.day, min(ROUNDS - 1, self.round + dice.one_of(1, 4)))
        return self._at(policy, self.day + dice.days(1.4, 1.0), dice.one_of(0, 8))

    def _sign(self, policy: Policy, state: Delivery) -> bool:
        dice = self._dice
        if dice.happens(dice.chances.signs_at_once):
            return self._soon(policy, state)
        return self._at(policy, self.day + dice.days(2.2, 0.9), dice.one_of(0, 8))

    def _afterwards(self, policy: Policy, state: Delivery) -> bool:
        if state.was_late and state.late_reason is None:
            return self._working(policy, self._dice.one_of(1, 3), 3)
        if state.end is None and policy.ends == "" and self._dice.happens(self._dice.chances.surrendered):
            policy.ends = "surrendered"
            return self._working(policy, self._dice.one_of(3, 14), 2)
        return False

    def _after_end(self, policy: Policy, state: Delivery) -> bool:
        if state.state is S.SIGNED_AFTER_END:
            return self._working(policy, 1, 5)
        if not state.strays and self._dice.happens(self._dice.chances.signed_after_end):
            policy.ends = "signs"
            return self._working(policy, self._dice.one_of(1, 4), 4)
        return False


_PLANS: Final[Mapping[DeliveryState, Plan]] = {
    S.AWAITING_ISSUE: Planning._issue,
    S.TO_PRINT: Planning._print,
    S.PRINTED: Planning._bind,
    S.BOUND: Planning._check,
    S.CHECKED: Planning._pack,
    S.PACKED: Planning._dispatch,
    S.UNDERWAY: Planning._carry,
    S.AT_RELAY: Planning._forward,
    S.AT_OUTLET: Planning._hand,
    S.WITH_SALESPERSON: Planning._visit,
    S.CUSTOMER_AWAY: Planning._again,
    S.SIGNED_BY_OTHER: Planning._visit,
    S.TO_SEND: Planning._soon,
    S.LINK_SENT: Planning._open,
    S.LINK_OPENED: Planning._sign,
    S.ADDRESS_WRONG: Planning._correct,
    S.REFUSED: Planning._talk,
    S.PHOTOGRAPHED: Planning._compare,
    S.RECEIVED: Planning._soon,
    S.RETURNED: Planning._afterwards,
    S.ENDED: Planning._after_end,
    S.SIGNED_AFTER_END: Planning._after_end,
}
