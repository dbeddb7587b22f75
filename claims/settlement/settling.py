"""The settlement: compulsory before commercial cover, limits, liability share, deductible, salvage, third party. Pure.

Each step is kept with the amount before and after it, so that the whole can be read, and computed again. A share of an
amount is rounded to the fen, a half upwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from claims.refusals import refused
from claims.settlement.table import THIRD, Cover, Loss, SettlementTable


@dataclass(frozen=True)
class CoverTerms:
    """What the policy says of a cover: the sum insured, the deductible in fen, and the share that it never pays (绝对免
    赔率) in percent."""

    cover: Cover
    sum_insured: int
    deductible: int = 0
    never_paid_percent: int = 0


@dataclass(frozen=True)
class Accident:
    """What is settled: losses in fen by kind, the insured's liability share in percent, what the wreck is worth.

    `other_car` tells that another car was there, whose compulsory cover pays for ours. With `subrogates` our own car is
    paid whole, and the other side's share is claimed back (代位求偿).
    """

    losses: Mapping[Loss, int]
    fault: int
    salvage: int = 0
    other_car: bool = False
    subrogates: bool = False


@dataclass(frozen=True)
class Step:
    """One step of one cover: what was there before, in fen, and after; `number` is the limit, share or deduction."""

    cover: Cover
    rule: str
    before: int
    after: int
    number: int


@dataclass(frozen=True)
class Settled:
    """What each cover pays and all of them, how it came to that, and what can be claimed back from the other side.

    `uncovered` are the losses for which the policy has no cover.
    """

    version: str
    covers: tuple[tuple[Cover, int], ...]
    fen: int
    recoverable: int
    uncovered: tuple[Loss, ...]
    steps: tuple[Step, ...]

    def of(self, cover: Cover) -> int:
        return dict(self.covers).get(cover, 0)


@dataclass
class _Sheet:
    """The steps of one cover, as they are written down."""

    cover: Cover
    fen: int
    steps: list[Step] = field(default_factory=list)

    def to(self, rule: str, after: int, number: int) -> None:
        """Write a step, unless it changes nothing but where it begins."""
        self.steps.append(Step(self.cover, rule, self.fen, after, number))
        self.fen = after


WHOLE: Final = 100
COVERED_BY: Final[Mapping[Loss, frozenset[Cover]]] = {
    Loss.OWN_VEHICLE: frozenset({Cover.VEHICLE}),
    Loss.OWN_INJURY: frozenset({Cover.OCCUPANTS}),
    **dict.fromkeys(THIRD, frozenset({Cover.COMPULSORY, Cover.THIRD_PARTY})),
}


def settle(table: SettlementTable, terms: Mapping[Cover, CoverTerms], accident: Accident) -> Settled:
    """Return what is paid. Raises `ClaimRefused` (`no-cover`, `salvage-above-loss`)."""
    if accident.salvage > accident.losses.get(Loss.OWN_VEHICLE, 0):
        raise refused("salvage-above-loss")
    sheets, recoverable = [], 0
    left: dict[Loss, int] = {}
    if Cover.COMPULSORY in terms:
        sheets += list(_compulsory(table, accident, left))
    else:
        left = {loss: accident.losses.get(loss, 0) for loss in THIRD}
    if any(left.values()) and accident.fault and Cover.THIRD_PARTY in terms:
        sheets.append(_third_party(terms[Cover.THIRD_PARTY], accident, left))
    if accident.losses.get(Loss.OWN_VEHICLE, 0) and Cover.VEHICLE in terms:
        sheet, recoverable = _vehicle(table, terms[Cover.VEHICLE], accident)
        sheets.append(sheet)
    if accident.losses.get(Loss.OWN_INJURY, 0) and Cover.OCCUPANTS in terms:
        sheets.append(_occupants(terms[Cover.OCCUPANTS], accident))
    if not sheets:
        raise refused("no-cover")
    paid = {cover: sum(one.fen for one in sheets if one.cover is cover) for cover in Cover}
    covers = tuple((cover, fen) for cover, fen in paid.items() if any(one.cover is cover for one in sheets))
    steps = tuple(step for one in sheets for step in one.steps)
    uncovered = tuple(loss for loss in Loss if accident.losses.get(loss, 0) and not COVERED_BY[loss] & terms.keys())
    return Settled(table.version, covers, sum(fen for _cover, fen in covers), recoverable, uncovered, steps)


def share_of(fen: int, percent: int) -> int:
    """Return a share of an amount, rounded to the fen, a half upwards."""
    return (fen * percent + WHOLE // 2) // WHOLE


def _compulsory(table: SettlementTable, accident: Accident, left: dict[Loss, int]) -> Iterator[_Sheet]:
    """Yield what compulsory cover pays for each loss of others; `left` is what it leaves of each."""
    for loss in THIRD:
        fen = accident.losses.get(loss, 0)
        if not fen:
            continue
        sheet = _Sheet(Cover.COMPULSORY, fen)
        limit = table.compulsory.limit(loss, with_fault=accident.fault > 0)
        sheet.to(
            f"{loss.value}-limit" if accident.fault else f"{loss.value}-limit-without-fault", min(fen, limit), limit
        )
        left[loss] = fen - sheet.fen
        yield sheet


def _third_party(terms: CoverTerms, accident: Accident, left: Mapping[Loss, int]) -> _Sheet:
    sheet = _Sheet(Cover.THIRD_PARTY, sum(accident.losses.get(loss, 0) for loss in THIRD))
    sheet.to("after-compulsory", sum(left.values()), sheet.fen - sum(left.values()))
    sheet.to("liability-share", share_of(sheet.fen, accident.fault), accident.fault)
    return _by_terms(sheet, terms)


def _vehicle(table: SettlementTable, terms: CoverTerms, accident: Accident) -> tuple[_Sheet, int]:
    """Return the sheet of the own car, and what can be claimed back of it."""
    sheet = _Sheet(Cover.VEHICLE, accident.losses[Loss.OWN_VEHICLE])
    if accident.salvage:
        sheet.to("salvage", sheet.fen - accident.salvage, accident.salvage)
    recoverable = 0
    if accident.other_car and table.others_pay and not accident.subrogates:
        limit = table.compulsory.limit(Loss.THIRD_PROPERTY, with_fault=accident.fault < WHOLE)
        by_others = min(sheet.fen, limit)
        sheet.to("other-cars-compulsory", sheet.fen - by_others, by_others)
    if accident.subrogates:
        sheet.to("paid-whole-by-subrogation", sheet.fen, WHOLE)
    else:
        sheet.to("liability-share", share_of(sheet.fen, accident.fault), accident.fault)
    sheet = _by_terms(sheet, terms)
    if accident.subrogates:
        recoverable = share_of(sheet.fen, WHOLE - accident.fault)
    return sheet, recoverable


def _occupants(terms: CoverTerms, accident: Accident) -> _Sheet:
    sheet = _Sheet(Cover.OCCUPANTS, accident.losses[Loss.OWN_INJURY])
    sheet.to("liability-share", share_of(sheet.fen, accident.fault), accident.fault)
    return _by_terms(sheet, terms)


def _by_terms(sheet: _Sheet, terms: CoverTerms) -> _Sheet:
    """What the policy says: first the share that is never paid, then the deductible, then the sum insured."""
    if terms.never_paid_percent:
        sheet.to("never-paid-share", share_of(sheet.fen, WHOLE - terms.never_paid_percent), terms.never_paid_percent)
    if terms.deductible:
        sheet.to("deductible", max(0, sheet.fen - terms.deductible), terms.deductible)
    if sheet.fen > terms.sum_insured:
        sheet.to("sum-insured", terms.sum_insured, terms.sum_insured)
    return sheet
