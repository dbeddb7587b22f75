"""The figures: what is counted over the ways of proposals, and exactly how. docs/figures-policy.md is their legend.

The unit is a proposal that was sent, and it belongs to the month (of the insurer's zone) in which it was first sent,
whenever the rest happened. Nothing is estimated, and every number is a whole one.

sent              proposals that were sent at least once
signed            of those, everybody signed one of its envelopes, and it was sealed and verified (`proposal.signed`)
issued            of those, a policy was issued (`policy.issued`), also where it was cancelled or surrendered later
open              neither issued nor ended
sent to signed    from the first `proposal.sent` to `proposal.signed`, waiting included
signed to issued  from `proposal.signed` to `policy.issued`
sent to issued    from the first `proposal.sent` to `policy.issued`
                  each over the proposals that have both; median and 90th percentile by nearest rank, to the second
modes             signatures of signed proposals (applicant, insured, guardian) by how each was made. In person: the
                  last `recipient.identified` or `recipient.device-changed` says so. Else assisted: there is a
                  `recipient.face-not-given`. Else remote. Who was replaced did not sign
paperless         issued policies by `delivery` of `policy.issued`: electronic against electronic and paper. Those that
                  do not say are counted apart
funnel            how many came at least so far. Opened to confirmed: each signer of one of its envelopes came at least
                  so far. Underwritten: accepted, by the table or by a person. Paid: `debit.collected`
ends              those that ended without a policy, by how they ended and how far they had come. One that comes back
                  unsigned has ended until it is sent again
provisional       a month that is not over at the time of the latest event counted, or in which a proposal is open, or
                  came back unsigned and may be sent again until its quote is over
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias, TypeVar

from esign.public.figures import ZONE, Month, Spread, bounds_of, month_of, per_mille, spread_of
from policy.figures.journeys import Journey
from policy.figures.steps import STEPS, Channel, Delivery, End, Mode, Step

AGAIN: Final = frozenset({End.EXPIRED, End.VOIDED, End.QUOTE_OVER, End.SIGNED_BY_OTHERS})
"""Ends after which the proposal may be sent again while its quote holds."""


@dataclass(frozen=True)
class Figures:
    """The figures of one lot of proposals. `ends` is by how, and how far; `untold` are policies without a delivery."""

    sent: int
    signed: int
    issued: int
    open: int
    to_signed: Spread
    to_issued: Spread
    whole: Spread
    modes: Mapping[Mode, int]
    deliveries: Mapping[Delivery, int]
    untold: int
    funnel: Mapping[Step, int]
    ends: Mapping[End, Mapping[Step, int]]
    is_provisional: bool

    @property
    def signatures(self) -> int:
        return sum(self.modes.values())

    @property
    def remote_share(self) -> int | None:
        """The share of signatures made remotely, in tenths of a percent."""
        return per_mille(self.modes[Mode.REMOTE], self.signatures)

    @property
    def paperless_share(self) -> int | None:
        """The share of policies delivered electronically among those that say how, in tenths of a percent."""
        return per_mille(self.deliveries[Delivery.ELECTRONIC], sum(self.deliveries.values()))


@dataclass(frozen=True)
class Report:
    """The figures of all, and by month, product, institution and channel; keys rise. `until` is the latest event."""

    whole: Figures
    months: Mapping[Month, Figures]
    products: Mapping[str, Figures]
    institutions: Mapping[str, Figures]
    channels: Mapping[Channel, Figures]
    until: int


@dataclass
class _Tally:
    """What is counted while the journeys pass by."""

    months: set[Month] = field(default_factory=set)
    sent: int = 0
    issued: int = 0
    open: int = 0
    is_open: bool = False
    to_signed: list[int] = field(default_factory=list)
    to_issued: list[int] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    modes: list[int] = field(default_factory=lambda: [0, 0, 0])
    deliveries: Counter[Delivery | None] = field(default_factory=Counter)
    steps: Counter[Step] = field(default_factory=Counter)
    ends: Counter[tuple[End, Step]] = field(default_factory=Counter)

    def add(self, journey: Journey, may_change: bool) -> None:
        self.sent += 1
        self.steps[journey.step] += 1
        self.is_open = self.is_open or may_change
        if journey.signed_at is not None:
            self.to_signed.append(journey.signed_at - journey.sent_at)
            self.modes[0] += journey.remote
            self.modes[1] += journey.assisted
            self.modes[2] += journey.in_person
        if journey.issued_at is not None:
            self.issued += 1
            self.deliveries[journey.delivery] += 1
            self.whole.append(journey.issued_at - journey.sent_at)
            if journey.signed_at is not None:
                self.to_issued.append(journey.issued_at - journey.signed_at)
        elif journey.end is None:
            self.open += 1
        else:
            self.ends[journey.end, journey.step] += 1

    def figures(self, until: int) -> Figures:
        remote, assisted, in_person = self.modes
        return Figures(
            sent=self.sent,
            signed=len(self.to_signed),
            issued=self.issued,
            open=self.open,
            to_signed=spread_of(self.to_signed),
            to_issued=spread_of(self.to_issued),
            whole=spread_of(self.whole),
            modes={Mode.REMOTE: remote, Mode.ASSISTED: assisted, Mode.IN_PERSON: in_person},
            deliveries={one: self.deliveries[one] for one in Delivery},
            untold=self.deliveries[None],
            funnel=_funnel(self.steps),
            ends={end: {step: self.ends[end, step] for step in STEPS[:-1]} for end in End},
            is_provisional=self.is_open or any(until < bounds_of(month)[1] for month in self.months),
        )


def report_of(journeys: Iterable[Journey]) -> Report:
    """Return the figures over these ways. Their order does not matter."""
    lot = list(journeys)
    until = max((one.latest_at for one in lot), default=0)
    today = f"{datetime.fromtimestamp(until, ZONE):%Y-%m-%d}"
    finest: dict[_Key, _Tally] = defaultdict(_Tally)
    for one in lot:
        may_change = one.is_open or (one.end in AGAIN and one.holds_until >= today)
        finest[month_of(one.sent_at), one.product, one.institution, one.channel].add(one, may_change)
    for (month, _product, _institution, _channel), tally in finest.items():
        tally.months.add(month)
    return Report(
        whole=_joined(finest.values()).figures(until),
        months=_by(finest, lambda key: key[0], until),
        products=_by(finest, lambda key: key[1], until),
        institutions=_by(finest, lambda key: key[2], until),
        channels=_by(finest, lambda key: key[3], until),
        until=until,
    )


_Key: TypeAlias = tuple[Month, str, str, Channel]
_Of = TypeVar("_Of", bound=str)


def _by(finest: Mapping[_Key, _Tally], of: Callable[[_Key], _Of], until: int) -> Mapping[_Of, Figures]:
    lots: dict[_Of, list[_Tally]] = defaultdict(list)
    for key, tally in finest.items():
        lots[of(key)].append(tally)
    return {key: _joined(lots[key]).figures(until) for key in sorted(lots)}


def _joined(tallies: Iterable[_Tally]) -> _Tally:
    """Return what was counted in parts as one: each way is counted once, in the smallest lot that it belongs to."""
    whole = _Tally()
    for one in tallies:
        whole.months |= one.months
        whole.sent += one.sent
        whole.issued += one.issued
        whole.open += one.open
        whole.is_open = whole.is_open or one.is_open
        whole.to_signed += one.to_signed
        whole.to_issued += one.to_issued
        whole.whole += one.whole
        whole.modes = [mine + more for mine, more in zip(whole.modes, one.modes, strict=True)]
        whole.deliveries += one.deliveries
        whole.steps += one.steps
        whole.ends += one.ends
    return whole


def _funnel(steps: Counter[Step]) -> Mapping[Step, int]:
    """Return how many came at least so far, of how many stand how far."""
    came, found = 0, dict.fromkeys(STEPS, 0)
    for step in reversed(STEPS):
        came += steps[step]
        found[step] = came
    return found


Chosen = Callable[[Journey], bool]


def sent_in(month: Month | None, product: str | None = None) -> Chosen:
    """Return what lets the ways of that month and product through; None lets all."""
    begin, end = (0, 2**63) if month is None else bounds_of(month)
    return lambda one: begin <= one.sent_at < end and product in {None, one.product}
