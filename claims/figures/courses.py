"""The course of one claim from its report to its end: what the trail tells of it, and figures count.

Immutable, and made of whole numbers and codes alone, so that it can be kept as JSON and read again. Moments are whole
seconds since 1970-01-01 UTC, amounts fen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, Final, NamedTuple, cast

from claims.domain.values import Lane, PaymentKind
from claims.figures.stretches import Stretch
from esign.public.figures import ZONE, Month, month_of
from esign.public.rows import JsonValue

UNSETTLED: Final = "unsettled"
"""The tier of a claim that was never adjudicated."""
NOBODYS: Final = ""
"""The institution of a claim that none owns."""
_AHEAD: Final = int(ZONE.utcoffset(None).total_seconds())
_DAY: Final = 86_400


class End(StrEnum):
    CLOSED = "closed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    JOINED = "joined"


class Standing(StrEnum):
    """How a claim is counted; each in one way. Who was paid once stays so, whatever was reopened afterwards."""

    PAID = "paid"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CLOSED_UNPAID = "closed-unpaid"
    OPEN = "open"
    JOINED = "joined"
    """It reported the same event as another one, and is counted there: in no other figure."""


class Block(StrEnum):
    """What became of the block that came last."""

    WAITING = "waiting"
    UPHELD = "upheld"
    RELEASED = "released"
    """A person let it go: the block was overturned."""


class Paid(NamedTuple):
    """A payment as it was ordered; `made_at` is None while it is not there."""

    kind: str
    fen: int
    made_at: int | None


class Call(NamedTuple):
    """A call that the customer asked for; `made_at` is when somebody first rang, reached or not, None before."""

    asked_at: int
    made_at: int | None


@dataclass(frozen=True)
class Course:
    """What was told of a claim so far.

    `fen` is what was adjudicated, assessed before that, or else estimated. `covered_at` is when the customer agreed to
    an amount that advances had paid already. `points` fired at least once; `forms` are those of staff by tool, as
    (how many, seconds in them); `phone` is what the customer did by phone.
    """

    claim: str
    institution: str
    reported_at: int
    fen: int
    injured: bool
    lane: str = Lane.ORDINARY.value
    tier: str = UNSETTLED
    surveyed_at: int | None = None
    assessed_at: int | None = None
    offered_at: int | None = None
    agreed_at: int | None = None
    payments: Mapping[str, Paid] = field(default_factory=dict)
    covered_at: int | None = None
    closed_at: int | None = None
    end: End | None = None
    score: int | None = None
    points: frozenset[str] = frozenset()
    hard_stop: bool = False
    block: Block | None = None
    forms: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    phone: frozenset[str] = frozenset()
    stars: int | None = None
    calls: Mapping[str, Call] = field(default_factory=dict)

    @property
    def month(self) -> Month:
        """The month of the report, which is that of all its figures."""
        return month_of(self.reported_at)

    @property
    def paid_at(self) -> int | None:
        """When the settlement was first paid; None before, and once the bank took the payment back."""
        made = [
            one.made_at
            for one in self.payments.values()
            if one.kind == PaymentKind.FINAL.value and one.made_at is not None
        ]
        return min(made, default=self.covered_at)

    @property
    def paid_fen(self) -> int:
        """All that the bank paid, advances too."""
        return sum(one.fen for one in self.payments.values() if one.made_at is not None)

    @property
    def standing(self) -> Standing:
        if self.end is End.JOINED:
            return Standing.JOINED
        if self.paid_at is not None:
            return Standing.PAID
        return Standing.OPEN if self.end is None else _UNPAID[self.end]

    @property
    def took(self) -> int | None:
        """The seconds from the report to the payment."""
        return None if self.paid_at is None else self.paid_at - self.reported_at

    @property
    def is_same_day(self) -> bool:
        """Whether it was paid on the insurer's day of the report."""
        paid_at = self.paid_at
        return paid_at is not None and _day(paid_at) == _day(self.reported_at)

    def steps(self) -> Mapping[Stretch, int]:
        """Return the seconds of each step, once it is paid and all of them are known."""
        moments = (self.reported_at, self.surveyed_at, self.assessed_at, self.offered_at, self.agreed_at, self.paid_at)
        if None in moments:
            return {}
        known = cast("tuple[int, ...]", moments)
        return {step: later - before for step, before, later in zip(Stretch, known, known[1:], strict=False)}

    def kept(self) -> JsonValue:
        """Return it as JSON, without what stands at its default."""
        told: dict[str, Any] = {}
        for member in _MEMBERS:
            value = getattr(self, member)
            if value is None or value is False or (isinstance(value, (frozenset, dict)) and not value):
                continue
            told[member] = sorted(value) if isinstance(value, frozenset) else value
        for member in ("payments", "forms", "calls"):
            if member in told:
                told[member] = {name: list(one) for name, one in told[member].items()}
        return cast("JsonValue", told)


def read_course(kept: JsonValue) -> Course:
    """Return the course that was kept so."""
    told = dict(cast("Mapping[str, Any]", kept))
    for member, read in _READ.items():
        if member in told:
            told[member] = read(told[member])
    return Course(**{"injured": False, **told})


def _day(seconds: int) -> int:
    return (seconds + _AHEAD) // _DAY


_UNPAID: Final = {
    End.CLOSED: Standing.CLOSED_UNPAID,
    End.REFUSED: Standing.REFUSED,
    End.WITHDRAWN: Standing.WITHDRAWN,
    End.JOINED: Standing.JOINED,
}
_MEMBERS: Final = tuple(one.name for one in fields(Course))
_READ: Final[Mapping[str, Any]] = {
    "payments": lambda told: {name: Paid(*one) for name, one in told.items()},
    "calls": lambda told: {name: Call(*one) for name, one in told.items()},
    "forms": lambda told: {name: (int(count), int(seconds)) for name, (count, seconds) in told.items()},
    "points": frozenset,
    "phone": frozenset,
    "end": End,
    "block": Block,
}
