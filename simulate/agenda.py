"""What is to come: policies whose turn it is, round by round."""

from __future__ import annotations

from collections import defaultdict

from simulate.days import ROUNDS
from simulate.policies import Policy


class Agenda:
    """Turns of policies; each has one at most."""

    def __init__(self) -> None:
        self._turns: dict[int, list[tuple[Policy, int]]] = defaultdict(list)

    def put(self, policy: Policy, day: int, turn: int) -> None:
        """Give the policy its turn in a round of a day, instead of the one it had."""
        policy.turn += 1
        self._turns[day * ROUNDS + turn].append((policy, policy.turn))

    def drop(self, policy: Policy) -> None:
        """Take away the turn that the policy has."""
        policy.turn += 1

    def take(self, day: int, turn: int) -> list[Policy]:
        """Return whose turn it is, and forget the round."""
        return [policy for policy, number in self._turns.pop(day * ROUNDS + turn, ()) if policy.turn == number]
