"""A claim as it stands: the fold of its events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from claims.domain.refusal import broken
from claims.domain.replacing import replace
from claims.domain.values import (
    ENDS,
    SCORED_STEPS,
    Agreement,
    ClaimState,
    CoverPart,
    Lane,
    PaymentKind,
    PaymentState,
    ReportWay,
    SurveyWay,
)


@dataclass(frozen=True)
class Reported:
    """What was reported; the members are those of `ClaimReported`."""

    policy: str
    cover: str
    cover_digest: str
    record: str
    digest: str
    way: ReportWay
    occurred_at: datetime
    cause: str
    injured: bool
    estimate: int
    vip: bool


@dataclass(frozen=True)
class Survey:
    """The survey of now: who took it, on which phone; `fault` is known when it is done, if the liability was clear."""

    id: str
    way: SurveyWay
    since: datetime
    surveyor: str | None = None
    device: str | None = None
    done: bool = False
    fault: int | None = None
    awaits_answer: bool = False
    """Whether `surveyor` was sent and has not said yet whether they go."""
    declined: frozenset[str] = frozenset()
    nobody_free: bool = False


@dataclass(frozen=True)
class Assessment:
    """The version of now, in fen; `verified_by` is the person who passed it, if one did."""

    id: str
    vehicle: int
    injury: int
    by: str | None
    lines: int
    passed: bool | None = None


@dataclass(frozen=True)
class Settlement:
    """What was adjudicated last, in fen, by whom (None: the service), and how many people have to approve its
    payment."""

    assessment: str
    fault: int
    covers: tuple[CoverPart, ...]
    fen: int
    limits: str
    tier: str
    agreement: Agreement
    approvals: int
    trace: str
    by: str | None = None


@dataclass(frozen=True)
class Offer:
    id: str
    fen: int
    agreement: Agreement
    shown: str
    envelope: str | None = None
    agreed_at: datetime | None = None


@dataclass(frozen=True)
class Disputed:
    """`passed_at` is when it went to the quotation desk."""

    id: str
    since: datetime
    passed_at: datetime | None = None


@dataclass(frozen=True)
class Papers:
    """What was asked for, what is still missing, and when the last of it came."""

    request: str
    missing: frozenset[str]
    asked_at: datetime
    complete_at: datetime | None = None


@dataclass(frozen=True)
class CallBack:
    """`by` took the call at `taken_at`: nobody else makes it meanwhile."""

    id: str
    since: datetime
    done: bool = False
    by: str | None = None
    taken_at: datetime | None = None


@dataclass(frozen=True)
class Scored:
    """The last score of a step."""

    step: str
    trace_digest: str
    score: int
    maximum: int
    to_people: bool


@dataclass(frozen=True)
class Payee:
    """`approved_by` is the second person, where one was needed; `barred` may not be it."""

    record: str
    account: str
    matches: bool
    changed: bool
    barred: tuple[str, ...]
    approved_by: str | None = None

    @property
    def is_good(self) -> bool:
        """Whether money may go there: to the insured as first named, or to whom a second person approved."""
        return self.approved_by is not None or (self.matches and not self.changed)


@dataclass(frozen=True)
class Payment:
    """`contradicted_at` is when the bank said no after it had said yes: only what it is asked after that settles it."""

    id: str
    kind: PaymentKind
    fen: int
    account: str
    state: PaymentState = PaymentState.ORDERED
    contradicted_at: datetime | None = None


@dataclass(frozen=True)
class Recovery:
    id: str
    fen: int
    recovered: int = 0
    receipts: tuple[str, ...] = ()
    closed: bool = False


@dataclass(frozen=True)
class Quote:
    """What a shop was asked, and says: all parts for `fen`, within `days`; or that it has not all of them."""

    id: str
    shop: str
    fen: int | None = None
    days: int | None = None
    declined: bool = False


@dataclass(frozen=True)
class Supply:
    """Parts that the insurer has delivered; `ordered` is the quote that was chosen."""

    id: str
    assessment: str
    asked_at: datetime
    quotes: tuple[Quote, ...]
    ordered: str | None = None
    ordered_at: datetime | None = None
    days: int | None = None
    delivered: bool = False
    cancelled: bool = False

    @property
    def is_open(self) -> bool:
        return not self.delivered and not self.cancelled


Part = TypeVar("Part", Payment, Recovery, CallBack)


@dataclass(frozen=True)
class Claim:
    """The whole. `since` is when it came to the state that it is in.

    `reviewed` tells that a person looked at the block, `overturned_at` the highest score when one was overturned;
    `alone_upto` and `second_above` are from the triage. `forms`, `pictures` and
    `devices` (those that were revoked) are ids. `approved_by` are those who approved the payment as it stands now;
    `fallen` are those whose approval fell. `told` are the clocks that were told of: (clock, due, whether it broke).
    """

    reported: Reported
    client: str | None
    institution: str | None
    reported_at: datetime
    since: datetime
    state: ClaimState = ClaimState.REPORTED
    lane: Lane = Lane.ORDINARY
    limits: str | None = None
    alone_upto: int = 0
    second_above: int = 0
    reviewed: bool = False
    overturned_at: int | None = None
    person_asked: bool = False
    handler: str | None = None
    scores: tuple[Scored, ...] = ()
    unscored: frozenset[str] = frozenset()
    """Steps of which something became known that no score has seen yet."""
    survey: Survey | None = None
    assessment: Assessment | None = None
    known: frozenset[str] = frozenset()
    """Ids that were given away: of surveys, assessments, forms, pictures, offers, disputes, papers."""
    settlement: Settlement | None = None
    offer: Offer | None = None
    dispute: Disputed | None = None
    papers: Papers | None = None
    callbacks: tuple[CallBack, ...] = ()
    revoked: frozenset[str] = frozenset()
    payee: Payee | None = None
    approved_by: tuple[str, ...] = ()
    fallen: tuple[str, ...] = ()
    advance: int | None = None
    payments: tuple[Payment, ...] = ()
    recoveries: tuple[Recovery, ...] = ()
    joined_into: str | None = None
    absorbed: tuple[str, ...] = ()
    notice: str | None = None
    rated: bool = False
    told: frozenset[tuple[str, datetime, bool]] = frozenset()
    acknowledged: frozenset[tuple[str, datetime]] = frozenset()
    """Alarms that a manager saw: (clock, due)."""
    supplies: tuple[Supply, ...] = ()

    @property
    def ended(self) -> bool:
        return self.state in ENDS

    @property
    def loss(self) -> int:
        """What was assessed last, in fen: vehicle and injury."""
        return 0 if self.assessment is None else self.assessment.vehicle + self.assessment.injury

    @property
    def is_small(self) -> bool:
        """Whether the loss is one that may be decided without a person: no injury, and within the limit."""
        return self.assessment is not None and not self.assessment.injury and self.loss <= self.alone_upto

    @property
    def paid(self) -> int:
        """All that the bank paid for it, in fen, surplus payments aside."""
        return sum(one.fen for one in self.payments if one.state is PaymentState.MADE)

    @property
    def payable(self) -> int:
        """What is still to be paid of what was adjudicated, in fen; nothing before that."""
        return 0 if self.settlement is None else max(0, self.settlement.fen - self.paid)

    @property
    def overpaid(self) -> int:
        """What was paid in advance, or before it was reopened, beyond what is adjudicated now, in fen."""
        return 0 if self.settlement is None else max(0, self.paid - self.settlement.fen)

    @property
    def to_score(self) -> tuple[str, ...]:
        """The steps that no score has seen as they are now, in the order in which they are scored."""
        return tuple(step for step in SCORED_STEPS if step in self.unscored)

    @property
    def highest_score(self) -> int:
        return max((one.maximum for one in self.scores), default=0)

    @property
    def open_payment(self) -> Payment | None:
        """The payment of which nobody knows yet what became of it."""
        waiting = (PaymentState.ORDERED, PaymentState.UNANSWERED)
        return next((one for one in self.payments if one.state in waiting), None)

    @property
    def approvals_needed(self) -> int:
        """How many people approve the payment: as adjudicated; blocked, one at least, and two above the limit."""
        needed = 0 if self.settlement is None else self.settlement.approvals
        if self.lane is Lane.BLOCKED:
            fen = 0 if self.settlement is None else self.settlement.fen
            needed = max(needed, 2 if fen > self.second_above else 1)
        return needed

    @property
    def approvals_missing(self) -> int:
        return max(0, self.approvals_needed - len(self.approved_by))

    @property
    def block_waits(self) -> bool:
        """Whether the claim is blocked and no person has looked yet."""
        return self.lane is Lane.BLOCKED and not self.reviewed


def find(parts: tuple[Part, ...], id: str) -> Part | None:
    """Return the part with that id, None where there is none."""
    return next((one for one in parts if one.id == id), None)


def changed(parts: tuple[Part, ...], id: str, **members: Any) -> tuple[Part, ...]:
    """Return the parts with one of them changed. Raises `ClaimTrailBroken` where it is not there."""
    if find(parts, id) is None:
        raise broken("an event names a part that the claim does not have")
    return tuple(replace(one, **members) if one.id == id else one for one in parts)
