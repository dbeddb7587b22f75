"""One claim under way in the simulation: what really happened, what is told of it, where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from claims.domain import Claim
from claims.loss_report import LossReport
from claims.payment.payees import Payee
from simulate.claims.people import Holder


@dataclass(slots=True, eq=False)
class Case:
    """`at` is when it is reported; `damage` are items of the catalogue; `pictures` are hashes of what they show.

    `ring` names the ring that made it up, "" for an honest one: nobody but the tables at the end, and whoever looks at
    a block, is told. `seen` is what a surveyor sees, as members of `TellSurvey`.
    """

    number: int
    at: datetime
    holder: Holder
    report: LossReport
    damage: tuple[tuple[str, int], ...]
    injury: int
    fault: int
    pictures: tuple[int, ...]
    picture_told: Mapping[str, object]
    seen: Mapping[str, object]
    shop: str
    shop_collects: bool
    payee: Payee
    ring: str = ""
    claim: str = ""
    moment: datetime = field(init=False)
    state: Claim | None = None
    turn: int = 0
    ids: int = 0
    was_blocked: bool = False
    was_released: bool = False
    disputed: bool = False
    supplemented: bool = False
    has_pictures: bool = False
    is_over: bool = False
    paid_at: datetime | None = None
    first_lane: str = ""

    def __post_init__(self) -> None:
        self.moment = self.at

    def new_id(self, prefix: str) -> str:
        """Return an id that nobody had: of this claim, and counted."""
        self.ids += 1
        return f"{prefix}_{self.number:06d}x{self.ids}"
