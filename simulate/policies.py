"""One policy under way in the simulation: what the generator knows of it, and the state that the room says it has."""

from __future__ import annotations

from dataclasses import dataclass, field

from delivery.domain import Delivery
from delivery.domain.values import Medium
from simulate.branch import Outlet


@dataclass(slots=True, eq=False)
class Policy:
    """`turn` numbers its places in the agenda: an earlier one is void once it was given a later one.

    `delays` are working days that the underwriting takes; `absent_until` is the day on which the customer is back;
    `slow` tells a salesperson who takes their time. `lost` says that the copy under way never arrives.
    """

    number: int
    delivery: str
    outlet: Outlet
    seller: str
    medium: Medium
    slow: bool
    state: Delivery | None = None
    turn: int = 0
    agent: str = ""
    waits: list[tuple[str, int]] = field(default_factory=list)
    absent_until: int = 0
    is_chased: bool = False
    is_lost: bool = False
    ids: int = 0
    ends: str = ""

    def new_id(self, prefix: str) -> str:
        """Return an id that nobody had: of this policy, and counted."""
        self.ids += 1
        return f"{prefix}_{self.number:07d}x{self.ids}"
